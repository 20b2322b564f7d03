"""`sfsync leads`: what a lead for an Intercom person would be, and having it created."""

from pathlib import Path
from typing import Any

import typer

from sfsync_gui.app.desk import Result
from sfsync_gui.cli.creating import (
    ASKED_FOR,
    ask,
    print_field,
    print_missing,
    print_problem,
    print_refusal,
)
from sfsync_gui.cli.output import ExitCode, Output
from sfsync_gui.cli.wording import KIND, field_label, person_text, plain
from sfsync_gui.core.new_leads import LeadChoices, Origin
from sfsync_gui.core.vocabulary import MatchOutcome, PersonKind
from sfsync_gui.engine.lead_views import Ending, Standing

_ORIGINS = {
    Origin.ROW: "mapped from {source}",
    Origin.KEY: "from {source}",
    Origin.NAME: "part of {source}",
    Origin.COMPANY: "the person's company in Intercom",
    Origin.TEAMMATE: "the user with the address of the owner in Intercom",
    Origin.IDENTITY: "there is no last name",
    Origin.SETTING: "by the settings",
    Origin.CHOICE: "chosen",
}
_WHY = {
    MatchOutcome.ALREADY_LINKED: "Whoever carries this key in Salesforce is linked to somebody "
    "else.",
    MatchOutcome.KEPT_APART: "Whoever carries this key in Salesforce was unlinked by hand.",
    MatchOutcome.AMBIGUOUS: "Several in Salesforce carry this key, and matching is strict.",
}


async def preview_lead(
    data_dir: Path, output: Output, intercom_id: str, choices: LeadChoices
) -> ExitCode:
    """What asking for a lead would do; nothing is written."""
    found = await ask(data_dir, "leads.preview", intercom_id, choices)
    output.document(found)
    _print_preview(output, found)
    return ExitCode.FINE


async def create_lead(
    data_dir: Path, output: Output, intercom_id: str, choices: LeadChoices, *, yes: bool
) -> ExitCode:
    """Show what would be, ask, and have the lead created, or whoever matches linked."""
    if not yes:
        found = await ask(data_dir, "leads.preview", intercom_id, choices)
        if not _can_be_asked_for(found):
            output.document({"preview": found, "ending": None})
            _print_preview(output, found)
            return ExitCode.ERRORS_OPEN
        _print_preview(output, found)
        is_new = found["standing"] == Standing.NEW
        typer.confirm("Create this lead?" if is_new else "Link them?", abort=True, err=True)
    result = await ask(data_dir, "leads.create", intercom_id, choices)
    output.document(result)
    return _tell(output, result)


def _can_be_asked_for(found: Result) -> bool:
    return found["standing"] in (Standing.NEW, Standing.MATCHED) and not found["problem"]


def _print_preview(output: Output, found: Result) -> None:
    name = person_text(found["name"], found["key"], found["intercom_id"])
    match Standing(found["standing"]):
        case Standing.LINKED:
            output.line(f"{name} is linked already:")
        case Standing.UNDER_WAY:
            output.line(f"A lead for {name} was asked for already; what came of it is not known.")
            output.line("It is looked for by itself. `sfsync errors list` tells if you must help.")
        case Standing.MATCHED:
            output.line(f"{name} would be linked, and no lead created: the key is the same.")
        case Standing.UNDECIDED:
            output.line(f"No lead is created for {name}. {_WHY[MatchOutcome(found['why'])]}")
            output.line("Link the two with `sfsync links link`.")
        case Standing.NEW:
            _print_values(output, name, found)
    for match in found["matches"]:
        _print_match(output, match)


def _print_match(output: Output, match: dict[str, Any]) -> None:
    linked = f", link {match['link_id']}" if match["link_id"] else ""
    kind = KIND[PersonKind(match["kind"])]
    output.line(f"    {kind} {person_text(match['name'], match['id'])}  ({match['id']}{linked})")


def _print_values(output: Output, name: str, found: Result) -> None:
    if found["problem"]:
        print_problem(output, "lead", name, found)
        return
    output.line(f"A lead would be created for {name}:")
    for field in found["fields"]:
        source = plain(field["source"]) or field_label(field["field"])
        origin = _ORIGINS[Origin(field["origin"])].format(source=source)
        print_field(output, field, origin)
    if found["assigned"]:
        output.line("    Salesforce's assignment rules choose the owner.")
    print_missing(output, "lead", found)


def _tell(output: Output, result: Result) -> ExitCode:
    ending = Ending(result["ending"])
    if ending is Ending.REFUSED:
        error = result["error"]
        print_refusal(output, "lead", error)
        if error["code"] == "DUPLICATES_DETECTED":
            output.line("To create it all the same, add --save-anyway.")
        return ExitCode.ERRORS_OPEN
    if ending is Ending.WAITING:
        output.line(ASKED_FOR)
        return ExitCode.FINE
    kind = KIND[PersonKind(result["salesforce_kind"])]
    made = "Created and linked" if ending is Ending.CREATED else "Linked, nothing was created"
    output.line(f"{made}: {kind} {result['salesforce_id']}, link {result['link_id']}.")
    return ExitCode.FINE
