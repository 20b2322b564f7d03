"""The window's program, which shows some panels of a profile that cannot be used, and is quit.

`python -m tests.support.quitting_window FOLDER PANEL...`
"""

import asyncio
import sys

from sfsync_gui.app import gui
from sfsync_gui.engine.handle import Phase
from sfsync_gui.ui.shell.shell import Shell


class QuittingShell(Shell):
    """Goes through the panels once the profile could not be opened."""

    async def run(self, *, minimized: bool = False) -> None:
        """Run like any."""
        life = asyncio.ensure_future(super().run(minimized=minimized))
        while self._handle.snapshot.phase is not Phase.FAILED:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        for panel in sys.argv[2:]:
            self.show_panel(panel)
            await asyncio.sleep(0.3)
        self.quit()
        await life


def main() -> int:
    """Run it."""
    gui.Shell = QuittingShell  # type: ignore[attr-defined]
    return gui.main(["--data-dir", sys.argv[1]])


if __name__ == "__main__":
    sys.exit(main())
