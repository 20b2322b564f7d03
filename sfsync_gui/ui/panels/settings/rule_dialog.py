"""A new rule by which leads are created: conditions, all of which must hold."""

from uuid import uuid4

from PySide6.QtWidgets import QCheckBox, QWidget

from sfsync_gui.core.lead_rules import Condition, LeadRule, problem_of
from sfsync_gui.core.schema import Schema
from sfsync_gui.ui.panels.settings.rule_condition import ConditionRow
from sfsync_gui.ui.texts.leads import attribute_text
from sfsync_gui.ui.theme.tokens import RULE_DIALOG, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import column, row


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
                "Salesforce already."
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
        line.edited.connect(self._on_edited)
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

    def _on_edited(self) -> None:
        """What was wrong may be well now: adding the rule tells."""
        if not self.problem.isHidden():
            self.problem.hide()
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
        if not condition.value:
            text = self.tr("{attribute}: there is nothing to compare with.").format(attribute=name)
        else:
            text = self.tr("{attribute}: write a number, or a day such as 2026-01-31.").format(
                attribute=name
            )
        self.problem.setText(text)
        self.problem.show()
        self._fit()
