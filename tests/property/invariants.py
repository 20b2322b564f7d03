"""What holds of every world at rest, whatever people did in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import IdentityMapping, Pair
from sfsync_gui.core.vocabulary import HistoryKind, Side, Trigger
from tests.property.census import text
from tests.property.rows import PLANS
from tests.property.timeline import Lost
from tests.property.verdict import Evidence, place
from tests.support.creations import creations_in

LONGEST = {"Nickname__c": 50, "Direct_Line__c": 40}
"""Characters that the targets of the row for aliases hold."""


RULE = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
"""The code of the validation rule, which names no field."""


class Invariants:
    """Judges one world that came to rest; `check` raises `Lost`."""

    def __init__(self, evidence: Evidence) -> None:
        self.story = evidence.story
        self.evidence = evidence
        self.rows = {row.id: row for row in self.story.engine.context.rules.active_rows()}

    def check(self) -> None:
        """All of them."""
        self._nothing_is_left()
        self._links_are_one_to_one()
        for link in self.evidence.links:
            self._keys_are_as_stored(link)
            self._synced_is_what_the_services_hold(link)
        self._what_was_kept_apart_is_apart()
        self._no_lead_was_created_twice()
        self._nobody_was_overlooked()

    def check_after_comparison(self) -> None:
        """What only holds when those who vanished without a word are known to be gone."""
        self._everybody_linked_is_there()
        for error in self.evidence.errors:
            if not self._has_cause(error):
                raise Lost(f"nothing in the services is the cause of {error}")

    def _nothing_is_left(self) -> None:
        links = self.story.ask(lambda unit: unit.links.due(None, 10))
        if links:
            raise Lost(f"still due: {links}")
        if self.story.ask(lambda unit: unit.directory.is_anyone_due()):
            raise Lost("somebody is still to be acted upon")
        if not self.story.checks or self.story.checks[-1].order < self.story.order:
            raise Lost("the last check was not clean")

    # ------------------------------------------------------------------ links

    def _links_are_one_to_one(self) -> None:
        for side in Side:
            ids = Counter(link.id_on(side) for link in self.evidence.links)
            if ids and max(ids.values()) > 1:
                raise Lost(f"linked twice: {ids.most_common(1)}")
        living = {
            (one.now.intercom_id, one.now.salesforce_id)
            for one in self.evidence.lives
            if one.ended is None
        }
        stored = {(link.intercom_id, link.salesforce_id) for link in self.evidence.links}
        if living != stored:
            raise Lost(f"the history tells of other links: {living ^ stored}")

    def _keys_are_as_stored(self, link: IdentityMapping) -> None:
        contact = self.story.intercom.contact(link.intercom_id)
        record = self.story.salesforce.record(link.salesforce_id)
        if record is None or record["IsDeleted"] or record.get("IsConverted"):
            raise Lost(f"the record is gone, the link is not: {link}")
        if contact is None or link.by_hand or self._is_archived(link.intercom_id):
            return  # who vanished without a word is found by the comparison, see below
        keys = tuple(_key(one) for one in (contact["email"], record["Email"]))
        if keys != (link.intercom_key, link.salesforce_key):
            raise Lost(f"the keys are {keys}: {link}")

    def _is_archived(self, contact_id: str) -> bool:
        return contact_id not in self.story.contacts()

    def _everybody_linked_is_there(self) -> None:
        there = set(self.story.contacts())
        for link in self.evidence.links:
            if link.intercom_id not in there:
                raise Lost(f"the contact is gone, the link is not: {link}")

    def _synced_is_what_the_services_hold(self, link: IdentityMapping) -> None:
        """What a row settled at is what its source holds, and its target unless people typed."""
        if self._is_archived(link.intercom_id):
            return
        in_error = {error.row_id for error in self.evidence.errors if error.link_id == link.id}
        for row_id in self.story.engine.context.lookups.converters[link.salesforce_kind]:
            row, pair = self.rows[row_id], link.synced.get(row_id)
            if pair is None or row_id in in_error:
                continue
            for side in Side:
                self._is_held(link, row, pair, side)

    def _is_held(
        self, link: IdentityMapping, row: AttributeMapping, pair: Pair, side: Side
    ) -> None:
        name = row.field_for(side, link.salesforce_kind) or ""
        held = self.story.held(side, link.id_on(side), name)
        if held == text(pair.of(side)):
            return
        is_source = row.direction.writes(side.other)
        if not is_source and self._was_typed(link, row, side):
            return
        if is_source and self._was_typed_out_of_force(link, row, side):
            return
        raise Lost(f"{side} holds {held!r} in {name}, {row.id} settled at {pair}: {link}")

    def _was_typed(self, link: IdentityMapping, row: AttributeMapping, side: Side) -> bool:
        """Whether somebody typed into a row's target after the row was written last."""
        written = [
            entry
            for entry in self.evidence.history
            if entry.kind.is_write
            and entry.row_id == row.id
            and entry.intercom_id == link.intercom_id
            and entry.salesforce_id == link.salesforce_id
        ]
        where = place(row, side, link.salesforce_kind)
        return any(
            # What turned out to have arrived is told later, and at the time of its sending.
            (not written or edit.history >= written[-1].id or edit.at >= written[-1].at)
            and edit.person == link.id_on(side)
            and (edit.side, edit.field) == where
            for edit in self.story.edits
        )

    def _was_typed_out_of_force(
        self, link: IdentityMapping, row: AttributeMapping, side: Side
    ) -> bool:
        """Whether somebody typed last when the row did not write that way: its pair stays."""
        where = place(row, side, link.salesforce_kind)
        orders = [
            edit.order
            for edit in self.story.edits
            if edit.person == link.id_on(side) and (edit.side, edit.field) == where
        ]
        begun = [one for one in self.story.mappings if orders and one.order <= orders[-1]]
        return bool(begun) and not any(
            one.id == row.id and one.direction.writes(side.other) for one in begun[-1].rows
        )

    # ------------------------------------------------------------------ people

    def _what_was_kept_apart_is_apart(self) -> None:
        """Whom a person unlinked is not linked again until a key changes, or by hand."""
        for pair in self.story.apart:
            records = self._became(pair.salesforce_id)
            for entry in self.evidence.history:
                is_link = entry.kind is HistoryKind.LINKED and entry.id > pair.history
                is_pair = entry.intercom_id == pair.intercom_id and entry.salesforce_id in records
                if not (is_link and is_pair):
                    continue
                by_hand = entry.trigger is Trigger.LINKED_BY_HAND
                people = {pair.intercom_id, *records}
                if not by_hand and not self._key_changed(people, pair.history, entry.id):
                    raise Lost(f"{pair} were unlinked by hand, and are linked again: {entry}")
                break

    def _became(self, record_id: str) -> list[str]:
        """A record, and the contact that it was converted to."""
        record = self.story.salesforce.record(record_id) or {}
        contact = record.get("ConvertedContactId")
        return [record_id] if contact is None else [record_id, contact]

    def _key_changed(self, people: Collection[str], since: int, until: int) -> bool:
        """Whether somebody changed a key of one of these, at the latest seen after `since`."""
        settled = [check for check in self.story.checks if check.history <= since]
        before = settled[-1].began if settled else 0.0
        return any(
            edit.person in people and edit.seen_from > before and edit.history <= until
            for edit in self.story.key_edits
        )

    def _no_lead_was_created_twice(self) -> None:
        """Every lead of ours has a creation of its own."""
        story = self.story
        rows = story.salesforce.org.store.tables["Lead"].rows
        own = {
            record_id
            for record_id, values in rows.items()
            if values.get("CreatedById") == story.salesforce.org.api_user_id
        }
        creations = story.creations()
        claimed = Counter(one.salesforce_id for one in creations if one.state == "created")
        # A lead whose address somebody changed before we learnt of it is found as anybody is.
        sent = sum(bool(one.since) and one.state != "created" for one in creations)
        retyped = {edit.person for edit in story.key_edits} & own - set(claimed)
        known = set(claimed) | retyped
        if own != known or len(retyped) > sent or (claimed and max(claimed.values()) > 1):
            raise Lost(f"leads of ours {sorted(own)}, known {claimed}")

    def _nobody_was_overlooked(self) -> None:
        """No position is ahead of the store: everybody is known as the services show them."""
        versions = {
            Side.SALESFORCE: dict(self._versions()),
            Side.INTERCOM: {
                contact["id"]: contact["updated_at"]
                for contact in self.story.intercom.all_contacts()
            },
        }
        for side in Side:
            known = self.story.known(side, versions[side])
            for person_id, version in versions[side].items():
                person = known.get(person_id)
                if person is None or person.version != version:
                    raise Lost(f"{person_id} of {version} was not observed as it is: {person}")

    def _versions(self) -> Iterator[tuple[str, int]]:
        tables = self.story.salesforce.org.store.tables
        for name in ("Lead", "Contact"):
            for record_id, values in tables[name].rows.items():
                yield record_id, values["SystemModstamp"]

    # ------------------------------------------------------------------ errors

    def _has_cause(self, error: SyncError) -> bool:
        """Whether the services themselves hold what an open error complains of."""
        link = next((one for one in self.evidence.links if one.id == error.link_id), None)
        if error.code in ("already_linked", "gone_or_hidden"):
            return error.link_id is None and self._went_away(error)
        if error.code == "unclear":
            return error.intercom_id in self._unclear()
        if error.code == RULE and self._is_refused_with_another(error):
            return True
        row = self.rows.get(error.row_id or "")
        if link is None or row is None:
            return error.link_id is None and self._cannot_be_created(error)
        name = row.field_for(error.side.other, link.salesforce_kind) or ""
        held = self.story.held(error.side.other, link.id_on(error.side.other), name)
        if held != text(error.refused):
            return False
        return _is_refused(error, held or "", row.field_for(error.side, link.salesforce_kind) or "")

    def _is_refused_with_another(self, error: SyncError) -> bool:
        """Whether the rule that names no field still refuses another row of the same record."""
        return any(
            other.row_id != error.row_id
            and other.row_id == "two"
            and (other.link_id, other.side, other.code) == (error.link_id, error.side, error.code)
            for other in self.evidence.errors
        )

    def _went_away(self, error: SyncError) -> bool:
        """Whether the person whose link ended is deleted, merged or converted."""
        record = self.story.salesforce.record(error.salesforce_id or "") or {}
        gone = bool(record.get("IsDeleted") or record.get("IsConverted"))
        return gone or error.intercom_id not in self.story.contacts()

    def _unclear(self) -> set[str]:
        return {
            one.intercom_id for one in self.story.ask(lambda unit: creations_in(unit, ("unclear",)))
        }

    def _cannot_be_created(self, error: SyncError) -> bool:
        """Whether a lead of this contact would be refused."""
        contact = self.story.intercom.contact(error.intercom_id or "")
        if contact is None:
            return False
        custom = contact["custom_attributes"]
        return (
            "bad" in str(contact["phone"])
            or custom.get("plan") == PLANS[-1]
            or len(str(custom.get("alias"))) > min(LONGEST.values())
        )


def _key(value: object) -> str | None:
    return str(value).strip().casefold() or None if value else None


def _is_refused(error: SyncError, held: str, target: str) -> bool:
    if error.code == "too_long":
        return len(held) > LONGEST[target]
    if error.code == "no_option":
        return held == PLANS[-1]
    return error.code == RULE and "bad" in held
