"""Mapping files: choosing one, and reading and writing it beside the window's thread."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

from PySide6.QtCore import QObject

from sfsync_gui.core.failures import SetupError, SfsyncError
from sfsync_gui.desktop.whole_files import write_whole
from sfsync_gui.ui.files import choose_file
from sfsync_gui.ui.panels.mapping.workbench import Workbench
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.widgets.banner import notice_of

SUFFIX = "toml"
FILE_NAME = f"mapping.{SUFFIX}"


_FILE = "file"


class MappingFiles(QObject):
    """Imports files into the draft of the panel, and exports the draft. A file holds all rows."""

    def __init__(self, panel: Workbench) -> None:
        super().__init__(panel)
        self._panel = panel

    def choose_import(self) -> None:
        """Have a person choose the file to read the mapping from."""
        self._choose(self.tr("Import a mapping"), self._read)

    def choose_export(self) -> None:
        """Have a person choose the file to write the mapping to."""
        self._choose(self.tr("Export the mapping"), self._write, save_as=FILE_NAME)

    def _choose(
        self, title: str, work: Callable[[Path], Coroutine[None, None, None]], save_as: str = ""
    ) -> None:
        kind = (self.tr("Mapping files"), SUFFIX)
        tasks = self._panel.tasks
        choose_file(self._panel, title, kind, lambda path: tasks.start(work(path)), save_as=save_as)

    async def _read(self, path: Path) -> None:
        panel = self._panel
        panel.banners.clear(_FILE)
        try:
            text = await read_text(path)
            rows = await panel.handle.read_rows(text, panel.editor.draft.rows, path.name)
        except SfsyncError as failure:
            panel.banners.show_notice(_FILE, notice_of(failure))
            return
        panel.editor.replace_rows(rows, self.tr("Import {file}").format(file=path.name))
        said = self.tr("{rows} imported into the draft")
        panel.toast(said.format(rows=counted(len(rows), "row")))

    async def _write(self, path: Path) -> None:
        panel = self._panel
        panel.banners.clear(_FILE)
        rows = panel.editor.draft.complete_rows
        try:
            await write_text(path, await panel.handle.write_rows(rows))
        except SfsyncError as failure:
            panel.banners.show_notice(_FILE, notice_of(failure))
            return
        said = self.tr("{rows} exported to {file}")
        panel.toast(said.format(rows=counted(len(rows), "row"), file=path.name))


async def read_text(path: Path) -> str:
    """The text of a file. Raises `SetupError` where it cannot be read."""
    try:
        return await asyncio.to_thread(path.read_text, "utf-8")
    except OSError as failure:
        raise _refused(path, f"cannot be read: {failure.strerror}") from None
    except UnicodeDecodeError:
        raise _refused(path, "is not text in UTF-8") from None


async def write_text(path: Path, text: str) -> None:
    """Write a file. Raises `SetupError` where it cannot be written."""
    try:
        await asyncio.to_thread(write_whole, path, text)
    except OSError as failure:
        raise _refused(path, f"cannot be written: {failure.strerror}") from None


def _refused(path: Path, what: str) -> SetupError:
    return SetupError(
        "The mapping file cannot be used",
        f"{path.name} {what}.",
        "Choose another file. Nothing was changed.",
        subject=str(path),
        code="mapping_file",
    )
