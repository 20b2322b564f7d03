"""The details of one change, for the pane at the right."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.fields import FieldTexts
from sfsync_gui.ui.texts.history import (
    change_text,
    changed_label,
    changed_values,
    reason_text,
    way_text,
)
from sfsync_gui.ui.texts.services import KIND, SERVICE
from sfsync_gui.ui.widgets.doings import Doing, doing_buttons
from sfsync_gui.ui.widgets.key_values import KeyValueTable
from sfsync_gui.ui.widgets.labels import told_label

translate = QCoreApplication.translate


def change_details(
    entry: HistoryEntry, doings: Sequence[Doing], fields: FieldTexts
) -> Sequence[QWidget]:
    """What happened in a sentence, what can be done, and the facts."""
    return (
        told_label(change_text(entry, fields)),
        doing_buttons(doings),
        KeyValueTable(_facts(entry, fields)),
    )


def _facts(entry: HistoryEntry, fields: FieldTexts) -> Sequence[tuple[str, str]]:
    facts = [
        (translate("activity", "When"), times.moment(entry.at)),
        (translate("activity", "Why"), reason_text(entry.trigger)),
        (translate("activity", "Direction"), way_text(entry)),
        (translate("activity", "Field"), _field(entry, fields)),
    ]
    if entry.kind.is_write:
        heads = (translate("activity", "Before"), translate("activity", "After"))
        facts += zip(heads, changed_values(entry, fields), strict=True)
    kind = KIND[entry.salesforce_kind] if entry.salesforce_kind else ""
    facts += [
        (translate("activity", "Salesforce object"), kind),
        (_id_of(Side.INTERCOM), entry.intercom_id or ""),
        (_id_of(Side.SALESFORCE), entry.salesforce_id or ""),
    ]
    return [(name, value) for name, value in facts if value]


def _field(entry: HistoryEntry, fields: FieldTexts) -> str:
    """The label, with the API name for whoever looks for the field in the service."""
    label, name = changed_label(entry, fields), entry.field or ""
    return label if label.casefold() == name.casefold() else f"{label} ({name})"


def _id_of(side: Side) -> str:
    return translate("activity", "{service} Id").format(service=SERVICE[side])
