"""Teammates and users side by side, whoever has no counterpart first."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.owners import Owner, OwnerPair
from sfsync_gui.core.schema import Schema
from sfsync_gui.ui.panels.mapping.owners import lone_owners, owner_pairs
from sfsync_gui.ui.theme.tokens import (
    DIALOG,
    POPOVER_HEIGHT,
    SPACE_GROUP,
    SPACE_INSET,
    SPACE_SECTION,
    Tone,
)
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column
from sfsync_gui.ui.widgets.popover import Popover
from sfsync_gui.ui.widgets.surfaces import Divider

SHOWN_AT_MOST = 200
"""Rows: an org may have thousands of users. `sfsync owners` lists them all."""


class OwnersPopover(Popover):
    """The owners of both sides, paired by e-mail address."""

    def __init__(self, row: AttributeMapping, name: str, schema: Schema, parent: QWidget) -> None:
        super().__init__("", parent, width=DIALOG)
        self.setAccessibleName(self.tr("Owners of {row}").format(row=name))
        lone = lone_owners(row, schema)
        pairs = [*lone, *(pair for pair in owner_pairs(schema) if pair.is_whole)]
        hint = PlainLabel(
            self.tr(
                "A teammate and a user with the same e-mail address are one person. Records of "
                "somebody without a counterpart become sync errors; those of a queue are nobody’s."
            ),
            size=Text.CAPTION,
            tone=Tone.MUTED,
            wrap=True,
        )
        content = column(hint, OwnersTable(pairs), space=SPACE_SECTION, margins=SPACE_GROUP)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box = boxed(content)
        self._scroll.setWidget(box)
        for ground in (self._scroll.viewport(), box):
            ground.setAutoFillBackground(False)
        self.body.addWidget(self._scroll)
        wanted = box.sizeHint().height() + 2 * SPACE_GROUP + SPACE_INSET
        self.setFixedHeight(min(POPOVER_HEIGHT, wanted))

    def open_at(self, anchor: QWidget) -> None:
        """Open with the keyboard on the list, so that arrows scroll it."""
        super().open_at(anchor)
        self._scroll.setFocus()


class OwnersTable(QWidget):
    """Intercom's teammate, whether there is a pair, Salesforce's user."""

    def __init__(self, pairs: Sequence[OwnerPair], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_INSET)
        grid.setVerticalSpacing(SPACE_GROUP)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)
        for place, text in ((0, self.tr("Teammate in Intercom")), (2, self.tr("Salesforce user"))):
            grid.addWidget(ElidedLabel(text, size=Text.CAPTION, tone=Tone.MUTED), 0, place)
        grid.addWidget(Divider(), 1, 0, 1, 3)
        for number, pair in enumerate(pairs[:SHOWN_AT_MOST], start=2):
            self._add(grid, number, pair)
        if not pairs:
            nothing = PlainLabel(self.tr("Nobody is known on either side yet."), tone=Tone.MUTED)
            grid.addWidget(nothing, 2, 0, 1, 3)
        elif len(pairs) > SHOWN_AT_MOST:
            more = self.tr("{n} more: `sfsync owners` lists them all.")
            label = PlainLabel(more.format(n=len(pairs) - SHOWN_AT_MOST), tone=Tone.MUTED)
            grid.addWidget(label, SHOWN_AT_MOST + 2, 0, 1, 3)
        self.setLayout(grid)
        self.setAccessibleName(self.tr("Owners"))

    def _add(self, grid: QGridLayout, number: int, pair: OwnerPair) -> None:
        if pair.is_whole:
            sign = IconLabel("check", Tone.SUCCESS, name=self.tr("The same person"))
        else:
            sign = IconLabel("warning", Tone.WARNING, name=self.tr("No counterpart"))
        grid.addWidget(self._owner(pair.teammate, self.tr("No teammate")), number, 0)
        grid.addWidget(sign, number, 1)
        grid.addWidget(self._owner(pair.user, self.tr("No active user")), number, 2)
        if pair.others:
            note = self.tr("Several have this address; the first of them counts.")
            sign.setToolTip(note)

    def _owner(self, owner: Owner | None, nobody: str) -> QWidget:
        if owner is None:
            return PlainLabel(nobody, size=Text.CAPTION, tone=Tone.MUTED)
        return ElidedLabel(owner.email)
