"""Export: the file is chosen, a strip tells how far it is, a toast or a banner what came of it."""

import asyncio
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDate, QObject

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.desktop.opening import open_folder
from sfsync_gui.ui.exporting import CsvExport
from sfsync_gui.ui.files import choose_file
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.banner import Banners, Notice, notice_of
from sfsync_gui.ui.widgets.progress_strip import ProgressStrip

END = "export"
"""The banner that tells what came of it."""

_TELL_EVERY = 0.2


class Exporter(QObject):
    """Exports the list of a panel. `strip` belongs above the list, and shows while it writes.

    A dialog has its own `banners` tell what came of it: all that the window tells is behind it.
    """

    def __init__(self, panel: Panel, file_stem: str, banners: Banners | None = None) -> None:
        super().__init__(panel)
        self._panel = panel
        self._stem = file_stem
        self._banners = banners
        self._task: asyncio.Task[Any] | None = None
        self._told = 0.0
        self.strip = ProgressStrip()
        self.strip.cancelled.connect(self.cancel)

    @property
    def is_running(self) -> bool:
        """Whether a file is being written."""
        return self._task is not None and not self._task.done()

    def choose(self, export: CsvExport[Any]) -> None:
        """Have a person say where to, then write."""
        day = QDate.currentDate().toString("yyyy-MM-dd")
        choose_file(
            self._panel,
            self.tr("Export"),
            (self.tr("Comma-separated values"), "csv"),
            lambda path: self.start(export, path),
            save_as=f"{self._stem}-{day}.csv",
        )

    def start(self, export: CsvExport[Any], path: Path) -> None:
        """Write the file, unless another is being written."""
        if not self.is_running:
            self._task = self._panel.tasks.start(self._write(export, path))

    async def _write(self, export: CsvExport[Any], path: Path) -> None:
        self._told = 0.0
        if self._banners is not None:
            self._banners.clear(END)
        self._tell(path, 0)
        try:
            written = await export.write(path, lambda count: self._tell(path, count))
        except SfsyncError as failure:
            if self._banners is None:
                raise
            self._banners.show_notice(END, notice_of(failure))
        else:
            self._tell_end(path, written)
        finally:
            self.strip.hide()

    def _tell_end(self, path: Path, written: int) -> None:
        told = self.tr("{rows} exported to {file}").format(
            rows=counted(written, "row"), file=path.name
        )
        action = self.tr("Open folder")
        if self._banners is None:
            self._panel.toast(told, action=action, on_action=lambda: open_folder(path.parent))
            return
        notice = Notice(Tone.SUCCESS, told, action=action, dismissable=True)
        self._banners.show_notice(END, notice, lambda: open_folder(path.parent))

    def _tell(self, path: Path, count: int) -> None:
        now = time.monotonic()
        if now - self._told >= _TELL_EVERY:
            self._told = now
            sentence = self.tr("Exporting to {file}: {rows}")
            self.strip.tell(sentence.format(file=path.name, rows=counted(count, "row")))

    def cancel(self) -> None:
        """Stop writing; what stood in the file's place stays."""
        if self._task is not None:
            self._task.cancel()
