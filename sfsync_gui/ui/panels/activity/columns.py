"""The columns of the changes: in the table, and in the exported file."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.csv_cells import Cell as CsvCell
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.fields import FieldTexts
from sfsync_gui.ui.texts.history import change_text, person_text, reason_text, way_text
from sfsync_gui.ui.texts.services import SERVICE, towards_text
from sfsync_gui.ui.widgets.table import Cell, Column

translate = QCoreApplication.translate


def activity_columns(
    now: Callable[[], float], fields: Callable[[], FieldTexts]
) -> Sequence[Column[HistoryEntry]]:
    """Who, what, which way, why, and when."""

    def what(entry: HistoryEntry) -> Cell:
        text = change_text(entry, fields())
        return Cell(text, tooltip=text)

    def when(entry: HistoryEntry) -> Cell:
        return Cell(times.relative(entry.at, now()), tooltip=times.exact(entry.at))

    return (
        Column("who", translate("activity", "Who"), who_text, width=170, least=110),
        Column("what", translate("activity", "What"), what, width=260, least=180, stretch=True),
        Column("way", translate("activity", "Direction"), _way, width=110),
        Column("why", translate("activity", "Why"), _why, width=180, least=140),
        Column("when", translate("activity", "When"), when, width=120),
    )


EXPORTED: Sequence[tuple[str, Callable[[HistoryEntry], CsvCell]]] = (
    ("Time (UTC)", lambda entry: times.utc(entry.at)),
    ("Person", lambda entry: entry.person_name),
    ("Intercom Id", lambda entry: entry.intercom_id),
    ("Salesforce Id", lambda entry: entry.salesforce_id),
    ("Salesforce object", lambda entry: entry.salesforce_kind and entry.salesforce_kind.value),
    ("What", lambda entry: entry.kind.value),
    ("Written to", lambda entry: SERVICE[entry.side] if entry.side else None),
    ("Field", lambda entry: entry.field),
    ("Before", lambda entry: entry.before),
    ("After", lambda entry: entry.after),
    ("Why", lambda entry: entry.trigger.value),
)
"""The columns of the file: their heads are the same in all languages, for the sake of scripts."""


def who_text(entry: HistoryEntry) -> str:
    """To whom it happened."""
    return person_text(entry.person_name, entry.intercom_id, entry.salesforce_id)


def _why(entry: HistoryEntry) -> str:
    return reason_text(entry.trigger)


def _way(entry: HistoryEntry) -> Cell:
    whole = way_text(entry)
    return Cell(towards_text(entry.side), tooltip=whole) if entry.side and whole else Cell()
