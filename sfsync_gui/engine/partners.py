"""Finding the partner of an unlinked person by the local directory."""

from collections.abc import Collection
from dataclasses import replace

from sfsync_gui.core.matching import Match, choose_partner, is_candidate
from sfsync_gui.core.people import Person
from sfsync_gui.core.vocabulary import MatchOutcome, Side, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.linking import Proposal
from sfsync_gui.engine.storage import UnitOfWork


def find_partner(
    context: Context, unit: UnitOfWork, person: Person, taken: Collection[str] = ()
) -> Match:
    """The partner of an unlinked person by the local directory; `taken` are spoken for."""
    if person.key is None:
        return Match(MatchOutcome.NONE)
    other = person.side.other
    candidates = unit.directory.with_keys(other, [person.key]).get(person.key, [])
    linked = set(unit.links.of(other, [one.id for one in candidates]))
    match = choose_partner(
        person,
        candidates,
        linked=linked | {one.id for one in candidates if one.id in taken},
        apart=unit.kept_apart.partners(person.side, person.id),
        order=context.rules.order,
    )
    if match.partner is None or match.ambiguous:
        return match
    own_side = unit.directory.with_keys(person.side, [person.key]).get(person.key, [])
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
