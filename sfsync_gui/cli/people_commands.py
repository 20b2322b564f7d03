"""The commands around people: links, people, errors, holds."""

from typing import Annotated

import typer

from sfsync_gui.cli.filters import Kind, OfFamily, Search, Since, Until, kinds_by_side
from sfsync_gui.cli.options import DATA_DIR, LARGEST, DataDir, Json, Limit, act, look
from sfsync_gui.cli.output import Output, failures_reported
from sfsync_gui.core.vocabulary import MatchOutcome, PersonKind, Side
from sfsync_gui.engine.questions import ErrorQuery, LinkQuery, LinkSort

links = typer.Typer(help="Who is linked to whom.", no_args_is_help=True)
people = typer.Typer(help="Who could not be linked by itself.", no_args_is_help=True)
errors = typer.Typer(help="What could not be synced, and what to do.", no_args_is_help=True)
holds = typer.Typer(help="Unusual changes that wait for a person.", no_args_is_help=True)

Kinds = Annotated[
    list[Kind] | None,
    typer.Option("--kind", help="Only this kind of people; once a side.", show_default=False),
]
Number = Annotated[int, typer.Argument(max=LARGEST, help="The number that the list shows.")]


@links.command("list")
def links_list(
    search: Search = None,
    kind: Kinds = None,
    ambiguous: Annotated[
        bool, typer.Option("--ambiguous", help="Only those that could mean somebody else.")
    ] = False,
    with_errors: Annotated[
        bool, typer.Option("--with-errors", help="Only those with an open error.")
    ] = False,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Only those with values that wait to be written.")
    ] = False,
    family: OfFamily = None,
    sort: Annotated[LinkSort, typer.Option(help="By what they are sorted.")] = LinkSort.LINKED,
    descending: Annotated[
        bool, typer.Option("--descending", help="The other way round: newest, or Z to A.")
    ] = False,
    limit: Limit = 50,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """List the links between people, and those between companies and accounts."""
    from sfsync_gui.cli.people import list_links

    output = Output(as_json)
    kinds: dict[Side, PersonKind] = {}
    with failures_reported(output):
        kinds = kinds_by_side(kind or [])
    query = LinkQuery(
        search=search or "",
        intercom_kind=kinds.get(Side.INTERCOM),
        salesforce_kind=kinds.get(Side.SALESFORCE),
        ambiguous=ambiguous,
        with_errors=with_errors,
        waiting=waiting,
        family=family,
        sort=sort,
        descending=descending,
    )
    look(output, lambda: list_links(data_dir, output, query, limit))


@links.command("show")
def links_show(link: Number, data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Show one link: both sides of each row, errors, and the last changes."""
    from sfsync_gui.cli.people import show_link

    output = Output(as_json)
    look(output, lambda: show_link(data_dir, output, link))


@links.command("link")
def links_link(
    intercom_id: Annotated[
        str, typer.Argument(help="The id of the person or company in Intercom.")
    ],
    salesforce_id: Annotated[str, typer.Argument(help="The Id of the lead, contact or account.")],
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Link two records by hand, whatever their keys; the link outlives key changes."""
    from sfsync_gui.cli.people import kind_of, link

    output = Output(as_json)
    kind = PersonKind.LEAD
    with failures_reported(output):
        kind = kind_of(salesforce_id)
    act(output, lambda: link(data_dir, output, intercom_id, salesforce_id, kind))


@links.command("unlink")
def links_unlink(link: Number, data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """End a link by hand: both records stay, and the two are kept apart."""
    from sfsync_gui.cli.people import unlink

    output = Output(as_json)
    act(output, lambda: unlink(data_dir, output, link))


def owners(
    unpaired: Annotated[
        bool, typer.Option("--unpaired", help="Only those without a counterpart.")
    ] = False,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """List which teammate is which Salesforce user, by e-mail, and who has no counterpart."""
    from sfsync_gui.cli.owners import list_owners

    output = Output(as_json)
    act(output, lambda: list_owners(data_dir, output, unpaired=unpaired))


@people.command("list")
def people_list(
    ambiguous: Annotated[
        bool, typer.Option("--ambiguous", help="Only those of whom several could be meant.")
    ] = False,
    family: OfFamily = None,
    limit: Limit = 50,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """List people left unlinked although somebody carries their key, with the candidates."""
    from sfsync_gui.cli.people import list_people

    output = Output(as_json)
    note = MatchOutcome.AMBIGUOUS if ambiguous else None
    look(output, lambda: list_people(data_dir, output, note, family, limit))


@errors.command("list")
def errors_list(
    search: Search = None,
    side: Annotated[
        Side | None, typer.Option(help="Only what could not be written there.", show_default=False)
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option(help="Only people of this kind.", show_default=False)
    ] = None,
    family: OfFamily = None,
    since: Since = None,
    until: Until = None,
    by_cause: Annotated[
        bool, typer.Option("--by-cause", help="How many there are of each cause.")
    ] = False,
    dismissed: Annotated[
        bool, typer.Option("--dismissed", help="Those that were dismissed.")
    ] = False,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """List what could not be synced, with what to do."""
    from sfsync_gui.cli.history import moment
    from sfsync_gui.cli.troubles import list_causes, list_errors

    output = Output(as_json)
    begin: float | None = None
    end: float | None = None
    with failures_reported(output):
        begin, end = moment(since), moment(until)
    query = ErrorQuery(
        search=search or "",
        to_side=side,
        kind=kind.person_kind if kind else None,
        family=family,
        since=begin,
        until=end,
        dismissed=dismissed,
    )
    work = list_causes if by_cause else list_errors
    look(output, lambda: work(data_dir, output, query))


@errors.command("show")
def errors_show(error: Number, data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Show everything about one error."""
    from sfsync_gui.cli.troubles import show_error

    output = Output(as_json)
    look(output, lambda: show_error(data_dir, output, error))


@errors.command("retry")
def errors_retry(
    error_ids: Annotated[
        list[int] | None,
        typer.Argument(help="Numbers of errors; all where none is given.", show_default=False),
    ] = None,
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Have the next sync try errors again, with the values that are there then."""
    from sfsync_gui.cli.troubles import retry_errors

    output = Output(as_json)
    act(output, lambda: retry_errors(data_dir, output, error_ids or []))


@errors.command("dismiss")
def errors_dismiss(
    error_ids: Annotated[list[int], typer.Argument(help="Numbers of errors.")],
    data_dir: DataDir = DATA_DIR,
    as_json: Json = False,
) -> None:
    """Take errors off the list; what was refused stays left out until it changes."""
    from sfsync_gui.cli.troubles import dismiss_errors

    output = Output(as_json)
    act(output, lambda: dismiss_errors(data_dir, output, error_ids))


@holds.command("list")
def holds_list(data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """List unusual changes that wait, with some of the people."""
    from sfsync_gui.cli.troubles import list_holds

    output = Output(as_json)
    look(output, lambda: list_holds(data_dir, output))


@holds.command("release")
def holds_release(hold: Number, data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Let held changes go: they are planned anew from current values."""
    from sfsync_gui.cli.troubles import decide_hold

    output = Output(as_json)
    act(output, lambda: decide_hold(data_dir, output, hold, "release"))


@holds.command("drop")
def holds_drop(hold: Number, data_dir: DataDir = DATA_DIR, as_json: Json = False) -> None:
    """Give held changes up: values and links stay as they are."""
    from sfsync_gui.cli.troubles import decide_hold

    output = Output(as_json)
    act(output, lambda: decide_hold(data_dir, output, hold, "drop"))
