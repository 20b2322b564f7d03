"""What need not be asked or looked at once more, as long as nothing was stored meanwhile.

An idle check finds what the one before it found. Taking in a reading depends on the reading, the
lookups and the store alone: where all three are what they were when nothing came of it, nothing
comes of it now.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from sfsync_gui.engine.ports import PageAnswer
from sfsync_gui.engine.storage import Store, UnitOfWork

T = TypeVar("T")

MOST_PAGES = 1000
"""Pages that are remembered at most: about 300 KB."""


class Remembered:
    """The store's answers to questions, and pages of a feed in which nothing was new.

    All of it is forgotten as soon as something is stored.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = store.version
        self._answers: dict[Callable[[UnitOfWork], Any], Any] = {}
        self._pages: dict[bytes, PageAnswer] = {}
        self._lookups: object = None

    async def ask(self, question: Callable[[UnitOfWork], T]) -> T:
        """The answer of a `question` that only reads, and depends on nothing but the store.

        It is known again by its identity: let it be a function of a module.
        """
        self._forget_what_is_old()
        if question in self._answers:
            return cast(T, self._answers[question])
        version = self._version
        answer = await self._store.run(question)
        self._forget_what_is_old()
        if self._version == version:
            self._answers[question] = answer
        return answer

    def page(self, digest: bytes, lookups: object) -> PageAnswer | None:
        """The page of this digest, if nothing in it was new for these lookups."""
        self._forget_what_is_old()
        return self._pages.get(digest) if self._lookups is lookups else None

    def note_page(self, answer: PageAnswer, lookups: object) -> None:
        """Remember a page that was taken in with these lookups, without storing anything."""
        self._forget_what_is_old()
        if self._lookups is not lookups or len(self._pages) >= MOST_PAGES:
            self._pages.clear()
            self._lookups = lookups
        self._pages[answer.digest] = answer

    def _forget_what_is_old(self) -> None:
        if self._version != self._store.version:
            self._version = self._store.version
            self._answers.clear()
            self._pages.clear()
