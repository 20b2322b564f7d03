"""What everybody was like over time, as the services themselves held it: looked at, never asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sfsync_gui.core.lead_rules import ROLE, Comparison, LeadRule
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.intercom.model import Contact, Status
from sfsync_gui.sandbox.salesforce import SalesforceSandbox

Text = str | None
"""A value in the words of the tests: text, whatever its type; None is blank."""

CUSTOM = "custom_attributes."


def text(value: object) -> Text:
    """A canonical or wire value in the words of the tests."""
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was looked at: the order of all that happens, the clock, and the newest
    entry of the history."""

    order: int
    at: float
    history: int


@dataclass(frozen=True, slots=True)
class Version:
    """What somebody was like from a moment on. `values` are those of Intercom's attributes, by
    full name, besides the role."""

    since: Moment
    there: bool
    key: Text
    values: Mapping[str, Text] = field(default_factory=dict)


class Census:
    """The versions of everybody, oldest first."""

    def __init__(self, intercom: IntercomSandbox, salesforce: SalesforceSandbox) -> None:
        self._intercom = intercom
        self._salesforce = salesforce
        self._seen: dict[str, object] = {}
        self.versions: defaultdict[str, list[Version]] = defaultdict(list)

    def news(self) -> list[tuple[str, object]]:
        """Whoever has changed since the last time, as the service stores it."""
        return [
            (person, stored)
            for person, stored in self._everybody()
            if self._seen.get(person) is not stored
        ]

    def note(self, news: list[tuple[str, object]], moment: Moment) -> None:
        """Remember what changed, as of this moment."""
        for person, stored in news:
            self._seen[person] = stored
            version = _version(stored, moment)
            known = self.versions[person]
            if not known or not _alike(known[-1], version):
                known.append(version)

    def _everybody(self) -> Iterator[tuple[str, object]]:
        yield from self._intercom.workspace.contacts.items()
        for name in ("Lead", "Contact"):
            yield from self._salesforce.org.store.tables[name].rows.items()


def _version(stored: object, moment: Moment) -> Version:
    if isinstance(stored, Contact):
        values = {f"{CUSTOM}{name}": text(one) for name, one in stored.custom_attributes.items()}
        values |= {ROLE: stored.role, "email": text(stored.email)}
        return Version(moment, stored.status is Status.ACTIVE, _key(stored.email), values)
    assert isinstance(stored, dict)
    there = not (stored.get("IsDeleted") or stored.get("IsConverted"))
    return Version(moment, there, _key(stored.get("Email")))


def _key(value: object) -> Text:
    return str(value).strip().casefold() or None if value else None


def _alike(one: Version, other: Version) -> bool:
    return (one.there, one.key, one.values) == (other.there, other.key, other.values)


def fits(rule: LeadRule, person: Version) -> bool:
    """Whether a rule asks for a lead for somebody like this: told by the words of the rule, not
    by the product."""
    return all(
        _holds(one.test, person.values.get(one.attribute), one.value) for one in rule.conditions
    )


def _holds(test: Comparison, value: Text, wanted: str) -> bool:
    if test is Comparison.IS_BLANK:
        return value is None
    if test is Comparison.IS_NOT:
        return value != wanted
    if value is None:
        return False
    if test is Comparison.MORE_THAN:
        return float(value) > float(wanted)
    assert test in (Comparison.IS, Comparison.IS_SET)
    return test is Comparison.IS_SET or value == wanted
