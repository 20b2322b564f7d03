"""Choosing a mapping file, and reading and writing it beside the window's thread."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.failures import SetupError
from sfsync_gui.ui.files import choose_file

translate = QCoreApplication.translate

SUFFIX = "toml"
FILE_NAME = f"mapping.{SUFFIX}"


def choose_mapping(parent: QWidget, on_chosen: Callable[[Path], object], *, save: bool) -> None:
    """Have a person choose the file to read the mapping from, or to write it to."""
    title = translate("mapping", "Export the mapping" if save else "Import a mapping")
    kind = (translate("mapping", "Mapping files"), SUFFIX)
    choose_file(parent, title, kind, on_chosen, save_as=FILE_NAME if save else "")


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
