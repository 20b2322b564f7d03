"""Telling the world what was stored: after its transaction was committed, and once.

History, sync errors and holds are announced from here and from nowhere else. Whatever stores
them is announced, and a transaction that is rolled back never is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import ErrorOpened, ErrorsClosed, Event, GuardHeld, HistoryAdded
from sfsync_gui.engine.storage import Errors, GuardHold, History, State, Store, UnitOfWork

T = TypeVar("T")


class AnnouncingStore:
    """A store that tells what its transactions did to history, errors and holds.

    Implements `engine.storage.Store`. `emit` is called on the loop that awaits `run`, after the
    commit and before `run` returns.
    """

    def __init__(self, store: Store, emit: Callable[[Event], None]) -> None:
        self._store = store
        self._emit = emit

    @property
    def version(self) -> int:
        """As the store says."""
        return self._store.version

    async def run(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in one transaction, then tell what it stored."""
        news = _News()
        result = await self._store.run(lambda unit: work(_AnnouncedUnit(unit, news)))
        for event in news.events():
            self._emit(event)
        return result

    async def close(self) -> None:
        """Close the store."""
        await self._store.close()


@dataclass(slots=True)
class _News:
    """What one transaction has done so far."""

    history: list[HistoryEntry] = field(default_factory=list)
    opened: dict[int, SyncError] = field(default_factory=dict)
    closed: int = 0
    holds: dict[int, GuardHold] = field(default_factory=dict)

    def events(self) -> list[Event]:
        """The events to tell, in the order in which a list is best brought up to date."""
        found: list[Event] = []
        if self.history:
            found.append(HistoryAdded(tuple(self.history)))
        if self.closed:
            found.append(ErrorsClosed(self.closed))
        found += [ErrorOpened(error) for error in self.opened.values()]
        found += [GuardHeld(hold.measure, len(hold.pairs)) for hold in self.holds.values()]
        return found


class _AnnouncedUnit:
    """A unit of work that notes what is to be told."""

    def __init__(self, unit: UnitOfWork, news: _News) -> None:
        self.directory = unit.directory
        self.links = unit.links
        self.kept_apart = unit.kept_apart
        self.errors = cast(Errors, _AnnouncedErrors(unit.errors, news))
        self.history = cast(History, _AnnouncedHistory(unit.history, news))
        self.state = cast(State, _AnnouncedState(unit.state, news))


class _Announced:
    """A repository that passes everything on; subclasses note some of it."""

    def __init__(self, repository: Any, news: _News) -> None:
        self._repository = repository
        self._news = news

    def __getattr__(self, name: str) -> Any:
        return getattr(self._repository, name)


class _AnnouncedErrors(_Announced):
    def put(self, error: SyncError) -> SyncError:
        stored: SyncError = self._repository.put(error)
        self._news.opened[stored.id] = stored
        return stored

    def close(self, error_ids: Iterable[int]) -> int:
        ids = set(error_ids)
        return self._note_closed(self._repository.close(ids), ids)

    def close_person(self, side: Side, person_id: str, *, tasks: bool = False) -> int:
        ids = {
            one.id
            for one in self._news.opened.values()
            if one.link_id is None
            and one.about(side) == person_id
            and (tasks or one.creation_id is None)
        }
        closed = self._repository.close_person(side, person_id, tasks=tasks)
        return self._note_closed(closed, ids)

    def _note_closed(self, count: int, ids: set[int]) -> int:
        """What is opened and closed within one transaction is told as closed only."""
        self._news.closed += count
        for error_id in ids:
            self._news.opened.pop(error_id, None)
        return count


class _AnnouncedHistory(_Announced):
    def add(self, entries: Iterable[HistoryEntry]) -> None:
        added = list(entries)
        self._repository.add(added)
        self._news.history += added


class _AnnouncedState(_Announced):
    def put_hold(self, hold: GuardHold) -> GuardHold:
        """Only what is held for the first time is told; a hold that grows is known already."""
        stored: GuardHold = self._repository.put_hold(hold)
        if stored.id in self._news.holds or not hold.id:
            self._news.holds[stored.id] = stored
        return stored
