"""What the frozen programs take along, and what they leave out: the facts behind `build.spec`.

PyInstaller follows imports that are written as such. What is loaded by name, or read as a file,
is named here. Sizes in comments are of Linux.
"""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from importlib.metadata import distribution
from pathlib import Path

from sfsync_gui.credentials.keyrings import HIDDEN_IMPORTS
from sfsync_gui.desktop.paths import DISTRIBUTION

ROOT = Path(__file__).parents[2]

Entry = tuple[str, str, str]
"""A file as PyInstaller lists it: where it will lie, where it is now, and of which kind it is."""

QT_MODULES = frozenset(
    {
        "QtCore",
        "QtDBus",
        "QtGui",
        "QtNetwork",
        "QtSvg",
        "QtWebEngineCore",
        "QtWebEngineWidgets",
        "QtWidgets",
        # Nobody here imports these: the embedded browser does.
        "QtPrintSupport",
        "QtWebChannel",
    }
)
"""The modules of PySide6 that are taken along. The others would be, too: the browser's libraries
are linked with Qt Quick, which makes PyInstaller add everything that Qt Quick could ever load."""

EXCLUDES = (
    "jwt",  # this and zeep with lxml: see `services/salesforce/lean_client.py`
    "mako.ext.pygmentplugin",
    "mypy",
    "pydoc_data",
    "setuptools",
    "sqlalchemy.dialects.mssql",
    "sqlalchemy.dialects.mysql",
    "sqlalchemy.dialects.oracle",
    "zeep",
)
"""What libraries import, and PyInstaller's hooks add to them, in case somebody uses it."""

WINDOW_EXCLUDES = ("pygments", "rich")
"""What only the commands need."""

LEFT_OUT = (
    # The developer tools of the embedded browser (11 MB), which it never opens.
    "*/resources/qtwebengine_devtools_resources.pak",
    # Qt's own texts and the browser's, in languages that SFSync does not speak (51 MB). The
    # browser falls back to en-US.
    "*/translations/*.qm",
    "*/qtwebengine_locales/[!e]*.pak",
    "*/qtwebengine_locales/e[!n]*.pak",
    "*/qtwebengine_locales/en-GB.pak",
)
"""Data files that nobody needs, by where they would lie."""

UNUSED_PLUGINS = (
    # GTK with all its libraries: without its themes and schemas it would be a poor copy, and GNOME
    # tells its colours and fonts without it.
    "*/platformthemes/*qgtk3.*",
    # Screens without a window system, and what they are operated with.
    "*/egldeviceintegrations/*",
    "*/generic/*",
    "*/platforms/*qeglfs.*",
    "*/platforms/*qlinuxfb.*",
    "*/platforms/*qminimalegl.*",
    "*/platforms/*qvkkhrdisplay.*",
    "*/platforms/*qvnc.*",
    "*/platforminputcontexts/*qtvirtualkeyboard*",
    # Pictures of kinds that the window does not show; the browser has its own decoders.
    "*/imageformats/*qpdf.*",
    "*/imageformats/*qtga.*",
    "*/imageformats/*qtiff.*",
    "*/imageformats/*qwbmp.*",
    "*/imageformats/*qwebp.*",
    # One of two ways to learn of the network: NetworkManager's needs no libraries of GNOME (4 MB).
    "*/networkinformation/*qglib.*",
    # Nothing is printed.
    "*/printsupport/*",
)
"""Plugins of Qt whose libraries would come along with them, by where they would lie."""


def hidden_imports(platform: str = sys.platform) -> list[str]:
    """What is imported by name, by both programs."""
    return [
        *HIDDEN_IMPORTS.get(platform, HIDDEN_IMPORTS["linux"]),
        "sfsync_gui.app.wiring",
        "tzdata",  # by zoneinfo, on systems without a database of time zones
    ]


def data_files() -> Iterator[tuple[str, str]]:
    """The files that the product reads, each with the folder in which it is looked for."""
    package = ROOT / "sfsync_gui"
    yield from _files(ROOT / "resources" / "icons", "*.svg")
    yield from _files(package / "sandbox", "*.json")
    yield from _files(package / "sandbox", "*.lark")
    # Alembic runs the migrations from their sources.
    yield from _files(package / "store" / "migrations", "*.py")
    # The version. The rest of that folder tells how this computer's environment was made.
    for path in distribution(DISTRIBUTION).files or ():
        if path.name == "METADATA":
            yield str(path.locate()), path.parent.name


def unused_qt_modules(pyside: Path) -> list[str]:
    """The modules in PySide6's folder that are not taken along."""
    suffixes = (".so", ".pyd")
    found = {path.name.split(".")[0] for path in pyside.glob("Qt*.*") if path.suffix in suffixes}
    return [f"PySide6.{name}" for name in sorted(found - QT_MODULES)]


def is_left_out(destination: str, patterns: Iterable[str] = LEFT_OUT) -> bool:
    """Whether a file is among the patterns, by the path where it would lie."""
    path = Path(destination).as_posix()
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def used_plugins(binaries: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of binaries with the folders where they would lie: those that are not unused plugins."""
    return [
        (source, folder)
        for source, folder in binaries
        if not is_left_out(f"{folder}/{Path(source).name}", UNUSED_PLUGINS)
    ]


def stripped(binaries: Iterable[Entry], folder: Path) -> list[Entry]:
    """Python and its extension modules without the symbols of their debugging (37 MB).

    `strip` writes its copies into a folder. Qt's libraries come without symbols, and NSS's must
    stay as they were signed.
    """
    result = []
    for name, source, kind in binaries:
        is_qt = name.startswith(("PySide6/", "shiboken6/"))
        if (kind == "EXTENSION" and not is_qt) or name.startswith("libpython"):
            copy = folder / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["strip", "--strip-unneeded", "-o", copy, source], check=True)  # noqa: S603, S607
            source = str(copy)
        result.append((name, source, kind))
    return result


def _files(folder: Path, pattern: str) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob(pattern)):
        yield str(path), path.parent.relative_to(ROOT).as_posix()
