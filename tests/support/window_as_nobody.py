"""The window's program as a user who may not write to its folder; prints what the window says.

`python -m tests.support.window_as_nobody FOLDER`
"""

import asyncio
import logging
import os
import sys

import sqlalchemy.dialects.sqlite

from sfsync_gui.app import demo, gui, host, wiring
from sfsync_gui.credentials import vault
from sfsync_gui.engine.handle import Phase
from sfsync_gui.ui.shell.shell import Shell

# Loaded while this process may still read them.
LOADED = (sqlalchemy.dialects.sqlite, demo, host, wiring, vault, logging)


class TellingShell(Shell):
    """Prints its banners once the profile could not be opened, and quits."""

    async def run(self, *, minimized: bool = False) -> None:
        """Run like any."""
        life = asyncio.ensure_future(super().run(minimized=minimized))
        while self._handle.snapshot.phase is Phase.STARTING:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        for key in self.window.banners.keys:
            banner = self.window.banners.get(key)
            assert banner is not None
            print(banner.notice.title, banner.notice.action, sep="|", flush=True)
        self.quit()
        await life


def main() -> int:
    """Run it."""
    gui.Shell = TellingShell  # type: ignore[attr-defined]
    if os.getuid() == 0:
        os.setuid(65534)
    return gui.main(["--data-dir", sys.argv[1]])


if __name__ == "__main__":
    sys.exit(main())
