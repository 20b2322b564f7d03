"""“Use my browser instead”: the sign-in goes on in the user's own browser and comes back."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.ui.accounts.connecting import WaitingDialog
from sfsync_gui.ui.accounts.forms import SalesforceForm
from tests.gui.conftest import Run
from tests.support.own_browser import OwnBrowser, Visit, own_browser
from tests.support.sign_in_window import (
    GRAPHICS,
    SignInWindow,
    allow_browser_as_root,
    press,
    sign_in_window,
    until,
)
from tests.support.sign_in_world import SignInWorld, sign_in_world

pytestmark = pytest.mark.qt_log_ignore(*GRAPHICS)
SALESFORCE = Side.SALESFORCE
Story = Callable[[SignInWindow, OwnBrowser], Awaitable[None]]


@pytest.fixture
def world() -> Iterator[SignInWorld]:
    allow_browser_as_root()
    with sign_in_world() as served:
        yield served


@pytest.fixture
def browser(application: object) -> Iterator[OwnBrowser]:
    with own_browser() as receiver:
        yield receiver


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


def test_as_root_the_program_goes_on_and_says_how_to_sign_in(
    play: Callable[[Story], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QTWEBENGINE_CHROMIUM_FLAGS", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    async def story(window: SignInWindow, browser: OwnBrowser) -> None:
        press(form_of(window).submit_button)
        await until(lambda: window.told(SALESFORCE))
        assert "SFSync runs as root" in window.told(SALESFORCE)
        assert "Choose “Use my browser instead”" in window.told(SALESFORCE)
        press(window.card(Side.INTERCOM).form.submit_button)
        await until(lambda: window.told(Side.INTERCOM))
        assert "Sign in with an access token" in window.told(Side.INTERCOM)
        browser.visit = Visit()
        press(form_of(window).browser_button)
        await until(lambda: SALESFORCE in window.host.snapshot.connections)

    play(story)
