"""The commands around leads that are created in Salesforce."""

from typing import Annotated

import typer

from sfsync_gui.cli.options import DATA_DIR, DataDir, Json, act, look
from sfsync_gui.cli.output import Output, failures_reported
from sfsync_gui.core.new_leads import LeadChoices

leads = typer.Typer(help="Leads for people of Intercom.", no_args_is_help=True)
rules = typer.Typer(help="By which leads are created by themselves.", no_args_is_help=True)
leads.add_typer(rules, name="rules")

IntercomId = Annotated[str, typer.Argument(help="The id of the person in Intercom.")]
LastName = Annotated[str | None, typer.Option(help="In place of the person's own last name.")]
Company = Annotated[str | None, typer.Option(help="In place of the person's own company.")]
Source = Annotated[str | None, typer.Option(help="The lead source, as Salesforce names it.")]
Status = Annotated[str | None, typer.Option(help="The lead status, as Salesforce names it.")]
Owner = Annotated[
    str | None,
    typer.Option(help="rules, teammate, signed_in or a User Id; the setting where left out."),
]


@leads.command("preview")
def leads_preview(
    intercom_id: IntercomId,
    last_name: LastName = None,
    company: Company = None,
    source: Source = None,
    status: Status = None,
    owner: Owner = None,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Show what a lead would be made of, or who would be linked instead; writes nothing."""
    from sfsync_gui.cli.leads import preview_lead

    output = Output(as_json)
    choices = LeadChoices(last_name, company, source, status)
    act(output, lambda: preview_lead(data_dir, output, intercom_id, _owned(choices, owner)))


@leads.command("create")
def leads_create(
    intercom_id: IntercomId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    save_anyway: Annotated[
        bool, typer.Option("--save-anyway", help="Even if a duplicate rule warns of it.")
    ] = False,
    last_name: LastName = None,
    company: Company = None,
    source: Source = None,
    status: Status = None,
    owner: Owner = None,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Create a lead for a person; whoever carries the key already is linked instead."""
    from sfsync_gui.cli.leads import create_lead

    output = Output(as_json)
    choices = LeadChoices(last_name, company, source, status, allow_duplicates=save_anyway)
    act(output, lambda: create_lead(data_dir, output, intercom_id, _owned(choices, owner), yes=yes))


RuleNumber = Annotated[int, typer.Argument(help="The number that the list shows.")]


@rules.command("list")
def rules_list(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """List the rules in their order: the first that fits wins."""
    from sfsync_gui.cli.lead_rules import list_rules

    output = Output(as_json)
    look(output, lambda: list_rules(data_dir, output))


@rules.command("add")
def rules_add(
    conditions: Annotated[
        list[str],
        typer.Argument(
            help="Each in quotes: ATTRIBUTE TEST VALUE, such as “custom_attributes.plan is pro”, "
            "“role is user”, “tag is vip” or “segment is_not Active”. All must hold. Tests: is, "
            "is_not, contains, is_set, is_blank, more_than, less_than (numbers, or days as "
            "YYYY-MM-DD); of role, tag and segment is and is_not."
        ),
    ],
    everybody: Annotated[
        bool,
        typer.Option("--everybody", help="Also those who qualify already, not only from now on."),
    ] = False,
    first: Annotated[bool, typer.Option("--first", help="Before all other rules.")] = False,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Add a rule: people for whom all conditions come to hold get a lead."""
    from sfsync_gui.cli.lead_rules import add_rule, parse_condition

    output = Output(as_json)
    wanted = []
    with failures_reported(output):
        wanted = [parse_condition(text) for text in conditions]
    act(output, lambda: add_rule(data_dir, output, wanted, everybody=everybody, first=first))


@rules.command("remove")
def rules_remove(number: RuleNumber, data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Remove a rule; leads that it created stay."""
    from sfsync_gui.cli.lead_rules import remove_rule

    output = Output(as_json)
    act(output, lambda: remove_rule(data_dir, output, number))


@rules.command("move")
def rules_move(
    number: RuleNumber,
    to: Annotated[int, typer.Argument(help="Its new number.")],
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Give a rule another place in the order."""
    from sfsync_gui.cli.lead_rules import move_rule

    output = Output(as_json)
    act(output, lambda: move_rule(data_dir, output, number, to))


def _owned(choices: LeadChoices, owner: str | None) -> LeadChoices:
    """With the owner, who must be one that can be."""
    from dataclasses import replace

    from sfsync_gui.cli.settings import parse_text

    return choices if owner is None else replace(choices, owner=parse_text("lead_owner", owner))
