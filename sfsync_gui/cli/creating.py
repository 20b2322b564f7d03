"""What `sfsync leads` and `sfsync tasks` share: asking for something new, and telling of it."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from sfsync_gui.app.desk import Result
from sfsync_gui.app.orders import Order
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import Output
from sfsync_gui.cli.wording import plain, value_text
from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.new_tasks import TaskChoices

ASKED_FOR = "Asked for. What comes of it is not known yet; it is gone on with by itself."


async def ask(
    data_dir: Path, order: str, intercom_id: str, choices: LeadChoices | TaskChoices
) -> Result:
    """Have an order about somebody in Intercom carried out, such as `leads.preview`."""
    return await give(data_dir, Order(order, {"id": intercom_id, "choices": asdict(choices)}))


def print_problem(output: Output, what: str, name: str, found: Result) -> None:
    """Why no lead or task can be created for somebody, and what to do."""
    output.line(f"No {what} can be created for {name}: {plain(found['problem'])}")
    output.line(plain(found["remedy"]))


def print_field(output: Output, field: dict[str, Any], origin: str) -> None:
    """A value that it would have, and where that comes from."""
    output.line(f"    {plain(field['label']):<20}  {value_text(field['value'])}  ({origin})")


def print_missing(output: Output, what: str, found: Result) -> None:
    """What Salesforce requires besides, where there is anything."""
    if found["missing"]:
        labels = ", ".join(plain(label) for label in found["missing"])
        output.line(f"Salesforce also requires: {labels}. It will refuse the {what} without.")


def print_refusal(output: Output, what: str, error: dict[str, Any]) -> None:
    """Why Salesforce refused it, and what to do."""
    output.line(f"No {what} was created: {plain(error['message'])}")
    output.line(plain(error["remedy"]))
