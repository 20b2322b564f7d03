"""The window as whoever uses a screen reader has it: by AT-SPI from outside, and the keyboard."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from jeepney import DBusErrorResponse  # type: ignore[import-untyped]

from sfsync_gui.ui.panels import PANELS
from tests.support.display import screen
from tests.support.keyring_session import KeyringSession
from tests.support.screen_reader import (
    BUTTON,
    CHOICE,
    LABEL,
    SERVICE,
    TEXT,
    Element,
    ScreenReader,
    screen_reader,
    until,
)

TABLE = "table"
MENU = "menu item"
OPERABLE = {BUTTON, CHOICE, TEXT, TABLE, MENU, "button menu", "combo box", "radio button"}
WITH_ROWS = ("Identity mappings", "Activity")


@dataclass(frozen=True)
class Seen:
    """Something on the screen as it was when the screen reader came by."""

    role: str
    name: str
    actions: tuple[str, ...]
    is_ready: bool
    element: Element


def on_screen(reader: ScreenReader) -> list[Seen]:
    """All that is shown now, from first to last; of tables not the cells."""
    ours = [one for one in reader.programs() if one.name == "SFSync"]
    return [seen for program in ours for window in program.children() for seen in _shown(window)]


def _shown(element: Element) -> Iterator[Seen]:
    try:
        if not element.is_on_screen:
            return
        role = element.role
        actions = tuple(element.actions) if role in OPERABLE else ()
        yield Seen(role, element.name, actions, element.is_ready, element)
        inner = [] if role == TABLE else element.children()
    except DBusErrorResponse:  # it disappeared meanwhile
        return
    for child in inner:
        yield from _shown(child)


def find(reader: ScreenReader, role: str, name: str) -> Element:
    """What is ready on the screen with this role and name, waited for."""

    def look() -> Element | None:
        found = (s for s in on_screen(reader) if (s.role, s.name, s.is_ready) == (role, name, True))
        return next((seen.element for seen in found), None)

    return until(look, f"no {role} named {name}")


@pytest.fixture(scope="module")
def reader() -> Iterator[ScreenReader]:
    """A screen reader beside the demo's window, in a session and on a screen of their own."""
    session = KeyringSession()
    session.offer(*SERVICE)
    try:
        session.start_bus()
        with screen() as display:
            surroundings = {
                **os.environ,
                **session.environment,
                "DISPLAY": display,
                "QT_QPA_PLATFORM": "xcb",
            }
            with screen_reader(surroundings) as reader, _window(surroundings):
                find(reader, LABEL, "Changes in Intercom are brought over within seconds.")
                yield reader
    finally:
        session.close()


class _window:  # noqa: N801 - used like a function
    """The demo's window, quit at the end."""

    def __init__(self, surroundings: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.support.demo_in_real_time"]
        self._program = subprocess.Popen(command, env=surroundings)

    def __enter__(self) -> None:
        """It is starting."""

    def __exit__(self, *failure: object) -> None:
        self._program.terminate()
        try:
            assert self._program.wait(20) == 0
        finally:
            self._program.kill()


def show(reader: ScreenReader, panel: str) -> None:
    """Choose a panel in the sidebar, without a mouse, and wait for its title."""
    find(reader, CHOICE, panel).do("Press")
    find(reader, LABEL, panel)
    until(lambda: "Loading" not in {seen.name for seen in on_screen(reader)}, "it is loading")


@pytest.mark.parametrize("panel", [entry.label for entry in PANELS])
def test_every_panel_can_be_reached_and_whatever_is_there_has_a_name_and_a_use(
    reader: ScreenReader, panel: str
) -> None:
    show(reader, panel)
    operable = [seen for seen in on_screen(reader) if seen.role in OPERABLE and seen.is_ready]
    assert len(operable) > len(PANELS)
    assert not [seen for seen in operable if not seen.name]
    assert not [seen for seen in operable if not seen.actions]


def test_the_menus_and_what_is_in_them_have_names(reader: ScreenReader) -> None:
    for menu in ("File", "Sync", "View", "Help"):
        find(reader, MENU, menu).do("ShowMenu")
        found = until(lambda: _entries(reader), "the menu did not open")
        assert all(name for name in found)
        reader.press("Escape")
        reader.press("Escape")
        until(lambda: not _entries(reader), "the menu stayed open")


def _entries(reader: ScreenReader) -> list[str]:
    """The names of what an open menu offers."""
    seen = on_screen(reader)
    shown = [one for one in seen if one.role == "popup menu"]
    return [child.name for menu in shown for child in menu.element.children() if child.is_ready]


@pytest.mark.parametrize("panel", WITH_ROWS)
def test_a_table_tells_its_heads_and_its_cells(reader: ScreenReader, panel: str) -> None:
    show(reader, panel)
    (table,) = (seen.element for seen in on_screen(reader) if seen.role == TABLE)
    rows, columns = table.cells()
    assert rows > 0
    assert all(table.head(column) for column in range(columns))
    told = [table.cell(0, column).name for column in range(columns)]
    assert sum(bool(text) for text in told) >= columns - 2  # a field may be empty


def test_pause_and_resume_are_heard(reader: ScreenReader) -> None:
    show(reader, "Overview")
    find(reader, BUTTON, "Pause").do("Press")
    find(reader, BUTTON, "Resume")
    until(lambda: _says(reader, BUTTON, "Paused"), "the status does not say that it is paused")
    find(reader, LABEL, "Paused: nothing is brought over.")
    find(reader, BUTTON, "Resume").do("Press")
    find(reader, BUTTON, "Pause")
    until(lambda: not _says(reader, BUTTON, "Paused"), "the status still says so")


_AGE = re.compile("Checked [12][0-9] seconds ago")
"""Old enough to tell from new, and the next check is half a minute away."""


def test_sync_now_checks_salesforce_long_before_its_time(reader: ScreenReader) -> None:
    show(reader, "Overview")
    until(lambda: _AGE.fullmatch(_checked(reader)), "no check grew old")
    find(reader, BUTTON, "Sync now").do("Press")
    until(lambda: _checked(reader) == "Checked just now", "it was not checked")


def _checked(reader: ScreenReader) -> str:
    """When Salesforce was checked, as the window says it."""
    said = [seen.name for seen in on_screen(reader) if seen.role == LABEL]
    after = said.index("Salesforce → Intercom")
    return next(one for one in said[after:] if one.startswith("Checked"))


def _says(reader: ScreenReader, role: str, beginning: str) -> bool:
    return any(seen.role == role and seen.name.startswith(beginning) for seen in on_screen(reader))


def test_tab_goes_from_the_sidebar_to_the_panel_from_top_to_bottom(reader: ScreenReader) -> None:
    show(reader, "Overview")
    find(reader, CHOICE, "Overview").do("SetFocus")
    until(lambda: _focused(reader) == "Overview", "the keyboard is elsewhere")
    _status, *others = (_tabbed(reader) for _ in range(4))
    assert others == ["Pause", "Sync now", "No sync errors"]


def _tabbed(reader: ScreenReader) -> str:
    """Press Tab: the name of what has the keyboard then."""
    before = _focused(reader)
    reader.press("Tab")

    def gone_on() -> str | None:
        now = _focused(reader)
        return now if now != before else None

    return until(gone_on, "Tab went nowhere")


def _focused(reader: ScreenReader) -> str:
    """The name of what has the keyboard."""
    found = [seen for seen in on_screen(reader) if seen.is_ready and seen.element.is_focused]
    return found[-1].name if found else ""
