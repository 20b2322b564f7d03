"""Opening pages and folders with the user's own programs."""

import shutil
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from sfsync_gui.desktop.starting import environment_for_others

_WEB = ("https", "http")


def open_page(address: str) -> bool:
    """Open a web page in the user's browser; whether that was possible.

    Anything but http and https is refused: addresses may come from a service.
    """
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    return url.isValid() and url.scheme() in _WEB and bool(url.host()) and _open(url)


def open_folder(folder: Path) -> bool:
    """Show a folder, or a file in its program; whether that was possible."""
    return folder.exists() and _open(QUrl.fromLocalFile(str(folder.resolve())))


def _open(url: QUrl) -> bool:
    opener = shutil.which("xdg-open")
    if not (getattr(sys, "frozen", False) and sys.platform == "linux" and opener):
        return QDesktopServices.openUrl(url)
    subprocess.Popen(  # noqa: S603 - the address was checked, and no shell reads it
        [opener, url.toString(QUrl.ComponentFormattingOption.FullyEncoded)],
        env=environment_for_others(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return True
