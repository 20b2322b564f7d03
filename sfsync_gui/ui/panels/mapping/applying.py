"""Putting a draft into force: what keeps it from that, what it means, and what may follow."""

from collections.abc import Sequence

from PySide6.QtCore import QObject

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.mapping_change import MappingChange
from sfsync_gui.core.vocabulary import Family
from sfsync_gui.ui.bulk.offering import offer_bulk
from sfsync_gui.ui.panels.mapping.summary_dialog import ask_to_apply
from sfsync_gui.ui.panels.mapping.workbench import Workbench
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.banner import Notice

UNREADY = "unready"
"""The banner that says what keeps the draft from being applied."""


class Applying(QObject):
    """Applies the draft of the panel."""

    def __init__(self, panel: Workbench) -> None:
        super().__init__(panel)
        self._panel = panel
        self._refused: tuple[AttributeMapping, ...] = ()

    def follow_draft(self) -> None:
        """Where the draft is another one, what was said of the former holds no more."""
        if self._refused != tuple(self._panel.editor.draft.rows):
            self._panel.banners.clear(UNREADY)

    async def apply(self) -> None:
        """Say what is at fault, or ask with what it means and put the draft into force."""
        panel, editor = self._panel, self._panel.editor
        unready = editor.unready()
        if unready:
            self._show_unready(unready)
            return
        rows = editor.draft.complete_rows
        change = await panel.handle.judge_rows(rows)
        if change.problems:
            await panel.take_in_anew()
            self._show_unready(editor.unready())
            return
        has_companies = any(row.family is Family.COMPANIES for row in (*rows, *editor.draft.base))
        family = None if has_companies else Family.PEOPLE
        confirmed, wants_align = await ask_to_apply(change, editor.facts.schema, panel, family)
        if not confirmed:
            return
        await self._put_into_force(rows)
        if wants_align:
            await self.align(change)

    def _show_unready(self, rows: Sequence[AttributeMapping]) -> None:
        notice = Notice(
            Tone.WARNING,
            self.tr("{rows} cannot be applied yet").format(rows=counted(len(rows), "row")),
            self.tr("What is missing or wrong stands under the row."),
            self.tr("Show"),
        )
        if rows:
            panel, first = self._panel, rows[0].id
            self._refused = tuple(panel.editor.draft.rows)
            panel.banners.show_notice(UNREADY, notice, lambda: panel.editor.show_row(first))
            panel.editor.show_row(first)

    async def _put_into_force(self, rows: Sequence[AttributeMapping]) -> None:
        panel = self._panel
        panel.show_applying(True)
        try:
            await panel.handle.apply_rows(rows)
        finally:
            panel.show_applying(False)
        panel.editor.draft.settle((await panel.handle.rules()).rows)
        await panel.take_in_anew()
        panel.toast(self.tr("The mapping is in force"))

    async def align(self, change: MappingChange) -> None:
        """The dry run of a bulk sync of the rows that were added or changed, and then that."""
        row_ids = [row.id for row in (*change.added, *change.replaced, *change.altered)]
        await offer_bulk(self._panel, row_ids)
