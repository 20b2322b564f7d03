"""The window: sidebar at the left; at the right the title row, banners, and one panel."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import (
    QCloseEvent,
    QHideEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QSizePolicy, QWidget

from sfsync_gui.desktop.paths import APP_NAME
from sfsync_gui.engine.handle import Handle, HandleEvent, Snapshot, SnapshotChanged
from sfsync_gui.ui.panels import PanelEntry
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.shell.panel_stack import PanelStack
from sfsync_gui.ui.shell.sidebar import Sidebar
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.notices import Remedy, StandingNotice, notices_of
from sfsync_gui.ui.texts.status import status_of
from sfsync_gui.ui.theme.tokens import (
    NARROW_WINDOW,
    SPACE_EDGE,
    SPACE_GROUP,
    TITLE_HEIGHT,
    Tone,
)
from sfsync_gui.ui.widgets.banner import Banners, Notice
from sfsync_gui.ui.widgets.current_stack import CurrentStack
from sfsync_gui.ui.widgets.labels import ElidedLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.surfaces import Badge
from sfsync_gui.ui.widgets.toast import Toasts


class MainWindow(QMainWindow):
    """Shows a snapshot and the panels. What closing means is decided by whoever listens to
    `close_wanted`; what a banner's button does by whoever listens to `remedy_wanted`."""

    close_wanted = Signal()
    remedy_wanted = Signal(str)
    panel_changed = Signal(str)
    came_into_view = Signal()
    went_out_of_view = Signal()

    def __init__(self, handle: Handle, tasks: Tasks, entries: Sequence[PanelEntry]) -> None:
        super().__init__()
        self.setWindowTitle(APP_NAME)
        self._handle = handle
        self.may_close = False
        self.toasts = Toasts(self)
        self.sidebar = Sidebar(entries, handle.now)
        self.stack = PanelStack(entries, handle, tasks)
        self.news = Banners()
        self.banners = Banners()
        self._title = ElidedLabel(size=Text.TITLE)
        self._demo = Badge(tone=Tone.ACCENT)
        self._title_ends = CurrentStack()
        self._title_ends.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._ends: dict[str, QWidget] = {}
        self._arrange()
        self.sidebar.chosen.connect(self.stack.show_panel)
        self.sidebar.status_clicked.connect(self.show_panel)
        self.stack.panel_changed.connect(self._on_panel_changed)
        self.stack.badge_changed.connect(self._on_badge_changed)
        tasks.failed.connect(self.stack.report)
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.activated.connect(self._undo)
        self.show_snapshot(handle.snapshot)

    def _arrange(self) -> None:
        self._title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        head = row(self._title, self._demo, self._title_ends, space=SPACE_GROUP)
        head.setContentsMargins(SPACE_EDGE, 0, SPACE_EDGE, 0)
        head_box = boxed(head)
        head_box.setFixedHeight(TITLE_HEIGHT)
        for banners in (self.banners, self.news):
            banners.setContentsMargins(SPACE_EDGE, 0, SPACE_EDGE, SPACE_GROUP)
        content = column(head_box, self.banners, self.news, space=0)
        content.addWidget(self.stack, 1)
        whole = row(space=0)
        whole.addWidget(self.sidebar)
        whole.addLayout(content, 1)
        self.setCentralWidget(boxed(whole))

    # ------------------------------------------------------------------ panels

    def show_panel(self, key: str, target: object = None) -> None:
        """Show a panel, and in it what `target` names."""
        if key in self.stack.keys:
            self.stack.show_panel(key, target)

    def on_event(self, event: HandleEvent) -> None:
        """Show what happened, and tell the panels."""
        if isinstance(event, SnapshotChanged):
            self.show_snapshot(event.snapshot)
        self.stack.on_event(event)

    def _on_panel_changed(self, key: str) -> None:
        self.sidebar.choose(key)
        panel = self.stack.panel
        title = (panel.title if panel else "") or self.stack.entry(key).title
        self._title.setText(title)
        self._show_title_widgets(key, panel)
        self.show_snapshot(self._handle.snapshot)
        self.panel_changed.emit(key)

    def _show_title_widgets(self, key: str, panel: Panel | None) -> None:
        self._title_ends.setVisible(panel is not None)
        if panel is None:
            return
        if key not in self._ends:
            widgets = panel.title_widgets()
            self._ends[key] = boxed(row(*widgets))
            self._title_ends.addWidget(self._ends[key])
            self._put_first(widgets)
        self._title_ends.setCurrentWidget(self._ends[key])
        self._title_ends.updateGeometry()

    def _put_first(self, widgets: Sequence[QWidget]) -> None:
        """Tab reaches the title row before the panel below it, though that was made first."""
        before: QWidget = self.sidebar.status
        for widget in widgets:
            self.setTabOrder(before, widget)
            before = widget

    def _undo(self) -> None:
        """Press the newest toast's action; without one the panel takes back what was done last."""
        if not self.toasts.act_on_newest() and self.stack.panel is not None:
            self.stack.panel.undo()

    def _on_badge_changed(self, key: str, count: int, danger: bool) -> None:
        self.sidebar.entry(key).set_badge(count, danger=danger)

    # ------------------------------------------------------------------ how things stand

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show state, banners and the count of errors."""
        self.sidebar.show_status(status_of(snapshot))
        self._demo.set_text(self.tr("Demo") if snapshot.is_demo else "")
        if "errors" in self.stack.keys:
            self.sidebar.entry("errors").set_badge(snapshot.errors, danger=True)
        here = self.stack.key
        notices = [notice for notice in notices_of(snapshot) if here not in notice.panels]
        for key in set(self.banners.keys) - {notice.key for notice in notices}:
            self.banners.clear(key)
        for notice in notices:
            self.banners.show_notice(notice.key, _banner(notice), self._remedy(notice.remedy))

    def _remedy(self, remedy: Remedy) -> Callable[[], None]:
        return lambda: self.remedy_wanted.emit(remedy.value)

    # ------------------------------------------------------------------ window

    def bring_up(self) -> None:
        """Show it in front, whether it was closed, minimised or covered."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show the sidebar's labels where there is room for them."""
        super().resizeEvent(event)
        self.sidebar.set_narrow(event.size().width() < NARROW_WINDOW)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask what closing means, unless that was decided."""
        if self.may_close:
            event.accept()
            return
        event.ignore()
        self.close_wanted.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """The panel comes into view."""
        super().showEvent(event)
        if not event.spontaneous():
            self.came_into_view.emit()
            self.stack.set_awake(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """The panel goes out of view."""
        super().hideEvent(event)
        if not event.spontaneous():
            self.stack.set_awake(False)
            self.went_out_of_view.emit()


def _banner(notice: StandingNotice) -> Notice:
    return Notice(notice.tone, notice.title, notice.text, notice.action)
