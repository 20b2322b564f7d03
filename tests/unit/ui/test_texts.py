"""Sentences made of the engine's state."""

import re
from dataclasses import replace

import pytest
from PySide6.QtCore import QLocale

from sfsync_gui.core.budget import Gate
from sfsync_gui.core.failures import OrgError, SetupError, SfsyncError, SignInError, StoreError
from sfsync_gui.core.findings import Finding, Grade, SetUpReport
from sfsync_gui.core.vocabulary import Side, StoreTrouble
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.events import Activity, Progress, SideCondition, SideStatus
from sfsync_gui.engine.handle import Phase, SecretsKept, Snapshot, UsageView
from sfsync_gui.engine.storage import Profile
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.notices import Remedy, Urgency, alerts_of, clock_notice, notices_of
from sfsync_gui.ui.texts.numbers import counted, grouped, percent, short
from sfsync_gui.ui.texts.status import SyncState, status_of
from sfsync_gui.ui.theme.icons import icon_names
from sfsync_gui.ui.theme.tokens import Tone

NOW = 1_790_000_000.0


@pytest.fixture(autouse=True)
def english() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))


def snapshot(**changes: object) -> Snapshot:
    """Both sides connected and ready, looked at a moment ago."""
    base = Snapshot(
        phase=Phase.RUNNING,
        sides={side: SideStatus() for side in Side},
        connections={side: Connection(side, "x") for side in Side},
        checked={Side.INTERCOM: NOW - 5, Side.SALESFORCE: NOW - 100},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def side(condition: SideCondition, reason: SfsyncError | None = None) -> dict[Side, SideStatus]:
    return {
        Side.INTERCOM: SideStatus(),
        Side.SALESFORCE: SideStatus(condition, NOW - 60, reason),
    }


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (NOW, "just now"),
        (NOW - 9.9, "just now"),
        (NOW - 10, "10 seconds ago"),
        (NOW - 60, "1 minute ago"),
        (NOW - 3599, "59 minutes ago"),
        (NOW - 7200, "2 hours ago"),
        (NOW - 86_400 * 6.9, "6 days ago"),
        (NOW + 3, "now"),
        (NOW + 200, "in 3 minutes"),
    ],
)
def test_relative_times(at: float, text: str) -> None:
    assert times.relative(at, NOW) == text


def test_a_week_ago_is_a_date() -> None:
    assert re.fullmatch(r"\d{1,2} [A-Z][a-z]{2} 20\d\d", times.relative(NOW - 8 * 86_400, NOW))


@pytest.mark.parametrize("ago", [0, 5, 9.9, 10, 45, 59.5, 61, 3000, 3599, 7300, 90_000, -5, -300])
def test_a_time_is_refreshed_before_it_is_two_units_late(ago: float) -> None:
    """The text shown at the next refresh is never further than a refresh from the true one."""
    wait = times.next_change(NOW - ago, NOW)
    assert 0 < wait <= 1800
    unit = 10 if abs(ago) < 60 else 60 if abs(ago) < 3600 else 3600
    assert wait <= unit


def test_numbers() -> None:
    assert grouped(1_204_000) == "1,204,000"
    assert counted(1, "change") == "1 change"
    assert counted(1204, "change") == "1,204 changes"
    assert counted(2, "person", "people") == "2 people"
    assert [short(n) for n in (7, 999, 1000)] == ["7", "999", "999+"]
    assert [percent(s) for s in (0, 0.0004, 0.032, 0.5, 1)] == [
        "0 %", "under 0.1 %", "3.2 %", "50 %", "100 %",
    ]  # fmt: skip


STATES = [
    (snapshot(), SyncState.SYNCED, "In step"),
    (Snapshot(), SyncState.SYNCING, "Starting"),
    (snapshot(phase=Phase.UNCONNECTED, connections={}), SyncState.SIGNED_OUT,
     "Not connected"),
    (snapshot(phase=Phase.UNCONNECTED, connections={Side.INTERCOM: Connection(Side.INTERCOM, "x")}),
     SyncState.SIGNED_OUT, "Salesforce not connected"),
    (snapshot(phase=Phase.FAILED, reason=StoreError("The disk is full", "…")), SyncState.ATTENTION,
     "The disk is full"),
    (snapshot(phase=Phase.FIRST_RUN), SyncState.ATTENTION, "Set-up is not finished"),
    (snapshot(secrets=SecretsKept.LOCKED), SyncState.ATTENTION, "The password store is locked"),
    (snapshot(activity=Activity.PAUSED), SyncState.PAUSED, "Paused"),
    (snapshot(sides=side(SideCondition.OFFLINE)), SyncState.OFFLINE, "Cannot reach Salesforce"),
    (snapshot(sides=side(SideCondition.SIGNED_OUT)), SyncState.SIGNED_OUT, "Salesforce signed out"),
    (snapshot(sides=side(SideCondition.SETUP_BROKEN)), SyncState.ATTENTION,
     "Salesforce: the set-up needs you"),
    (snapshot(sides=side(SideCondition.ORG_PAUSED)), SyncState.ATTENTION,
     "Salesforce refuses for now"),
    (snapshot(holds=1), SyncState.ATTENTION, "Changes wait for your decision"),
    (snapshot(errors=3), SyncState.ATTENTION, "3 sync errors"),
    (snapshot(usage=UsageView(gate=Gate.SYNC_PAUSED)), SyncState.ATTENTION,
     "Waiting: the day’s API calls are used"),
    (snapshot(activity=Activity.SYNCING), SyncState.SYNCING, "Syncing"),
    (snapshot(phase=Phase.CONNECTING, progress=Progress("directory:intercom", 1200, 40_000)),
     SyncState.SYNCING, "Reading everyone in Intercom: 1,200 of 40,000"),
]  # fmt: skip


@pytest.mark.parametrize(("now", "state", "sentence"), STATES)
def test_status(now: Snapshot, state: SyncState, sentence: str) -> None:
    status = status_of(now)
    assert (status.state, status.sentence) == (state, sentence)


def test_what_only_a_person_can_mend_comes_first() -> None:
    both = {
        Side.INTERCOM: SideStatus(SideCondition.SIGNED_OUT, NOW),
        Side.SALESFORCE: SideStatus(SideCondition.OFFLINE, NOW),
    }
    assert status_of(snapshot(sides=both, errors=5)).state is SyncState.SIGNED_OUT
    assert status_of(snapshot(errors=5, activity=Activity.SYNCING)).state is SyncState.SYNCING


def test_in_step_speaks_of_the_side_looked_at_longest_ago() -> None:
    assert status_of(snapshot()).at == NOW - 100
    assert status_of(snapshot(checked={Side.INTERCOM: NOW})).at == 0


def test_every_state_has_its_icons() -> None:
    assert {state.icon_name for state in SyncState} <= set(icon_names())
    assert len({state.icon_name for state in SyncState}) == 6


def test_notices_name_cause_and_remedy() -> None:
    reason = SignInError("Signed out", "The access was revoked in Salesforce.", "Sign in again.")
    (notice,) = notices_of(snapshot(sides=side(SideCondition.SIGNED_OUT, reason)))
    assert notice.title == "Salesforce is signed out"
    assert "The access was revoked in Salesforce. Sign in again." in notice.text
    assert (notice.action, notice.remedy) == ("Reconnect", Remedy.CONNECT)
    assert notice.urgency is Urgency.STOPS_SYNC
    assert notice.tone is Tone.DANGER


@pytest.mark.parametrize(
    ("now", "remedy"),
    [
        (snapshot(holds=2), Remedy.DECIDE),
        (snapshot(secrets=SecretsKept.LOCKED), Remedy.UNLOCK),
        (snapshot(phase=Phase.FIRST_RUN), Remedy.SET_UP),
        (snapshot(phase=Phase.UNCONNECTED, connections={}), Remedy.SET_UP),
        (snapshot(phase=Phase.UNCONNECTED, profile=Profile("app", "org", connected_at=5)),
         Remedy.CONNECT),
        (snapshot(sides=side(SideCondition.SETUP_BROKEN, SetupError("No field", "…"))),
         Remedy.CHECK_SETUP),
        (snapshot(sides=side(SideCondition.ORG_PAUSED, OrgError("Limit reached", "…"))),
         Remedy.LOOK_AGAIN),
        (snapshot(usage=UsageView(gate=Gate.CLOSED)), Remedy.NOTHING),
    ],
)  # fmt: skip
def test_each_trouble_has_one_notice(now: Snapshot, remedy: Remedy) -> None:
    assert [notice.remedy for notice in notices_of(now)] == [remedy]


@pytest.mark.parametrize(
    "now",
    [snapshot(), snapshot(errors=9), snapshot(sides=side(SideCondition.OFFLINE)),
     snapshot(activity=Activity.PAUSED), Snapshot()],
)  # fmt: skip
def test_what_passes_by_itself_is_no_notice(now: Snapshot) -> None:
    assert notices_of(now) == []


@pytest.mark.parametrize(
    ("reason", "action", "remedy"),
    [
        (StoreError("Damaged", "It is.", code=StoreTrouble.DAMAGED), "Start anew…", "start_anew"),
        (StoreError("Foreign", "It is.", code=StoreTrouble.FOREIGN), "Start anew…", "start_anew"),
        (StoreError("Newer", "It is.", code=StoreTrouble.NEWER), "Try again", "look_again"),
        (StoreError("Full", "It is.", code=StoreTrouble.FULL), "Try again", "look_again"),
        (SfsyncError("A defect", "It is."), "Save diagnostics…", "diagnostics"),
    ],
)
def test_a_program_that_cannot_go_on_offers_a_way_on(
    reason: SfsyncError, action: str, remedy: str
) -> None:
    (notice,) = notices_of(Snapshot(Phase.FAILED, reason=reason))
    assert (notice.title, notice.action, notice.remedy.value) == (reason.title, action, remedy)
    assert notice.urgency is Urgency.STOPS_SYNC


def _alerts(now: Snapshot) -> list[tuple[str, Urgency]]:
    return [(notice.key, notice.urgency) for notice in alerts_of(now)]


@pytest.mark.parametrize(
    ("now", "alerts"),
    [
        (snapshot(), []),
        (snapshot(errors=3), [("errors", Urgency.NEEDS_PERSON)]),
        (snapshot(holds=1), [("holds", Urgency.NEEDS_PERSON)]),
        (snapshot(secrets=SecretsKept.LOCKED), [("secrets", Urgency.STOPS_SYNC)]),
        (snapshot(sides=side(SideCondition.OFFLINE)), []),
        (snapshot(usage=UsageView(gate=Gate.CLOSED)), []),
        (snapshot(phase=Phase.UNCONNECTED, profile=Profile("app", "org", connected_at=5)), []),
        (snapshot(sides=side(SideCondition.ORG_PAUSED,
                             OrgError("Limit", "…", code="REQUEST_LIMIT_EXCEEDED"))), []),
        (snapshot(sides=side(SideCondition.ORG_PAUSED,
                             OrgError("No API", "…", code="API_DISABLED_FOR_ORG"))),
         [("side:salesforce", Urgency.STOPS_SYNC)]),
        (snapshot(set_up=SetUpReport(1, (Finding(None, "Clock", Grade.FAILED, "…"),))),
         [("set_up", Urgency.NEEDS_PERSON)]),
        (snapshot(set_up=SetUpReport(1, (Finding(None, "Clock", Grade.WARNING, "…"),))), []),
    ],
)  # fmt: skip
def test_a_person_is_called_only_for_what_does_not_pass_by_itself(
    now: Snapshot, alerts: list[tuple[str, Urgency]]
) -> None:
    assert _alerts(now) == alerts


def test_errors_are_told_by_number_and_name_nobody() -> None:
    (alert,) = alerts_of(snapshot(errors=1204))
    assert alert.title == "1,204 changes could not be made"
    assert alert.text == "Each is listed with its cause and what to do."


def test_a_wrong_clock_is_told_with_both_dates() -> None:
    notice = clock_notice(0.0, 1_700_000_000.0)
    assert "1970" in notice.text
    assert "14 Nov 2023" in notice.text


def test_what_is_held_back_is_called_many_however_few_the_decisions_are() -> None:
    titles = [notice.title for notice in notices_of(snapshot(holds=1))]
    assert titles == ["Unusually many changes are held back"]
