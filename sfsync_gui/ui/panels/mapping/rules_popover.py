"""The rules of one row: blanks, conflicts, and text that is too long."""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule
from sfsync_gui.ui.theme.tokens import SPACE_INSET, SPACE_SECTION, SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import column
from sfsync_gui.ui.widgets.page import FormRow
from sfsync_gui.ui.widgets.popover import Popover
from sfsync_gui.ui.widgets.segmented import Option, Segmented


class RulesPopover(Popover):
    """Tells each choice at once by `changed`, as the row with it."""

    changed = Signal(object)

    def __init__(
        self,
        row: AttributeMapping,
        name: str,
        parent: QWidget,
        *,
        conflicts: bool,
        shortens: bool,
    ) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Rules of {row}").format(row=name))
        self._row = row
        self.blanks = Segmented(
            self.tr("A blank on one side"),
            [
                Option(BlankRule.KEEP, self.tr("Is ignored")),
                Option(BlankRule.COPY, self.tr("Is copied")),
            ],
            row.blank_rule,
        )
        self.conflicts = Segmented(
            self.tr("Who wins where both sides changed"),
            [
                Option(ConflictRule.SALESFORCE, self.tr("Salesforce")),
                Option(ConflictRule.INTERCOM, self.tr("Intercom")),
                Option(ConflictRule.NEWER, self.tr("Newer")),
            ],
            row.conflict_rule,
        )
        self.shorten = QCheckBox(self.tr("Cut text that is too long"))
        self.shorten.setChecked(row.shorten)
        self.body.setContentsMargins(SPACE_INSET, SPACE_INSET, SPACE_INSET, SPACE_INSET)
        self.body.setSpacing(SPACE_SECTION)
        self._add(
            self.tr("A blank on one side"),
            self.blanks,
            self.tr("Copied, it empties the field on the other side."),
        )
        if conflicts:
            self._add(
                self.tr("Who wins where both sides changed"),
                self.conflicts,
                self.tr("The value that loses is kept in the history."),
            )
        if shortens:
            hint = PlainLabel(
                self.tr("Otherwise it is reported as a sync error."),
                size=Text.CAPTION,
                tone=Tone.MUTED,
                wrap=True,
            )
            self.body.addLayout(column(self.shorten, hint, space=SPACE_TIGHT))
        self.blanks.chosen.connect(self._on_blanks_chosen)
        self.conflicts.chosen.connect(self._on_conflicts_chosen)
        self.shorten.toggled.connect(self._on_shorten_toggled)

    def _add(self, label: str, control: QWidget, hint: str) -> None:
        self.body.addWidget(FormRow(label, control, hint=hint))

    def open_at(self, anchor: QWidget) -> None:
        """Open with the keyboard at the first choice."""
        super().open_at(anchor)
        self.blanks.segment(self.blanks.value).setFocus()

    def _on_blanks_chosen(self, rule: BlankRule) -> None:
        self._tell(replace(self._row, blank_rule=rule))

    def _on_conflicts_chosen(self, rule: ConflictRule) -> None:
        self._tell(replace(self._row, conflict_rule=rule))

    def _on_shorten_toggled(self, shorten: bool) -> None:
        self._tell(replace(self._row, shorten=shorten))

    def _tell(self, row: AttributeMapping) -> None:
        self._row = row
        self.changed.emit(row)
