"""The search index: an older picture of the contacts, kept sorted by time.

List and search of the real service read from an index that lags behind by up to minutes; a
contact just changed is found there with its old values. Here each change reaches the index on its
own, later, and possibly out of order; a newer version is never replaced by an older one.
"""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from sfsync_gui.sandbox.intercom.model import Contact, Status

IndexLag = tuple[float, float] | Callable[[random.Random], float]
"""How long a change takes to reach the index, in seconds: a range, or a function of chance."""


def drawn_lag(index_lag: IndexLag, chance: random.Random) -> float:
    """Return how long the next change takes to reach the index, in seconds."""
    return index_lag(chance) if callable(index_lag) else chance.uniform(*index_lag)


Key = tuple[int, str]
"""A time in Unix seconds and a contact's id: the order of the index, ties included."""

TIME_ORDERS = ("updated_at", "created_at")
"""The fields by which the index is kept sorted."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what was found, the number of all that was found, and if there is more."""

    contacts: list[Contact]
    total: int
    has_more: bool


class SearchIndex:
    """Contacts as list and search see them."""

    def __init__(self) -> None:
        self._contacts: dict[str, Contact] = {}
        self._versions: dict[str, int] = {}
        self._keys: dict[str, list[Key]] = {order: [] for order in TIME_ORDERS}

    def put(self, contact: Contact) -> None:
        """Take over a version of a contact, unless a newer one is there already."""
        if self._versions.get(contact.id, -1) >= contact.version:
            return
        self._versions[contact.id] = contact.version
        old = self._contacts.pop(contact.id, None)
        for order in TIME_ORDERS:
            if old is not None:
                self._remove_key(order, old)
            if contact.status is Status.ACTIVE:
                insort(self._keys[order], _key(order, contact))
        if contact.status is Status.ACTIVE:
            self._contacts[contact.id] = _as_indexed(contact)

    def rebuild(self, contacts: Iterable[Contact]) -> None:
        """Make the index current with all contacts at once."""
        self._contacts.clear()
        for contact in contacts:
            self._versions[contact.id] = contact.version
            if contact.status is Status.ACTIVE:
                self._contacts[contact.id] = _as_indexed(contact)
        for order in TIME_ORDERS:
            self._keys[order] = sorted(_key(order, entry) for entry in self._contacts.values())

    def page_by_time(
        self,
        order: str,
        *,
        low: int | None,
        high: int | None,
        matches: Callable[[Contact], bool] | None,
        descending: bool,
        after: Key | None,
        size: int,
    ) -> Page:
        """Return the contacts whose time is in [low, high), in order, from behind `after`.

        Costs little if `matches` is None; otherwise all contacts in the span are looked at,
        because the answer has to say how many there are.
        """
        keys = self._keys[order]
        start = 0 if low is None else bisect_left(keys, (low, ""))
        end = len(keys) if high is None else bisect_left(keys, (high, ""))
        end = max(start, end)
        if matches is None:
            total = end - start
        else:
            total = sum(1 for _time, key in keys[start:end] if matches(self._contacts[key]))
        found: list[Contact] = []
        for contact in self._walk(keys, start, end, after, descending=descending):
            if matches is None or matches(contact):
                found.append(contact)
                if len(found) > size:
                    break
        return Page(found[:size], total, len(found) > size)

    def select(
        self, matches: Callable[[Contact], bool], among: Iterable[str] | None = None
    ) -> list[Contact]:
        """Return all contacts that match, of those ids where given, in no particular order."""
        ids = self._contacts if among is None else [one for one in among if one in self._contacts]
        return [contact for one in ids if matches(contact := self._contacts[one])]

    def _walk(
        self, keys: list[Key], start: int, end: int, after: Key | None, *, descending: bool
    ) -> Iterator[Contact]:
        if descending:
            last = end if after is None else min(end, bisect_left(keys, after))
            positions = range(last - 1, start - 1, -1)
        else:
            # An id followed by a zero character sorts directly behind that id.
            behind = None if after is None else (after[0], after[1] + "\0")
            first = start if behind is None else max(start, bisect_left(keys, behind))
            positions = range(first, end)
        for position in positions:
            yield self._contacts[keys[position][1]]

    def _remove_key(self, order: str, contact: Contact) -> None:
        keys = self._keys[order]
        del keys[bisect_left(keys, _key(order, contact))]


def _key(order: str, contact: Contact) -> Key:
    return (contact.updated_at if order == "updated_at" else contact.created_at, contact.id)


def _as_indexed(contact: Contact) -> Contact:
    """A cleared e-mail is "" on the contact and null in the index (seen in recordings)."""
    return replace(contact, email=None) if contact.email == "" else contact
