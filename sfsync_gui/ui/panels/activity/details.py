"""The details of one change, for the pane at the right."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import HistoryKind, Side
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.history import change_text, reason_text, way_text
from sfsync_gui.ui.texts.services import KIND, SERVICE
from sfsync_gui.ui.texts.values import value_text
from sfsync_gui.ui.widgets.doings import Doing, doing_buttons
from sfsync_gui.ui.widgets.key_values import KeyValueTable
from sfsync_gui.ui.widgets.labels import PlainLabel

translate = QCoreApplication.translate
_WITH_VALUES = (HistoryKind.WRITTEN, HistoryKind.OVERRULED)


def change_details(entry: HistoryEntry, doings: Sequence[Doing]) -> Sequence[QWidget]:
    """What happened in a sentence, what can be done, and the facts."""
    return (
        PlainLabel(change_text(entry), wrap=True, selectable=True),
        doing_buttons(doings),
        KeyValueTable(_facts(entry)),
    )


def _facts(entry: HistoryEntry) -> Sequence[tuple[str, str]]:
    facts = [
        (translate("activity", "When"), times.moment(entry.at)),
        (translate("activity", "Why"), reason_text(entry.trigger)),
        (translate("activity", "Direction"), way_text(entry)),
        (translate("activity", "Field"), entry.field or ""),
    ]
    if entry.kind in _WITH_VALUES:
        facts += [
            (translate("activity", "Before"), value_text(entry.before) or "–"),
            (translate("activity", "After"), value_text(entry.after) or "–"),
        ]
    kind = KIND[entry.salesforce_kind] if entry.salesforce_kind else ""
    facts += [
        (translate("activity", "Salesforce object"), kind),
        (_id_of(Side.INTERCOM), entry.intercom_id or ""),
        (_id_of(Side.SALESFORCE), entry.salesforce_id or ""),
    ]
    return [(name, value) for name, value in facts if value]


def _id_of(side: Side) -> str:
    return translate("activity", "{service} Id").format(service=SERVICE[side])
