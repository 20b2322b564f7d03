"""The window's program, which crashes in a way that its arguments name.

`python -m tests.support.crashing_window WAY FOLDER`: the real program with a profile in FOLDER. A
token and a person's name are in the local variables and in the text of what it fails with.
"""

import asyncio
import ctypes
import os
import sys
import threading
from typing import Any

from PySide6.QtCore import QTimer

from sfsync_gui.app import gui
from sfsync_gui.engine.handle import Phase
from sfsync_gui.ui.shell.shell import Shell

TOKEN = "00D5e000000gPLz!AQ4AQFm0ZtSgYqYhGmXJ9q3uR.secret"
NAME = "Ada Lovelace"
EMAIL = "ada.lovelace@example.com"

GOES_ON = ("slot", "thread", "task", "engine", "every second")
HARD = ("abort", "segmentation fault")
STOPS = ("early", "main", *HARD)


def fail() -> None:
    """Fail with a token and a person in the text and in the variables."""
    token, person = TOKEN, NAME
    raise ValueError(f"refused {token} of {person} <{EMAIL}>")


async def fail_as_task() -> None:
    """Fail where nobody waits."""
    fail()


class CrashingShell(Shell):
    """Does what it must not once the profile is open, and is quit a moment later."""

    async def run(self, *, minimized: bool = False) -> None:
        """Run like any, and crash meanwhile."""
        life = asyncio.ensure_future(super().run(minimized=minimized))
        while self._handle.snapshot.phase is not Phase.UNCONNECTED:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await self._crash(sys.argv[1])
        await asyncio.sleep(0.3)
        self.quit()
        await life

    async def _crash(self, way: str) -> None:
        if way == "main":
            fail()
        elif way == "slot":
            QTimer.singleShot(0, fail)
        elif way == "every second":
            for _ in range(50):
                QTimer.singleShot(0, fail)
        elif way == "thread":
            threading.Thread(target=fail, name="worker").start()
        elif way == "task":
            await asyncio.wait([asyncio.ensure_future(fail_as_task())])
        elif way == "engine":
            await self._handle._host._ask(_leave_task)  # type: ignore[attr-defined]
        elif way == "abort":
            QTimer.singleShot(0, os.abort)
        elif way == "segmentation fault":
            QTimer.singleShot(0, lambda: ctypes.string_at(0))


async def _leave_task(_: Any) -> None:
    task = asyncio.ensure_future(fail_as_task())
    await asyncio.wait([task])


def main() -> int:
    """Run it."""
    gui.Shell = CrashingShell  # type: ignore[attr-defined]
    if sys.argv[1] == "early":
        gui.make_application = lambda *_: fail()  # type: ignore[attr-defined,assignment]
    return gui.main(["--data-dir", sys.argv[2]])


if __name__ == "__main__":
    sys.exit(main())
