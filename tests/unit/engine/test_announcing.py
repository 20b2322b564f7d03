"""What is stored is told: all of it, once, and only after it was committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.vocabulary import ErrorClass, HistoryKind, Side, Trigger
from sfsync_gui.engine import commands
from sfsync_gui.engine.events import ErrorOpened, ErrorsClosed, Event, GuardHeld, HistoryAdded
from sfsync_gui.engine.questions import ErrorQuery, HistoryQuery
from sfsync_gui.engine.storage import GuardHold, UnitOfWork
from sfsync_gui.store.queries import Queries
from tests.unit.engine.office import ANN, BOB, Office


class Listener(list[Event]):
    """Notes each event, and what somebody else sees in the database at that moment."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.seen: list[int] = []

    def append(self, event: Event) -> None:
        super().append(event)
        questions = Queries(self.office.world.database)
        try:
            if isinstance(event, HistoryAdded):
                stored = [
                    replace(one, id=0) for one in questions.history_page(HistoryQuery(), None, 1000)
                ]
                self.seen += [stored.count(entry) for entry in event.entries]
            if isinstance(event, ErrorOpened):
                self.seen.append(questions.errors_page(ErrorQuery(), None, 1000).count(event.error))
        finally:
            questions.close()


@pytest.fixture
def listener(office: Office) -> Listener:
    """Listens from the start of the engine on."""
    office.world.events = Listener(office)
    return office.world.events


def told(listener: Listener) -> list[HistoryEntry]:
    return [one for event in listener if isinstance(event, HistoryAdded) for one in event.entries]


def test_all_that_the_history_gets_is_told_once_and_after_the_commit(
    office: Office, listener: Listener
) -> None:
    ann, bob, eve = office.user(), office.user(BOB), office.user("eve@example.com")
    lead, contact = office.lead(), office.contact(BOB)
    office.connect()
    office.salesforce.convert(lead)  # moves a link
    office.salesforce.delete(contact)  # ends one
    office.edit(ann, alias="Annie")  # writes a value
    office.create_lead(eve)  # creates a record
    office.check()
    office.run(commands.unlink(office.context, office.link(ann).id))
    history = [replace(one, id=0) for one in office.history()]
    assert {one.kind for one in history} >= {
        HistoryKind.LINKED,
        HistoryKind.MOVED,
        HistoryKind.UNLINKED,
        HistoryKind.CREATED,
        HistoryKind.WRITTEN,
    }
    assert told(listener) == history
    assert set(listener.seen) == {1}
    assert office.links().keys() == {eve}
    assert bob not in office.links()


def test_errors_are_told_after_the_commit_and_their_end_too(
    office: Office, listener: Listener
) -> None:
    ann = office.user()
    office.lead()
    office.connect()
    office.edit(ann, alias="far too long for this field" * 3)
    office.check()
    (error,) = office.errors()
    assert [one.error for one in listener if isinstance(one, ErrorOpened)] == [error]
    assert set(listener.seen) == {1}
    office.edit(ann, alias="short")
    office.check()
    assert [one for one in listener if isinstance(one, ErrorsClosed)] == [ErrorsClosed(1)]


def test_the_errors_of_a_link_that_ends_are_told_as_closed(
    office: Office, listener: Listener
) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.edit(ann, alias="far too long for this field" * 3)
    office.check()
    office.salesforce.delete(lead)
    office.check()
    assert office.errors() == []
    assert [one for one in listener if isinstance(one, ErrorsClosed)] == [ErrorsClosed(1)]


def failing(work: Callable[[UnitOfWork], object]) -> Callable[[UnitOfWork], None]:
    def fail(unit: UnitOfWork) -> None:
        work(unit)
        raise ZeroDivisionError

    return fail


def error(row_id: str | None = None) -> SyncError:
    return SyncError(
        ErrorClass.RECORD, Side.SALESFORCE, "code", "Said.", "Do.", 1, 1, intercom_id=ANN,
        row_id=row_id,
    )  # fmt: skip


def hold(*pairs: str) -> GuardHold:
    return GuardHold("rewritten", "held", 1, frozenset(pairs))


def test_what_is_rolled_back_is_not_told(office: Office, listener: Listener) -> None:
    office.connect()
    before = list(listener)
    entry = HistoryEntry(HistoryKind.LINKED, 1, Trigger.RETRY, ANN, None)
    for work in (
        lambda unit: unit.history.add([entry]),
        lambda unit: unit.errors.put(error()),
        lambda unit: unit.state.put_hold(hold("a:b")),
    ):
        with pytest.raises(ZeroDivisionError):
            office.run(office.context.store.run(failing(work)))
    assert listener == before


def test_a_new_hold_is_told_with_all_that_it_holds_and_one_that_grows_is_not(
    office: Office, listener: Listener
) -> None:
    office.connect()

    def work(unit: UnitOfWork) -> GuardHold:
        first = unit.state.put_hold(hold("a:b"))
        return unit.state.put_hold(replace(first, pairs=frozenset({"a:b", "c:d"})))

    stored = office.run(office.context.store.run(work))
    office.run(
        office.context.store.run(
            lambda unit: unit.state.put_hold(replace(stored, pairs=frozenset({"e:f"})))
        )
    )
    assert [one for one in listener if isinstance(one, GuardHeld)] == [GuardHeld("rewritten", 2)]


def test_what_opens_and_closes_in_one_transaction_is_told_as_closed_only(
    office: Office, listener: Listener
) -> None:
    office.connect()

    def work(unit: UnitOfWork) -> None:
        unit.errors.put(error("a"))
        unit.errors.close_person(Side.INTERCOM, ANN)
        second = unit.errors.put(error("b"))
        unit.errors.close([second.id])

    office.run(office.context.store.run(work))
    assert [one for one in listener if isinstance(one, ErrorOpened | ErrorsClosed)] == [
        ErrorsClosed(2)
    ]


def test_a_decision_about_an_error_is_no_news_of_it(office: Office, listener: Listener) -> None:
    ann = office.user()
    office.lead()
    office.connect()
    office.edit(ann, alias="far too long for this field" * 3)
    office.check()
    count = len([one for one in listener if isinstance(one, ErrorOpened)])
    office.run(commands.dismiss_errors(office.context, [office.errors()[0].id]))
    office.run(commands.retry_errors(office.context))
    assert len([one for one in listener if isinstance(one, ErrorOpened)]) == count
