"""The panels, made when they are first shown; one that cannot be made says so in its place."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.engine.handle import Handle, HandleEvent
from sfsync_gui.ui.panels import PanelEntry
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import Tasks, told
from sfsync_gui.ui.widgets.banner import notice_of
from sfsync_gui.ui.widgets.states import EmptyState

_FAILURE = "failure"


class PanelStack(QStackedWidget):
    """Holds one panel of each kind and shows one of them."""

    panel_changed = Signal(str)
    badge_changed = Signal(str, int, bool)

    def __init__(
        self,
        entries: Sequence[PanelEntry],
        handle: Handle,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._entries = {entry.key: entry for entry in entries}
        self._handle, self._tasks = handle, tasks
        self._panels: dict[str, Panel] = {}
        self._failed: dict[str, EmptyState] = {}
        self._awake = False
        self.key = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """All panels there are."""
        return tuple(self._entries)

    def entry(self, key: str) -> PanelEntry:
        """What is known of a panel without loading it."""
        return self._entries[key]

    @property
    def panel(self) -> Panel | None:
        """The panel on show; None where it could not be made."""
        return self._panels.get(self.key)

    def made(self, key: str) -> Panel | None:
        """The panel of that key if it was made already."""
        return self._panels.get(key)

    def show_panel(self, key: str, target: object = None) -> None:
        """Show a panel, and in it what `target` names."""
        if key != self.key:
            self._leave()
            self.key = key
            self.setCurrentWidget(self._get(key))
            self.panel_changed.emit(key)
            self._arrive()
        if target is not None and self.panel is not None:
            panel = self.panel
            self._guarded(lambda: panel.visit(target))

    def on_event(self, event: HandleEvent) -> None:
        """Tell every panel that was made."""
        for panel in tuple(self._panels.values()):
            self._guarded(partial(panel.on_event, event))

    def report(self, failure: SfsyncError) -> None:
        """Show a failure at the top of the panel on show."""
        if self.panel is not None:
            self.panel.banners.show_notice(_FAILURE, notice_of(failure))

    def set_awake(self, awake: bool) -> None:
        """The window came into view or went: the panel on show goes with it."""
        if awake and not self._awake:
            self._awake = True
            self._arrive()
        elif self._awake and not awake:
            self._leave()
            self._awake = False

    def _arrive(self) -> None:
        if self.panel is not None and self._awake:
            self._guarded(self.panel.shown)

    def _leave(self) -> None:
        if self.panel is not None and self._awake:
            self.panel.banners.clear(_FAILURE)
            self._guarded(self.panel.hidden)

    def _get(self, key: str) -> QWidget:
        if key in self._panels:
            return self._panels[key]
        try:
            panel = self._entries[key].load()(self._handle, self._tasks)
        except Exception as failure:  # the edge where a panel that is broken says so
            return self._show_failure(key, told(failure))
        panel.badge_changed.connect(
            lambda count, danger: self.badge_changed.emit(key, count, danger)
        )
        panel.go_to.connect(self.show_panel)
        self._panels[key] = panel
        self.addWidget(panel)
        return panel

    def _show_failure(self, key: str, failure: SfsyncError) -> QWidget:
        if key not in self._failed:
            state = EmptyState()
            state.acted.connect(lambda: self._try_again(key))
            self._failed[key] = state
            self.addWidget(state)
        self._failed[key].say_failure(failure)
        return self._failed[key]

    def _try_again(self, key: str) -> None:
        self.key = ""
        self.show_panel(key)

    def _guarded(self, call: Callable[[], object]) -> None:
        """A defect in one panel is told, and takes neither the window nor other panels along."""
        try:
            call()
        except Exception as failure:  # the edge between the window and its panels
            self._tasks.failed.emit(told(failure))
