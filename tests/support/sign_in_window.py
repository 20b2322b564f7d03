"""The real window on a profile of its own, and a person who signs in through its browser.

Everything is real: window, engine, store, embedded browser, and both services behind HTTP. Pages
are clicked where their elements are, as a mouse does it.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QWidget

from sfsync_gui.app.host import Host
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.handle import Phase, SignInDefaults, Snapshot
from sfsync_gui.sandbox.intercom import DEMO_CLIENT_ID as INTERCOM_CLIENT_ID
from sfsync_gui.sandbox.intercom import DEMO_CLIENT_SECRET
from sfsync_gui.sandbox.salesforce import DEMO_CLIENT_ID as SALESFORCE_CLIENT_ID
from sfsync_gui.services.oauth.intercom import INTERCOM_REDIRECT_URI
from sfsync_gui.services.oauth.loopback import redirect_uris
from sfsync_gui.ui.application import Application
from sfsync_gui.ui.panels.connections import ConnectionsPanel
from sfsync_gui.ui.panels.connections.card import AccountCard
from sfsync_gui.ui.panels.overview import OverviewPanel
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.shell.shell import QUIT_WITHIN, Shell
from sfsync_gui.ui.wizard.wizard import Wizard
from tests.support.sign_in_world import SignInWorld

PATIENCE = 15.0
"""Seconds that anything waits to come true."""

ANSWERS_WITHIN = 2.0
"""Seconds within which a page answers a script, as long as it stays."""

LEFT = Qt.MouseButton.LeftButton

GRAPHICS = (
    "vulkan",
    "Vulkan",
    "GPU",
    "QRhiGles2",
    "Failed to create RHI",
)
"""What Qt says of a computer without a graphics card when the browser starts."""

_OURS = 1
"""The script world in which tests look at a page; the page's own scripts do not see it."""


def allow_browser_as_root() -> None:
    """Chromium's sandbox refuses to run as root, as tests in a container do. Tests only."""
    if os.name == "posix" and os.geteuid() == 0:
        os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = "--no-sandbox"
    os.environ.setdefault("QT_QUICK_BACKEND", "software")


async def until(condition: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait until it comes true. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - the condition is a widget's, without an event
            await asyncio.sleep(0.005)


def browser_objects() -> list[object]:
    """Every page, view and profile of the embedded browser that has not been deleted."""
    from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
    from PySide6.QtWebEngineWidgets import QWebEngineView
    from shiboken6 import isValid

    kinds = (QWebEnginePage, QWebEngineProfile, QWebEngineView)
    return [one for one in gc.get_objects() if issubclass(type(one), kinds) and isValid(one)]


class Pages:
    """A person in front of a page of the embedded browser: a sign-in's, or a pop-up's."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    async def script(self, code: str) -> Any:
        """The value of an expression on the page: a text, a number or a truth."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def settle(value: Any) -> None:
            if not answer.done():
                answer.set_result(value)

        self.frame.page.runJavaScript(code, _OURS, settle)
        async with asyncio.timeout(ANSWERS_WITHIN):
            return await answer

    async def shows(self, selector: str) -> None:
        """Wait until the page has that element and has been drawn with it."""
        drawn = (
            "if (!document.drawn) { document.drawn = 1; requestAnimationFrame("
            "() => requestAnimationFrame(() => { document.drawn = 2; })); };"
            f"document.drawn === 2 && document.querySelector({selector!r}) !== null"
        )
        async with asyncio.timeout(PATIENCE):
            while not await self._holds(drawn):  # noqa: ASYNC110 - a page has no event for it
                await asyncio.sleep(0.01)

    async def _holds(self, code: str) -> bool:
        """Whether it is true; a page that goes away meanwhile never answers."""
        try:
            return bool(await self.script(code))
        except TimeoutError:
            return False

    async def click(self, selector: str) -> None:
        """Click an element with the mouse, once it is there."""
        await self.shows(selector)
        place = await self.script(
            f"(r => `${{r.x + r.width / 2}} ${{r.y + r.height / 2}}`)"
            f"(document.querySelector({selector!r}).getBoundingClientRect())"
        )
        middle = QPoint(*(int(float(part)) for part in place.split()))
        QTest.mouseClick(self.frame.view.focusProxy(), LEFT, pos=middle)

    async def text(self) -> str:
        """What the page says."""
        return str(await self.script("document.body.innerText"))

    async def allow_salesforce(self) -> None:
        """Log in, where that is asked, and allow."""
        await self.click("#Login")
        await self.click("#oaapprove")


@dataclass
class SignInWindow:
    """The window of a program that runs on `host`, beside both services.

    `seen` are all snapshots that it was told.
    """

    shell: Shell
    host: Host
    world: SignInWorld
    seen: list[Snapshot] = field(default_factory=list)

    @property
    def window(self) -> QWidget:
        """The main window."""
        return self.shell.window

    @property
    def connections(self) -> ConnectionsPanel:
        """The panel Connections, brought into view."""
        self.shell.show_panel("connections")
        panel = self.shell.window.stack.made("connections")
        assert isinstance(panel, ConnectionsPanel)
        return panel

    async def wizard(self) -> Wizard:
        """The first run, brought into view, once it is there."""
        panel = self.overview
        await until(lambda: panel.wizard is not None)
        assert panel.wizard is not None
        return panel.wizard

    @property
    def overview(self) -> OverviewPanel:
        """The panel Overview, brought into view."""
        self.shell.show_panel("overview")
        panel = self.shell.window.stack.made("overview")
        assert isinstance(panel, OverviewPanel)
        return panel

    def card(self, side: Side) -> AccountCard:
        """The card of a side in the panel Connections."""
        return self.connections.cards[side]

    async def dialog(self, kind: type[QDialog] = QDialog) -> Any:
        """The dialog that is shown, once it is."""

        def found() -> list[QDialog]:
            return [one for one in self.window.findChildren(kind) if one.isVisible()]

        await until(found)
        return found()[-1]

    async def pages(self) -> Pages:
        """The page of the sign-in that has been begun."""
        from sfsync_gui.ui.browser.dialog import SignInDialog

        return Pages((await self.dialog(SignInDialog)).frame)

    async def begin(self, side: Side) -> Pages:
        """Press the button of a side's form that opens the sign-in's page."""
        press(self.card(side).form.submit_button)
        return await self.pages()

    async def begin_again(self, side: Side) -> Pages:
        """Sign in to a side anew that is connected."""
        press(self.card(side).reconnect_button)
        if side is Side.INTERCOM:
            press(self.card(side).form.submit_button)
        return await self.pages()

    async def approve(self, side: Side) -> None:
        """Sign in as a person does who allows everything, and wait for the connection."""
        pages = await self.begin(side)
        if side is Side.SALESFORCE:
            await pages.click("#Login")
            await pages.click("#oaapprove")
        else:
            await pages.click("#authorize")
        await until(lambda: side in self.host.snapshot.connections)
        await until(lambda: not self.card(side).form.isVisible())

    def told(self, side: Side) -> str:
        """What the panel says of a sign-in that failed; empty where it says nothing."""
        banner = self.connections.banners.get(f"connecting:{side}")
        return "" if banner is None else f"{banner.notice.title}. {banner.notice.text}"

    async def browser_is_gone(self) -> None:
        """Wait until nothing of the embedded browser is left."""
        await until(lambda: not browser_objects())


def press(button: QAbstractButton) -> None:
    """Click a button with the mouse; it has to be one that can be clicked."""
    assert button.isVisible(), button.text()
    assert button.isEnabled(), button.text()
    QTest.mouseClick(button, LEFT)


def defaults_of(world: SignInWorld) -> SignInDefaults:
    """What the forms begin with, so that the world's pages are signed in to."""
    return SignInDefaults(
        salesforce_redirects=redirect_uris(),
        intercom_redirect=INTERCOM_REDIRECT_URI,
        salesforce_login_url=world.salesforce_url,
        salesforce_client_id=SALESFORCE_CLIENT_ID,
        intercom_api_url=world.intercom_url,
        intercom_client_id=INTERCOM_CLIENT_ID,
        intercom_client_secret=DEMO_CLIENT_SECRET,
    )


@asynccontextmanager
async def sign_in_window(
    folder: Path, world: SignInWorld, vault: Vault | None = None
) -> AsyncIterator[SignInWindow]:
    """Start the program on a folder, and quit it at the end as a person does."""
    application = QApplication.instance()
    assert isinstance(application, Application)
    clock = LocalClock(world.clock.now)
    host = Host(folder, clock, vault or Vault.in_memory(), defaults=defaults_of(world))
    seen: list[Snapshot] = []
    host.listen(lambda event: seen.append(host.snapshot))
    shell = Shell(application, host, Preferences(folder))
    running = asyncio.ensure_future(shell.run())
    try:
        await until(lambda: host.snapshot.phase is not Phase.STARTING)
        yield SignInWindow(shell, host, world, seen)
    finally:
        shell.quit()
        async with asyncio.timeout(QUIT_WITHIN + 2):
            await running
        shell.window.deleteLater()
    assert shell.ended_in_time
