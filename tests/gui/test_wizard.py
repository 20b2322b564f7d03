"""The first run, from an empty profile to a running sync, against the services' own pages."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QWidget

from sfsync_gui.app.demo import demo_host, first_run_host
from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.handle import Phase
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.ui.application import Application
from sfsync_gui.ui.bulk.align_dialog import AlignDialog
from sfsync_gui.ui.panels.overview import OverviewPanel
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.shell.shell import Shell
from sfsync_gui.ui.theme.tokens import SPACE_GROUP
from sfsync_gui.ui.wizard.steps import Step, is_needed
from sfsync_gui.ui.wizard.wizard import Wizard
from tests.gui.conftest import Run
from tests.support.sign_in_window import (
    GRAPHICS,
    LEFT,
    PATIENCE,
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
Story = Callable[[SignInWindow], Awaitable[None]]


@pytest.fixture
def world() -> Iterator[SignInWorld]:
    """Two services with an attribute and a person that belong together."""
    allow_browser_as_root()
    with sign_in_world() as served:
        served.do(lambda: served.intercom.create_attribute("nickname", "string"))
        served.do(lambda: served.intercom.create_contact("user", email="ada@x.example"))
        served.do(
            lambda: served.salesforce.create("Contact", LastName="Ada", Email="ada@x.example")
        )
        served.do(served.intercom.settle_index)
        yield served


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


async def at(window: SignInWindow, step: Step) -> Wizard:
    """The first run, once it is at that step."""
    wizard = await window.wizard()
    await until(lambda: wizard.step is step)
    assert wizard.pages[step].isVisible()
    return wizard


async def welcome(window: SignInWindow) -> None:
    wizard = await at(window, Step.WELCOME)
    press(wizard.welcome.own_button)
    await at(window, Step.SALESFORCE)


async def salesforce(window: SignInWindow) -> None:
    wizard = await at(window, Step.SALESFORCE)
    press(wizard.salesforce.form.submit_button)
    await (await window.pages()).allow_salesforce()
    await at(window, Step.INTERCOM)


async def intercom(window: SignInWindow) -> None:
    wizard = await at(window, Step.INTERCOM)
    press(wizard.intercom.form.submit_button)
    await (await window.pages()).click("#authorize")
    await at(window, Step.CHECK)


async def check(window: SignInWindow) -> None:
    wizard = await at(window, Step.CHECK)
    await until(wizard.check.findings.again_button.isEnabled)
    found = [one.accessibleName() for one in wizard.check.findings.rows]
    assert "Salesforce: Lead. All 8 required fields are visible and writeable." in found
    press(wizard.next_button)
    await at(window, Step.MAPPING)


async def mapping(window: SignInWindow) -> None:
    wizard = await at(window, Step.MAPPING)
    await until(lambda: wizard.mapping.boxes)
    box = next(box for box in wizard.mapping.boxes if box.text() == "Phone")
    QTest.mouseClick(box, LEFT, pos=QPoint(SPACE_GROUP, box.height() // 2))
    assert not box.isChecked()
    press(wizard.next_button)
    await at(window, Step.FIRST)


async def first(window: SignInWindow) -> None:
    wizard = await at(window, Step.FIRST)
    press(wizard.next_button)
    await until(lambda: window.host.snapshot.phase is Phase.RUNNING)
    await until(lambda: window.overview.wizard is None)
    await until(lambda: window.host.snapshot.links == 1)


async def rows_of(window: SignInWindow) -> set[str]:
    return {row.intercom_attribute for row in (await window.host.rules()).rows}


def test_the_first_run_is_walked_with_the_mouse(play: Callable[..., None]) -> None:
    async def story(window: SignInWindow) -> None:
        for step in (welcome, salesforce, intercom, check, mapping, first):
            await step(window)
        rows = await rows_of(window)
        assert "custom_attributes.nickname" in rows
        assert "phone" not in rows  # it was left out
        assert window.overview.sync_button.isEnabled()

    play(story)


def test_the_dry_run_follows_where_it_was_chosen(
    play: Callable[..., None], world: SignInWorld
) -> None:
    def type_phone() -> None:
        (ada,) = world.intercom.all_contacts()
        world.intercom.edit_contact(ada["id"], phone="+64 1")
        world.intercom.settle_index()

    async def story(window: SignInWindow) -> None:
        for step in (welcome, salesforce, intercom, check):
            await step(window)
        wizard = await at(window, Step.MAPPING)
        press(wizard.next_button)
        await at(window, Step.FIRST)
        world.do(type_phone)
        wizard.first.button(FirstRun.LINK_ALL_AND_BULK).setChecked(True)
        press(wizard.next_button)
        dialog = await window.dialog(AlignDialog)
        assert window.host.snapshot.links == 1
        press(dialog.align_button)
        await until(lambda: phone_of(world) == "+64 1")

    play(story)


def phone_of(world: SignInWorld) -> str | None:
    (record_id,) = world.salesforce.ids("Contact")
    record = world.do(lambda: world.salesforce.record(record_id))
    return None if record is None else record["Phone"]


def test_each_step_is_resumed_after_a_restart(play: Callable[..., None]) -> None:
    async def nothing_left_to_do(window: SignInWindow) -> None:
        await until(lambda: window.host.snapshot.phase is Phase.RUNNING)
        assert not any(is_needed(snapshot) for snapshot in window.seen)  # nor for a moment
        assert window.overview.wizard is None

    async def all_over(window: SignInWindow) -> None:
        for step in (check, mapping, first):
            await step(window)

    async def left_at_mapping(window: SignInWindow) -> None:
        await check(window)
        await at(window, Step.MAPPING)

    play(welcome, with_welcome(salesforce), intercom, left_at_mapping, all_over, nothing_left_to_do)


def with_welcome(story: Story) -> Story:
    """Nothing has been done yet: it begins at the beginning."""

    async def both(window: SignInWindow) -> None:
        await welcome(window)
        await story(window)

    return both


def test_one_can_go_back_and_by_the_list_of_steps(play: Callable[..., None]) -> None:
    async def story(window: SignInWindow) -> None:
        await welcome(window)
        wizard = await window.wizard()
        assert not wizard.rail.button(Step.CHECK).isEnabled()
        await salesforce(window)
        press(wizard.back_button)
        await at(window, Step.SALESFORCE)
        assert not wizard.salesforce.form.isVisible()
        entry = wizard.rail.button(Step.SALESFORCE)
        await until(lambda: entry.accessibleDescription() == "done, current step")
        press(wizard.next_button)
        await intercom(window)
        await check(window)
        await mapping(window)
        press(wizard.back_button)
        await at(window, Step.MAPPING)
        await until(lambda: wizard.mapping.boxes)
        left_out = [box.text() for box in wizard.mapping.boxes if not box.isChecked()]
        assert left_out == ["Phone"]
        press(wizard.rail.button(Step.WELCOME))
        await at(window, Step.WELCOME)
        press(wizard.rail.button(Step.FIRST))
        await first(window)
        assert "phone" not in await rows_of(window)

    play(story)


# ---------------------------------------------------------------------- by keyboard


def type_into(widget: QWidget, key: Qt.Key, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(widget, key)


async def focused(window: SignInWindow, widget: QWidget) -> QWidget:
    """The widget, once it has the keyboard."""
    await until(lambda: window.window.focusWidget() is widget)
    return widget


async def tab_to(window: SignInWindow, widget: QWidget) -> QWidget:
    """Press Tab until the widget has the keyboard."""
    window.window.activateWindow()  # the window of a sign-in had the keyboard before
    await until(window.window.isActiveWindow)
    for _ in range(60):
        here = window.window.focusWidget()
        if here is widget:
            return widget
        assert here is not None
        QTest.keyClick(here, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never comes to {widget.accessibleName()}")


def page_of(pages: Pages) -> QWidget:
    target: QWidget = pages.frame.view.focusProxy()
    return target


async def tab_in_page(pages: Pages, element: str) -> None:
    """Press Tab until that element of the page, by tag and id, has the keyboard."""
    focus = "document.activeElement.tagName + ' ' + document.activeElement.id"
    here = ""
    async with asyncio.timeout(PATIENCE):
        while here != element:
            before, here = here, await pages.script(focus)
            if here != before and here != element:  # the page takes a key in its own time
                type_into(page_of(pages), Qt.Key.Key_Tab)


def test_the_first_run_is_walked_by_keyboard_alone(
    play: Callable[..., None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        wizard = await at(window, Step.WELCOME)
        space = Qt.Key.Key_Space
        type_into(await tab_to(window, wizard.welcome.own_button), space)

        form: Any = wizard.salesforce.form
        type_into(await focused(window, form.client_id), Qt.Key.Key_Return)
        pages = await window.pages()
        await pages.shows("#Login")
        type_into(page_of(pages), Qt.Key.Key_Return)
        await pages.shows("#oaapprove")
        await tab_in_page(pages, "BUTTON oaapprove")
        type_into(page_of(pages), Qt.Key.Key_Return)

        await at(window, Step.INTERCOM)
        form = wizard.intercom.form
        await focused(window, form.client_secret)
        type_into(await tab_to(window, form.method.segment(True)), Qt.Key.Key_Left)
        token = world.do(lambda: world.intercom.access_token) or ""
        QTest.keyClicks(await tab_to(window, form.token), token)
        type_into(form.token, Qt.Key.Key_Return)

        for step in (Step.CHECK, Step.MAPPING):
            await at(window, step)
            type_into(await focused(window, wizard.next_button), space)
        await at(window, Step.FIRST)
        chosen = wizard.first.button(FirstRun.LINK_ALL)
        type_into(await focused(window, chosen), Qt.Key.Key_Down, 2)
        assert wizard.first.chosen is FirstRun.AS_THEY_CHANGE
        type_into(await tab_to(window, wizard.next_button), space)
        await until(lambda: window.host.snapshot.phase is Phase.RUNNING)

    play(story)


# ---------------------------------------------------------------------- what is in the way


def test_an_api_that_is_turned_off_meanwhile_is_said_and_tried_again(
    play: Callable[..., None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        await welcome(window)
        await salesforce(window)
        world.salesforce.org.api_enabled = False
        await intercom(window)
        wizard = await window.wizard()
        await until(lambda: wizard.banners.get("hindrance"))
        banner = wizard.banners.get("hindrance")
        assert banner is not None
        assert "API" in banner.notice.text
        assert window.shell.window.banners.keys == ()  # it is said once
        world.salesforce.org.api_enabled = True
        press(banner.action_button)
        await check(window)
        assert wizard.banners.get("hindrance") is None

    play(story)


def test_a_sign_in_that_is_taken_back_meanwhile_is_made_again(
    play: Callable[..., None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        await welcome(window)
        await salesforce(window)
        world.do(world.salesforce.revoke_all)
        await intercom(window)
        wizard = await window.wizard()
        await until(lambda: wizard.banners.get("hindrance"))
        banner = wizard.banners.get("hindrance")
        assert banner is not None
        assert banner.notice.action == "Sign in again"
        press(banner.action_button)
        assert wizard.step is Step.SALESFORCE
        press(wizard.salesforce.form.submit_button)
        await (await window.pages()).allow_salesforce()
        await until(lambda: window.host.snapshot.phase is Phase.FIRST_RUN)
        press(wizard.rail.button(Step.CHECK))
        await check(window)

    play(story)


def test_a_connection_that_is_lost_while_everybody_is_read_is_said(
    play: Callable[..., None], world: SignInWorld
) -> None:
    async def story(window: SignInWindow) -> None:
        for step in (welcome, salesforce, intercom, check, mapping):
            await step(window)
        wizard = await window.wizard()
        lost = Fault(FaultKind.RESET_BEFORE, times=100_000)
        world.do(lambda: world.intercom.faults.arm(lost))
        press(wizard.next_button)
        await until(lambda: wizard.banners.get("hindrance"), 30)
        assert not wizard.back_button.isEnabled()
        world.do(world.intercom.faults.clear)
        banner = wizard.banners.get("hindrance")
        assert banner is not None
        press(banner.action_button)
        await until(lambda: window.host.snapshot.phase is Phase.RUNNING, 30)

    play(story)


def test_a_defect_while_it_is_begun_is_told_and_can_be_tried_again(
    play: Callable[..., None], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def defect(*_: object) -> None:
        raise RuntimeError("nobody expected this")

    async def story(window: SignInWindow) -> None:
        for step in (welcome, salesforce, intercom, check, mapping):
            await step(window)
        wizard = await at(window, Step.FIRST)
        with monkeypatch.context() as broken:
            broken.setattr(window.host, "begin", defect)
            press(wizard.next_button)
            await until(lambda: wizard.banners.get("failure"))
        assert "nobody expected this" in caplog.text
        caplog.clear()
        await first(window)

    play(story)


def test_a_profile_that_is_set_up_does_not_begin_again_when_a_side_is_disconnected(
    play: Callable[..., None],
) -> None:
    async def set_up(window: SignInWindow) -> None:
        for step in (welcome, salesforce, intercom, check, mapping, first):
            await step(window)
        await window.host.disconnect(Side.INTERCOM)
        await until(lambda: window.host.snapshot.phase is Phase.UNCONNECTED)
        await until(lambda: "program" in window.shell.window.banners.keys)
        banner = window.shell.window.banners.get("program")
        assert banner is not None
        assert banner.notice.title == "The sync rests"
        assert window.overview.wizard is None

    async def started_again(window: SignInWindow) -> None:
        await until(lambda: "program" in window.shell.window.banners.keys)
        assert not any(is_needed(snapshot) for snapshot in window.seen)
        assert window.overview.wizard is None

    play(set_up, started_again)


# ---------------------------------------------------------------------- the demo


def test_the_demo_is_one_click_away_and_leaves_nothing(
    play: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen):  # type: ignore[type-arg]
        """A program as it is, of which the test keeps hold to end it."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            started.append(self)

    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(subprocess, "Popen", Noted)

    async def story(window: SignInWindow) -> None:
        wizard = await at(window, Step.WELCOME)
        press(wizard.welcome.demo_button)
        banner = wizard.banners.get("demo")
        assert banner is not None
        assert "window of its own" in banner.notice.title
        (demo,) = started
        try:
            await until(lambda: list(folder.glob("*/sfsync.db")), 60)
            assert demo.poll() is None
        finally:
            demo.terminate()
            await until(lambda: demo.poll() is not None, 20)
        assert demo.returncode == 0
        assert list(folder.iterdir()) == []
        await welcome(window)  # this window is where it was

    play(story)


def test_the_demo_is_gone_with_its_window(application: Application, run: Run) -> None:
    async def story() -> None:
        with demo_host() as host:
            shell = Shell(application, host, Preferences(host.data_dir))
            running = asyncio.ensure_future(shell.run())
            await until(lambda: host.snapshot.phase is Phase.RUNNING, 60)
            shell.window.close()
            async with asyncio.timeout(20):
                await running
            shell.window.deleteLater()

    run(story())


def test_the_demo_can_begin_with_the_set_up(
    application: Application, run: Run, tmp_path: Path
) -> None:
    allow_browser_as_root()

    async def story() -> None:
        with first_run_host(tmp_path) as host:
            shell = Shell(application, host, Preferences(tmp_path))
            running = asyncio.ensure_future(shell.run())
            await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
            overview = shell.window.stack.made("overview")
            assert isinstance(overview, OverviewPanel)
            await until(lambda: overview.wizard is not None)
            wizard = overview.wizard
            assert wizard is not None
            press(wizard.welcome.own_button)
            press(wizard.salesforce.form.submit_button)
            await until(lambda: shell.window.findChildren(QDialog))
            (dialog,) = shell.window.findChildren(QDialog)
            await Pages(dialog.frame).allow_salesforce()  # type: ignore[attr-defined]
            await until(lambda: Side.SALESFORCE in host.snapshot.connections)
            await until(lambda: not browser_objects())
            shell.quit()
            async with asyncio.timeout(20):
                await running
            shell.window.deleteLater()

    run(story())
