"""Work that takes long, page by page: sweeps of companies, the daily comparison, bulk sync."""

from collections.abc import AsyncIterator

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.permissions import Permission
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine import sweeping
from sfsync_gui.engine.acting import act
from sfsync_gui.engine.bulk import advance_bulk
from sfsync_gui.engine.comparing import compare
from sfsync_gui.engine.marks import LAST_COMPARISON, TAGS_MISSED
from sfsync_gui.engine.session import Session
from sfsync_gui.engine.storage import UnitOfWork


class LongWork:
    """Advances one page at a time, so that something more urgent never waits for long."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._comparison: AsyncIterator[int] | None = None

    async def compare_if_due(self, now: float) -> None:
        """Begin the daily comparison when its time has come."""
        session = self._session
        last = await session.context.store.run(lambda unit: unit.state.mark(LAST_COMPARISON))
        due = now - last >= session.context.settings.comparison_interval
        if due and self._comparison is None and self._may_compare():
            self._comparison = self._compare()

    async def advance(self) -> None:
        """A page of the sweep of companies, and one of the comparison, or of the bulk sync.

        Then whatever that made due.
        """
        session = self._session
        await sweeping.advance(session)
        try:
            if self._comparison is not None:
                if self._may_compare():
                    await self._advance_comparison(self._comparison)
            elif not session.context.bulk_at_rest and self._may_write_much():
                await self._advance_bulk()
        except SfsyncError as failure:
            self._comparison = None
            session.failed(failure)

    async def waits(self) -> bool:
        """Whether there is a page that could be done at once."""
        if sweeping.may_advance(self._session):
            return True
        if self._comparison is not None:
            return self._may_compare()
        if self._session.context.bulk_at_rest or not self._may_write_much():
            return False
        run = await self._session.context.store.run(lambda unit: unit.state.bulk_run())
        return run is not None and run.state == "running"

    def _may_compare(self) -> bool:
        return self._session.is_ready and self._session.gate.sync_allowed

    def _may_write_much(self) -> bool:
        """A page is begun only when it can be written: the bulk sync stops where the gate says."""
        session = self._session
        writable = session.is_ready and session.writable() == frozenset(Side)
        return session.gate.bulk_allowed and writable

    async def _advance_bulk(self) -> None:
        context = self._session.context
        context.bulk_at_rest, advanced = True, True
        try:
            advanced = await advance_bulk(context)
        finally:  # one that is begun while this looks is not at rest
            context.bulk_at_rest &= not advanced
        if advanced:
            await act(self._session)

    async def _advance_comparison(self, comparison: AsyncIterator[int]) -> None:
        if await anext(comparison, None) is None:
            self._comparison = None
        await act(self._session)

    async def _compare(self) -> AsyncIterator[int]:
        context = self._session.context
        rules, unread = context.rules.lead_rules, context.tags_unread
        async for done in compare(context):
            yield done
        if any(rule not in rules for rule in context.rules.lead_rules):
            return  # of a rule made meanwhile the first pages knew nothing: once more
        all_read = context.tags_unread == unread
        if not all_read and Permission.READ_TAGS not in context.withheld:
            return  # tags may be read since a page that did not show them: once more
        now = context.clock.now()

        def work(unit: UnitOfWork) -> None:
            unit.state.put_mark(LAST_COMPARISON, now)
            if all_read and unit.state.mark(TAGS_MISSED):
                unit.state.put_mark(TAGS_MISSED, 0.0)

        await context.store.run(work)
