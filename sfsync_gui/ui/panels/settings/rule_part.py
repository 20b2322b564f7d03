"""The rules by which leads are created, in their order: the first that fits wins."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.lead_rules import LeadRule
from sfsync_gui.core.schema import Schema
from sfsync_gui.ui.texts.leads import rule_text
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.buttons import Button, IconButton
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, clear, column, row


class RulePart(QWidget):
    """`changed` tells a function that makes the rules that are wanted of those in force, which may
    be others than those shown; `add_wanted` tells that one is to be added.
    """

    changed = Signal(object)
    add_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rules: tuple[LeadRule, ...] = ()
        self._shown: object = None
        self._lines = column(space=SPACE_TIGHT)
        self.add_button = Button(self.tr("Add rule…"), icon_name="plus")
        self.add_button.setEnabled(False)
        self.add_button.clicked.connect(self.add_wanted)
        hint = PlainLabel(
            self.tr(
                "People of Intercom who come to meet a rule get a lead by themselves. The first "
                "rule that fits wins. Whoever is found in Salesforce is linked instead."
            ),
            size=Text.CAPTION,
            tone=Tone.MUTED,
            wrap=True,
        )
        self.setLayout(column(self._lines, row(self.add_button, None), hint, space=SPACE_GROUP))

    def show_rules(self, rules: Sequence[LeadRule], schema: Schema, *, editable: bool) -> None:
        """Show these; without a connection they cannot be changed."""
        shown = (tuple(rules), tuple(rule_text(rule, schema) for rule in rules), editable)
        if shown == self._shown:
            return
        self._shown = shown
        self.rules = tuple(rules)
        self.add_button.setEnabled(editable)
        clear(self._lines)
        for place, rule in enumerate(self.rules):
            self._lines.addWidget(self._line(place, rule, schema, editable=editable))

    def _line(self, place: int, rule: LeadRule, schema: Schema, *, editable: bool) -> QWidget:
        text = rule_text(rule, schema)
        if rule.everybody:
            text = self.tr("{rule} – everybody").format(rule=text)
        up = IconButton("chevron-up", self.tr("Move up"))
        up.clicked.connect(lambda: self.changed.emit(partial(_moved_up, rule)))
        remove = IconButton("delete", self.tr("Remove this rule"))
        remove.clicked.connect(lambda: self.changed.emit(partial(_without, rule)))
        up.setEnabled(editable and place > 0)
        remove.setEnabled(editable)
        for button in (up, remove):
            button.setAccessibleDescription(text)
        line = row(PlainLabel(text, wrap=True), up, remove, space=SPACE_GROUP)
        line.setStretch(0, 1)
        return boxed(line)


def _moved_up(rule: LeadRule, rules: Sequence[LeadRule]) -> Sequence[LeadRule]:
    """With the rule before the one that it stands behind."""
    ids = [one.id for one in rules]
    place = ids.index(rule.id) if rule.id in ids else 0
    if place == 0:
        return rules
    return [*rules[: place - 1], rules[place], rules[place - 1], *rules[place + 1 :]]


def _without(rule: LeadRule, rules: Sequence[LeadRule]) -> Sequence[LeadRule]:
    return [one for one in rules if one.id != rule.id]
