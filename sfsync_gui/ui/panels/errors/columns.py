"""The columns of the errors: in the list, in the list of causes, and in the exported file."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.csv_cells import Cell as CsvCell
from sfsync_gui.core.history import SyncError
from sfsync_gui.engine.questions import ErrorGroup
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.errors import cause_text, way_text, who_text
from sfsync_gui.ui.texts.fields import FieldTexts
from sfsync_gui.ui.texts.numbers import grouped
from sfsync_gui.ui.texts.services import KIND, SERVICE, towards_text
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.table import Cell, Column

translate = QCoreApplication.translate

Fields = Callable[[], FieldTexts]
"""What fields are called now."""


def error_columns(now: Callable[[], float], fields: Fields) -> Sequence[Column[SyncError]]:
    """The list of errors, one a line."""

    def field(error: SyncError) -> Cell:
        label = fields().label(error.side, error.salesforce_kind, error.field)
        return Cell(label, tooltip=error.field or "")

    return (
        Column("who", translate("errors", "Who"), who_text, width=160, least=120),
        Column(
            "what", translate("errors", "What happened"), _what, width=240, least=160, stretch=True
        ),
        Column("field", translate("errors", "Field"), field, width=120, least=90),
        Column("way", translate("errors", "Direction"), _way, width=110),
        Column("kind", translate("errors", "Object"), _kind, width=90, shown=False),
        Column("tries", translate("errors", "Attempts"), _attempts, width=80, right=True),
        Column("when", translate("errors", "Last tried"), lambda row: _ago(row, now), width=130),
    )


def cause_columns(now: Callable[[], float], fields: Fields) -> Sequence[Column[ErrorGroup]]:
    """The list of causes, most numerous first."""

    def cause(group: ErrorGroup) -> Cell:
        sample = group.sample
        return Cell(cause_text(sample, fields()), tooltip=sample.message, strong=True)

    def field(group: ErrorGroup) -> Cell:
        sample = group.sample
        label = fields().label(sample.side, sample.salesforce_kind, group.cause.field)
        return Cell(label, tooltip=group.cause.field or "")

    def newest(group: ErrorGroup) -> Cell:
        return _time_cell(group.newest_at, now)

    return (
        Column("cause", translate("errors", "Cause"), cause, width=260, least=180, stretch=True),
        Column("service", translate("errors", "Refused by"), _service, width=110),
        Column("field", translate("errors", "Field"), field, width=130, least=90),
        Column("count", translate("errors", "Errors"), _count, width=80, right=True),
        Column("people", translate("errors", "Records"), _people, width=80, right=True),
        Column("since", translate("errors", "Last tried"), newest, width=130),
    )


EXPORTED: Sequence[tuple[str, Callable[[SyncError], CsvCell]]] = (
    ("Person", lambda error: error.person_name),
    ("Intercom Id", lambda error: error.intercom_id),
    ("Salesforce Id", lambda error: error.salesforce_id),
    ("Salesforce object", lambda error: error.salesforce_kind and error.salesforce_kind.value),
    ("Refused by", lambda error: SERVICE[error.side]),
    ("Field", lambda error: error.field),
    ("Refused value", lambda error: error.refused),
    ("Cause", cause_text),
    ("Message", lambda error: error.message),
    ("What to do", lambda error: error.remedy),
    ("Code", lambda error: error.code),
    ("Attempts", lambda error: error.attempts),
    ("First failed (UTC)", lambda error: times.utc(error.first_at)),
    ("Last tried (UTC)", lambda error: times.utc(error.last_at)),
)
"""The columns of the file: their heads are the same in all languages, for the sake of scripts."""


def _what(error: SyncError) -> Cell:
    return Cell(error.message, tooltip=f"{error.message}\n{error.remedy}")


def _way(error: SyncError) -> Cell:
    return Cell(towards_text(error.side), tooltip=way_text(error))


def _kind(error: SyncError) -> str:
    return KIND[error.salesforce_kind] if error.salesforce_kind else ""


def _attempts(error: SyncError) -> str:
    return grouped(error.attempts)


def _ago(error: SyncError, now: Callable[[], float]) -> Cell:
    if not error.holds:
        return Cell(translate("errors", "being tried"), icon_name="clock", tone=Tone.MUTED)
    return _time_cell(error.last_at, now)


def _service(group: ErrorGroup) -> str:
    return SERVICE[group.cause.side]


def _count(group: ErrorGroup) -> str:
    return grouped(group.count)


def _people(group: ErrorGroup) -> str:
    return grouped(group.people)


def _time_cell(at: float, now: Callable[[], float]) -> Cell:
    return Cell(times.relative(at, now()), tooltip=times.exact(at))
