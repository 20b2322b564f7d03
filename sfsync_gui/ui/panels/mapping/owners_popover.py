"""Teammates and users side by side, whoever has no counterpart first."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.owners import Owner, OwnerPair
from sfsync_gui.core.schema import Schema
from sfsync_gui.ui.panels.mapping.owners import lone_owners, owner_pairs
from sfsync_gui.ui.panels.mapping.pairs_popover import PairsPopover, PairsTable
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import column

SHOWN_AT_MOST = 200
"""Rows: an org may have thousands of users. `sfsync owners` lists them all."""


class OwnersPopover(PairsPopover):
    """The owners of both sides, paired by e-mail address."""

    def __init__(self, row: AttributeMapping, name: str, schema: Schema, parent: QWidget) -> None:
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
        super().__init__(self.tr("Owners of {row}").format(row=name), content, parent)


class OwnersTable(PairsTable):
    """Intercom's teammate, whether there is a pair, Salesforce's user."""

    def __init__(self, pairs: Sequence[OwnerPair], parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Teammate in Intercom"), self.tr("Salesforce user"), parent)
        for pair in pairs[:SHOWN_AT_MOST]:
            self._add(pair)
        if not pairs:
            self._add_note(self.tr("Nobody is known on either side yet."))
        elif len(pairs) > SHOWN_AT_MOST:
            more = self.tr("{n} more: `sfsync owners` lists them all.")
            self._add_note(more.format(n=len(pairs) - SHOWN_AT_MOST))
        self.setAccessibleName(self.tr("Owners"))

    def _add(self, pair: OwnerPair) -> None:
        if pair.is_whole:
            sign = IconLabel("check", Tone.SUCCESS, name=self.tr("The same person"))
        else:
            sign = IconLabel("warning", Tone.WARNING, name=self.tr("No counterpart"))
        if pair.others:
            sign.setToolTip(self.tr("Several have this address; the first of them counts."))
        self._add_pair(
            self._owner(pair.teammate, self.tr("No teammate")),
            sign,
            self._owner(pair.user, self.tr("No active user")),
        )

    def _owner(self, owner: Owner | None, nobody: str) -> QWidget:
        if owner is None:
            return PlainLabel(nobody, size=Text.CAPTION, tone=Tone.MUTED)
        return ElidedLabel(owner.email)
