"""Which person of the other side belongs to this one: the rules of matching, over the directory."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sfsync_gui.core.mapping import MatchingOrder
from sfsync_gui.core.people import Person
from sfsync_gui.core.vocabulary import PersonKind, Side


class MatchOutcome(StrEnum):
    """What came of looking for a partner."""

    FOUND = "found"
    NONE = "none"
    ALREADY_LINKED = "already_linked"
    """Every candidate is linked to somebody else."""
    KEPT_APART = "kept_apart"
    """The only candidates left are those that a person unlinked by hand."""
    AMBIGUOUS = "ambiguous"
    """Several candidates, and strict mode leaves such a person unlinked."""


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
    """
    return (
        candidate.side is person.side.other
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
