"""The set-up check in the window: what it found, when, and where a person is told of it."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.findings import Grade
from sfsync_gui.engine.events import SetUpChecked
from sfsync_gui.engine.handle import HandleEvent
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.ui.accounts.findings import FindingRow
from sfsync_gui.ui.panels.connections.panel import ConnectionsPanel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.notices import Remedy, StandingNotice, Urgency, notices_of
from tests.gui.conftest import Run, until
from tests.gui.programs import running, shown


def texts(row: FindingRow) -> list[str]:
    return [label.text() for label in row.findChildren(QLabel) if label.text()]


def told_of(host: Host) -> StandingNotice | None:
    """The banner about the check, where there is one."""
    return next((one for one in notices_of(host.snapshot) if one.key == "set_up"), None)


def first(panel: ConnectionsPanel) -> list[str]:
    """What the first row says; nothing while there are none."""
    return next((texts(row) for row in panel.check.findings.rows), [])


def test_what_is_wrong_stands_first_with_the_clicks_that_mend_it(
    tmp_path: Path, served: ServedWorld, run: Run, tasks: Tasks, qtbot: QtBot
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            panel = ConnectionsPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            findings = panel.check.findings
            await until(lambda: len(findings.rows) > 2)
            assert findings.when.text().startswith("Checked ")

            org = served.world.salesforce
            served.server.call(lambda: org.set_rights("Lead", edit=False))
            findings.again_button.click()
            await until(lambda: "Salesforce: Lead" in first(panel))
            told = first(panel)
            assert "The signed-in user may not edit leads." in told
            assert any("Permission Sets" in text for text in told)
            await until(lambda: told_of(host))
            notice = told_of(host)
            assert notice is not None
            assert notice.title == "The set-up check found 1 thing to mend"
            assert notice.remedy is Remedy.CHECK_SETUP
            assert notice.urgency is Urgency.NEEDS_PERSON

            served.server.call(lambda: org.set_rights("Lead"))
            findings.again_button.click()
            await until(lambda: host.snapshot.set_up and not host.snapshot.set_up.failed)
            await until(lambda: first(panel))
            assert "The signed-in user may not edit leads." not in first(panel)
            assert told_of(host) is None
            relay.stop()

    run(story())


def test_the_last_one_is_shown_with_its_time_and_without_asking(
    tmp_path: Path, served: ServedWorld, run: Run, tasks: Tasks, qtbot: QtBot
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            made: list[HandleEvent] = []
            host.listen(lambda event: made.append(event) if is_check(event) else None)
            report = await host.check_set_up()
            await until(lambda: host.snapshot.set_up == report)
            panel = ConnectionsPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            assert len(panel.check.findings.rows) == len(report.findings)
            assert panel.check.findings.when.text().startswith("Checked ")
            assert len(made) == 1
            relay.stop()

    run(story())


def test_one_that_failed_is_not_made_again_by_whatever_happens(
    tmp_path: Path, served: ServedWorld, run: Run, tasks: Tasks, qtbot: QtBot
) -> None:
    intercom = served.world.intercom
    lost = Fault(FaultKind.RESET_BEFORE, "GET", "/me$", times=100_000)

    async def story() -> None:
        async with running(tmp_path, served) as host:
            failures: list[SfsyncError] = []

            def was_made(times: int) -> bool:
                return len(failures) == times

            tasks.failed.connect(failures.append)
            served.server.call(lambda: intercom.faults.arm(lost))
            panel = ConnectionsPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            button = panel.check.findings.again_button
            for made in (1, 2):
                await until(partial(was_made, made), 30)
                await until(button.isEnabled)
                await host.pause()
                await until(lambda: host.snapshot.paused)
                await host.resume()
                await until(lambda: not host.snapshot.paused)
                await asyncio.sleep(0.3)
                assert button.isEnabled()
                button.click()
            relay.stop()
            served.server.call(intercom.faults.clear)

    run(story())


def is_check(event: HandleEvent) -> bool:
    return isinstance(event, SetUpChecked)


def test_a_check_that_is_made_by_itself_appears(
    tmp_path: Path, served: ServedWorld, run: Run, tasks: Tasks, qtbot: QtBot
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            panel = ConnectionsPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            await until(lambda: len(panel.check.findings.rows) > 2)
            org = served.world.salesforce
            served.server.call(lambda: org.hide_field("Lead", "Company"))
            await be_due(host)
            await until(lambda: "Company cannot be seen on Lead." in first(panel), within=30)
            assert grades(host)[Grade.WARNING] == 1
            relay.stop()

    run(story())


async def be_due(host: Host) -> None:
    """Have the check, and the housekeeping that makes it, be due now."""

    async def work(keeper: Any) -> None:
        times = keeper.online().times
        times.set_up_checked = times.kept_house = 0.0
        keeper.online().wake()

    await host._ask(work)


def grades(host: Host) -> dict[Grade, int]:
    report = host.snapshot.set_up
    assert report is not None
    found = [one.grade for one in report.findings]
    return {grade: found.count(grade) for grade in Grade}
