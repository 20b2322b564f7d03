"""The password store through the window: open, locked and opened later, and none at all.

A real GNOME Keyring on a session bus of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.handle import Phase, SecretsKept
from sfsync_gui.engine.signing_in import Grant
from sfsync_gui.sandbox.salesforce import DEMO_CLIENT_ID
from sfsync_gui.ui.accounts.forms import IntercomForm
from sfsync_gui.ui.widgets.banner import Banner, Banners
from sfsync_gui.ui.wizard.steps import Step
from tests.gui.conftest import Run
from tests.support.keyring_session import (
    PROMPTER,
    KeyringSession,
    keyring_threads_ended,
)
from tests.support.sign_in_window import SignInWindow, press, sign_in_window, until
from tests.support.sign_in_world import SignInWorld, sign_in_world

INTERCOM, SALESFORCE = Side.INTERCOM, Side.SALESFORCE
Program = Callable[[], AbstractAsyncContextManager[SignInWindow]]


@pytest.fixture
def world() -> Iterator[SignInWorld]:
    with sign_in_world() as served:
        yield served


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringSession]:
    """A login session in which nothing has been started yet."""
    with keyring_threads_ended():
        session = KeyringSession()
        for variable, value in session.environment.items():
            monkeypatch.setenv(variable, value)
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
        yield session
        session.close()


@pytest.fixture
def program(tmp_path: Path, world: SignInWorld) -> Program:
    """Starts the program on one profile, each time with a vault that knows nothing yet."""

    @asynccontextmanager
    async def started() -> AsyncIterator[SignInWindow]:
        vault = Vault(answer_seconds=2.0, person_seconds=4.0)
        async with sign_in_window(tmp_path / "profile", world, vault) as window:
            yield window

    return started


def salesforce_grant(world: SignInWorld) -> Grant:
    url = world.salesforce_url
    issued = world.do(lambda: world.salesforce.issue_tokens(DEMO_CLIENT_ID, url))
    tokens = issued["access_token"], issued["refresh_token"]
    return Grant(SALESFORCE, *tokens, instance_url=url, login_url=url, client_id=DEMO_CLIENT_ID)


def intercom_token(world: SignInWorld) -> str:
    return world.do(lambda: world.intercom.access_token) or ""


async def set_up(window: SignInWindow) -> None:
    """Connect both sides and begin."""
    host, world = window.host, window.world
    token = intercom_token(world)
    await host.connect(salesforce_grant(world))
    await host.connect(Grant(INTERCOM, token, region="US", api_url=world.intercom_url))
    await until(lambda: host.snapshot.phase is Phase.FIRST_RUN)
    await host.begin(await host.suggestion(), FirstRun.LINK_ALL)
    await until(lambda: host.snapshot.phase is Phase.RUNNING)


async def banner_in(banners: Banners, key: str) -> Banner:
    """The banner under a key, once it is there."""
    await until(lambda: banners.get(key))
    banner = banners.get(key)
    assert banner is not None
    return banner


def test_sign_ins_in_an_open_keyring_outlive_the_program(
    session: KeyringSession, program: Program, run: Run, world: SignInWorld
) -> None:
    session.start_bus()
    session.start_keyring()

    async def story() -> None:
        async with program() as window:
            await set_up(window)
            assert window.host.snapshot.secrets is SecretsKept.IN_KEYRING
            assert window.connections.banners.keys == ()
            org = world.salesforce.org.org_id
            assert set(session.entries()) == {
                "intercom:nw5x2k7q:access_token",
                f"salesforce:{org}:access_token",
                f"salesforce:{org}:refresh_token",
            }
        async with program() as window:
            await until(lambda: window.host.snapshot.phase is Phase.RUNNING)
            assert window.connections.banners.keys == ()
            await window.host.disconnect(INTERCOM)
            assert "intercom:nw5x2k7q:access_token" not in session.entries()

    run(story())


def test_a_locked_keyring_is_waited_for_and_then_it_goes_on(
    session: KeyringSession, program: Program, run: Run
) -> None:
    session.start_bus()
    keyring = session.start_keyring()

    async def story() -> None:
        async with program() as window:
            await set_up(window)
        session.stop(keyring)
        session.start_keyring(unlocked=False)
        prompter = session.start_silent(PROMPTER)  # somebody is asked, and does not answer

        async with program() as window:
            await until(lambda: window.host.snapshot.secrets is SecretsKept.LOCKED)
            window.shell.show_panel("overview")
            over = await banner_in(window.shell.window.banners, "secrets")
            assert over.notice.title == "The password store is locked"
            panel = window.connections
            banner = await banner_in(panel.banners, "keyring")
            assert "Nothing is lost. Unlock it, then try again." in banner.notice.text
            assert "secrets" not in window.shell.window.banners.keys  # it is said once
            said = window.shell.window.sidebar.status.accessibleName()
            assert "The password store is locked" in said

            prompter.kill()  # the question goes away unanswered
            prompter.wait()
            session.unlock_keyring()
            press(banner.action_button)
            await until(lambda: window.host.snapshot.phase is Phase.RUNNING)
            await until(lambda: panel.banners.keys == ())
            assert window.host.snapshot.secrets is SecretsKept.IN_KEYRING

    run(story())


def test_a_keyring_that_is_locked_while_somebody_connects_loses_nothing(
    session: KeyringSession, program: Program, run: Run, world: SignInWorld
) -> None:
    session.start_bus()
    keyring = session.start_keyring()

    async def story() -> None:
        async with program() as window:
            await set_up(window)  # so that there is a keyring to be locked
            await window.host.disconnect(INTERCOM)
            session.stop(keyring)
            session.start_keyring(unlocked=False)
            form = window.card(INTERCOM).form
            assert isinstance(form, IntercomForm)
            await until(form.method.isVisible)
            press(form.method.segment(False))
            QTest.keyClicks(form.token, intercom_token(world))
            press(form.submit_button)
            await until(lambda: window.told(INTERCOM))
            assert "password store" in window.told(INTERCOM)
            assert form.token.text() == intercom_token(world)  # to be tried again

            session.unlock_keyring()
            press(form.submit_button)
            await until(lambda: INTERCOM in window.host.snapshot.connections)
            assert "intercom:nw5x2k7q:access_token" in session.entries()

    run(story())


def test_without_a_keyring_the_sign_ins_last_until_the_program_is_quit(
    session: KeyringSession, program: Program, run: Run, tmp_path: Path
) -> None:
    async def story() -> None:
        async with program() as window:
            await window.host.connect(salesforce_grant(window.world))
            wizard = await window.wizard()
            wizard.show_step(Step.SALESFORCE)
            said = wizard.salesforce.text
            await until(lambda: "This computer has no password store." in said.text())
            assert window.shell.window.banners.keys == ()  # the first run says it itself
            await set_up(window)
            banner = await banner_in(window.connections.banners, "keyring")
            assert "end when SFSync is quit" in banner.notice.text
        assert not [path for path in session.folder.rglob("*") if path.is_file()]

        async with program() as window:
            banner = await banner_in(window.connections.banners, f"side:{INTERCOM}")
            assert "ended with the program that made it" in banner.notice.text
            press(banner.action_button)
            form = window.card(INTERCOM).form
            assert isinstance(form, IntercomForm)
            assert form.isVisible()

    run(story())


def test_a_keyring_that_comes_later_takes_what_was_in_memory(
    session: KeyringSession, program: Program, run: Run
) -> None:
    async def story() -> None:
        async with program() as window:
            await set_up(window)
            panel = window.connections
            banner = await banner_in(panel.banners, "keyring")
            session.start_bus()
            session.start_keyring()
            press(banner.action_button)
            await until(lambda: panel.banners.keys == ())
            assert len(session.entries()) == 3
        async with program() as window:
            await until(lambda: window.host.snapshot.phase is Phase.RUNNING)

    run(story())
