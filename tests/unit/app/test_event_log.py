"""Lines of the log: what and how much, never about whom."""

import logging

import pytest

from sfsync_gui.app.event_log import log_event
from sfsync_gui.core.failures import SignInError
from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.vocabulary import ErrorClass, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.events import (
    Activity,
    ActivityChanged,
    Checked,
    ErrorOpened,
    ErrorsClosed,
    Event,
    GuardHeld,
    HistoryAdded,
    Progress,
    SideChanged,
    SideCondition,
    SideStatus,
)

NAME = "Ada Lovelace"
REASON = SignInError(f"{NAME} is signed out", NAME, NAME, NAME, code="revoked", detail=NAME)
ENTRY = HistoryEntry(
    HistoryKind.WRITTEN,
    5,
    Trigger.INTERCOM_UPDATED,
    "i1",
    "s1",
    PersonKind.LEAD,
    NAME,
    Side.SALESFORCE,
    before=NAME,
    after=NAME,
)
ERROR = SyncError(
    ErrorClass.RECORD, Side.SALESFORCE, "STRING_TOO_LONG", NAME, NAME, 1, 2, 3, person_name=NAME
)


@pytest.mark.parametrize(
    ("event", "level", "line"),
    [
        (Checked(Side.INTERCOM, 5.0, 3), logging.INFO, "Intercom was checked: 3 changed"),
        (ActivityChanged(Activity.PAUSED), logging.INFO, "the engine is paused"),
        (
            SideChanged(Side.SALESFORCE, SideStatus(SideCondition.SIGNED_OUT, reason=REASON)),
            logging.WARNING,
            "Salesforce is signed_out (SignInError revoked)",
        ),
        (
            SideChanged(Side.INTERCOM, SideStatus(SideCondition.READY)),
            logging.INFO,
            "Intercom is ready",
        ),
        (
            HistoryAdded((ENTRY, ENTRY)),
            logging.INFO,
            "history: 2 written in Salesforce",
        ),
        (
            ErrorOpened(ERROR),
            logging.INFO,
            "sync error at Salesforce: record STRING_TOO_LONG, attempt 3",
        ),
        (ErrorsClosed(2), logging.INFO, "sync errors gone: 2"),
        (GuardHeld("ended", 30), logging.WARNING, "held back: ended of 30 links"),
    ],
)
def test_a_line_tells_what_and_how_much(
    event: Event, level: int, line: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        log_event(event)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(level, line)]
    assert NAME not in caplog.text


@pytest.mark.parametrize(
    "event",
    [
        Checked(Side.INTERCOM, 5.0, 0),
        ActivityChanged(Activity.SYNCING),
        ActivityChanged(Activity.IDLE),
        ErrorsClosed(0),
        Progress("linking", 1, 2),
    ],
)
def test_an_idle_program_writes_nothing(event: Event, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        log_event(event)
    assert caplog.records == []
