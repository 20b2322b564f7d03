"""Which person of the other side belongs to this one: the rules of matching, over the directory."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from sfsync_gui.core.mapping import MatchingOrder
from sfsync_gui.core.people import Person
from sfsync_gui.core.vocabulary import MatchOutcome, PersonKind, Side, Trigger

SAME_TIME = 900
"""Seconds within which it cannot be told which of two events in the two services came first.

Readings overlap by as much: commits come late in Salesforce, the index lags in Intercom.
"""


@dataclass(frozen=True, slots=True)
class Match:
    """The decision: `partner` is set for FOUND only; `candidates` are all who carry the key."""

    outcome: MatchOutcome
    partner: Person | None = None
    ambiguous: bool = False
    candidates: tuple[str, ...] = ()


def is_candidate(person: Person, candidate: Person) -> bool:
    """Whether `candidate` may be linked to `person` at all.

    Deleted people and converted leads never are; a converted lead's contact is a candidate of its
    own, if it carries the key. The services' idea of equality is not trusted: keys are compared.
    Nor is a company ever paired with a person, be their keys the same.
    """
    return (
        candidate.side is person.side.other
        and candidate.kind.family is person.kind.family
        and not candidate.deleted
        and not candidate.converted
        and candidate.key is not None
        and candidate.key == person.key
    )


def choose_partner(
    person: Person,
    others: Iterable[Person],
    *,
    linked: Collection[str],
    apart: Collection[str],
    order: MatchingOrder,
) -> Match:
    """Choose the partner of an unlinked person among those of the other side.

    `linked` holds the ids among `others` that are linked already (never taken over), `apart` the
    ids with which this person is kept apart.
    """
    if person.key is None or person.deleted or person.converted:
        return Match(MatchOutcome.NONE)
    candidates = [other for other in others if is_candidate(person, other)]
    ids = tuple(sorted(other.id for other in candidates))
    free = [other for other in candidates if other.id not in linked]
    allowed = [other for other in free if other.id not in apart]
    if not allowed:
        return Match(_why_none(candidates, free), candidates=ids)
    ambiguous = len(candidates) > 1
    if ambiguous and order.strict:
        return Match(MatchOutcome.AMBIGUOUS, ambiguous=True, candidates=ids)
    kinds = order.salesforce if person.side is Side.INTERCOM else order.intercom
    partner = min(allowed, key=lambda other: _preference(other, kinds))
    return Match(MatchOutcome.FOUND, partner, ambiguous, ids)


def _why_none(candidates: list[Person], free: list[Person]) -> MatchOutcome:
    if not candidates:
        return MatchOutcome.NONE
    return MatchOutcome.KEPT_APART if free else MatchOutcome.ALREADY_LINKED


def _preference(person: Person, kinds: tuple[PersonKind, ...]) -> tuple[int, int, str]:
    """Smaller is better: by kind, then most recent, then the lower id.

    Recency is the last modification in Salesforce and the last activity in Intercom.
    """
    rank = kinds.index(person.kind) if person.kind in kinds else len(kinds)
    recency = person.active_at if person.side is Side.INTERCOM else person.modified_at
    return rank, -recency, person.id


def unmatched(person: Person, outcome: MatchOutcome) -> Person:
    """The person after a search that found nobody to link: nothing is due, its updates are unsent.

    A note is kept where somebody else has to decide.
    """
    return replace(person, due=None, note=outcome if outcome.is_noted else None)


def is_unsent(contact: Person, appeared_at: int) -> bool:
    """Whether updates of an unlinked Intercom person that met no partner count for one that
    appeared at `appeared_at`.

    They do unless they are clearly older: then nobody was there to take them, and the trigger
    tables ask for nothing.
    """
    has_updates = contact.due is None and contact.due_attributes != frozenset()
    return has_updates and contact.unsent_at >= appeared_at - SAME_TIME


def appeared_at(record: Person, trigger: Trigger) -> int:
    """When, at the latest, a Salesforce person came to carry its key; unix seconds."""
    return record.created_at if trigger is Trigger.SALESFORCE_CREATED else record.version
