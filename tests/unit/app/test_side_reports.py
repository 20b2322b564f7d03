"""How each side is, kept for whoever asks beside the engine."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from sfsync_gui.app.side_reports import KEPT_EVERY, SideReports
from sfsync_gui.core.failures import SignInError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.connections import SideReport
from sfsync_gui.engine.events import Checked, SideChanged, SideCondition, SideStatus
from sfsync_gui.store.sql_store import SqlStore, open_store

AT = 1_790_000_000.0
OUT = SideStatus(
    SideCondition.SIGNED_OUT, AT, SignInError("Signed out", "Revoked.", "Sign in."), None, 1
)


async def stored(store: SqlStore) -> Mapping[Side, SideReport]:
    await asyncio.sleep(0.05)
    return await store.run(lambda unit: unit.state.side_reports())


def test_a_changed_condition_is_stored_at_once_and_a_check_now_and_then(tmp_path: Path) -> None:
    async def story() -> None:
        store = open_store(tmp_path / "sfsync.db")
        reports = SideReports(store)
        reports.hear(Checked(Side.INTERCOM, AT, 0))
        assert (await stored(store))[Side.INTERCOM].checked_at == AT
        reports.hear(Checked(Side.INTERCOM, AT + 5, 0))
        assert (await stored(store))[Side.INTERCOM].checked_at == AT
        reports.hear(Checked(Side.INTERCOM, AT + KEPT_EVERY, 0))
        assert (await stored(store))[Side.INTERCOM].checked_at == AT + KEPT_EVERY
        reports.hear(SideChanged(Side.SALESFORCE, OUT))
        report = (await stored(store))[Side.SALESFORCE]
        assert (report.condition, report.message) == (SideCondition.SIGNED_OUT, "Revoked.")
        reports.hear(SideChanged(Side.SALESFORCE, SideStatus(since=AT + 9)))
        report = (await stored(store))[Side.SALESFORCE]
        assert (report.condition, report.message) == (SideCondition.READY, "")
        reports.hear(Checked(Side.INTERCOM, AT + KEPT_EVERY + 5, 0))
        await reports.close()
        assert (await stored(store))[Side.INTERCOM].checked_at == AT + KEPT_EVERY + 5
        await store.close()

    asyncio.run(story())


def test_a_new_start_does_not_forget_the_last_check(tmp_path: Path) -> None:
    async def story() -> None:
        store = open_store(tmp_path / "sfsync.db")
        first = SideReports(store)
        first.hear(Checked(Side.SALESFORCE, AT, 0))
        await first.close()
        second = SideReports(store)
        second.hear(SideChanged(Side.SALESFORCE, OUT))
        await second.close()
        report = (await stored(store))[Side.SALESFORCE]
        assert (report.condition, report.checked_at) == (SideCondition.SIGNED_OUT, int(AT))
        await store.close()

    asyncio.run(story())


def test_a_store_that_is_closed_is_no_trouble(tmp_path: Path) -> None:
    async def story() -> None:
        store = open_store(tmp_path / "sfsync.db")
        reports = SideReports(store)
        await store.close()
        reports.hear(SideChanged(Side.SALESFORCE, OUT))
        await reports.close()

    asyncio.run(story())
