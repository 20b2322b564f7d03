"""Bugs planted in what holds of companies: the worlds with companies must catch every one."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from sfsync_gui.core import matching, noticing
from sfsync_gui.core.people import Person, PersonRecord
from sfsync_gui.core.vocabulary import PersonKind, Trigger
from sfsync_gui.engine import companies, company_feed, observe
from tests.property.planting import PlantedBug, wrapped


def _whoever_has_the_key(_is_candidate: Any) -> Any:
    """Whoever carries the key is a candidate, of whatever family."""

    def candidate(person: Person, other: Person) -> bool:
        is_there = not (other.deleted or other.converted)
        is_across = other.side is person.side.other
        return is_across and is_there and other.key is not None and other.key == person.key

    return candidate


def _never_asked_for(_ask: Any) -> Any:
    """What the list does not show is not looked for."""

    async def ask(*given: Any, **how: Any) -> AsyncGenerator[int, None]:
        for nobody in range(0):
            yield nobody

    return ask


def _old_is_news(is_stale: Any) -> Any:
    """A page of companies is taken for what they are now."""

    def stale(self: observe.Observer, record: PersonRecord, before: Any) -> bool:
        return record.kind is not PersonKind.COMPANY and bool(is_stale(self, record, before))

    return stale


def _keys_stay(_renew: Any) -> Any:
    """With another key field, links keep the keys of the field before."""
    return lambda *given: None


def _not_matched_again(trigger: Any) -> Any:
    """An account that nobody is linked to is not matched when it changes."""

    def noticed(self: noticing.Noticed) -> Trigger | None:
        found: Trigger | None = trigger(self)
        is_free = self.link is None and self.person.kind is PersonKind.ACCOUNT
        return None if is_free and found is Trigger.SALESFORCE_UPDATED else found

    return noticed


PLANTED_COMPANIES = (
    PlantedBug(
        "a company is never paired with a person",
        wrapped(matching, "is_candidate", _whoever_has_the_key),
        first_seed=20,
    ),
    PlantedBug(
        "linked companies that are not listed are asked for",
        wrapped(company_feed, "ask_for_missing", _never_asked_for),
    ),
    PlantedBug(
        "a page from before our own write is no news",
        wrapped(observe.Observer, "_is_stale", _old_is_news),
    ),
    PlantedBug(
        "links stay when the key field is another",
        wrapped(companies, "_renew_keys", _keys_stay),
    ),
    PlantedBug(
        "an account that is changed is matched",
        wrapped(noticing.Noticed, "trigger", _not_matched_again),
        first_seed=30,
    ),
)
