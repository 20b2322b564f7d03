"""The log in a window of its own: follows what is written, and finds what was."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QWidget

from sfsync_gui.core.failures import SfsyncError, StoreError
from sfsync_gui.desktop.log_tail import EVERYTHING, LogEntry, LogTail
from sfsync_gui.desktop.opening import open_folder
from sfsync_gui.desktop.paths import log_path
from sfsync_gui.desktop.redaction import Redactor, process_redactor
from sfsync_gui.ui.support.log_view import LogView
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import column, row
from sfsync_gui.ui.widgets.search_field import SearchField
from sfsync_gui.ui.widgets.segmented import Option, Segmented
from sfsync_gui.ui.widgets.states import EmptyState

FOLLOW_EVERY = 500
"""Milliseconds between two looks for new lines, while the window is in view."""

FIRST_ENTRIES = 200
"""So many are looked for before a person has to scroll."""

ENTRIES_MOST = 30_000
"""Beyond this many the oldest are let go; scrolling up brings them back."""

Read = Callable[[], list[LogEntry]]

_SIZE = (960, 600)
_SIZE_LEAST = (640, 400)
_NEAR_TOP = 20


class LogWindow(QWidget):
    """Shows the end of a profile's log, more of it on scrolling up, and new lines as they come.

    Files are read on another thread and in pieces: how long the log is makes no difference.
    """

    def __init__(
        self,
        data_dir: Path,
        tasks: Tasks,
        parent: QWidget | None = None,
        *,
        redactor: Redactor = process_redactor,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle(self.tr("SFSync log"))
        self.setMinimumSize(*_SIZE_LEAST)
        self.resize(*_SIZE)
        self._path, self._redactor, self._tasks = log_path(data_dir), redactor, tasks
        self._tail: LogTail | None = None
        self._wanted = EVERYTHING
        self._generation = 0
        self._reading = False
        self.search = SearchField(self.tr("Search the log"))
        self.level = Segmented(
            self.tr("Level"),
            (
                Option(EVERYTHING.level, self.tr("All")),
                Option(logging.WARNING, self.tr("Warnings and errors")),
                Option(logging.ERROR, self.tr("Errors")),
            ),
            EVERYTHING.level,
        )
        self.pause_button = Button(self.tr("Pause"), icon_name="pause")
        self.pause_button.setCheckable(True)
        self.copy_button = Button(self.tr("Copy"), icon_name="copy")
        self.folder_button = Button(self.tr("Open folder"), icon_name="folder")
        self.view = LogView(self.tr("Lines of the log"))
        self.empty = EmptyState("log")
        self._place = QStackedWidget()
        self.state = PlainLabel(size=Text.CAPTION, tone=Tone.MUTED)
        self._timer = QTimer(self, interval=FOLLOW_EVERY)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self._place.addWidget(self.empty)
        self._place.addWidget(self.view)
        bar = row(
            self.search,
            self.level,
            None,
            self.pause_button,
            self.copy_button,
            self.folder_button,
            space=SPACE_GROUP,
        )
        layout = column(bar, self._place, self.state, space=SPACE_GROUP, margins=SPACE_EDGE)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def _connect(self) -> None:
        self.search.searched.connect(self._on_searched)
        self.search.left.connect(self.view.setFocus)
        self.level.chosen.connect(self._on_level_chosen)
        self.pause_button.toggled.connect(self._on_paused)
        self.copy_button.clicked.connect(self._copy)
        self.folder_button.clicked.connect(lambda: open_folder(self._path.parent))
        self.empty.acted.connect(self._begin)
        self.view.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._timer.timeout.connect(self._follow)
        for keys, act in (
            (QKeySequence(QKeySequence.StandardKey.Find), self._go_to_search),
            (QKeySequence(QKeySequence.StandardKey.Close), self.close),
            (QKeySequence(Qt.Key.Key_Escape), self.close),
        ):
            QShortcut(keys, self).activated.connect(act)

    # ------------------------------------------------------------------ window

    def bring_up(self) -> None:
        """Show it in front, at the newest lines."""
        if not self.isVisible():
            self._begin()
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()
        self.view.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Rest while nobody looks, and let go of what was read."""
        self._timer.stop()
        self._generation += 1
        self._tail = None
        self.view.clear_entries()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """The colours of lines are those of the scheme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.view.mark(self._wanted.words)
            self.view.recolour()

    def _go_to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.view.copied_text())

    # ------------------------------------------------------------------ what is shown

    def _on_searched(self, text: str) -> None:
        self._wanted = replace(self._wanted, words=tuple(text.split()))
        self._begin()

    def _on_level_chosen(self, level: int) -> None:
        self._wanted = replace(self._wanted, level=level)
        self._begin()

    def _on_paused(self, paused: bool) -> None:
        self.pause_button.setText(self.tr("Go on") if paused else self.tr("Pause"))
        self.pause_button.set_icon("play" if paused else "pause")
        self._say_state()
        if not paused:
            self._follow()

    def _on_scrolled(self, value: int) -> None:
        if value <= _NEAR_TOP:
            self._tasks.start(self._read_older())

    def _begin(self) -> None:
        """Read anew from the end."""
        self._generation += 1
        self._reading = False
        self._tail = None
        self.view.clear_entries()
        self.view.mark(self._wanted.words)
        self._timer.start()
        self._tasks.start(self._read_first(self._generation))

    async def _read_first(self, generation: int) -> None:
        tail = await asyncio.to_thread(LogTail, self._path, self._redactor, self._wanted)
        if generation != self._generation:
            return
        self._tail = tail
        while self._tail is tail and tail.has_older and self.view.entries < FIRST_ENTRIES:
            await self._read_older()
        if self._tail is tail:
            self._show_place()
            self.view.go_to_end()

    async def _read_older(self) -> None:
        tail = self._tail
        if tail is None or self._reading or not tail.has_older:
            return
        self._reading = True
        try:
            entries = await self._read(tail.older)
        finally:
            self._reading = False
        if self._tail is tail:
            self.view.prepend_entries(entries)
            self._show_place()

    def _follow(self) -> None:
        if not self.pause_button.isChecked() and not self._reading and self._tail is not None:
            self._tasks.start(self._read_newer())

    async def _read_newer(self) -> None:
        tail = self._tail
        if tail is None or self._reading:
            return
        self._reading = True
        try:
            entries = await self._read(tail.newer)
        finally:
            self._reading = False
        if self._tail is not tail or not entries:
            return
        if self.view.entries > ENTRIES_MOST and self.view.is_at_end:
            self._begin()
            return
        self.view.append_entries(entries)
        self._show_place()

    async def _read(self, read: Read) -> list[LogEntry]:
        try:
            return await asyncio.to_thread(read)
        except OSError as error:
            self._show_failure(_cannot_read(self._path, error))
            return []

    def _show_failure(self, failure: SfsyncError) -> None:
        self._timer.stop()
        self._tail = None
        self.empty.say_failure(failure)
        self._place.setCurrentWidget(self.empty)

    def _show_place(self) -> None:
        """The lines, or why there are none."""
        self._place.setCurrentWidget(self.view if self.view.entries else self.empty)
        if self._wanted != EVERYTHING:
            self.empty.say("search", self.tr("Nothing in the log is like that"))
        else:
            self.empty.say("log", self.tr("The log is empty"))
        self._say_state()

    def _say_state(self) -> None:
        shown = counted(self.view.entries, self.tr("entry"), self.tr("entries"))
        paused = self.pause_button.isChecked()
        follows = self.tr("Paused") if paused else self.tr("New entries appear at the end")
        older = ""
        if self._tail is not None and self._tail.has_older:
            older = self.tr(" · Older ones appear as you scroll up")
        self.state.setText(f"{shown} · {follows}{older}")


def show_log(parent: QWidget, data_dir: Path, tasks: Tasks) -> LogWindow:
    """Show the log of a profile; a window that is open already comes to the front."""
    top = parent.window()
    window = top.findChild(LogWindow) or LogWindow(data_dir, tasks, top)
    window.bring_up()
    return window


def _cannot_read(path: Path, error: OSError) -> StoreError:
    return StoreError(
        "The log cannot be read",
        f"{path.name}: {error.strerror}.",
        "See who may read the folder, then try again.",
        subject=str(path),
    )
