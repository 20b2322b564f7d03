"""“Use my browser instead”: the sign-in goes on in the user's own browser and comes back."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.ui.accounts.connecting import WaitingDialog
from sfsync_gui.ui.accounts.forms import SalesforceForm
from tests.gui.conftest import Run
from tests.support.browser import Browser
from tests.support.sign_in_window import (
    GRAPHICS,
    SignInWindow,
    allow_browser_as_root,
    press,
    sign_in_window,
    until,
)
from tests.support.sign_in_world import SignInWorld, decide, sign_in_world

pytestmark = pytest.mark.qt_log_ignore(*GRAPHICS)
SALESFORCE = Side.SALESFORCE
Story = Callable[[SignInWindow, "OwnBrowser"], Awaitable[None]]


@dataclass
class Visit:
    """A person in a browser of their own, who decides when the page is there."""

    allow: bool = True
    shown: list[str] = field(default_factory=list)

    def take_place(self, url: str) -> None:
        """Log in, decide, and read the page at the end."""
        with Browser() as browser:
            browser.open(url)
            decide(browser, allow=self.allow)
            self.shown.append(browser.page.text)


class OwnBrowser(QObject):
    """What the system opens pages with: it takes the address, and perhaps somebody is there."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.visit: Visit | None = None
        self._threads: list[threading.Thread] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())
        if self.visit is not None:
            thread = threading.Thread(target=self.visit.take_place, args=(self.opened[-1],))
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        for thread in self._threads:
            thread.join(10)


@pytest.fixture
def world() -> Iterator[SignInWorld]:
    allow_browser_as_root()
    with sign_in_world() as served:
        yield served


@pytest.fixture
def browser(application: object) -> Iterator[OwnBrowser]:
    receiver = OwnBrowser()
    QDesktopServices.setUrlHandler("http", receiver, "open")  # type: ignore[arg-type]
    yield receiver
    QDesktopServices.unsetUrlHandler("http")
    receiver.close()


@pytest.fixture
def play(
    tmp_path: Path, run: Run, world: SignInWorld, browser: OwnBrowser
) -> Callable[[Story], None]:
    def play_now(story: Story) -> None:
        async def whole() -> None:
            async with sign_in_window(tmp_path / "profile", world) as window:
                await story(window, browser)
                await window.browser_is_gone()

        run(whole())

    return play_now


def form_of(window: SignInWindow) -> SalesforceForm:
    form = window.card(SALESFORCE).form
    assert isinstance(form, SalesforceForm)
    return form


def test_the_sign_in_comes_back_from_the_persons_own_browser(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow, browser: OwnBrowser) -> None:
        visit = browser.visit = Visit()
        press(form_of(window).browser_button)
        await until(lambda: SALESFORCE in window.host.snapshot.connections)
        assert len(browser.opened) == 1
        await until(lambda: visit.shown)
        assert "You can close this page" in visit.shown[0]
        await until(lambda: not window.window.findChildren(WaitingDialog))

    play(story)


def test_the_embedded_page_can_be_left_for_the_own_browser(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow, browser: OwnBrowser) -> None:
        browser.visit = Visit()
        pages = await window.begin(SALESFORCE)
        await pages.shows("#Login")
        press(pages.frame.window().browser_button)
        await until(lambda: SALESFORCE in window.host.snapshot.connections)
        assert len(browser.opened) == 1

    play(story)


def test_denying_there_is_said_here(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow, browser: OwnBrowser) -> None:
        browser.visit = Visit(allow=False)
        press(form_of(window).browser_button)
        await until(lambda: window.told(SALESFORCE))
        assert "Sign in again and choose Allow." in window.told(SALESFORCE)
        browser.visit = Visit()
        press(form_of(window).browser_button)
        await until(lambda: SALESFORCE in window.host.snapshot.connections)

    play(story)


def test_waiting_for_the_browser_can_be_given_up_and_the_address_copied(
    play: Callable[[Story], None],
) -> None:
    async def story(window: SignInWindow, browser: OwnBrowser) -> None:
        press(form_of(window).browser_button)
        waiting = await window.dialog(WaitingDialog)
        await until(lambda: browser.opened)
        press(waiting.copy_button)
        assert QGuiApplication.clipboard().text() == browser.opened[0]
        QTest.keyClick(waiting, Qt.Key.Key_Escape)
        await until(form_of(window).submit_button.isEnabled)
        assert window.told(SALESFORCE) == ""
        await window.approve(SALESFORCE)

    play(story)
