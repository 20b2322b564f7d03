"""The panel Connections: who is signed in, what keeps a side from syncing, and the way back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.handle import Phase
from sfsync_gui.engine.questions import LinkQuery
from sfsync_gui.engine.signing_in import Grant
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.salesforce import DEMO_CLIENT_ID
from sfsync_gui.services.oauth.loopback import LoopbackListener
from sfsync_gui.ui.accounts.forms import IntercomForm, SalesforceForm, Where
from sfsync_gui.ui.widgets.banner import Banner, Notice
from sfsync_gui.ui.widgets.dialogs import QuestionDialog
from tests.gui.conftest import Run
from tests.support.own_browser import own_browser
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
INTERCOM, SALESFORCE = Side.INTERCOM, Side.SALESFORCE
Story = Callable[[SignInWindow], Awaitable[None]]
PEOPLE = 5


@pytest.fixture
def world() -> Iterator[SignInWorld]:
    """Two services in which the same few people are."""
    allow_browser_as_root()
    with sign_in_world() as served:
        for number in range(PEOPLE):
            served.do(partial(put_person, served, f"p{number}@x.example"))
        served.do(served.intercom.settle_index)
        yield served


def put_person(world: SignInWorld, email: str) -> None:
    world.intercom.create_contact("user", email=email)
    world.salesforce.create("Contact", LastName="Smith", Email=email)


@pytest.fixture
def play(tmp_path: Path, run: Run, world: SignInWorld) -> Callable[..., None]:
    """Plays stories one after the other: between two of them the program is quit and started."""
    vault = Vault.in_memory()

    def play_now(*stories: Story) -> None:
        async def whole() -> None:
            for story in stories:
                async with sign_in_window(tmp_path / "profile", world, vault) as window:
                    await story(window)
                    await window.browser_is_gone()

        run(whole())

    return play_now


def salesforce_grant(world: SignInWorld) -> Grant:
    url = world.salesforce_url
    issued = world.do(lambda: world.salesforce.issue_tokens(DEMO_CLIENT_ID, url))
    return Grant(
        SALESFORCE,
        issued["access_token"],
        issued["refresh_token"],
        instance_url=url,
        login_url=url,
        client_id=DEMO_CLIENT_ID,
    )


def intercom_grant(world: SignInWorld) -> Grant:
    token = world.do(lambda: world.intercom.access_token) or ""
    return Grant(INTERCOM, token, region="US", api_url=world.intercom_url)


async def running(window: SignInWindow) -> None:
    """Connect both sides, and begin with what is suggested."""
    host = window.host
    await host.connect(salesforce_grant(window.world))
    await host.connect(intercom_grant(window.world))
    await until(lambda: host.snapshot.phase is Phase.FIRST_RUN)
    await host.begin(await host.suggestion(), FirstRun.LINK_ALL)
    await until(lambda: host.snapshot.phase is Phase.RUNNING)
    await until(lambda: host.snapshot.links == PEOPLE)
    await until(lambda: len(host.snapshot.checked) == len(Side))


async def broken(window: SignInWindow, side: Side) -> Notice:
    """Have the sync meet what is wrong; returns what the banner tells of it."""
    panel = window.connections
    await window.host.sync_now()
    await until(lambda: panel.banners.get(f"side:{side}"))
    banner = panel.banners.get(f"side:{side}")
    assert banner is not None
    assert f"side:{side}" not in window.shell.window.banners.keys  # it is said once
    return banner.notice


async def act_on_banner(window: SignInWindow, side: Side) -> None:
    """Press the button of the banner that is shown now."""
    banners = window.connections.banners

    def shown() -> Banner | None:
        banner = banners.get(f"side:{side}")
        return banner if banner is not None and banner.action_button.isVisible() else None

    await until(shown)
    banner = shown()
    assert banner is not None
    press(banner.action_button)


async def mended(window: SignInWindow, side: Side) -> None:
    """Wait until the side syncs again."""
    panel = window.connections
    await until(lambda: panel.banners.get(f"side:{side}") is None)
    before = window.host.snapshot.checked[side]
    window.world.clock.advance(1)
    await window.host.sync_now()
    await until(lambda: window.host.snapshot.checked[side] > before)


def texts_of(window: SignInWindow, side: Side) -> list[str]:
    return [label.text() for label in window.card(side).findChildren(QLabel) if label.isVisible()]


# ---------------------------------------------------------------------- who is connected


def test_the_panel_tells_who_is_connected_to_what_since_when(play: Callable[..., None]) -> None:
    async def story(window: SignInWindow) -> None:
        await running(window)
        window.connections.show()
        org = window.world.salesforce.org.org_id
        told = texts_of(window, SALESFORCE)
        assert {"Connected", "integration@example.com", "just now", "Production"} <= set(told)
        assert f"Northwind Outfitters ({org})" in told
        told = texts_of(window, INTERCOM)
        assert "Northwind Outfitters (nw5x2k7q)" in told
        assert {"Connected", "ciara@northwind.example", "United States"} <= set(told)
        check = window.connections.check.findings
        await until(lambda: check.rows)
        await until(lambda: len(check.rows) > 2)
        assert {row.accessibleName().partition(".")[0] for row in check.rows} == {
            "Salesforce: API access",
            "Salesforce: Sign-in",
            "Salesforce: Lead",
            "Salesforce: Contact",
            "Salesforce: Account",
            "Salesforce: Task",
            "Salesforce: Attribute mapping",
            "Intercom: People",
            "Intercom: Teammates",
            "Intercom: Changing people",
            "This computer: Clock",
        }
        assert check.when.text() == "Checked just now"

    play(story)


# ---------------------------------------------------------------------- disconnecting


def last_approval_has_ended(world: SignInWorld) -> bool:
    return world.do(lambda: world.salesforce.sessions.approvals[-1].ended)


def test_disconnecting_takes_the_access_back(play: Callable[..., None], world: SignInWorld) -> None:
    async def story(window: SignInWindow) -> None:
        await running(window)
        assert not last_approval_has_ended(world)
        card = window.card(SALESFORCE)
        press(card.disconnect_button)
        dialog = await window.dialog(QuestionDialog)
        assert dialog.no_button.isDefault()
        press(dialog.no_button)
        assert SALESFORCE in window.host.snapshot.connections

        press(card.disconnect_button)
        press((await window.dialog(QuestionDialog)).yes_button)
        await until(lambda: SALESFORCE not in window.host.snapshot.connections)
        await until(lambda: "Not connected" in texts_of(window, SALESFORCE))
        assert last_approval_has_ended(world)
        assert window.told(SALESFORCE) == ""
        form = card.form
        assert isinstance(form, SalesforceForm)
        assert form.client_id.text() == DEMO_CLIENT_ID  # as it was

        await window.approve(SALESFORCE)
        await until(lambda: window.host.snapshot.phase is Phase.RUNNING)
        assert window.host.snapshot.links == PEOPLE

    play(story)


def test_an_app_of_intercom_is_uninstalled(play: Callable[..., None], world: SignInWorld) -> None:
    async def story(window: SignInWindow) -> None:
        await window.approve(INTERCOM)
        press(window.card(INTERCOM).disconnect_button)
        press((await window.dialog(QuestionDialog)).yes_button)
        await until(lambda: INTERCOM not in window.host.snapshot.connections)
        await until(lambda: world.do(lambda: world.intercom.log.count("POST", "/uninstall")) == 1)

    play(story)


def test_an_access_that_could_not_be_taken_back_is_said(
    play: Callable[..., None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        await running(window)
        lost = Fault(FaultKind.RESET_BEFORE, "POST", "/revoke$", times=9)
        world.do(lambda: world.salesforce.faults.arm(lost))
        press(window.card(SALESFORCE).disconnect_button)
        press((await window.dialog(QuestionDialog)).yes_button)
        await until(lambda: window.told(SALESFORCE))
        assert "Disconnected here, but not at Salesforce" in window.told(SALESFORCE)
        assert "Remove the access there, too." in window.told(SALESFORCE)
        await until(lambda: SALESFORCE not in window.host.snapshot.connections)

    play(story)


# ---------------------------------------------------------------------- reconnecting


def asked_for_everybody(world: SignInWorld) -> int:
    """How often Intercom was asked for all people: that is how a directory is read."""
    return world.do(lambda: world.intercom.log.count("GET", r"^/contacts$"))


def link_ids(window: SignInWindow) -> list[int]:
    return [link.id for link in window.host.questions.links_page(LinkQuery(), None, 100)]


def test_reconnecting_goes_on_without_importing_anew(
    play: Callable[..., None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        await running(window)
        ids = link_ids(window)
        read = asked_for_everybody(world)
        seen: list[Phase] = []
        window.host.listen(lambda _: seen.append(window.host.snapshot.phase))

        world.do(world.salesforce.revoke_all)
        notice = await broken(window, SALESFORCE)
        assert "has expired or was taken back" in notice.text
        assert "more than five times" in notice.text
        world.do(world.salesforce.log.clear)
        await act_on_banner(window, SALESFORCE)
        await (await window.pages()).allow_salesforce()
        await mended(window, SALESFORCE)

        assert link_ids(window) == ids
        assert asked_for_everybody(world) == read
        assert not {Phase.CONNECTING, Phase.FIRST_RUN} & set(seen)
        calls = world.do(lambda: world.salesforce.log.count(path="^/services/data/"))
        assert calls <= 6  # who it is, and the polls

    play(story)


def test_a_sixth_sign_in_of_the_same_user_is_named_as_the_reason(
    play: Callable[..., None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        await running(window)
        for _ in range(5):  # on other computers
            salesforce_grant(world)
        notice = await broken(window, SALESFORCE)
        assert notice.action == "Sign in again"
        assert "more than five times: Salesforce keeps the five newest" in notice.text

    play(story)


def test_a_token_that_was_removed_in_intercom_is_replaced(
    play: Callable[..., None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        await running(window)
        world.do(world.intercom.revoke_token)
        notice = await broken(window, INTERCOM)
        assert "The access was revoked in Intercom." in notice.text
        await act_on_banner(window, INTERCOM)
        form = window.card(INTERCOM).form
        assert isinstance(form, IntercomForm)
        assert form.isVisible()
        assert form.method.value is False  # by token, as before
        assert window.window.focusWidget() is form.token
        await until(lambda: not form.submit_button.visibleRegion().isEmpty())  # scrolled to
        form.token.setText(world.do(world.intercom.issue_token))
        press(form.submit_button)
        await mended(window, INTERCOM)

    play(story)


def expire_password(world: SignInWorld) -> None:
    world.salesforce.expire_password(world.salesforce.org.api_user_id)


def test_a_password_that_has_expired_is_named_and_changed_on_the_way(
    play: Callable[..., None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        await running(window)
        world.do(lambda: expire_password(world))
        notice = await broken(window, SALESFORCE)
        assert "password" in notice.text
        world.do(world.salesforce.org.expired_passwords.clear)
        await act_on_banner(window, SALESFORCE)
        if notice.action == "Sign in again":
            pages = await window.pages()
            await pages.click("#Login")
        await mended(window, SALESFORCE)

    play(story)


def test_an_api_that_is_turned_off_is_named(play: Callable[..., None], world: SignInWorld) -> None:
    async def story(window: SignInWindow) -> None:
        await running(window)
        world.salesforce.org.api_enabled = False
        notice = await broken(window, SALESFORCE)
        assert "API" in notice.text
        assert notice.action == "Try again"
        world.salesforce.org.api_enabled = True
        await act_on_banner(window, SALESFORCE)
        await mended(window, SALESFORCE)

    play(story)


def test_a_network_that_is_gone_is_named(play: Callable[..., None], world: SignInWorld) -> None:
    async def story(window: SignInWindow) -> None:
        await running(window)
        lost = Fault(FaultKind.RESET_BEFORE, times=100_000)
        world.do(lambda: world.salesforce.faults.arm(lost))
        notice = await broken(window, SALESFORCE)
        assert "The connection to Salesforce broke." in notice.text
        assert "tried again by itself" in notice.text
        assert notice.action == "Try again"
        world.do(world.salesforce.faults.clear)
        await act_on_banner(window, SALESFORCE)
        await mended(window, SALESFORCE)

    play(story)


def test_a_sign_in_that_was_never_finished_is_named(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LoopbackListener.wait, "__defaults__", (0.3,))  # in place of ten minutes

    async def story(window: SignInWindow) -> None:
        form = window.card(SALESFORCE).form
        assert isinstance(form, SalesforceForm)
        with own_browser() as browser:
            press(form.browser_button)
            await until(lambda: window.told(SALESFORCE))
            assert len(browser.opened) == 1
        assert "Nobody came back from the sign-in page." in window.told(SALESFORCE)
        await window.approve(SALESFORCE)

    play(story)


# ---------------------------------------------------------------------- another account


async def sign_in_elsewhere(window: SignInWindow, other: SignInWorld) -> QuestionDialog:
    """Sign in to another org than the profile's; returns what is asked then."""
    card = window.card(SALESFORCE)
    if not card.form.isVisible():
        press(card.other_button)
    form = card.form
    assert isinstance(form, SalesforceForm)
    press(form.where.segment(Where.MY_DOMAIN))
    form.address.setText(other.salesforce_url)
    press(form.submit_button)
    await (await window.pages()).allow_salesforce()
    dialog = await window.dialog(QuestionDialog)
    assert isinstance(dialog, QuestionDialog)
    return dialog


def test_another_org_is_refused_or_begun_afresh_as_the_person_says(
    play: Callable[..., None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        await running(window)
        first = world.salesforce.org.org_id
        with sign_in_world(seed=9) as other:
            dialog = await sign_in_elsewhere(window, other)
            assert dialog.windowTitle() == "Another Salesforce org answered"
            assert any(first in label.text() for label in dialog.findChildren(QLabel))
            press(dialog.no_button)
            await until(window.card(SALESFORCE).form.submit_button.isEnabled)
            assert window.host.snapshot.connections[SALESFORCE].account_id == first
            assert window.host.snapshot.links == PEOPLE

            other.do(other.salesforce.revoke_all)  # so that its page asks again
            press((await sign_in_elsewhere(window, other)).yes_button)
            await until(lambda: window.host.snapshot.phase is Phase.FIRST_RUN)
            assert window.host.snapshot.links == 0
            assert (await window.wizard()).isVisible()

            # Back to the first: its profile is taken up where it was.
            world.do(world.salesforce.revoke_all)
            press((await sign_in_elsewhere(window, world)).yes_button)
            await until(lambda: window.host.snapshot.phase is Phase.RUNNING)
            await until(lambda: window.host.snapshot.links == PEOPLE)

    play(story)


def test_another_workspace_is_noticed(play: Callable[..., None]) -> None:
    async def story(window: SignInWindow) -> None:
        await running(window)
        with sign_in_world(app_id="other99") as other:
            card = window.card(INTERCOM)
            press(card.reconnect_button)
            form = card.form
            assert isinstance(form, IntercomForm)
            form._api_url = other.intercom_url
            form.token.setText(other.do(lambda: other.intercom.access_token) or "")
            press(form.submit_button)
            dialog = await window.dialog(QuestionDialog)
            assert dialog.windowTitle() == "Another Intercom workspace answered"
            press(dialog.no_button)
            await until(form.submit_button.isEnabled)
            assert window.host.snapshot.connections[INTERCOM].account_id == "nw5x2k7q"

    play(story)
