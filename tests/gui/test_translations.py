"""Translations: every text can be extracted under the name it is looked up by, and is then used."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QMenuBar

from sfsync_gui.ui.application import Application
from sfsync_gui.ui.panels import PANELS
from sfsync_gui.ui.shell.actions import ShellActions
from sfsync_gui.ui.shell.menus import fill_menu_bar
from sfsync_gui.ui.theme.scheme import SchemeChoice
from sfsync_gui.ui.translations import install_translations

ROOT = Path(__file__).parents[2]
GERMAN = {
    ("menus", "&Help"): "&Hilfe",
    ("ShellActions", "Open log"): "Protokoll öffnen",
    ("panels", "Settings"): "Einstellungen",
}


def run_tool(name: str, *arguments: str) -> None:
    tool = Path(sys.executable).with_name(name)
    done = subprocess.run(
        [str(tool), *arguments], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All texts of the window, as `make translations` extracts them."""
    path = tmp_path_factory.mktemp("texts") / "sfsync_de.ts"
    run_tool("pyside6-lupdate", "-extensions", "py", "sfsync_gui", "-ts", str(path))
    return path


def translated(texts: Path, folder: Path) -> None:
    """Compile a translation of some texts into the folder."""
    tree = ET.parse(texts)
    left = dict(GERMAN)
    for context in tree.iter("context"):
        for message in context.iter("message"):
            key = (context.findtext("name") or "", message.findtext("source") or "")
            target = message.find("translation")
            assert target is not None
            if key in left:
                target.text = left.pop(key)
                target.attrib.pop("type", None)
    assert left == {}
    source = folder / "sfsync_de.ts"
    tree.write(source, encoding="utf-8")
    run_tool("pyside6-lrelease", "-silent", str(source), "-qm", str(folder / "sfsync_de.qm"))


def test_every_text_is_extracted_under_the_name_it_is_looked_up_by(texts: Path) -> None:
    classes: set[str] = set()
    contexts: set[str] = set()
    for path in (ROOT / "sfsync_gui" / "ui").rglob("*.py"):
        source = path.read_text()
        classes |= {
            node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)
        }
        contexts |= set(re.findall(r'(?:translate|NOOP)\(\s*"(\w+)"', source))
    found = {context.findtext("name") for context in ET.parse(texts).iter("context")}
    assert len(found) > 50
    # A name that is neither is that of a variable: `bar.tr(…)` is looked up by the bar's class.
    assert found - classes - contexts == set()


def test_the_window_is_in_the_users_language(
    application: Application, texts: Path, tmp_path: Path
) -> None:
    translated(texts, tmp_path)
    installed = install_translations(application, QLocale("de_DE"), tmp_path)
    try:
        bar = QMenuBar()
        actions = ShellActions(bar)
        fill_menu_bar(
            bar,
            actions,
            PANELS,
            lambda key: None,
            lambda: SchemeChoice.LIGHT,
            lambda choice: None,
        )
        assert [action.text() for action in bar.actions()][-1] == "&Hilfe"
        assert actions.open_log.text() == "Protokoll öffnen"
        assert PANELS[-1].title == "Einstellungen"
        assert len(installed) == 2  # Qt's own words, too
        bar.deleteLater()
    finally:
        for translator in installed:
            application.removeTranslator(translator)
    assert PANELS[-1].title == "Settings"


@pytest.mark.parametrize("locale", ["en_GB", "C", "fr_FR"])
def test_without_a_translation_everything_stays_as_it_is(
    application: Application, tmp_path: Path, locale: str
) -> None:
    assert install_translations(application, QLocale(locale), tmp_path) == []
    assert install_translations(application, QLocale(locale)) == []
