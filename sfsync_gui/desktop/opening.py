"""Opening pages and folders with the user's own programs.

A frozen program on Linux runs with `LD_LIBRARY_PATH` pointing into its own folder; PyInstaller
keeps the user's in `LD_LIBRARY_PATH_ORIG`. Other programs must be started with that one, or they
load our libraries and fail (PyInstaller manual, "LD_LIBRARY_PATH / LIBPATH considerations").
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

_WEB = ("https", "http")
_VARIABLE = "LD_LIBRARY_PATH"


def open_page(address: str) -> bool:
    """Open a web page in the user's browser; whether that was possible.

    Anything but http and https is refused: addresses may come from a service.
    """
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    return url.isValid() and url.scheme() in _WEB and bool(url.host()) and _open(url)


def open_folder(folder: Path) -> bool:
    """Show a folder, or a file in its program; whether that was possible."""
    return folder.exists() and _open(QUrl.fromLocalFile(str(folder.resolve())))


def environment_for_others(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment in which to start programs that are not ours."""
    result = dict(os.environ if environment is None else environment)
    if not getattr(sys, "frozen", False):
        return result
    original = result.pop(f"{_VARIABLE}_ORIG", None)
    result.pop(_VARIABLE, None)
    if original:
        result[_VARIABLE] = original
    return result


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
