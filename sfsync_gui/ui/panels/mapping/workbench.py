"""The panel Attribute mapping as its parts know it."""

import asyncio
from collections.abc import Callable, Coroutine

from PySide6.QtWidgets import QWidget

from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.engine.handle import Handle
from sfsync_gui.ui.panels.mapping.editor import MappingEditor
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import Tasks


class Workbench(Panel):
    """What the parts share: the editor of the draft, the rules in force, and what they ask for.

    The panel itself is made of these parts; they need not know it.
    """

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self.editor = MappingEditor()
        self.rules = SyncRules()
        self._doing: asyncio.Task[None] | None = None

    def start_one(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Start what asks in a dialog, unless something does already."""
        if self._doing is None or self._doing.done():
            self._doing = self.tasks.start(work())

    async def take_in_anew(self) -> None:
        """Take in what is in force now."""
        raise NotImplementedError

    async def read_first_sample(self) -> None:
        """Have somebody's values under the names, unless there are or nobody is synced."""
        raise NotImplementedError

    def show_page(self) -> None:
        """Show what fills the panel now that there is something to map."""
        raise NotImplementedError

    def show_applying(self, applying: bool) -> None:
        """Whether the draft is being put into force."""
        raise NotImplementedError
