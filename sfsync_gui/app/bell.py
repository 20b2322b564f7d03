"""A bell between processes: whoever rings it wakes the one who waits, who else would have to look.

It is a named pipe. Where there can be none (on Windows, in some folders of networks) ringing does
nothing, and whoever waits looks from time to time.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MODE = 0o600


def ring(path: Path) -> None:
    """Wake whoever waits at this bell, if anybody does."""
    if not hasattr(os, "mkfifo"):
        return
    with suppress(OSError):  # nobody waits there
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(descriptor, b"!")
        finally:
            os.close(descriptor)


class Bell:
    """A bell that is listened to; `works` tells whether it can be heard."""

    def __init__(self) -> None:
        self.works = False
        self._rung = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Wait until it is rung, or was since the last wait; at most that long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()

    def _on_ring(self, descriptor: int) -> None:
        with suppress(OSError):
            os.read(descriptor, 4096)
        self._rung.set()


@contextmanager
def hung(path: Path) -> Iterator[Bell]:
    """A bell at this path until the end of the block, in place of what an earlier process left."""
    bell = Bell()
    descriptor = _opened(path)
    if descriptor is None:
        yield bell
        return
    loop = asyncio.get_running_loop()
    try:
        loop.add_reader(descriptor, bell._on_ring, descriptor)
        bell.works = True
        yield bell
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
        with suppress(OSError):
            path.unlink()


def _opened(path: Path) -> int | None:
    if not hasattr(os, "mkfifo"):
        return None
    try:
        path.unlink(missing_ok=True)
        os.mkfifo(path, MODE)
        # For writing, too: otherwise it reads as ended whenever somebody has rung.
        return os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return None
