"""Signing in to Salesforce through the window's own browser, as far as a person takes it.

After each way to fail the person tries again in place, and nothing of the browser is left.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.handle import Phase
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.salesforce import DEMO_CALLBACK_URLS, DEMO_CLIENT_ID
from sfsync_gui.sandbox.salesforce.apps import ClientApp
from tests.gui.conftest import Run
from tests.support.sign_in_window import (
    GRAPHICS,
    Pages,
    SignInWindow,
    allow_browser_as_root,
    browser_objects,
    press,
    sign_in_window,
    until,
)
from tests.support.sign_in_world import SignInWorld, sign_in_world

pytestmark = pytest.mark.qt_log_ignore(*GRAPHICS)
SALESFORCE = Side.SALESFORCE
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
    """Have something done in the org, by its own hands."""
    world.do(lambda: act(world))


def app_of(world: SignInWorld) -> ClientApp:
    return world.salesforce.app_of(DEMO_CLIENT_ID)


def when_redirected(pages: Pages, act: Callable[[], None]) -> None:
    """Have something happen between the redirect and the exchange of its code."""
    pages.frame.page.redirected.connect(lambda _: act())


async def ended(window: SignInWindow) -> None:
    """Wait until the sign-in is over, whichever way: the form can be used again."""
    await until(window.card(SALESFORCE).form.isEnabled)
    await until(window.card(SALESFORCE).form.submit_button.isEnabled)


async def works_again(window: SignInWindow) -> None:
    """Try again in place, with success."""
    await ended(window)
    await window.browser_is_gone()
    await window.approve(SALESFORCE)
    assert window.told(SALESFORCE) == ""


def test_whoever_allows_is_connected(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        pages = await window.begin(SALESFORCE)
        await pages.shows("#Login")
        assert pages.frame.host.text() == "127.0.0.1"
        assert pages.frame.padlock.accessibleName() == "This page is on this computer"
        assert pages.frame.view.hasFocus()
        await pages.allow_salesforce()
        await until(lambda: SALESFORCE in window.host.snapshot.connections)
        connection = window.host.snapshot.connections[SALESFORCE]
        assert connection.account_name == "Northwind Outfitters"
        assert connection.user_name == "integration@example.com"
        await until(lambda: not window.card(SALESFORCE).form.isVisible())
        assert window.told(SALESFORCE) == ""

    play(story)


async def by_button(window: SignInWindow, pages: Pages) -> None:
    press(pages.frame.window().cancel_button)


async def by_key(window: SignInWindow, pages: Pages) -> None:
    QTest.keyClick(pages.frame.view.focusProxy(), Qt.Key.Key_Escape)


async def by_cross(window: SignInWindow, pages: Pages) -> None:
    pages.frame.window().close()


def test_a_sign_in_can_be_cancelled_on_any_page(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        for cancel in (by_button, by_key, by_cross):
            pages = await window.begin(SALESFORCE)
            await pages.click("#Login")
            await pages.shows("#oaapprove")
            await cancel(window, pages)
            await ended(window)
            await window.browser_is_gone()
            assert window.told(SALESFORCE) == ""
            assert SALESFORCE not in window.host.snapshot.connections
        await works_again(window)

    play(story)


def expire(world: SignInWorld) -> None:
    world.salesforce.expire_codes()


def use_up(world: SignInWorld) -> None:
    for code in world.salesforce.authorizing._codes.values():
        code.used = True


def deactivate(world: SignInWorld) -> None:
    world.salesforce.deactivate_user(world.salesforce.org.api_user_id)


def require_secret(world: SignInWorld) -> None:
    app_of(world).requires_secret = True


def disable_api(world: SignInWorld) -> None:
    world.salesforce.org.api_enabled = False


def expire_password(world: SignInWorld) -> None:
    world.salesforce.expire_password(world.salesforce.org.api_user_id)


def lock_org(world: SignInWorld) -> None:
    world.salesforce.org.is_locked = True


def restrict_network(world: SignInWorld) -> None:
    world.salesforce.org.is_ip_restricted = True


def lose_connection(world: SignInWorld) -> None:
    world.salesforce.faults.arm(Fault(FaultKind.RESET_BEFORE, "POST", "/token$", times=5))


def mend(world: SignInWorld) -> None:
    org, app = world.salesforce.org, app_of(world)
    org.api_enabled, org.is_locked, org.is_ip_restricted = True, False, False
    org.expired_passwords.clear()
    app.requires_secret = app.is_blocked = app.admin_approved_only = False
    app.callback_urls = DEMO_CALLBACK_URLS
    world.salesforce.activate_user(org.api_user_id)
    world.salesforce.revoke_all()  # so that the page asks again
    world.salesforce.faults.clear()


LATE = "The sign-in took too long, or was finished once already."


AFTER_THE_PAGE = {
    expire: LATE,
    use_up: LATE,
    deactivate: "no longer active. Have an administrator activate the user",
    require_secret: "turn off “Require Secret for Web Server Flow”",
    disable_api: "may not use the Salesforce API. Have an administrator turn on",
    expire_password: "has to change the password in Salesforce first.",
    lock_org: "is locked, closed or suspended",
    restrict_network: "from the current network, or at this hour",
    lose_connection: "Check the network connection, then sign in again.",
}


def test_what_goes_wrong_after_the_page_is_said_in_words(
    play: Callable[[Story], None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        for spoil, words in AFTER_THE_PAGE.items():
            pages = await window.begin(SALESFORCE)
            when_redirected(pages, partial(done_to, world, spoil))
            await pages.allow_salesforce()
            await until(lambda: window.told(SALESFORCE))
            assert words in window.told(SALESFORCE)
            assert SALESFORCE not in window.host.snapshot.connections
            done_to(world, mend)
            await ended(window)
        await works_again(window)

    play(story)


def block(world: SignInWorld) -> None:
    app_of(world).is_blocked = True


def approve_first(world: SignInWorld) -> None:
    app_of(world).admin_approved_only = True


def forget_callback(world: SignInWorld) -> None:
    app_of(world).callback_urls = ("https://elsewhere.example/callback",)


AT_THE_APP = {
    block: "An administrator has blocked this application in the org.",
    approve_first: "An administrator has to approve this application",
    forget_callback: "Add the callback URLs to the External Client App exactly",
}


def test_an_app_that_is_not_let_in_is_told_why(
    play: Callable[[Story], None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        for spoil, words in AT_THE_APP.items():
            done_to(world, spoil)
            pages = await window.begin(SALESFORCE)
            if spoil is not forget_callback:  # that is refused before anybody logs in
                await pages.click("#Login")
            await until(lambda: window.told(SALESFORCE))
            assert words in window.told(SALESFORCE)
            done_to(world, mend)
            await ended(window)
        await works_again(window)

    play(story)


def test_an_unknown_consumer_key_is_shown_at_its_field(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        form = window.card(SALESFORCE).form
        form.client_id.setText("3MVG9mistyped")
        press(form.submit_button)
        await until(lambda: form.client_id.property("invalid") == "true")
        assert "does not know the application" in form.client_id.accessibleDescription()
        assert "ten minutes" in form.client_id.accessibleDescription()
        assert window.window.focusWidget() is form.client_id
        assert window.told(SALESFORCE) == ""
        form.client_id.setText(DEMO_CLIENT_ID)
        await works_again(window)

    play(story)


def test_whoever_denies_is_told_how_to_allow(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        pages = await window.begin(SALESFORCE)
        await pages.click("#Login")
        await pages.click("#oadeny")
        await until(lambda: window.told(SALESFORCE))
        assert "Sign in again and choose Allow." in window.told(SALESFORCE)
        await until(window.card(SALESFORCE).form.submit_button.hasFocus)  # to try again by Enter
        await works_again(window)

    play(story)


def test_an_answer_with_another_state_is_refused(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        pages = await window.begin(SALESFORCE)
        await pages.shows("#Login")
        await pages.script(f"location = '{DEMO_CALLBACK_URLS[0]}?code=aPrxForged&state=forged'")
        await until(lambda: window.told(SALESFORCE))
        assert "belongs to another sign-in" in window.told(SALESFORCE)
        await works_again(window)

    play(story)


def test_a_password_that_has_expired_is_changed_on_the_page(
    play: Callable[[Story], None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        done_to(world, expire_password)
        pages = await window.begin(SALESFORCE)
        await pages.click("#Login")
        await pages.click("#newpassword")
        QTest.keyClicks(pages.frame.view.focusProxy(), "another-1")
        await pages.click("#password-button")
        await pages.click("#oaapprove")
        await until(lambda: SALESFORCE in window.host.snapshot.connections)

    play(story)


AT_THE_LOGIN = {
    deactivate: "Your account is not active.",
    lock_org: "The organization is locked",
    restrict_network: "You can't log in from this network",
}


def test_who_may_not_log_in_reads_it_on_the_page_and_can_cancel(
    play: Callable[[Story], None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        for spoil, words in AT_THE_LOGIN.items():
            done_to(world, spoil)
            pages = await window.begin(SALESFORCE)
            await pages.click("#Login")
            await pages.shows("#error")
            assert words in await pages.text()
            await by_key(window, pages)
            done_to(world, mend)
            await ended(window)
        await works_again(window)

    play(story)


def test_the_network_may_be_lost_on_a_page_and_come_back(
    play: Callable[[Story], None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        pages = await window.begin(SALESFORCE)
        await pages.shows("#Login")
        lost = Fault(FaultKind.RESET_BEFORE, times=1000)
        world.do(lambda: world.salesforce.faults.arm(lost))
        await pages.click("#Login")
        await until(pages.frame.trouble.isVisible)
        assert pages.frame.trouble.accessibleName() == "The sign-in page cannot be shown"
        world.do(world.salesforce.faults.clear)
        press(pages.frame.trouble.button)
        await pages.allow_salesforce()
        await until(lambda: SALESFORCE in window.host.snapshot.connections)

    play(story)


async def open_popup(window: SignInWindow, pages: Pages) -> Pages:
    """Have the login page hand over to a pop-up, as single sign-on does."""
    await pages.shows("#Login")
    await pages.script(
        "document.querySelector('#Login').addEventListener('click', event => {"
        "event.preventDefault(); window.open(location.href, 'sso', 'width=400,height=500'); })"
    )
    await pages.click("#Login")
    dialog = pages.frame.window()
    await until(lambda: dialog.popups)
    return Pages(dialog.popups[0].frame)


def test_a_pop_up_of_the_page_can_finish_the_sign_in(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        popup = await open_popup(window, await window.begin(SALESFORCE))
        await popup.shows("#Login")
        assert popup.frame.host.text() == "127.0.0.1"
        assert popup.frame.window().isVisible()
        await popup.allow_salesforce()
        await until(lambda: SALESFORCE in window.host.snapshot.connections)

    play(story)


def test_a_pop_up_that_is_closed_leaves_the_page_as_it_was(play: Callable[[Story], None]) -> None:
    async def story(window: SignInWindow) -> None:
        pages = await window.begin(SALESFORCE)
        popup = await open_popup(window, pages)
        await popup.shows("#Login")
        objects = len(browser_objects())
        await popup.script("window.close()")
        await until(lambda: len(browser_objects()) == objects - 2)  # its view and its page
        assert pages.frame.window().popups == []
        pages.frame.load()
        await until(lambda: pages.frame.page.url().path() == "/")
        await pages.allow_salesforce()
        await until(lambda: SALESFORCE in window.host.snapshot.connections)

    play(story)


def test_the_window_may_be_closed_and_the_program_quit_midway(
    tmp_path: Path, run: Run, world: SignInWorld
) -> None:
    async def whole() -> None:
        async with sign_in_window(tmp_path / "profile", world) as window:
            pages = await window.begin(SALESFORCE)
            await pages.shows("#Login")
        await window.browser_is_gone()
        async with sign_in_window(tmp_path / "profile", world) as window:
            assert window.host.snapshot.phase is Phase.UNCONNECTED
            await window.approve(SALESFORCE)
            await window.browser_is_gone()

    run(whole())


def test_what_a_page_tells_its_console_is_not_logged(
    play: Callable[[Story], None], caplog: Any, qtlog: Any
) -> None:
    async def story(window: SignInWindow) -> None:
        pages = await window.begin(SALESFORCE)
        await pages.shows("#Login")
        await pages.script("console.error('a-password-in-the-console')")
        await pages.script("1")
        await by_key(window, pages)
        await ended(window)

    play(story)
    assert "a-password" not in caplog.text
    assert not any("a-password" in record.message for record in qtlog.records)
