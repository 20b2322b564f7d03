"""Waiting for a time, or until somebody asks."""

import asyncio

from sfsync_gui.engine.ports import Clock


class Waking:
    """What ends a wait early.

    `changed` is set when an account changed or the end has come: what rests on the accounts is
    built anew then. It stays set until whoever acts upon it clears it.
    """

    def __init__(self, clock: Clock) -> None:
        self.changed = asyncio.Event()
        self._woken = asyncio.Event()
        self._clock = clock

    def wake(self, *, changed: bool = False) -> None:
        """End the wait that is under way."""
        if changed:
            self.changed.set()
        self._woken.set()

    async def pause(self, seconds: float | None) -> None:
        """Wait for that long (None: for ever), or until somebody asks or an account changes."""
        self._woken.clear()
        if self.changed.is_set():
            return
        if seconds is None:
            await self._woken.wait()
            return
        waiting = [
            asyncio.ensure_future(self._woken.wait()),
            asyncio.ensure_future(self._clock.sleep(seconds)),
        ]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
