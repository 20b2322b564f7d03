"""A new rule by which leads are created: conditions, all of which must hold."""

from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from sfsync_gui.core.lead_rules import LABELS, ROLE, Comparison, Condition, LeadRule, problem_of
from sfsync_gui.core.schema import Schema
from sfsync_gui.ui.texts.leads import attribute_text, comparison_text
from sfsync_gui.ui.theme.tokens import CONTROL_HEIGHT, RULE_DIALOG, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import Button, IconButton, PrimaryButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import column, row


class ConditionRow(QWidget):
    """Attribute, test, value, and a button that takes the condition away."""

    def __init__(self, schema: Schema, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.attribute, self.test, self.value = QComboBox(), QComboBox(), QLineEdit()
        first = (ROLE, *LABELS)
        names = set(schema.intercom).difference(first)  # the role is an attribute, too
        labelled = sorted(names, key=lambda name: attribute_text(name, schema).casefold())
        for name in (*first, *labelled):
            self.attribute.addItem(attribute_text(name, schema), name)
            self.attribute.setItemData(
                self.attribute.count() - 1, name, Qt.ItemDataRole.ToolTipRole
            )
        for test in Comparison:
            self.test.addItem(comparison_text(test), test)
        self.remove_button = IconButton("minus", self.tr("Remove this condition"))
        for widget, name in (
            (self.attribute, self.tr("Attribute")),
            (self.test, self.tr("Test")),
            (self.value, self.tr("Value")),
        ):
            widget.setAccessibleName(name)
        line = row(self.attribute, self.test, self.value, self.remove_button, space=SPACE_GROUP)
        for place, share in enumerate((4, 3, 4)):
            line.setStretch(place, share)
        self.setLayout(line)
        self.setMinimumHeight(CONTROL_HEIGHT)
        self.test.currentIndexChanged.connect(self._on_test)

    def condition(self) -> Condition:
        """What was entered."""
        test = Comparison(self.test.currentData())
        value = self.value.text().strip() if test.takes_value else ""
        return Condition(str(self.attribute.currentData()), test, value)

    def _on_test(self) -> None:
        self.value.setEnabled(Comparison(self.test.currentData()).takes_value)


class RuleDialog(Dialog):
    """Accepted, it has a `rule`."""

    def __init__(self, schema: Schema, parent: QWidget | None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Create leads by a rule"))
        self.setMinimumWidth(RULE_DIALOG)
        self._schema = schema
        self.rule: LeadRule | None = None
        self.rows: list[ConditionRow] = []
        self._conditions = column(space=SPACE_GROUP)
        self.add_condition_button = Button(self.tr("Add condition"), icon_name="plus")
        self.add_condition_button.clicked.connect(self.add_condition)
        self.everybody = QCheckBox(self.tr("Also for those who qualify already"))
        self.problem = PlainLabel(tone=Tone.DANGER, wrap=True)
        self.problem.hide()
        explained = PlainLabel(
            self.tr(
                "Whoever comes to meet all conditions gets a lead, unless linked or found in "
                "Salesforce already. Days are written 2026-01-31."
            ),
            tone=Tone.MUTED,
            wrap=True,
        )
        for item in (PlainLabel(self.windowTitle(), size=Text.SECTION), explained):
            self.body.addWidget(item)
        self.body.addLayout(self._conditions)
        self.body.addLayout(row(self.add_condition_button, None))
        self.body.addWidget(self.everybody)
        self.body.addWidget(self.problem)
        self.add_button(Button(self.tr("Cancel")), accepts=False)
        self.save_button = PrimaryButton(self.tr("Add rule"))
        self.add_button(self.save_button, accepts=True, default=True)
        self.add_condition()

    def add_condition(self) -> None:
        """One more line."""
        line = ConditionRow(self._schema)
        line.remove_button.clicked.connect(lambda: self._remove(line))
        self.rows.append(line)
        self._conditions.addWidget(line)
        line.setVisible(True)  # at once, so that it counts in the dialog's height
        self._show_removable()
        self._fit()
        line.attribute.setFocus()

    def _remove(self, line: ConditionRow) -> None:
        self.rows.remove(line)
        line.hide()
        self._conditions.removeWidget(line)
        line.deleteLater()
        self._show_removable()
        self._fit()

    def _fit(self) -> None:
        """Be as high as what is in it."""
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _show_removable(self) -> None:
        for line in self.rows:
            line.remove_button.setEnabled(len(self.rows) > 1)

    def accept(self) -> None:
        """Take the rule, or say what is wrong with it."""
        conditions = tuple(line.condition() for line in self.rows)
        for condition in conditions:
            if problem_of(condition) is not None:
                self._say(condition)
                return
        self.rule = LeadRule(uuid4().hex, conditions, self.everybody.isChecked())
        super().accept()

    def _say(self, condition: Condition) -> None:
        name = attribute_text(condition.attribute, self._schema)
        if condition.attribute == ROLE:
            text = self.tr("Role is, or is not, “user” or “lead”.")
        elif condition.is_on_label and condition.value:
            text = self.tr("{attribute}: it is, or is not, one of that name.").format(
                attribute=name
            )
        elif not condition.value:
            text = self.tr("{attribute}: there is nothing to compare with.").format(attribute=name)
        else:
            text = self.tr("{attribute}: write a number, or a day such as 2026-01-31.").format(
                attribute=name
            )
        self.problem.setText(text)
        self.problem.show()
        self._fit()
