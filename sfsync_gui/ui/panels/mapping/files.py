"""Choosing a mapping file, and reading and writing it beside the window's thread."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from sfsync_gui.core.failures import SetupError

SUFFIX = "toml"
FILE_NAME = f"mapping.{SUFFIX}"


def choose_file(
    parent: QWidget,
    title: str,
    filter_text: str,
    on_chosen: Callable[[Path], object],
    *,
    save: bool,
) -> QFileDialog:
    """Open the system's dialog; the window goes on meanwhile."""
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setNameFilters([f"{filter_text} (*.{SUFFIX})"])
    dialog.setDefaultSuffix(SUFFIX)
    if save:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(FILE_NAME)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: on_chosen(Path(name)))
    dialog.open()
    return dialog


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
        await asyncio.to_thread(path.write_text, text, "utf-8")
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
