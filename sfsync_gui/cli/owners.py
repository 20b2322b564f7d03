"""`sfsync owners`: which teammate is which Salesforce user, and who has no counterpart."""

from pathlib import Path

from sfsync_gui.app.desk import Result
from sfsync_gui.app.orders import Order
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output
from sfsync_gui.cli.wording import counted, plain


async def list_owners(data_dir: Path, output: Output, *, unpaired: bool) -> ExitCode:
    """Read both sides' owners anew and tell who belongs to whom, by e-mail address."""
    result = await give(data_dir, Order("owners.list", {}))
    pairs = [pair for pair in result["pairs"] if not (unpaired and _is_whole(pair))]
    output.document(pairs)
    for pair in pairs:
        output.line(_line(pair))
    lone = sum(not _is_whole(pair) for pair in result["pairs"])
    whole = len(result["pairs"]) - lone
    output.line(f"{counted(whole, 'pair')}, {lone:,} without a counterpart.", dim=True)
    return ExitCode.FINE


def _is_whole(pair: Result) -> bool:
    return pair["teammate"] is not None and pair["user"] is not None


def _line(pair: Result) -> str:
    teammate, user = pair["teammate"], pair["user"]
    known = teammate or user
    email = plain(known["email"])
    if teammate is None:
        return f"{email}  only in Salesforce ({plain(user['id'])}): no teammate has this address"
    if user is None:
        return f"{email}  only in Intercom ({plain(teammate['id'])}): no active user has it"
    others = ", several have this address: the first counts" if pair["others"] else ""
    return f"{email}  Intercom {plain(teammate['id'])} ↔ Salesforce {plain(user['id'])}{others}"
