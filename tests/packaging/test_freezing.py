"""That the frozen programs take along whatever is not imported in so many words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import PySide6
import pytest
from PySide6.QtGui import QImageReader

from resources.packaging import app_icons, freezing

ROOT = Path(__file__).parents[2]


def modules() -> Iterator[Path]:
    yield from (ROOT / "sfsync_gui").rglob("*.py")


def imported_from(package: str) -> set[str]:
    """The modules of a package that the product's modules import from."""
    found = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{package}."):
                found.add((node.module or "").split(".")[1])
    return found


def test_the_modules_of_qt_that_are_used_are_taken_along() -> None:
    used = imported_from("PySide6")
    assert "QtWebEngineWidgets" in used
    assert used <= freezing.QT_MODULES
    assert freezing.QT_MODULES - used == {"QtPrintSupport", "QtWebChannel"}


def test_the_other_modules_of_qt_are_not() -> None:
    unused = freezing.unused_qt_modules(Path(PySide6.__file__).parent)
    assert "PySide6.QtQuick3D" in unused
    assert not {f"PySide6.{name}" for name in freezing.QT_MODULES} & set(unused)


def test_every_file_of_the_package_that_is_no_module_is_taken_along() -> None:
    taken = {Path(source) for source, _ in freezing.data_files()}
    files = {
        path
        for path in (ROOT / "sfsync_gui").rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".md")
    }
    assert files - taken == {ROOT / "sfsync_gui" / "py.typed"}


def test_every_resource_is_taken_along() -> None:
    taken = {Path(source) for source, _ in freezing.data_files()}
    resources = {
        path
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and "packaging" not in path.relative_to(ROOT).parts
    }
    assert resources
    assert resources <= taken


def test_files_lie_where_they_are_looked_for() -> None:
    places = {Path(source).name: folder for source, folder in freezing.data_files()}
    assert places["soql.lark"] == "sfsync_gui/sandbox/salesforce"
    assert places["Lead.json"] == "sfsync_gui/sandbox/salesforce/describes"
    assert places["0001_first_tables.py"] == "sfsync_gui/store/migrations/versions"
    assert places["sfsync.svg"] == "resources/icons/artwork"


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_what_is_imported_by_name_is_taken_along(platform: str) -> None:
    names = freezing.hidden_imports(platform)
    assert "sfsync_gui.app.wiring" in names
    assert any(name.startswith("keyring.backends.") for name in names)


def test_who_imports_by_name_is_known() -> None:
    """A new one has to be looked at: PyInstaller does not see what it imports."""
    importers = {
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if any(
            word in path.read_text(encoding="utf-8") for word in ("import_module(", "__import__(")
        )
    }
    assert importers == {
        "sfsync_gui/app/__init__.py",  # named in `hidden_imports`
        "sfsync_gui/credentials/keyrings.py",  # names them itself: HIDDEN_IMPORTS
        "sfsync_gui/services/salesforce/lean_client.py",  # imports the same as such, too
        "sfsync_gui/ui/panels/__init__.py",  # build.spec takes all of ui
    }


def test_other_programs_are_opened_in_one_place() -> None:
    """Whoever asks Qt itself would have them load our libraries."""
    askers = {path.name for path in modules() if "openUrl(" in path.read_text(encoding="utf-8")}
    assert askers == {"opening.py"}


@pytest.mark.parametrize(
    ("destination", "left_out"),
    [
        ("PySide6/Qt/resources/qtwebengine_devtools_resources.pak", True),
        ("PySide6/Qt/resources/qtwebengine_resources.pak", False),
        ("PySide6/Qt/resources/icudtl.dat", False),
        ("PySide6/Qt/translations/qtbase_de.qm", True),
        ("PySide6/Qt/translations/qtwebengine_locales/en-US.pak", False),
        ("PySide6/Qt/translations/qtwebengine_locales/en-GB.pak", True),
        ("PySide6/Qt/translations/qtwebengine_locales/es-419.pak", True),
        ("PySide6/Qt/translations/qtwebengine_locales/de.pak", True),
        ("certifi/cacert.pem", False),
    ],
)
def test_what_is_left_out(destination: str, left_out: bool) -> None:
    assert freezing.is_left_out(destination) is left_out


def test_plugins_that_are_used_are_kept() -> None:
    plugins = "PySide6/Qt/plugins"
    used = [
        (f"/qt/platforms/{name}", f"{plugins}/platforms")
        for name in ("libqxcb.so", "libqwayland.so", "libqoffscreen.so")
    ]
    unused = [("/qt/platformthemes/libqgtk3.so", f"{plugins}/platformthemes")]
    assert freezing.used_plugins([*used, *unused]) == used


def test_the_icon_for_windows_has_all_sizes(tmp_path: Path) -> None:
    path = app_icons.write_ico(tmp_path / "sfsync.ico")
    assert sizes_in(path) == list(app_icons.ICO_SIZES)


def test_the_icon_for_macos_has_all_sizes(tmp_path: Path) -> None:
    path = app_icons.write_icns(tmp_path / "sfsync.icns")
    assert sorted(set(sizes_in(path))) == sorted(set(app_icons.ICNS_TYPES.values()))


def sizes_in(path: Path) -> list[int]:
    """The pixels of each picture in a container, as Qt reads them."""
    reader = QImageReader(str(path))
    found = []
    for number in range(reader.imageCount()):
        reader.jumpToImage(number)
        image = reader.read()
        assert not image.isNull(), reader.errorString()
        assert image.pixelColor(image.width() // 2, image.height() // 2).alpha() == 255
        found.append(image.width())
    return found
