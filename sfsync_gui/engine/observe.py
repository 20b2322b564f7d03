"""Observe: store what a reading showed, in one transaction.

The directory, baselines, observed values and everything that is due because of the reading go
into the same transaction as the feed's position. Nothing is written to a service here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.keys import key_field, key_of
from sfsync_gui.core.lead_rules import LeadRule, comes_to_qualify, marks
from sfsync_gui.core.matching import is_candidate, is_unsent, unmatched
from sfsync_gui.core.naming import name_of
from sfsync_gui.core.noticing import GONE, Noticed
from sfsync_gui.core.observing import Rows, absorb, add_due
from sfsync_gui.core.people import (
    Gone,
    IdentityMapping,
    Labels,
    Observation,
    Person,
    PersonRecord,
    Value,
)
from sfsync_gui.core.triggers import NOTHING, reaction, stronger
from sfsync_gui.core.values import canonical_record, fingerprint, same
from sfsync_gui.core.vocabulary import Family, MatchOutcome, PersonKind, Side, Trigger
from sfsync_gui.engine.context import Lookups
from sfsync_gui.engine.deeds import arrived_late
from sfsync_gui.engine.storage import Profile, UnitOfWork
from sfsync_gui.engine.troubles import GONE_OR_HIDDEN
from sfsync_gui.engine.wanted_leads import begin_by_rules


@dataclass(slots=True)
class Observed:
    """What came of observing: how many people had news, and whom a reading left in doubt.

    `unclear` are Intercom contacts whose reading has the same time as the last one but other
    values: the search index may lag, so only reading the contact itself can tell.
    """

    news: int = 0
    unclear: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was known of one person before this reading."""

    person: Person | None
    link: IdentityMapping | None
    errors: Sequence[SyncError]

    def in_error(self) -> dict[str, Side]:
        return {error.row_id: error.side for error in self.errors if error.row_id is not None}


@dataclass(frozen=True, slots=True)
class _Reading:
    """A record that was not taken in already: its canonical values and its digest."""

    record: PersonRecord
    values: Mapping[str, Value]
    digest: int

    def observation(self) -> Observation:
        """What a link remembers of it."""
        return Observation(self.values, self.record.version, self.record.modified_at, self.digest)


class Observer:
    """Observes records of one side within one transaction.

    `silent` is for connecting: directory and baselines are stored, nothing becomes due.
    """

    def __init__(
        self, unit: UnitOfWork, lookups: Lookups, profile: Profile, *, silent: bool = False
    ) -> None:
        self._unit = unit
        self._lookups = lookups
        self._profile = profile
        self._mapped = {
            family: {row.intercom_attribute for row in lookups.rules.rows if row.family is family}
            for family in Family
        }
        active = lookups.rows.values()
        self._watched = {
            family: {row.intercom_attribute for row in active if row.family is family}
            for family in Family
        }
        self._silent = silent

    def records(self, records: Sequence[PersonRecord], *, authoritative: bool = True) -> Observed:
        """Take in records of one side. `authoritative` is false for readings of a lagging index."""
        outcome = Observed()
        families = self._lookups.rules.families
        wanted = {kind for kind in PersonKind if kind.family in families}
        for side in Side:
            kinds = {kind for kind in wanted if kind.side is side}
            mine = [record for record in records if record.kind in kinds]
            if mine:
                self._records_of(side, mine, authoritative, outcome)
        return outcome

    def gone(self, gone: Gone) -> None:
        """Take in the proof that a person is no longer there."""
        person = self._unit.directory.get(gone.side, gone.id)
        linked = bool(self._unit.links.of(gone.side, [gone.id]))
        if person is None or (person.deleted and (person.due is not None or not linked)):
            return
        merged = gone.merged_into is not None
        trigger = GONE[gone.side, merged]
        due = stronger(person.due, trigger) if self._asks(trigger, linked) else None
        if gone.side is Side.INTERCOM:
            # What is listed of nobody's link, such as a refused lead, has nobody to be mended for.
            self._unit.errors.close_person(gone.side, gone.id, tasks=True)
        self._unit.directory.put(
            [
                replace(
                    person,
                    deleted=True,
                    merged_into=gone.merged_into,
                    due=due,
                    note=None,
                    digest=0,
                )
            ]
        )

    def _records_of(
        self, side: Side, records: Sequence[PersonRecord], authoritative: bool, outcome: Observed
    ) -> None:
        readings = self._news_among(side, records)
        known = self._known(side, [reading.record.id for reading in readings])
        people: dict[str, Person] = {}
        links: list[IdentityMapping] = []
        leads: dict[str, tuple[Person, str]] = {}
        for reading in readings:
            before = known[reading.record.id]
            if self._is_stale(reading.record, before):
                continue
            if not authoritative and self._is_unclear(reading, before):
                outcome.unclear.append(reading.record.id)
                continue
            person = self._person(reading, before)
            if before.link is not None:
                link = self._absorb(reading, before, before.link)
                if link is not before.link:
                    links.append(link)
            if person != before.person:
                people[person.id] = person
            rule = self._lead_rule(person, before)
            if rule is not None:
                leads[person.id] = (person, rule.id)
        self._drop_hopeless(side, people, known)
        outcome.news += len({*people, *(link.id_on(side) for link in links)})
        if people:
            self._unit.directory.put(people.values())
        if links:
            self._unit.links.put(links)
        begin_by_rules(self._unit, leads)

    def _lead_rule(self, person: Person, before: _Known) -> LeadRule | None:
        """The rule by which an unlinked person comes to qualify for a lead with this reading."""
        rules = self._lookups.rules.lead_rules
        if not rules or self._silent or before.link is not None or person.deleted:
            return None
        if person.side is not Side.INTERCOM or person.kind.family is not Family.PEOPLE:
            return None
        is_new = before.person is None and person.created_at >= self._profile.intercom_since
        known = before.person.baseline if before.person else {}
        return comes_to_qualify(rules, known, person.baseline, is_new=is_new)

    def _news_among(self, side: Side, records: Sequence[PersonRecord]) -> list[_Reading]:
        """The readings that were not taken in already, by directory and link alike."""
        digests = [self._lookups.digests.of(record) for record in records]
        taken_in = self._unit.directory.digests(side, (record.id for record in records))
        return [
            _Reading(record, self._values(record), digest)
            for record, digest in zip(records, digests, strict=True)
            # What a person is labelled with is no part of the record: it is news in itself.
            if taken_in.get(record.id) != digest or record.labels != _UNLABELLED
        ]

    def _known(self, side: Side, ids: Iterable[str]) -> dict[str, _Known]:
        ids = list(dict.fromkeys(ids))
        people = self._unit.directory.get_many(side, ids)
        links = {} if self._silent else self._unit.links.of(side, ids)
        errors = self._unit.errors.of_links(link.id for link in links.values()) if links else {}
        return {
            person_id: _Known(
                people.get(person_id),
                link := links.get(person_id),
                errors.get(link.id, ()) if link else (),
            )
            for person_id in ids
        }

    def _is_stale(self, record: PersonRecord, before: _Known) -> bool:
        """Whether something newer was seen already (the index of Intercom lags)."""
        if before.person is not None and record.version < before.person.version:
            return True
        observed = before.link.observed(record.side) if before.link else None
        return observed is not None and record.version < observed.version

    def _is_unclear(self, reading: _Reading, before: _Known) -> bool:
        record = reading.record
        observed = before.link.observed(record.side) if before.link else None
        if observed is None or record.version != observed.version:
            return False
        return any(
            name in observed.values and not same(observed.values[name], value)
            for name, value in reading.values.items()
        )

    def _values(self, record: PersonRecord) -> dict[str, Value]:
        schema = self._lookups.schema
        if record.side is Side.INTERCOM:
            return canonical_record(record, schema, schema.attributes(record.kind.family))
        names = self._lookups.fields.get(record.kind.value, ())
        return canonical_record(record, schema, names)

    def _person(self, reading: _Reading, before: _Known) -> Person:
        """The directory's entry after this reading, with what it makes due."""
        record, prior = reading.record, before.person
        baseline, updated = self._take_baseline(reading, prior.baseline if prior else {})
        key = self._key(record, prior)
        stays_there = not (record.deleted or record.converted)
        person = Person(
            side=record.side,
            id=record.id,
            kind=record.kind,
            name=name_of(record),
            key=key,
            created_at=record.created_at,
            modified_at=record.modified_at,
            version=record.version,
            active_at=record.active_at,
            deleted=record.deleted,
            merged_into=record.merged_into,
            converted=record.converted,
            converted_to=record.converted_to,
            baseline=baseline,
            due=prior.due if prior else None,
            due_attributes=prior.due_attributes if prior else frozenset(),
            unsent_at=prior.unsent_at if prior else 0,
            note=prior.note if prior and stays_there and key == prior.key else None,
            digest=reading.digest,
        )
        if self._silent:
            return person
        return self._with_due(person, before, updated)

    def _take_baseline(
        self, reading: _Reading, before: Mapping[str, str]
    ) -> tuple[dict[str, str], frozenset[str]]:
        """The new baseline, and the mapped attributes that were updated.

        An attribute without a baseline gets one and counts as unchanged. One that a contact does
        not show yet begins as blank: when it is first set, that is an update.
        """
        if reading.record.side is not Side.INTERCOM:
            return {}, frozenset()
        values, family = reading.values, reading.record.kind.family
        baseline = {name: mark for name, mark in before.items() if name in self._mapped[family]}
        updated = set()
        for name in self._watched[family]:
            shown = name in values
            mark = fingerprint(values[name]) if shown else baseline.get(name, _BLANK)
            if baseline.get(name, mark) != mark:
                updated.add(name)
            baseline[name] = mark
        if family is Family.PEOPLE:
            rules, record = self._lookups.rules.lead_rules, reading.record
            baseline |= marks(rules, record.kind, values, record.labels, before)
        return baseline, frozenset(updated)

    def _key(self, record: PersonRecord, prior: Person | None) -> str | None:
        """The normalised key; an absent key field is unknown, so what was known stays."""
        key = self._lookups.rules.key_of(record.kind.family)
        name = key_field(key, record.kind)
        if name is not None and name not in record.raw:
            return prior.key if prior else None
        return key_of(key, record)

    def _with_due(self, person: Person, before: _Known, updated: frozenset[str]) -> Person:
        is_contact = person.side is Side.INTERCOM
        since = self._profile.since(person.kind)
        trigger = Noticed(person, before.person, before.link, since, updated).trigger()
        if trigger is None or not self._asks(trigger, before.link is not None):
            return person
        waiting = person.due_attributes
        if person.due is None and not is_unsent(person, person.modified_at):
            waiting = frozenset()  # what nobody took long ago is old news by now
        everything = trigger is Trigger.INTERCOM_CREATED or waiting is None
        return replace(
            person,
            due=stronger(person.due, trigger),
            due_attributes=None if everything else (waiting or frozenset()) | updated,
            unsent_at=person.modified_at if is_contact else 0,
        )

    def _asks(self, trigger: Trigger, linked: bool) -> bool:
        return not self._silent and reaction(trigger, linked=linked) != NOTHING

    def _drop_hopeless(
        self, side: Side, people: dict[str, Person], known: Mapping[str, _Known]
    ) -> None:
        """An unlinked person whom nobody on the other side could match has nothing due.

        This keeps a busy site's unknown visitors free of cost: one local lookup a page. What they
        updated is kept as unsent, for a Salesforce record that is not known yet.
        """
        hopeful = {
            person.id: person.key
            for person in people.values()
            if person.due in _ONLY_MATCHING and known[person.id].link is None
        }
        keys = {key for key in hopeful.values() if key is not None}
        partners = self._unit.directory.with_keys(side.other, keys) if keys else {}
        for person_id, key in hopeful.items():
            carriers = partners.get(key, ()) if key is not None else ()
            if not any(is_candidate(people[person_id], one) for one in carriers):
                if people[person_id].due in _KEY_UPDATED:  # another key, though nobody carries it
                    self._unit.kept_apart.release(side, person_id, key)
                people[person_id] = unmatched(people[person_id], MatchOutcome.NONE)

    def _absorb(self, reading: _Reading, before: _Known, link: IdentityMapping) -> IdentityMapping:
        record = reading.record
        if record.deleted or record.converted:
            return link
        rows = self.rows_of(link)
        seen = reading.observation()
        known = link.observed(record.side)
        link = self._shown_again(record, before, link, rows)
        absorbed = absorb(link, record.side, seen, rows, in_error=before.in_error())
        if not absorbed.changed and known is not None and _holds_already(known, seen):
            return link
        entries = arrived_late(self._unit, link, absorbed.late)
        if entries:
            self._unit.history.add(entries)
        return absorbed.link

    def _shown_again(
        self, record: PersonRecord, before: _Known, link: IdentityMapping, rows: Rows
    ) -> IdentityMapping:
        """The link of a record that could not be read for a time: what it missed is due."""
        hidden = [
            error.id
            for error in before.errors
            if error.code == GONE_OR_HIDDEN and error.side is record.side
        ]
        if not hidden:
            return link
        self._unit.errors.close(hidden)
        due = dict(link.due)
        writing = [row for row in rows.values() if row.direction.writes(record.side)]
        add_due(due, writing, record.side, Trigger.RETRY)
        return replace(link, due=due)

    def rows_of(self, link: IdentityMapping) -> Rows:
        """The active rows that apply to the link's kind of record, by id."""
        applicable = self._lookups.converters[link.salesforce_kind]
        return {row_id: self._lookups.rows[row_id] for row_id in applicable}


_BLANK = fingerprint(None)
_UNLABELLED = Labels()

_KEY_UPDATED = frozenset({Trigger.INTERCOM_KEY_UPDATED, Trigger.SALESFORCE_KEY_UPDATED})
_ONLY_MATCHING = frozenset(
    {
        Trigger.INTERCOM_CREATED,
        Trigger.INTERCOM_UPDATED,
        Trigger.SALESFORCE_CREATED,
        Trigger.SALESFORCE_UPDATED,
        *_KEY_UPDATED,
    }
)


def _holds_already(known: Observation, seen: Observation) -> bool:
    """Whether a reading adds nothing to what is stored (so that nothing is written to disk)."""
    return (
        known.digest == seen.digest
        and known.version == seen.version
        and known.modified_at == seen.modified_at
        and all(
            name in known.values and same(known.values[name], value)
            for name, value in seen.values.items()
        )
    )
