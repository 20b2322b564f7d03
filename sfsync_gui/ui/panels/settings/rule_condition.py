"""One condition of a rule for leads: an attribute, a test that suits it, and a value."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QStackedWidget, QWidget

from sfsync_gui.core.lead_rules import LABELS, ROLE, SEGMENT, TAG, Comparison, Condition
from sfsync_gui.core.schema import IntercomType, Schema
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.ui.texts.leads import attribute_text, comparison_text
from sfsync_gui.ui.texts.services import KIND
from sfsync_gui.ui.theme.tokens import CONTROL_HEIGHT, SPACE_GROUP
from sfsync_gui.ui.widgets.buttons import IconButton
from sfsync_gui.ui.widgets.layouts import row
from sfsync_gui.ui.widgets.tooltips import plain

translate = QCoreApplication.translate

_EQUAL = (Comparison.IS, Comparison.IS_NOT)
_PRESENT = (Comparison.IS_SET, Comparison.IS_BLANK)
_ORDERED = (*_EQUAL, Comparison.MORE_THAN, Comparison.LESS_THAN, *_PRESENT)
_OF_TYPE = {
    IntercomType.LIST: (*_EQUAL, *_PRESENT),
    IntercomType.BOOLEAN: (*_EQUAL, *_PRESENT),
    IntercomType.INTEGER: _ORDERED,
    IntercomType.DECIMAL: _ORDERED,
    IntercomType.DATE: _ORDERED,
}

Choices = Sequence[tuple[str, str]]
"""What a value can be: what is stored, and what is shown."""


def tests_of(name: str, schema: Schema) -> Sequence[Comparison]:
    """The tests that mean something for an attribute; a text may hold anything."""
    if name in (ROLE, *LABELS):
        return _EQUAL
    attribute = schema.intercom.get(name)
    return _OF_TYPE.get(attribute.type, tuple(Comparison)) if attribute else tuple(Comparison)


def choices_of(name: str, schema: Schema) -> Choices:
    """All that the value of an attribute can be; nothing where it can be anything."""
    if name == ROLE:
        return [(kind.value, KIND[kind]) for kind in (PersonKind.USER, PersonKind.INTERCOM_LEAD)]
    attribute = schema.intercom.get(name)
    if attribute is None:
        return ()
    if attribute.type is IntercomType.BOOLEAN:
        return (("yes", translate("leads", "Yes")), ("no", translate("leads", "No")))
    return [(option.value, option.label) for option in attribute.options]


def hint_of(name: str, schema: Schema) -> str:
    """What stands in the field while it is empty."""
    if name in LABELS:
        hints = {TAG: translate("leads", "Name of the tag")}
        return hints.get(name, translate("leads", "Name of the segment"))
    attribute = schema.intercom.get(name)
    if attribute is not None and attribute.type is IntercomType.DATE:
        return translate("leads", "2026-01-31")
    return ""


class ValueField(QStackedWidget):
    """A choice where all values are known, else a field to write in."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text, self.choice = QLineEdit(), QComboBox()
        for widget in (self.text, self.choice):
            widget.setAccessibleName(self.tr("Value"))
            self.addWidget(widget)
        self.text.textChanged.connect(self.edited)
        self.choice.currentIndexChanged.connect(self.edited)

    def offer(self, choices: Choices, hint: str) -> None:
        """Take one of these from now on; anything where there are none."""
        self.choice.clear()
        for value, label in choices:
            self.choice.addItem(label, value)
        self.text.setPlaceholderText(hint)
        field = self.choice if choices else self.text
        self.setCurrentWidget(field)
        self.setFocusProxy(field)

    def value(self) -> str:
        """What was chosen or written."""
        if self.currentWidget() is self.choice:
            return str(self.choice.currentData())
        return self.text.text().strip()


class ConditionRow(QWidget):
    """Attribute, test, value, and a button that takes the condition away."""

    edited = Signal()

    def __init__(self, schema: Schema, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._schema = schema
        self.attribute, self.test, self.value = QComboBox(), QComboBox(), ValueField()
        self.attribute.setAccessibleName(self.tr("Attribute"))
        self.test.setAccessibleName(self.tr("Test"))
        self._offer_attributes()
        self.remove_button = IconButton("minus", self.tr("Remove this condition"))
        line = row(self.attribute, self.test, self.value, self.remove_button, space=SPACE_GROUP)
        for place, share in enumerate((4, 3, 4)):
            line.setStretch(place, share)
        self.setLayout(line)
        self.setMinimumHeight(CONTROL_HEIGHT)
        self.attribute.currentIndexChanged.connect(self._on_attribute)
        self.test.currentIndexChanged.connect(self._on_test)
        self.value.edited.connect(self.edited)
        self._on_attribute()

    def _offer_attributes(self) -> None:
        special = (ROLE, TAG, SEGMENT)
        names = sorted(
            self._schema.intercom, key=lambda name: attribute_text(name, self._schema).casefold()
        )
        for name in (*special, *(name for name in names if name not in special)):
            self.attribute.addItem(attribute_text(name, self._schema), name)
            place = self.attribute.count() - 1
            self.attribute.setItemData(place, plain(name), Qt.ItemDataRole.ToolTipRole)

    def condition(self) -> Condition:
        """What was entered."""
        test = Comparison(self.test.currentData())
        value = self.value.value() if test.takes_value else ""
        return Condition(str(self.attribute.currentData()), test, value)

    def _on_attribute(self) -> None:
        """Offer what suits the attribute; the test stays where it does."""
        name = str(self.attribute.currentData())
        before = self.test.currentData()
        self.test.blockSignals(True)
        self.test.clear()
        for test in tests_of(name, self._schema):
            self.test.addItem(comparison_text(test), test)
        self.test.setCurrentIndex(max(0, self.test.findData(before)))
        self.test.blockSignals(False)
        self.value.offer(choices_of(name, self._schema), hint_of(name, self._schema))
        self._on_test()

    def _on_test(self) -> None:
        self.value.setEnabled(Comparison(self.test.currentData()).takes_value)
        self.edited.emit()
