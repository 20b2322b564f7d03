"""`sfsync companies`: the sync of companies and accounts, and how it stands."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from sfsync_gui.app.desk import Result
from sfsync_gui.app.orders import Order
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output
from sfsync_gui.cli.progress import progress_of
from sfsync_gui.cli.wording import counted, plain
from sfsync_gui.core.company_state import CompanyState
from sfsync_gui.core.vocabulary import FirstRun

_SUGGEST = "`sfsync companies suggest` tries which field would match."

_STATES = {
    CompanyState.OFF: "Companies are not synced. Switch that on: `sfsync companies on FIELD`; "
    + _SUGGEST,
    CompanyState.JOINING: "Companies will be synced as soon as all of both sides has been read.",
    CompanyState.NO_COMPANIES: "Intercom lists no companies: there are none, or none has people.",
    CompanyState.NO_COMPANY_CHANGES: "No company has changed since they are synced; they are "
    "linked as they change.",
    CompanyState.NO_ACCOUNT_CHANGES: "No account has changed since they are synced; they are "
    "linked as they change.",
    CompanyState.NO_LINKS: "Companies are synced, but none matches an account. " + _SUGGEST,
    CompanyState.SYNCED: "Companies are synced.",
}


async def show_status(data_dir: Path, output: Output) -> ExitCode:
    """How the sync of companies stands."""
    found = await give(data_dir, Order("companies.status"))
    output.document(found)
    _print_status(output, found)
    return ExitCode.FINE


async def suggest(data_dir: Path, output: Output) -> ExitCode:
    """By which fields of Account companies would match."""
    found = await give(data_dir, Order("companies.suggest"))
    output.document(found["suggestions"])
    _print_suggestions(output, found["suggestions"])
    if not found["suggestions"]:
        output.line("No field of Account holds the company_id of any company that was tried.")
    return ExitCode.FINE


async def switch_on(
    data_dir: Path, output: Output, field: str, first_run: FirstRun | None
) -> ExitCode:
    """Pair companies with accounts by this field from now on."""
    asked = {"account_field": field, "first_run": first_run}
    with progress_of(output) as emit:
        found = await give(data_dir, Order("companies.on", asked), emit)
    output.document(found)
    _print_status(output, found)
    return ExitCode.FINE


async def switch_off(data_dir: Path, output: Output) -> ExitCode:
    """Sync companies no more."""
    found = await give(data_dir, Order("companies.off"))
    output.document(found)
    links = counted(found["facts"]["links"], "link")
    output.line(f"Companies are not synced any more. {links} and the rows of companies stay.")
    return ExitCode.FINE


def _print_status(output: Output, found: Result) -> None:
    state = CompanyState(found["state"])
    is_well = state in (CompanyState.OFF, CompanyState.SYNCED)
    output.line(_STATES[state], colour=None if is_well else typer.colors.YELLOW)
    facts: Mapping[str, int] = found["facts"]
    if found["key_field"]:
        output.line(f"Matched     company_id ↔ Account.{plain(found['key_field'])}")
    if state is not CompanyState.OFF or facts["links"]:
        companies = counted(facts["companies"], "company", "companies")
        accounts = counted(facts["accounts"], "account")
        output.line(f"Known       {companies}, {accounts}")
        output.line(f"Links       {facts['links']:,}")
    if found["kept_from"]:
        output.line(plain(found["kept_from"]), colour=typer.colors.YELLOW)
    if state is CompanyState.NO_LINKS:
        _print_suggestions(output, found["suggestions"])


def _print_suggestions(output: Output, suggestions: Sequence[Mapping[str, Any]]) -> None:
    for one in suggestions:
        label = plain(one["label"])
        output.line(
            f"{plain(one['field']):<28}  {label}: {one['matched']:,} of "
            f"{counted(one['sampled'], 'company', 'companies')} would match "
            f"({one['share'] * 100:.0f} %)"
        )
