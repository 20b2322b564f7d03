"""The details of one error or of one cause, for the pane at the right."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.handle import PairView
from sfsync_gui.engine.questions import ErrorGroup
from sfsync_gui.ui.panels.compared import compared_field
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.families import counted_records
from sfsync_gui.ui.texts.fields import FieldTexts
from sfsync_gui.ui.texts.numbers import counted, grouped
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.texts.values import value_text
from sfsync_gui.ui.theme.tokens import SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.comparison import RecordComparison
from sfsync_gui.ui.widgets.doings import Doing, doing_buttons
from sfsync_gui.ui.widgets.key_values import KeyValueTable
from sfsync_gui.ui.widgets.labels import PlainLabel, Text, told_label
from sfsync_gui.ui.widgets.layouts import boxed, column

translate = QCoreApplication.translate


def error_details(
    error: SyncError, pair: PairView | None, doings: Sequence[Doing], fields: FieldTexts
) -> Sequence[QWidget]:
    """What happened to one person, what to do, the values of both sides, and the facts."""
    parts: list[QWidget] = [
        _told(translate("errors", "What happened"), error.message),
        _told(translate("errors", "What to do"), error.remedy),
        doing_buttons(doings),
    ]
    compared = [field for field in pair.fields if field.row.id == error.row_id] if pair else []
    if compared:
        parts.append(RecordComparison([compared_field(field) for field in compared]))
    parts.append(KeyValueTable(_facts(error, fields)))
    return parts


def cause_details(group: ErrorGroup, doings: Sequence[Doing]) -> Sequence[QWidget]:
    """What the errors of a cause have in common, with one of them as an example."""
    sample = group.sample
    facts = (
        (translate("errors", "Errors"), counted(group.count, "error")),
        (translate("errors", "Concerned"), _concerned(group)),
        (translate("errors", "First failed"), times.moment(group.oldest_at)),
        (translate("errors", "Last tried"), times.moment(group.newest_at)),
        (translate("errors", "Code"), group.cause.code),
    )
    said = translate("errors", "For example")
    if not sample.code.islower():  # else it is a word of our own: nothing was sent
        said = translate("errors", "For example, {service} said")
    return (
        _told(translate("errors", "What to do"), sample.remedy),
        doing_buttons(doings),
        _told(said.format(service=SERVICE[sample.side]), sample.message),
        KeyValueTable(facts),
    )


def _concerned(group: ErrorGroup) -> str:
    """'12 people': an error's row tells of whom it is, and all errors of a cause are of one row."""
    kind = group.sample.salesforce_kind
    return counted_records(group.people, Family.PEOPLE if kind is None else kind.family)


def _told(head: str, text: str) -> QWidget:
    return boxed(
        column(
            PlainLabel(head, size=Text.CAPTION, tone=Tone.MUTED),
            told_label(text),
            space=SPACE_TIGHT,
        )
    )


def _field(error: SyncError, fields: FieldTexts) -> str:
    return fields.label(error.side, error.salesforce_kind, error.field)


def _facts(error: SyncError, fields: FieldTexts) -> Sequence[tuple[str, str]]:
    facts = [
        (translate("errors", "Field"), _field(error, fields)),
        (translate("errors", "Refused value"), value_text(error.refused)),
        (translate("errors", "First failed"), times.moment(error.first_at)),
        (translate("errors", "Last tried"), times.moment(error.last_at)),
        (translate("errors", "Attempts"), grouped(error.attempts)),
        (translate("errors", "Code"), error.code),
        (
            translate("errors", "{service} Id").format(service=SERVICE[Side.INTERCOM]),
            error.intercom_id or "",
        ),
        (
            translate("errors", "{service} Id").format(service=SERVICE[Side.SALESFORCE]),
            error.salesforce_id or "",
        ),
    ]
    return [(name, value) for name, value in facts if value]
