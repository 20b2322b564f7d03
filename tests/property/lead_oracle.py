"""The oracle of leads: knows what everybody was like and which rules there were, and so who must
have got a lead, who cannot have, and that nobody got one who was in Salesforce already.

A wish is certain where it is known that the rule did not fit before: by a clean check or a
comparison since the rule was made, or because the person is new, or because the rule is for
everybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.lead_rules import ROLE, LeadRule
from sfsync_gui.core.vocabulary import HistoryKind
from sfsync_gui.engine.storage import Creation
from tests.property.census import Moment, Version, fits
from tests.property.timeline import INDEX_LAG, CleanCheck, Lost, Rules
from tests.property.verdict import Evidence

LAG = INDEX_LAG + 1

SENDING = 5.0
"""Seconds of the simulated clock that reading somebody and sending the lead may take."""

T = TypeVar("T", Version, Rules)


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody came to qualify by a rule at this time, and that was seen by the check."""

    person: str
    rule: LeadRule
    since: Moment
    seen: CleanCheck


class LeadOracle:
    """Judges the leads of one world that came to rest."""

    def __init__(self, evidence: Evidence) -> None:
        self.story = evidence.story
        self.evidence = evidence
        self.versions = self.story.census.versions
        self.people = [one for one, seen in self.versions.items() if ROLE in seen[0].values]
        self.creations = self.story.creations()

    def judge(self) -> Counter[str]:
        """Raise `Lost` where a lead is missing, or is one too many; returns the fates of wishes."""
        if waiting := [one for one in self.creations if one.state in ("wanted", "sending")]:
            raise Lost(f"leads are still to be created: {waiting}")
        self._who_was_asked_for_by_hand()
        for entry in self.evidence.history:
            if entry.kind is HistoryKind.CREATED:
                self._was_wanted(entry)
                self._is_linked(entry)
                self._is_no_duplicate(entry)
        return Counter(self._fate(wish) for person in self.people for wish in self._wishes(person))

    # ------------------------------------------------------------------ who must have got one

    def _wishes(self, person: str) -> Iterator[Wish]:
        for index, version in enumerate(self.versions[person]):
            rule = self._first(self._rules_at(version.since.order), version)
            seen = self._check_after(version)
            if rule is not None and seen is not None and self._comes(person, index, rule):
                wish = Wish(person, rule, version.since, seen)
                if self._stays(wish):
                    yield wish
        yield from self._wishes_for_everybody(person)

    def _comes(self, person: str, index: int, rule: LeadRule) -> bool:
        """Whether it is certain that the rule is known not to have fitted before."""
        versions = self.versions[person]
        if index == 0:
            return versions[0].since.order > self.story.connected.order
        until = versions[index].since.order
        for earlier in range(index - 1, -1, -1):
            if fits(rule, versions[earlier]):
                return False
            if self._was_seen_unfit(versions[earlier], versions[earlier + 1], rule, until):
                return True
        return False

    def _was_seen_unfit(self, version: Version, after: Version, rule: LeadRule, until: int) -> bool:
        """Whether a reading that knew the rule showed this version, and the rule stayed."""
        made = self._in_force_since(rule, until)
        if made is None:
            return False
        readings = list(self.story.comparisons)
        if version.since.order > made.order:
            readings += self.story.checks
        return any(
            made.order < one.order < after.since.order and one.began >= version.since.at + LAG
            for one in readings
        )

    def _wishes_for_everybody(self, person: str) -> Iterator[Wish]:
        """Whoever fits a new rule for everybody when all are read for it."""
        known: set[str] = set()
        for entry in self.story.rules:
            new = [one for one in entry.rules if one.id not in known]
            known |= {one.id for one in entry.rules}
            seen = next(
                (one for one in self.story.comparisons if one.order > entry.since.order), None
            )
            version = self._version_at(person, entry.since.order)
            if seen is None or version is None or version.since.at + LAG > seen.began:
                continue
            rule = self._first(entry.rules, version)
            if rule is not None and rule in new and rule.everybody:
                wish = Wish(person, rule, entry.since, seen)
                if self._stays(wish):
                    yield wish

    def _stays(self, wish: Wish) -> bool:
        """Whether the person was not linked, and was there and qualified by it until seen."""
        begun, end = wish.since, wish.seen
        versions = _during(self.versions[wish.person], begun.order, end.order)
        rules = _during(self.story.rules, begun.order, end.order)
        qualified = all(
            version.there and self._first(entry.rules, version) == wish.rule
            for version in versions
            for entry in rules
        )
        return qualified and not self._was_linked(wish.person, begun.history)

    def _was_linked(self, person: str, history: int) -> bool:
        return any(
            (span := life.at(history)) is not None and span.has(person)
            for life in self.evidence.lives
        )

    def _fate(self, wish: Wish) -> str:
        since = wish.since
        linked = [
            one for one in self._entries(wish.person, since) if one.kind is HistoryKind.LINKED
        ]
        created = {one.salesforce_id for one in self.creations if one.state == "created"}
        if any(one.salesforce_id in created for one in linked):
            return "lead by rule: created"
        if linked:
            return "lead by rule: somebody was matched instead"
        if any(
            error.intercom_id == wish.person
            and error.link_id is None
            and error.last_at >= int(since.at)
            for error in self.evidence.opened
        ):
            return "lead by rule: refused"
        if any(one.state == "unclear" for one in self.creations if one.intercom_id == wish.person):
            return "lead by rule: unclear"
        if self._may_be_withdrawn(wish):
            return "lead by rule: withdrawn before it was sent"
        versions = [one for one in self.versions[wish.person] if one.since.order >= since.order]
        if any(not one.there for one in versions):
            return "lead by rule: excused, gone before its turn"
        if self._carriers(wish, versions):
            return "lead by rule: somebody else carries the key"
        raise Lost(f"no lead was created: {wish}")

    def _may_be_withdrawn(self, wish: Wish) -> bool:
        """Whether a lead was begun, and the rule was gone, or did not fit, at some time after."""
        if not any(
            (one.intercom_id, one.state, one.choices.by_rule)
            == (wish.person, "refused", wish.rule.id)
            for one in self.creations
        ):
            return False
        seen = wish.seen.began
        versions = _during(self.versions[wish.person], wish.since.order)
        ruled = _during(self.story.rules, wish.since.order)
        unfit = any(not fits(wish.rule, one) for one in versions)
        return unfit or any(wish.rule not in one.rules for one in ruled if one.since.at >= seen)

    def _carriers(self, wish: Wish, versions: list[Version]) -> list[str]:
        """The records that carried the person's key at some time since."""
        now = self._version_at(wish.person, wish.since.order)
        keys = {one.key for one in [*versions, *([now] if now else [])]} - {None}
        return [
            record
            for record, seen in self.versions.items()
            if record not in self.people
            and any(one.there and one.key in keys for one in _during(seen, wish.since.order))
        ]

    def _entries(self, person: str, since: Moment) -> Iterator[HistoryEntry]:
        for entry in self.evidence.history:
            if entry.id > since.history and entry.intercom_id == person:
                yield entry

    # ------------------------------------------------------------------ who cannot have got one

    def _who_was_asked_for_by_hand(self) -> None:
        made = Counter(
            one.intercom_id
            for one in self.creations
            if one.state == "created" and one.choices.by_rule is None
        )
        if unasked := made - self.story.asked_leads:
            raise Lost(f"leads that nobody asked for: {unasked}")

    def _creation(self, entry: HistoryEntry) -> Creation:
        found = [one for one in self.creations if one.salesforce_id == entry.salesforce_id]
        if len(found) != 1:
            raise Lost(f"{len(found)} creations of the lead of {entry}")
        return found[0]

    def _was_wanted(self, entry: HistoryEntry) -> None:
        """By a rule that fitted, for somebody who came to fit it since the lead before."""
        rule_id = self._creation(entry).choices.by_rule
        person = entry.intercom_id or ""
        if rule_id is None:
            return
        before = [
            one.id
            for one in self.evidence.history
            if one.kind is HistoryKind.CREATED and one.intercom_id == person and one.id < entry.id
        ]
        since = before[-1] if before else 0
        if not any(
            self._may_come(person, index, rule_id)
            for index, version in enumerate(self.versions[person])
            if version.since.history < entry.id and self._is_after(version, since, person, index)
        ):
            raise Lost(f"nothing asks for the lead of {entry}, by {rule_id}")
        if not self._is_still_wanted(person, rule_id, self._creation(entry).since):
            raise Lost(f"{rule_id} was gone, or did not fit, when the lead was sent: {entry}")

    def _is_still_wanted(self, person: str, rule_id: str, sent_at: int) -> bool:
        """Whether the rule may have been in force and may have fitted when a lead was first sent.

        Services tell times in whole seconds, and what is read just before may be sent just after.
        """
        from_then = sent_at - SENDING
        ruled = [one.rules for one in _until(self.story.rules, from_then)]
        rules = [rule for listed in ruled for rule in listed if rule.id == rule_id]
        versions = _until(self.versions[person], from_then)
        return any(fits(rule, one) for rule in rules for one in versions)

    def _is_after(self, version: Version, since: int, person: str, index: int) -> bool:
        """Whether this version was there after that entry of the history."""
        versions = self.versions[person]
        return index + 1 == len(versions) or versions[index + 1].since.history >= since

    def _may_come(self, person: str, index: int, rule_id: str) -> bool:
        """Whether somebody may have come to qualify by this rule with this version."""
        versions = self.versions[person]
        first, rule = next(
            (entry, rule)
            for entry in self.story.rules
            for rule in entry.rules
            if rule.id == rule_id
        )
        readings = self._rules_of(person, index)
        if all(self._first(one.rules, versions[index]) != rule for one in readings):
            return False
        if rule.everybody or versions[0].since.order > self.story.connected.order:
            return True
        return any(
            not fits(rule, versions[earlier])
            and versions[earlier + 1].since.at + LAG >= first.since.at
            for earlier in range(index)
        )

    def _rules_of(self, person: str, index: int) -> Iterator[Rules]:
        """The rules that may have been in force when this version was read."""
        versions = self.versions[person]
        gone = versions[index + 1].since.at + LAG if index + 1 < len(versions) else float("inf")
        for entry, after in zip(self.story.rules, [*self.story.rules[1:], None], strict=True):
            ended = after is not None and after.since.order < versions[index].since.order
            if not ended and entry.since.at <= gone:
                yield entry

    def _is_linked(self, entry: HistoryEntry) -> None:
        """The lead belongs to its person from the beginning, unless either was taken or gone."""
        made = any(
            one.kind is HistoryKind.LINKED
            and one.id < entry.id
            and (one.intercom_id, one.salesforce_id) == (entry.intercom_id, entry.salesforce_id)
            for one in self.evidence.history
        )
        people = (entry.intercom_id or "", entry.salesforce_id or "")
        taken = any(
            (span := life.at(entry.id)) is not None and span.has(one)
            for life in self.evidence.lives
            for one in people
        )
        gone = any(one in self.story.departures for one in people)
        if not (made or taken or gone):
            raise Lost(f"a lead was created and not linked: {entry}")

    def _is_no_duplicate(self, entry: HistoryEntry) -> None:
        """Nobody else whom the program could know carried the key when the lead was first sent."""
        creation = self._creation(entry)
        lead = creation.salesforce_id or ""
        key = self.versions[lead][0].key if lead in self.versions else None
        checks = [one for one in self.story.checks if one.ended < creation.since]
        if key is None or not checks:
            return
        appeared = self.versions[lead][0].since.order
        for record, seen in self.versions.items():
            known = _during(seen, checks[-1].begun.order, appeared)
            if record in self.people or record == lead or not known:
                continue
            if known[0].since.at <= checks[-1].began and all(
                one.there and one.key == key for one in known
            ):
                raise Lost(f"{record} carried {key}, and {lead} was created: {entry}")

    # ------------------------------------------------------------------ what was when

    def _rules_at(self, order: int) -> tuple[LeadRule, ...]:
        found = [one for one in self.story.rules if one.since.order <= order]
        return found[-1].rules if found else ()

    def _first(self, rules: tuple[LeadRule, ...], version: Version) -> LeadRule | None:
        return next((one for one in rules if fits(one, version)), None)

    def _in_force_since(self, rule: LeadRule, order: int) -> Moment | None:
        """Since when a rule was there without a break, up to then."""
        since = None
        for entry in self.story.rules:
            if entry.since.order > order:
                break
            since = (since or entry.since) if rule in entry.rules else None
        return since

    def _check_after(self, version: Version) -> CleanCheck | None:
        """The first clean check that must have seen this version."""
        since = version.since
        return next(
            (
                one
                for one in self.story.checks
                if one.order > since.order and one.began >= since.at + LAG
            ),
            None,
        )

    def _version_at(self, person: str, order: int) -> Version | None:
        found = [one for one in self.versions[person] if one.since.order <= order]
        return found[-1] if found else None


def _until(versions: Sequence[T], moment: float) -> list[T]:
    """What was there at this moment of the clock, or came later."""
    ends: list[float] = [one.since.at for one in versions[1:]]
    return [one for one, end in zip(versions, [*ends, float("inf")], strict=True) if end >= moment]


def _during(versions: Sequence[T], since: int, until: float = float("inf")) -> list[T]:
    """What was there at some time between these two moments."""
    begun = [one for one in versions if one.since.order <= since][-1:]
    return begun + [one for one in versions if since < one.since.order <= until]
