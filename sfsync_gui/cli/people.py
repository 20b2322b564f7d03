"""`sfsync links` and `sfsync people`: who is linked to whom, and who could not be linked."""

from dataclasses import asdict, replace
from pathlib import Path

import typer

from sfsync_gui.app.orders import Order
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output, UsageError
from sfsync_gui.cli.stored import glanced, queries_of
from sfsync_gui.cli.wording import (
    BECAUSE,
    KIND,
    SERVICE,
    change_text,
    counted,
    date_and_time,
    error_json,
    error_lines,
    history_json,
    person_text,
    plain,
    row_text,
    value_text,
)
from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import IdentityMapping, Observation
from sfsync_gui.core.vocabulary import Family, MatchOutcome, PersonKind, Side
from sfsync_gui.engine.questions import HistoryQuery, LinkQuery, LinkRow, LinkSort, UnlinkedPerson
from sfsync_gui.engine.storage import UnitOfWork

_HISTORY_SHOWN = 10
_WHY = {
    MatchOutcome.AMBIGUOUS: "several could be meant",
    MatchOutcome.ALREADY_LINKED: "whoever could be meant is linked to somebody else",
}

# ---------------------------------------------------------------------- links


def list_links(data_dir: Path, output: Output, query: LinkQuery, limit: int) -> ExitCode:
    """Who is linked to whom."""
    with queries_of(data_dir) as queries:
        links = queries.links_page(query, None, limit + 1)
        total = queries.link_count()
    shown, more = links[:limit], len(links) > limit
    output.document([asdict(link) for link in shown])
    for link in shown:
        output.line(_link_text(link))
    if not shown:
        if query.search:
            fits = f"begins with “{plain(query.search)}”"
            others = replace(query, search="", sort=LinkSort.LINKED, descending=True)
            fits += "" if others == LinkQuery() else " and fits"
        else:
            fits = "fits"
        output.line(f"No link of {total:,} {fits}." if total else "No links yet.")
    elif more:
        output.line(f"… more than {limit:,}; see them with --limit or --search", dim=True)
    return ExitCode.FINE


def _link_text(link: LinkRow) -> str:
    left = person_text(link.intercom_name, link.intercom_key, link.intercom_id)
    right = person_text(link.salesforce_name, link.salesforce_key, link.salesforce_id)
    marks = [BECAUSE[link.trigger]]
    if link.by_hand:
        marks.append("kept by hand")
    if link.ambiguous:
        marks.append("ambiguous: another record has the same key")
    if link.due:
        marks.append("waits to be written")
    if link.errors:
        marks.append(counted(link.errors, "error"))
    kind = KIND[link.salesforce_kind]
    key = f"  {plain(link.intercom_key)}" if link.intercom_key else ""
    return f"{link.id:>6}  {left} ↔ {kind} {right}{key}  ({', '.join(marks)})"


def show_link(data_dir: Path, output: Output, link_id: int) -> ExitCode:
    """One link: both sides of each row as they were seen last, errors, and the last changes."""

    def work(
        unit: UnitOfWork,
    ) -> tuple[IdentityMapping | None, tuple[AttributeMapping, ...], list[SyncError]]:
        link = unit.links.get(link_id)
        return link, unit.state.rows(), unit.errors.of_links([link_id]).get(link_id, [])

    link, rows, errors = glanced(data_dir, work)
    if link is None:
        raise _no_link(link_id)
    with queries_of(data_dir) as queries:
        row = queries.link(link_id)
        of_person = HistoryQuery(person=(Side.INTERCOM, link.intercom_id))
        history = queries.history_page(of_person, None, _HISTORY_SHOWN)
    output.document(
        {
            "link": asdict(link),
            "errors": [error_json(error) for error in errors],
            "history": [history_json(entry) for entry in history],
        }
    )
    if row is not None:
        output.line(_link_text(row))
    output.line(f"Intercom    {plain(link.intercom_id)}")
    output.line(f"Salesforce  {link.salesforce_kind} {plain(link.salesforce_id)}")
    output.line(f"Linked      {date_and_time(link.created_at)}")
    _print_rows(output, link, rows)
    _print_troubles(output, errors, history)
    return ExitCode.FINE


def _print_rows(output: Output, link: IdentityMapping, rows: tuple[AttributeMapping, ...]) -> None:
    for row in rows:
        field = row.salesforce_field(link.salesforce_kind.value)
        if field is None:
            continue
        left = _seen(link.intercom, row.intercom_attribute)
        right = _seen(link.salesforce, field)
        waits = "  (waits to be written)" if row.id in link.due else ""
        output.line(f"  {row_text(row)}")
        output.line(f"      {left} in Intercom, {right} in Salesforce{waits}", dim=True)


def _seen(observation: Observation | None, name: str) -> str:
    if observation is None or name not in observation.values:
        return "not seen yet"
    return value_text(observation.values[name])


def _print_troubles(output: Output, errors: list[SyncError], history: list[HistoryEntry]) -> None:
    for error in errors:
        what, remedy = error_lines(error)
        output.line(f"Error {error.id}: {what}", colour=typer.colors.RED)
        output.line(f"      {remedy}")
    for entry in history:
        output.line(f"{date_and_time(entry.at)}  {change_text(entry)}")


def _no_link(link_id: int) -> UsageError:
    return UsageError(
        "Not understood",
        f"There is no link with the number {link_id}.",
        "`sfsync links list` shows the numbers.",
    )


async def unlink(data_dir: Path, output: Output, link_id: int) -> ExitCode:
    """End a link by hand: both records stay, and the two are kept apart."""
    result = await give(data_dir, Order("links.unlink", {"id": link_id}))
    output.document(result)
    output.line(f"Link {link_id} ended. Both records stay as they are, and the two are kept apart")
    output.line("until a key changes or you link them again.")
    return ExitCode.FINE


async def link(
    data_dir: Path, output: Output, intercom_id: str, salesforce_id: str, kind: PersonKind
) -> ExitCode:
    """Link two people by hand, whatever their keys; the link outlives key changes."""
    # Loaded only here: looking at the store needs none of the services.
    from sfsync_gui.services.salesforce.records import long_id

    record_id = long_id(salesforce_id)
    asked = {"intercom_id": intercom_id, "salesforce_id": record_id, "kind": kind}
    result = await give(data_dir, Order("links.link", asked))
    output.document(result)
    output.line(f"Linked: {plain(intercom_id)} in Intercom and {kind} {record_id}.")
    return ExitCode.FINE


def kind_of(salesforce_id: str) -> PersonKind:
    """The object of a Salesforce Id by its beginning: 00Q leads, 003 contacts, 001 accounts.

    Salesforce Help, "Standard Field Record ID Prefix Decoder". Raises `UsageError` for others.
    """
    kinds = {"00Q": PersonKind.LEAD, "003": PersonKind.CONTACT, "001": PersonKind.ACCOUNT}
    kind = kinds.get(salesforce_id[:3])
    if kind is None or len(salesforce_id) not in (15, 18):
        raise UsageError(
            "Not understood",
            f"{salesforce_id} is not the Id of a lead, a contact or an account.",
            "It has 15 or 18 characters and begins with 00Q, 003 or 001; it stands in the address "
            "of the record's page.",
        )
    return kind


# ---------------------------------------------------------------------- people


def list_people(
    data_dir: Path,
    output: Output,
    note: MatchOutcome | None,
    family: Family | None,
    limit: int,
) -> ExitCode:
    """People who were left unlinked although somebody on the other side carries their key."""
    with queries_of(data_dir) as queries:
        people = queries.unlinked_page(None, limit, note, family=family)
        total = queries.unlinked_count(note, family=family)
    output.document([asdict(person) for person in people])
    for person in people:
        _print_person(output, person)
    if not people:
        output.line("Nobody was left unlinked who could be linked.")
    elif total > len(people):
        output.line(f"… {total - len(people):,} more; see them with --limit", dim=True)
    return ExitCode.FINE


def _print_person(output: Output, person: UnlinkedPerson) -> None:
    name = person_text(person.name, person.key, person.id)
    key = f"  {plain(person.key)}" if person.key else ""
    output.line(
        f"{name}, {KIND[person.kind]} in {SERVICE[person.side]}{key}  "
        f"({plain(person.id)}; {_WHY.get(person.note, person.note)})"
    )
    for one in person.candidates:
        linked = f", linked already (link {one.link_id})" if one.link_id else ""
        changed = date_and_time(one.modified_at)
        named = person_text(one.name, one.id)
        output.line(
            f"    {KIND[one.kind]} {named}  ({one.id}, changed {changed}{linked})", dim=True
        )
