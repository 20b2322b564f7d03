"""Finding the partner of an unlinked person by the local directory."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sfsync_gui.core.matching import Match, choose_partner, is_candidate
from sfsync_gui.core.people import Person
from sfsync_gui.core.vocabulary import MatchOutcome, Side, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.linking import Proposal
from sfsync_gui.engine.storage import UnitOfWork


class Nearby:
    """Who carries the keys of some people, and who of them is linked or kept apart.

    Read at once for many people; good until a link or a key changes.
    """

    def __init__(self, unit: UnitOfWork, people: Iterable[Person]) -> None:
        keys = {person.key for person in people if person.key is not None}
        self._carriers = {side: unit.directory.with_keys(side, keys) for side in Side}
        ids = {
            side: [one.id for carriers in found.values() for one in carriers]
            for side, found in self._carriers.items()
        }
        self._linked = {side: unit.links.linked(side, ids[side]) for side in Side}
        self._apart = {side: unit.kept_apart.among(side, ids[side]) for side in Side}

    def carriers(self, side: Side, key: str | None) -> Sequence[Person]:
        """Everyone of `side` who carries the key."""
        return self._carriers[side].get(key, ()) if key is not None else ()

    def linked(self, side: Side) -> Collection[str]:
        """The ids of those of `side` who are linked."""
        return self._linked[side]

    def apart(self, person: Person) -> Collection[str]:
        """The ids on the other side with which a person is kept apart."""
        return self._apart[person.side].get(person.id, frozenset())


def find_partner(
    context: Context, nearby: Nearby, person: Person, taken: Collection[str] = ()
) -> Match:
    """The partner of an unlinked person by the local directory; `taken` are spoken for."""
    candidates = nearby.carriers(person.side.other, person.key)
    linked = nearby.linked(person.side.other)
    match = choose_partner(
        person,
        candidates,
        linked={one.id for one in candidates if one.id in linked or one.id in taken},
        apart=nearby.apart(person),
        order=context.rules.order,
    )
    if match.partner is None or match.ambiguous:
        return match
    own_side = nearby.carriers(person.side, person.key)
    if sum(is_candidate(match.partner, one) for one in own_side) < 2:
        return match
    # Seen from the partner it is ambiguous: whose trigger comes first must make no difference.
    if context.rules.order.strict:
        return Match(MatchOutcome.AMBIGUOUS, ambiguous=True, candidates=match.candidates)
    return replace(match, ambiguous=True)


def proposal(person: Person, match: Match, trigger: Trigger, *, by_hand: bool = False) -> Proposal:
    """The proposal to link a person with the partner that was found."""
    partner = match.partner
    if partner is None:
        raise ValueError("a proposal needs a partner")
    intercom, salesforce = (person, partner) if person.side is Side.INTERCOM else (partner, person)
    return Proposal(intercom.id, salesforce.kind, salesforce.id, trigger, match.ambiguous, by_hand)
