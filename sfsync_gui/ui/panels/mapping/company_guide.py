"""Guides through the sync of companies: set-up, what keeps links from being made, and the key."""

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QObject

from sfsync_gui.core.company_keys import KeySuggestion
from sfsync_gui.core.company_state import CompanyState
from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import Family
from sfsync_gui.engine.company_status import CompanyStatus
from sfsync_gui.ui.panels.mapping.absence import WITH_FIELDS
from sfsync_gui.ui.panels.mapping.company_dialog import KeyWish, ask_for_company_key
from sfsync_gui.ui.panels.mapping.company_texts import (
    notice_of_found,
    notice_of_looking,
    notice_of_state,
    notice_of_unsynced,
)
from sfsync_gui.ui.panels.mapping.key_line import key_text
from sfsync_gui.ui.panels.mapping.workbench import Workbench
from sfsync_gui.ui.widgets.banner import Notice, notice_of

_REST = 0.4
"""Seconds in which what happens is looked at once."""

STATE = "companies"
"""The banner that says how the sync of companies is."""


class CompanyGuide(QObject):
    """Shows on the companies' page of the panel what is to be known, and does what helps."""

    def __init__(self, panel: Workbench) -> None:
        super().__init__(panel)
        self._panel = panel
        self._looking: asyncio.Task[None] | None = None
        self._is_changing = False
        """Whether the key is being changed: what that makes of it is looked at afterwards."""
        self._is_outdated = False
        """Whether something happened while it was being looked at."""
        self._is_searched = False
        self._resting: asyncio.Task[None] | None = None
        self.status = CompanyStatus()

    # ------------------------------------------------------------------ how it is

    def look(self) -> None:
        """Show how it is now, while companies are on show."""
        if self._panel.editor.family is not Family.COMPANIES:
            self._panel.banners.clear(STATE)
            self._is_searched = False
        elif self._looking is not None or self._is_changing:
            self._is_outdated = True
        elif self._panel.handle.snapshot.phase in WITH_FIELDS:
            self._looking = self._panel.tasks.start(self._look())

    def look_soon(self) -> None:
        """Something happened: show how it is then; what comes meanwhile is looked at once."""
        if self._panel.editor.family is Family.COMPANIES and self._resting is None:
            self._resting = self._panel.tasks.start(self._rest_and_look())

    async def _rest_and_look(self) -> None:
        try:
            await asyncio.sleep(_REST)
        finally:
            self._resting = None
        self.look()
        await self._panel.read_first_sample()  # somebody may have been linked meanwhile

    async def _look(self) -> None:
        panel = self._panel
        try:
            status = await panel.handle.company_status()
        finally:
            self._looking = None
        is_unsynced = status.state in (CompanyState.OFF, CompanyState.JOINING)
        if is_unsynced is not (panel.rules.company_key is None):
            await panel.take_in_anew()
        self.show(status)
        if self._is_outdated:
            self._is_outdated = False
            self.look()

    def show(self, status: CompanyStatus) -> None:
        """Show that it is so now; what was just found on a sample stays in view."""
        self.status = status
        self._panel.show_page()
        if not self._is_searched:
            self._show_state()

    def _show_state(self) -> None:
        panel = self._panel
        notice = self._notice() if panel.editor.family is Family.COMPANIES else None
        if notice is not None and self._has_found():
            self.show_found(self.status.suggestions)
        elif notice is None:
            panel.banners.clear(STATE)
        else:
            panel.banners.show_notice(STATE, notice, self._on_state_acted)

    def _notice(self) -> Notice | None:
        editor, key = self._panel.editor, self._panel.rules.company_key
        if key is None:
            return notice_of_unsynced(self.status, len(editor.draft.of(Family.COMPANIES)))
        words = key_text(key, editor.facts.schema, Family.COMPANIES)
        return notice_of_state(self.status, words)

    def _has_found(self) -> bool:
        """Whether somebody looked already, and found a field that would do better."""
        status = self.status
        if status.state is not CompanyState.NO_LINKS or not status.suggestions:
            return False
        return status.suggestions[0].field != status.key_field

    def _on_state_acted(self) -> None:
        panel = self._panel
        if panel.rules.company_key is None:
            panel.start_one(self.change_key)
        elif self.status.kept_from is not None:
            panel.tasks.start(panel.handle.sync_now())
        else:
            panel.start_one(self._search)

    # ------------------------------------------------------------------ a field that matches

    async def _search(self) -> None:
        panel = self._panel
        self._is_searched = True
        self.show_looking()
        try:
            found = await panel.handle.suggest_company_keys()
        except SfsyncError as failure:
            panel.banners.show_notice(STATE, notice_of(failure))
            return
        self.show_found(found)

    def show_looking(self) -> None:
        """Show that a field that matches is being looked for."""
        self._panel.banners.show_notice(STATE, notice_of_looking())

    def show_found(self, found: Sequence[KeySuggestion]) -> None:
        """Show which fields would match, best first."""
        panel, key = self._panel, self._panel.rules.company_key
        current = None if key is None else key.account_field
        mapped = {row.account_field for row in panel.rules.rows}
        notice = notice_of_found(found, current, mapped)

        def use() -> None:
            panel.start_one(lambda: self._use(found[0]))

        if panel.editor.family is Family.COMPANIES:
            panel.banners.show_notice(STATE, notice, use)

    async def _use(self, suggestion: KeySuggestion) -> None:
        await self._put_into_force(KeyWish(suggestion.field))

    # ------------------------------------------------------------------ the key

    async def change_key(self) -> None:
        """Set the sync of companies up, match by another field, or stop it."""
        panel = self._panel
        fields = await panel.handle.company_keys()
        wish = await ask_for_company_key(panel, self.status, fields)
        if wish is not None:
            await self._put_into_force(wish)

    async def _put_into_force(self, wish: KeyWish) -> None:
        panel = self._panel
        handle, was_on = panel.handle, panel.rules.company_key is not None
        self._is_searched, self._is_changing = False, True
        try:
            if wish.field is None:
                await handle.stop_companies()
                panel.toast(self.tr("Companies are not synced any more; links and rows are kept"))
                return
            self._show_changing(was_on=was_on)
            await handle.sync_companies(wish.field, wish.first_run)
            panel.toast(
                self.tr("Companies are matched anew from now on")
                if was_on
                else self.tr("Companies are synced from now on")
            )
        finally:
            self._is_changing = False
            await panel.take_in_anew()
            self.look()

    def _show_changing(self, *, was_on: bool) -> None:
        if was_on:
            self._panel.editor.views[Family.COMPANIES].key_line.show_changing()
        else:
            self.show(CompanyStatus(CompanyState.JOINING))
