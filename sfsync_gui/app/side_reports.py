"""How each side is, kept in the store for whoever asks beside the engine (`sfsync status`)."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from sfsync_gui.core.failures import StoreError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.connections import SideReport
from sfsync_gui.engine.events import Checked, Event, SideChanged, SideStatus
from sfsync_gui.engine.storage import Store, UnitOfWork

KEPT_EVERY = 900.0
"""Seconds after which the time of the last check is stored: an idle poll writes nothing to disk."""


class SideReports:
    """Hears the engine's events and keeps what they tell of the sides.

    A changed condition is stored at once, the time of the last check every quarter of an hour and
    at the end. Belongs to the engine's event loop.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._fresh: dict[Side, SideReport] = {}
        self._stored_at: dict[Side, float] = dict.fromkeys(Side, 0.0)
        self._storing: set[asyncio.Task[None]] = set()

    def hear(self, event: Event) -> None:
        """Take an event in."""
        if isinstance(event, SideChanged):
            before = self._report(event.side)
            self._fresh[event.side] = _described(before, event.status)
            self._store_soon()
        elif isinstance(event, Checked):
            self._fresh[event.side] = replace(self._report(event.side), checked_at=int(event.at))
            if event.at - self._stored_at[event.side] >= KEPT_EVERY:
                self._stored_at[event.side] = event.at
                self._store_soon()

    async def close(self) -> None:
        """Store what is not stored yet."""
        await asyncio.gather(*self._storing, return_exceptions=True)
        await self._keep()

    def _report(self, side: Side) -> SideReport:
        return self._fresh.get(side) or SideReport(side)

    def _store_soon(self) -> None:
        task = asyncio.ensure_future(self._keep())
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

    async def _keep(self) -> None:
        fresh = dict(self._fresh)

        def work(unit: UnitOfWork) -> None:
            known = unit.state.side_reports()
            for side, report in fresh.items():
                before = known.get(side, SideReport(side)).checked_at
                unit.state.put_side_report(
                    replace(report, checked_at=max(before, report.checked_at))
                )

        if fresh:
            with suppress(StoreError):  # the engine meets the same trouble, and tells it
                await self._store.run(work)


def _described(before: SideReport, status: SideStatus) -> SideReport:
    reason = status.reason
    return replace(
        before,
        condition=status.condition,
        since=int(status.since),
        title=reason.title if reason else "",
        message=reason.message if reason else "",
        remedy=reason.remedy if reason else "",
    )
