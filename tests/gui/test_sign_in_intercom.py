"""Connecting Intercom through the window: by the page of the user's own app, or by a token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.intercom import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET
from sfsync_gui.ui.accounts.forms import IntercomForm
from tests.gui.conftest import Run
from tests.support.sign_in_window import (
    GRAPHICS,
    Pages,
    SignInWindow,
    allow_browser_as_root,
    press,
    sign_in_window,
    until,
)
from tests.support.sign_in_world import SignInWorld, sign_in_world

pytestmark = pytest.mark.qt_log_ignore(*GRAPHICS)
INTERCOM = Side.INTERCOM
REDIRECT = "https://localhost/callback"
Story = Callable[[SignInWindow], Awaitable[None]]
Act = Callable[[SignInWorld], None]


@pytest.fixture
def world() -> Iterator[SignInWorld]:
    allow_browser_as_root()
    with sign_in_world() as served:
        yield served


@pytest.fixture
def play(tmp_path: Path, run: Run, world: SignInWorld) -> Callable[[Story], None]:
    """Plays a story in front of the window; at its end nothing of the browser may be left."""

    def play_now(story: Story) -> None:
        async def whole() -> None:
            async with sign_in_window(tmp_path / "profile", world) as window:
                await story(window)
                await window.browser_is_gone()

        run(whole())

    return play_now


def done_to(world: SignInWorld, act: Act) -> None:
    """Have something done in the workspace, by its own hands."""
    world.do(lambda: act(world))


def form_of(window: SignInWindow) -> IntercomForm:
    form = window.card(INTERCOM).form
    assert isinstance(form, IntercomForm)
    return form


async def ended(window: SignInWindow) -> None:
    """Wait until the sign-in is over, whichever way: the form can be used again."""
    await until(form_of(window).submit_button.isEnabled)


async def works_again(window: SignInWindow) -> None:
    """Try again in place, with success."""
    await ended(window)
    await window.browser_is_gone()
    await window.approve(INTERCOM)
    assert window.told(INTERCOM) == ""


def choose_token(window: SignInWindow) -> IntercomForm:
    """Take the way by an access token, with the mouse."""
    form = form_of(window)
    press(form.method.segment(False))
    assert form.token.isVisible()
    return form


def test_whoever_authorizes_is_connected(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        form = form_of(window)
        await window.approve(INTERCOM)
        connection = window.host.snapshot.connections[INTERCOM]
        assert connection.account_name == "Northwind Outfitters"
        assert connection.user_name == "ciara@northwind.example"
        assert form.client_secret.text() == ""
        assert form.token.text() == ""

    play(story)


async def deny(window: SignInWindow, pages: Pages) -> None:
    await pages.click("#cancel")


async def forge(window: SignInWindow, pages: Pages) -> None:
    await pages.shows("#authorize")
    await pages.script(f"location = '{REDIRECT}?code=forged&state=forged'")


async def come_late(window: SignInWindow, pages: Pages) -> None:
    world = window.world
    pages.frame.page.redirected.connect(lambda _: world.do(world.intercom.expire_codes))
    await pages.click("#authorize")


def use_up(world: SignInWorld) -> None:
    for code in world.intercom._oauth._codes.values():
        code.used = True


async def come_twice(window: SignInWindow, pages: Pages) -> None:
    pages.frame.page.redirected.connect(lambda _: done_to(window.world, use_up))
    await pages.click("#authorize")


async def lose_connection(window: SignInWindow, pages: Pages) -> None:
    lost = Fault(FaultKind.RESET_BEFORE, "POST", "/token$", times=1)
    window.world.do(partial(window.world.intercom.faults.arm, lost))
    await pages.click("#authorize")


FAILURES = {
    deny: "Connect again and choose Authorize access.",
    forge: "belongs to another sign-in",
    come_late: "The sign-in took too long, or was finished once already.",
    come_twice: "The sign-in took too long, or was finished once already.",
    lose_connection: "Check the network connection, then sign in again.",
}


def test_what_goes_wrong_is_said_in_words_and_tried_again(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        for fail, words in FAILURES.items():
            await fail(window, await window.begin(INTERCOM))
            await until(lambda: window.told(INTERCOM))
            assert words in window.told(INTERCOM)
            assert INTERCOM not in window.host.snapshot.connections
            await ended(window)
        await works_again(window)

    play(story)


def test_a_sign_in_can_be_cancelled(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        pages = await window.begin(INTERCOM)
        await pages.shows("#authorize")
        press(pages.frame.window().cancel_button)
        await ended(window)
        pages = await window.begin(INTERCOM)
        await pages.shows("#authorize")
        QTest.keyClick(pages.frame.view.focusProxy(), Qt.Key.Key_Escape)
        await ended(window)
        assert window.told(INTERCOM) == ""
        await works_again(window)

    play(story)


def test_a_secret_that_is_not_the_apps_is_refused_in_words(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        form = form_of(window)
        form.client_secret.setText("not-the-secret-of-the-app")
        pages = await window.begin(INTERCOM)
        await pages.click("#authorize")
        await until(lambda: window.told(INTERCOM))
        assert "the client secret is not the app's" in window.told(INTERCOM)
        assert "Basic information" in window.told(INTERCOM)
        form.client_secret.setText(DEMO_CLIENT_SECRET)
        await works_again(window)

    play(story)


def test_a_page_that_refuses_is_shown_to_be_read(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        form = form_of(window)
        form.client_id.setText("unknown")
        pages = await window.begin(INTERCOM)
        await pages.shows("h1")
        assert "There is no app with this client ID." in await pages.text()
        assert not pages.frame.trouble.isVisible()
        press(pages.frame.window().cancel_button)
        await ended(window)

        form.client_id.setText(DEMO_CLIENT_ID)
        pages = await window.begin(INTERCOM)
        await pages.shows("#workspace")
        await pages.script("document.querySelector('#workspace').selectedIndex = 1")
        await pages.click("#authorize")
        await until(lambda: pages.frame.page.title() == "You can't authorize this app")
        assert "permission to install apps" in await pages.text()
        assert pages.frame.view.isVisible()
        press(pages.frame.window().cancel_button)
        await works_again(window)

    play(story)


def test_a_token_connects_and_the_region_is_found(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        form = choose_token(window)
        press(form.region.segment("EU"))
        token = window.world.do(lambda: window.world.intercom.access_token) or ""
        QTest.keyClicks(form.token, token)
        assert token not in form.token.displayText()
        QTest.keyClick(form.token, Qt.Key.Key_Return)
        await until(lambda: INTERCOM in window.host.snapshot.connections)
        connection = window.host.snapshot.connections[INTERCOM]
        assert (connection.region, connection.method) == ("US", "token")
        await until(lambda: not form.isVisible())
        assert form.token.text() == ""

    play(story)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Paste the access token."),
        ("two words", "has characters that none has"),
        ("dG9rOm5vYm9keXM", "access token"),
    ],
)
def test_a_token_that_is_none_is_said_at_its_field(
    play: Callable[[Story], None], typed: str, words: str
) -> None:
    async def story(window: SignInWindow) -> None:
        form = choose_token(window)
        QTest.keyClicks(form.token, typed)
        press(form.submit_button)
        await until(lambda: form.token.property("invalid") == "true")
        assert words in form.token.accessibleDescription()
        assert window.told(INTERCOM) == ""
        assert window.window.focusWidget() is form.token
        form.token.setText(window.world.do(lambda: window.world.intercom.access_token) or "")
        press(form.submit_button)
        await until(lambda: INTERCOM in window.host.snapshot.connections)

    play(story)
