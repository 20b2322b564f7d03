"""The columns of links and of unlinked people, in the lists and in the exported file."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from sfsync_gui.core.csv_cells import Cell as CsvCell
from sfsync_gui.core.vocabulary import Family, MatchOutcome
from sfsync_gui.engine.questions import Candidate, LinkRow, LinkSort, UnlinkedPerson
from sfsync_gui.ui.panels.identities import wording
from sfsync_gui.ui.texts.history import person_text
from sfsync_gui.ui.texts.numbers import grouped
from sfsync_gui.ui.texts.services import KIND
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.table import Cell, Column

translate = QCoreApplication.translate


def link_columns(
    now: Callable[[], float], family: Family = Family.PEOPLE
) -> Sequence[Column[LinkRow]]:
    """The list of links. The keys of sortable columns are those of `LinkSort`.

    What all companies have in common is no column of theirs.
    """
    columns = (*_link_columns(now), *_quiet_link_columns())
    if family is Family.PEOPLE:
        return columns
    return [column for column in columns if column.key not in ("record", "role")]


def _link_columns(now: Callable[[], float]) -> Sequence[Column[LinkRow]]:
    return (
        Column(
            LinkSort.INTERCOM_NAME.value,
            translate("identities", "Intercom"),
            lambda link: Cell(wording.intercom_name(link), strong=True),
            width=160,
            least=120,
            sortable=True,
        ),
        Column(
            LinkSort.SALESFORCE_NAME.value,
            translate("identities", "Salesforce"),
            wording.salesforce_name,
            width=150,
            least=110,
            stretch=True,
            sortable=True,
        ),
        Column("record", translate("identities", "Record"), _record, width=100),
        Column(
            LinkSort.KEY.value,
            translate("identities", "Key"),
            lambda link: link.intercom_key or "",
            width=200,
            least=130,
            middle=True,
            sortable=True,
        ),
        Column("state", translate("identities", "State"), wording.state_cell, width=112),
        Column(
            LinkSort.LINKED.value,
            translate("identities", "Linked"),
            lambda link: wording.linked_cell(link, now),
            width=120,
            sortable=True,
            last_first=True,
        ),
    )


def _quiet_link_columns() -> Sequence[Column[LinkRow]]:
    """Columns that wait in the chooser."""
    return (
        Column("why", translate("identities", "Why linked"), wording.why_text, shown=False),
        Column("role", translate("identities", "Role"), _role, width=90, shown=False),
        Column(
            "record_key",
            translate("identities", "Key in Salesforce"),
            lambda link: link.salesforce_key or "",
            width=200,
            middle=True,
            shown=False,
        ),
        Column(
            "intercom_id",
            translate("identities", "Intercom Id"),
            lambda link: link.intercom_id,
            width=200,
            middle=True,
            shown=False,
        ),
        Column(
            "salesforce_id",
            translate("identities", "Salesforce Id"),
            lambda link: link.salesforce_id,
            width=170,
            middle=True,
            shown=False,
        ),
    )


def unlinked_columns(family: Family = Family.PEOPLE) -> Sequence[Column[UnlinkedPerson]]:
    """The list of those left unlinked."""
    of_people = family is Family.PEOPLE
    who = translate("identities", "Person") if of_people else translate("identities", "Name")
    return (
        Column("name", who, _person, width=180, least=120),
        Column("kind", translate("identities", "Kind"), _kind, width=176, least=156),
        Column(
            "key",
            translate("identities", "Key"),
            lambda person: person.key or "",
            width=200,
            least=130,
            middle=True,
        ),
        Column("why", translate("identities", "Why not linked"), _why_not, width=150),
        Column(
            "candidates",
            translate("identities", "Who carries the key"),
            lambda person: candidates_text(person.candidates),
            width=180,
            least=156,
            stretch=True,
        ),
    )


def candidates_text(candidates: Sequence[Candidate]) -> str:
    """The candidates by name, or how many there are."""
    names = [person_text(one.name, one.id) for one in candidates]
    if not names:
        return translate("identities", "Nobody any more")
    if len(names) <= 2:
        return ", ".join(names)
    more = grouped(len(names) - 1)
    return translate("identities", "{name} and {count} others").format(name=names[0], count=more)


WHY_NOT = {
    MatchOutcome.AMBIGUOUS: (
        QT_TRANSLATE_NOOP("identities", "Ambiguous"),
        "warning",
        Tone.WARNING,
    ),
    MatchOutcome.ALREADY_LINKED: (
        QT_TRANSLATE_NOOP("identities", "Already linked"),
        "link",
        Tone.MUTED,
    ),
}
"""Why a person was left unlinked: the words, the icon and its tone."""

EXPORTED: Sequence[tuple[str, Callable[[LinkRow], CsvCell]]] = (
    ("Intercom Id", lambda link: link.intercom_id),
    ("Intercom role", lambda link: link.intercom_kind.value),
    ("Intercom name", lambda link: link.intercom_name),
    ("Intercom key", lambda link: link.intercom_key),
    ("Salesforce Id", lambda link: link.salesforce_id),
    ("Salesforce object", lambda link: link.salesforce_kind.value),
    ("Salesforce name", lambda link: link.salesforce_name),
    ("Salesforce key", lambda link: link.salesforce_key),
    ("Linked (UTC)", lambda link: _utc(link.created_at)),
    ("Why linked", lambda link: link.trigger.value),
    ("By hand", lambda link: link.by_hand),
    ("Ambiguous", lambda link: link.ambiguous),
    ("Waiting", lambda link: link.due),
    ("Open errors", lambda link: link.errors),
)
"""The columns of the file: their heads are the same in all languages, for the sake of scripts."""

EXPORTED_UNLINKED: Sequence[tuple[str, Callable[[UnlinkedPerson], CsvCell]]] = (
    ("Service", lambda person: person.side.value),
    ("Id", lambda person: person.id),
    ("Kind", lambda person: person.kind.value),
    ("Name", lambda person: person.name),
    ("Key", lambda person: person.key),
    ("Why not linked", lambda person: person.note.value),
    ("Candidate Ids", lambda person: " ".join(one.id for one in person.candidates)),
)


def _record(link: LinkRow) -> Cell:
    kind = link.salesforce_kind
    return Cell(KIND[kind], wording.KIND_ICON[kind])


def _role(link: LinkRow) -> str:
    return KIND[link.intercom_kind]


def _person(person: UnlinkedPerson) -> Cell:
    return Cell(person_text(person.name, person.key, person.id), strong=True)


def _kind(person: UnlinkedPerson) -> Cell:
    return Cell(wording.kind_text(person.kind), wording.KIND_ICON[person.kind])


def _why_not(person: UnlinkedPerson) -> Cell:
    words, icon_name, tone = WHY_NOT[person.note]
    return Cell(translate("identities", str(words)), icon_name, icon_tone=tone)


def _utc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
