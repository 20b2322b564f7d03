"""What every panel is: a page of the window under a title, with one main action."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTableView, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, SnapshotChanged
from sfsync_gui.engine.questions import Questions
from sfsync_gui.ui.reading import ask_store
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.fields import FieldTexts
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.banner import Banners
from sfsync_gui.ui.widgets.layouts import column
from sfsync_gui.ui.widgets.toast import Toasts

T = TypeVar("T")


class Panel(QWidget):
    """The base of all panels. It is made when it is first shown, and then kept.

    A subclass builds its widgets in `__init__`, hands them to `set_content`, and fills them in
    `shown`. It never blocks: it asks the store by `ask`, the program by `self.handle`, both in a
    coroutine that `self.tasks` runs; failures of those are shown by the window.
    """

    title = ""
    """Shown in the title row; the sidebar's label where empty."""

    badge_changed = Signal(int, bool)
    """The count beside the sidebar's label, 0 for none, and whether it stands out."""

    go_to = Signal(str, object)
    """Asks for another panel by its key, with something for its `visit` or None."""

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.handle = handle
        self.field_texts = FieldTexts()
        self.tasks = tasks
        self._seen_phase = Phase.STARTING
        self.banners = Banners(self)
        self.banners.setContentsMargins(SPACE_EDGE, 0, SPACE_EDGE, 0)
        self._column = column(self.banners, space=SPACE_GROUP)
        self.setLayout(self._column)

    def set_content(self, content: QWidget) -> None:
        """What fills the panel below the banners."""
        self._column.addWidget(content, 1)

    def title_widgets(self) -> Sequence[QWidget]:
        """What stands at the right end of the title row, the main action last.

        Asked for once, when the panel is made.
        """
        return ()

    def shown(self) -> None:
        """The panel came into view: bring it up to date."""

    @property
    def is_ready(self) -> bool:
        """Whether the store could be read when `note_phase` was last called."""
        return self._seen_phase is not Phase.STARTING

    def note_phase(self) -> bool:
        """Called by `shown`: whether the store can be read now."""
        self._seen_phase = self.handle.snapshot.phase
        return self.is_ready

    def is_outdated_by(self, event: HandleEvent) -> bool:
        """Whether the program got into another phase while the panel is in view: when it runs,
        there is more to show than while it connects."""
        if not isinstance(event, SnapshotChanged) or not self.isVisible():
            return False
        return event.snapshot.phase is not self._seen_phase

    def hidden(self) -> None:
        """The panel went out of view: stop what only serves the eye."""

    def on_event(self, event: HandleEvent) -> None:
        """Something happened. Called on the window's thread, whether in view or not."""

    def undo(self) -> bool:
        """Take back what a person did here last; whether there was something."""
        return False

    def visit(self, target: object) -> None:
        """Another panel sent the person here, to see `target`."""

    @staticmethod
    def go_to_rows(table: QTableView) -> None:
        """From the search on to what was found: the row in focus, or else the first, is selected,
        so that the next key does something to it."""
        table.setFocus()
        if table.model().rowCount() and not table.selectionModel().hasSelection():
            table.selectRow(max(0, table.currentIndex().row()))

    async def ask(self, question: Callable[[Questions], T]) -> T:
        """Ask the store, off the window's thread. Raises `StoreError`."""
        return await ask_store(self.handle, question)

    async def read_field_texts(self) -> None:
        """Call fields and values as both services do from now on, where both are there."""
        with suppress(SfsyncError):
            self.field_texts = FieldTexts(await self.handle.schema())
            for table in self.findChildren(QTableView):
                table.viewport().update()

    def toast(
        self,
        text: str,
        tone: Tone = Tone.SUCCESS,
        *,
        action: str = "",
        on_action: Callable[[], object] | None = None,
    ) -> None:
        """Show a sentence for five seconds, perhaps with an action such as undo."""
        toasts = self.window().findChild(Toasts)
        if toasts is not None:
            toasts.show_text(text, tone, action=action, on_action=on_action)

    def report(self, failure: SfsyncError) -> None:
        """Show a failure as the window shows those of tasks."""
        self.tasks.failed.emit(failure)
