"""The window's program, which shows lists of a profile that cannot be used, and is quit.

`python -m tests.support.quitting_window FOLDER PANEL...`
"""

import asyncio
import sys

from sfsync_gui.app import gui
from sfsync_gui.engine.handle import Phase
from sfsync_gui.ui.shell.shell import Shell
from sfsync_gui.ui.widgets.states import EmptyState


class QuittingShell(Shell):
    """Goes through the panels once the profile could not be opened."""

    async def run(self, *, minimized: bool = False) -> None:
        """Run like any."""
        life = asyncio.ensure_future(super().run(minimized=minimized))
        while self._handle.snapshot.phase is not Phase.FAILED:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        for panel in sys.argv[2:]:
            self.show_panel(panel)
            while not self._says_why():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        self.quit()
        await life

    def _says_why(self) -> bool:
        """Whether the panel says in place of its list why it has none."""
        reason = self._handle.snapshot.reason
        states = self.window.stack.findChildren(EmptyState)
        return any(one.isVisible() and reason and one.sentence == reason.title for one in states)


def main() -> int:
    """Run it."""
    gui.Shell = QuittingShell  # type: ignore[attr-defined]
    return gui.main(["--data-dir", sys.argv[1]])


if __name__ == "__main__":
    sys.exit(main())
