"""The system's dialog for choosing a file, without a loop of its own."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def choose_file(
    parent: QWidget,
    title: str,
    kind: tuple[str, str],
    on_chosen: Callable[[Path], object],
    *,
    save_as: str = "",
) -> QFileDialog:
    """Open the dialog; the window goes on meanwhile.

    `kind` is what such files are called and their suffix: ("Comma-separated values", "csv").
    With `save_as`, a name is proposed for a file to be written; without, one is chosen to be read.
    """
    name, suffix = kind
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setNameFilters([f"{name} (*.{suffix})"])
    dialog.setDefaultSuffix(suffix)
    if save_as:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(save_as)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda path: on_chosen(Path(path)))
    dialog.open()
    return dialog
