"""What a screen reader sees of a program, over AT-SPI; to be used with a real mouse and keyboard.

The accessibility bus is found through the session bus (`org.a11y.Bus`); everything else is the
interface `org.a11y.atspi` of at-spi2-core. Where a program has put something on the screen is what
it tells itself, so that a click there is a person's.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from jeepney import DBusAddress, DBusErrorResponse, Properties, new_method_call  # type: ignore[import-untyped]
from jeepney.io.blocking import DBusConnection, open_dbus_connection  # type: ignore[import-untyped]
from jeepney.wrappers import unwrap_msg  # type: ignore[import-untyped]

SERVICE = ("org.a11y.Bus", "/usr/bin/env GSETTINGS_BACKEND=memory /usr/libexec/at-spi-bus-launcher")
"""To be offered on a session's bus: who starts the accessibility bus when somebody asks for it.
What is set there is kept in memory, as the session has no store for settings."""

PATIENCE = 60.0
"""Seconds that anything waits to come true."""

BUTTON = "push button"
CHOICE = "check box"
LABEL = "label"
MENU = "menu item"
TEXT = "text"
"""Roles, in AT-SPI's words."""

_BUS = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
_STATUS = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Status")
_ROOT = "/org/a11y/atspi/accessible/root"
_FOCUSED, _SENSITIVE, _SHOWING = 12, 24, 25
_SCREEN = 0

T = TypeVar("T")


@dataclass(frozen=True)
class Element:
    """Something that a program shows."""

    reader: ScreenReader
    owner: str
    path: str

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self._property("Name"))

    @property
    def role(self) -> str:
        """What it is, in AT-SPI's words."""
        return str(self._call("Accessible", "GetRoleName")[0])

    @property
    def is_ready(self) -> bool:
        """Whether it is on the screen and can be operated."""
        low = int(self._call("Accessible", "GetState")[0][0])
        return all(low >> bit & 1 for bit in (_SHOWING, _SENSITIVE))

    @property
    def is_on_screen(self) -> bool:
        """Whether it can be seen; what it holds cannot where it cannot."""
        return bool(int(self._call("Accessible", "GetState")[0][0]) >> _SHOWING & 1)

    @property
    def is_focused(self) -> bool:
        """Whether the keyboard is here."""
        return bool(int(self._call("Accessible", "GetState")[0][0]) >> _FOCUSED & 1)

    @property
    def actions(self) -> list[str]:
        """What can be done with it without a mouse."""
        if not self._offers("Action"):
            return []
        return [str(name) for name, _description, _key in self._call("Action", "GetActions")[0]]

    def do(self, action: str) -> None:
        """Do one of these."""
        assert self._call("Action", "DoAction", "i", (self.actions.index(action),))[0]

    def cells(self) -> tuple[int, int]:
        """How many rows and columns a table has."""
        rows, columns = (self._property(name, "Table") for name in ("NRows", "NColumns"))
        return int(rows), int(columns)

    def cell(self, row: int, column: int) -> Element:
        """One of its cells."""
        owner, path = self._call("Table", "GetAccessibleAt", "ii", (row, column))[0]
        return Element(self.reader, owner, path)

    def head(self, column: int) -> str:
        """What stands above a column."""
        return str(self._call("Table", "GetColumnDescription", "i", (column,))[0])

    @property
    def middle(self) -> tuple[int, int]:
        """The pixel of the screen at its middle."""
        left, top, width, height = self._call("Component", "GetExtents", "u", (_SCREEN,))[0]
        return left + width // 2, top + height // 2

    def children(self) -> list[Element]:
        """What is in it."""
        found = self._call("Accessible", "GetChildren")[0]
        return [Element(self.reader, owner, path) for owner, path in found]

    def within(self) -> Iterator[Element]:
        """It, and all that is in it; what disappears meanwhile is passed over."""
        yield self
        try:
            inner = self.children()
        except DBusErrorResponse:
            return
        for child in inner:
            yield from child.within()

    def _offers(self, interface: str) -> bool:
        found = self._call("Accessible", "GetInterfaces")[0]
        return f"org.a11y.atspi.{interface}" in found

    def _property(self, name: str, interface: str = "Accessible") -> Any:
        address = DBusAddress(self.path, self.owner, f"org.a11y.atspi.{interface}")
        return self.reader.ask(Properties(address).get(name))[0][1]

    def _call(self, interface: str, method: str, signature: str = "", body: Any = ()) -> Any:
        address = DBusAddress(self.path, self.owner, f"org.a11y.atspi.{interface}")
        return self.reader.ask(new_method_call(address, method, signature or None, body))


class ScreenReader:
    """A connection to the accessibility bus, and the hands of a person at the display."""

    def __init__(self, bus: DBusConnection, environment: Mapping[str, str]) -> None:
        self._bus = bus
        self._environment = dict(environment)

    def ask(self, message: Any) -> Any:
        """Send a message, and return the answer's body. Raises `DBusErrorResponse`."""
        return unwrap_msg(self._bus.send_and_get_reply(message, timeout=10))

    def look_for(self, role: str, name: str) -> Element | None:
        """What is ready on the screen with this role and name, if it is there now."""
        for program in self.programs():
            for element in program.within():
                try:
                    if element.name == name and element.role == role and element.is_ready:
                        return element
                except DBusErrorResponse:  # it disappeared meanwhile
                    continue
        return None

    def find(self, role: str, name: str) -> Element:
        """The same, waited for."""
        return until(lambda: self.look_for(role, name), f"no {role} named {name}")

    def programs(self) -> list[Element]:
        """The programs that talk to screen readers."""
        return Element(self, "org.a11y.atspi.Registry", _ROOT).children()

    def click(self, role: str, name: str) -> None:
        """Click on something as soon as it is there, at its middle, with the mouse."""
        left, top = self.find(role, name).middle
        self.hands("mousemove", str(left), str(top), "click", "1")

    def type(self, text: str) -> None:
        """Type on the keyboard."""
        self.hands("type", "--delay", "5", text)

    def press(self, key: str) -> None:
        """Press a key, as xdotool names it."""
        self.hands("key", key)

    def hands(self, *arguments: str) -> None:
        """Use mouse and keyboard."""
        subprocess.run(["xdotool", *arguments], env=self._environment, check=True, timeout=30)


def until(look: Callable[[], T | None], otherwise: str) -> T:
    """Wait for something to be there; `otherwise` says what was waited for in vain."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, otherwise
        time.sleep(0.1)
    return found


@contextmanager
def screen_reader(environment: Mapping[str, str]) -> Iterator[ScreenReader]:
    """Say on a session's bus that a screen reader is used, and be one until the end."""
    with open_dbus_connection(environment["DBUS_SESSION_BUS_ADDRESS"]) as session:
        unwrap_msg(
            session.send_and_get_reply(Properties(_STATUS).set("IsEnabled", "b", True), timeout=10)
        )
        address = unwrap_msg(
            session.send_and_get_reply(new_method_call(_BUS, "GetAddress"), timeout=10)
        )[0]
    with open_dbus_connection(address) as bus:
        yield ScreenReader(bus, environment)
