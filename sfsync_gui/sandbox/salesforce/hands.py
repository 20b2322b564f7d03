"""What people and the system do in a simulated org, as direct calls: nothing here is the API."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from sfsync_gui.sandbox.salesforce import ids as record_ids
from sfsync_gui.sandbox.salesforce.custom_fields import Formula, describe_field
from sfsync_gui.sandbox.salesforce.org import (
    Actor,
    AssignmentRule,
    DuplicateRule,
    Org,
    ValidationRule,
)
from sfsync_gui.sandbox.salesforce.reading import snapshot
from sfsync_gui.sandbox.salesforce.saving import Changes, Saver, derived, read_fields
from sfsync_gui.sandbox.salesforce.schema import Field, SObject
from sfsync_gui.sandbox.salesforce.store import Values
from sfsync_gui.sandbox.salesforce.values import (
    DeserializeError,
    cleaned,
    day_of,
    deserialize,
    to_json,
)

_STAMPS = frozenset({"LastModifiedDate", "LastModifiedById", "SystemModstamp"})
_ADDRESS = ("Street", "City", "State", "PostalCode", "Country")
_OF_AN_ACCOUNT = (("Contact", "AccountId"), ("Account", "ParentId"), ("Task", "WhatId"))
"""What belongs to an account, by the field that says so."""

_LEAD_TO_CONTACT = {
    **{name: name for name in ("FirstName", "LastName", "Salutation", "Title", "Email", "Phone")},
    **{name: name for name in ("MobilePhone", "Fax", "LeadSource", "Description", "OwnerId")},
    **{name: f"Mailing{name}" for name in _ADDRESS},
}


class HumanHands:
    """Acts as a user other than the API's, who sees every field and record.

    Values are given as in JSON (datetimes as text). What Salesforce would not let a human save
    raises SaveError or ApiError. Each call first runs what is due.
    """

    org: Org

    def create(self, object_name: str, _visible_after: float = 0.0, **fields: Any) -> str:
        """Create a record and return its Id.

        With `_visible_after` (seconds) it is stamped now and commits, and is seen, only then.
        """
        org, actor = self._ready()
        sobject = self._sobject(object_name)
        saver = Saver(org)
        changes = read_fields(sobject, fields, actor)
        record_id, values = saver.prepare_insert(sobject, changes, actor)
        if _visible_after > 0:
            when = org.clock.now() + _visible_after
            org.agenda.at(when, lambda: saver.finish_insert(record_id, values))
        else:
            saver.finish_insert(record_id, values)
        return record_id

    def edit(self, record_id: str, _visible_after: float = 0.0, **fields: Any) -> None:
        """Change a record.

        With `_visible_after` (seconds) the change is stamped now and commits only then, so its
        SystemModstamp is older than what others have read meanwhile. Until then the record is
        locked for the API.
        """
        org, actor = self._ready()
        changes = read_fields(org.object_of(record_id), fields, actor)
        saver = Saver(org)
        if _visible_after <= 0:
            saver.update(record_id, changes, actor)
            return
        values = saver.prepare_update(record_id, changes, actor)
        self._commit_later(record_id, changes, values, _visible_after)

    def delete(self, record_id: str) -> None:
        """Put a record into the recycle bin, with what belongs to it."""
        org, actor = self._ready()
        Saver(org).delete(record_id, actor)

    def undelete(self, record_id: str) -> None:
        """Take a record out of the recycle bin, with what went there because of it.

        It is no longer merged into another (SOAP API Developer Guide, undelete()).
        """
        org, values = self.org, self._stored(record_id)
        restored = {**values, "IsDeleted": False}
        restored.pop("MasterRecordId", None)
        org.store.put(record_id, org.stamped(restored, org.human_user_id))
        org.deleted_with.pop(record_id, None)
        for child in [key for key, owner in org.deleted_with.items() if owner == record_id]:
            if org.store.get(child) is not None:
                self.undelete(child)

    def purge(self, record_id: str) -> None:
        """Remove a record for good: it is neither there nor deleted."""
        self._stored(record_id)
        self.org.commit_pending(record_id)
        self.org.store.put(record_id, None)

    def hide(self, record_id: str) -> None:
        """Have sharing hide a record from the API's user; no timestamp moves."""
        self._stored(record_id)
        self.org.store.unshared.add(record_id)

    def share(self, record_id: str) -> None:
        """Have sharing show a record to the API's user again; no timestamp moves."""
        self._ready()
        self.org.store.unshared.discard(record_id)

    def touch(self, record_id: str) -> None:
        """Have the system update a record: only SystemModstamp moves."""
        self._ready()
        self.org.touch(record_id)

    def convert(self, lead_id: str, contact_id: str | None = None) -> str:
        """Convert a lead into a new contact, or into an existing one, and return its Id.

        An existing contact keeps its values; only its empty fields are filled.
        """
        org, actor = self._ready()
        lead = Saver(org).writeable_record(lead_id, actor)
        if lead.get("IsConverted"):
            raise ValueError(f"{lead_id} is converted already")
        if contact_id is None:
            account_id = self.create("Account", Name=lead["Company"])
            contact_id = self._new_contact(lead, account_id, actor)
        else:
            contact = Saver(org).writeable_record(contact_id, actor)
            account_id = contact.get("AccountId") or self.create("Account", Name=lead["Company"])
            filled = {**self._from_lead(lead), "AccountId": account_id, **contact}
            filled = derived(org.schema["contact"], filled)
            org.store.put(contact_id, org.stamped(filled, actor.user_id))
        converted = {
            **lead,
            "IsConverted": True,
            "Status": "Closed - Converted",
            "ConvertedDate": day_of(org.now()),
            "ConvertedContactId": contact_id,
            "ConvertedAccountId": account_id,
        }
        org.store.put(lead_id, org.stamped(converted, actor.user_id))
        self._move_tasks(lead_id, contact_id)
        return contact_id

    def merge(self, winner_id: str, loser_id: str) -> None:
        """Merge a record into another of the same object; the loser is deleted.

        What belonged to it belongs to the winner then (SOAP API Developer Guide, merge()).
        """
        org, actor = self._ready()
        winner = Saver(org).writeable_record(winner_id, actor)
        loser = Saver(org).writeable_record(loser_id, actor)
        if winner_id == loser_id or winner_id[:3] != loser_id[:3]:
            raise ValueError("a record is merged into another of the same object")
        gone = {**loser, "IsDeleted": True, "MasterRecordId": winner_id}
        org.store.put(loser_id, org.stamped(gone, actor.user_id))
        org.store.put(winner_id, org.stamped(dict(winner), actor.user_id))
        self._move_tasks(loser_id, winner_id)
        if org.object_of(winner_id).name == "Account":
            for name, reference in _OF_AN_ACCOUNT:
                self._reparent(name, reference, loser_id, winner_id)

    def record(self, record_id: str) -> dict[str, Any] | None:
        """Return all fields of a record as JSON has them (deleted ones too), or None."""
        self._ready()
        normal = record_ids.normalise(record_id) or record_id
        values = self.org.store.get(normal)
        if values is None:
            return None
        return snapshot(self.org.object_of(normal), values, self.org.now())

    def ids(self, object_name: str) -> list[str]:
        """Return the Ids of all records that are not deleted, in order of their Ids."""
        self._ready()
        table = self.org.store.tables[self._sobject(object_name).name]
        return [item for item in table.ids if not table.rows[item].get("IsDeleted")]

    def add_user(self, name: str, email: str, *, active: bool = True) -> str:
        """Add a user and return the Id."""
        self._ready()
        return self.org.add_user(name, email, active=active)

    def add_queue(self, name: str) -> str:
        """Add a queue, which may own leads, and return the Id."""
        self._ready()
        return self.org.add_queue(name)

    def set_user(self, user_id: str, **values: Any) -> None:
        """Change a user, as an administrator does (`IsActive`, `Email`, …)."""
        org, actor = self._ready()
        org.store.put(user_id, org.stamped({**self._stored(user_id), **values}, actor.user_id))

    def add_field(
        self,
        object_name: str,
        name: str,
        type_: str,
        formula: Formula | None = None,
        **properties: Any,
    ) -> None:
        """Add a custom field; a `formula` makes it a calculated one of this type."""
        if formula is not None:
            properties["calculated"] = True
        self._sobject(object_name).put(Field(describe_field(name, type_, **properties), formula))

    def remove_field(self, object_name: str, name: str) -> None:
        """Delete a field and its values; no timestamp moves."""
        sobject = self._sobject(object_name)
        field = sobject.fields.pop(name.lower())
        table = self.org.store.tables[sobject.name]
        for record_id, values in list(table.rows.items()):
            if field.name in values:
                rest = {key: value for key, value in values.items() if key != field.name}
                table.put(record_id, rest)

    def hide_field(self, object_name: str, name: str) -> None:
        """Have field-level security hide a field from the API's user."""
        sobject = self._sobject(object_name)
        sobject.hidden.add(sobject.fields[name.lower()].name)

    def show_field(self, object_name: str, name: str) -> None:
        """Have field-level security show a field to the API's user again."""
        sobject = self._sobject(object_name)
        sobject.hidden.discard(sobject.fields[name.lower()].name)

    def set_field(self, object_name: str, name: str, **properties: Any) -> None:
        """Change describe properties of a field (`updateable`, `length`, `picklistValues`, …).

        With another `type` the field is described anew, and values that do not fit are lost.
        """
        sobject = self._sobject(object_name)
        field = sobject.fields[name.lower()]
        describe = field.describe
        if properties.get("type", field.type) != field.type:
            describe = describe_field(field.name, properties["type"], label=field.label)
        changed = Field({**describe, **properties}, field.formula)
        sobject.put(changed)
        if changed.type != field.type:
            self._convert_values(sobject, field, changed)

    def set_rights(
        self, object_name: str, *, read: bool = True, create: bool = True, edit: bool = True
    ) -> None:
        """Give the API's user these rights on an object, as a permission set does."""
        sobject = self._sobject(object_name)
        sobject.is_hidden = not read
        sobject.header.update(createable=create and read, updateable=edit and read)

    def add_validation_rule(
        self,
        object_name: str,
        name: str,
        predicate: Callable[[dict[str, Any]], bool],
        message: str,
        field: str | None = None,
    ) -> None:
        """Refuse records for which `predicate` is true with `message`, shown at `field`."""
        rule = ValidationRule(object_name, name, predicate, message, field)
        self.org.validation_rules.append(rule)

    def remove_validation_rule(self, name: str) -> None:
        """Switch a validation rule off."""
        self.org.validation_rules = [
            rule for rule in self.org.validation_rules if rule.name != name
        ]

    def add_duplicate_rule(
        self,
        object_name: str,
        field: str = "Email",
        *,
        on_update: bool = False,
        blocks: bool = False,
    ) -> None:
        """Warn of records with the same value in `field`, or block them altogether."""
        name = f"Standard_{object_name}_Duplicate_Rule"
        rule = DuplicateRule(object_name, field, name, on_update, blocks)
        self.org.duplicate_rules.append(rule)

    def add_assignment_rule(
        self, owner_id: str, predicate: Callable[[dict[str, Any]], bool] = lambda _lead: True
    ) -> None:
        """Give new leads for which `predicate` is true to a user; the first rule decides."""
        self.org.assignment_rules.append(AssignmentRule(owner_id, predicate))

    def _convert_values(self, sobject: SObject, old: Field, new: Field) -> None:
        """Give all values of a field its new type; no timestamp moves."""
        table = self.org.store.tables[sobject.name]
        for record_id, values in list(table.rows.items()):
            if old.name not in values:
                continue
            converted = {key: value for key, value in values.items() if key != old.name}
            with contextlib.suppress(DeserializeError):
                value = cleaned(new, deserialize(new, to_json(old, values[old.name])))
                if value is not None:
                    converted[old.name] = value
            table.put(record_id, converted)

    def _ready(self) -> tuple[Org, Actor]:
        """Run what is due; return the org and the human."""
        self.org.agenda.run_due()
        return self.org, Actor(self.org.human_user_id, human=True)

    def _sobject(self, name: str) -> SObject:
        self._ready()
        return self.org.schema[name.lower()]

    def _stored(self, record_id: str) -> Values:
        """Return a record that exists, deleted or not; raise KeyError."""
        self._ready()
        values = self.org.store.get(record_id)
        if values is None:
            raise KeyError(record_id)
        return values

    def _commit_later(
        self, record_id: str, changes: Changes, values: Values, seconds: float
    ) -> None:
        """Hold a change back, and the record locked, until it commits."""
        org = self.org
        written = {name: values.get(name) for name in (*changes, *_STAMPS, "Name")}

        def commit() -> None:
            if org.pending.get(record_id) is not commit:
                return
            del org.pending[record_id]
            current = org.store.get(record_id)
            if current is None:
                return
            # The system may have touched the record meanwhile; its stamp does not go back.
            stamp = max(values["SystemModstamp"], current["SystemModstamp"])
            merged = {**current, **written, "SystemModstamp": stamp}
            org.store.put(record_id, {k: v for k, v in merged.items() if v is not None})

        org.pending[record_id] = commit
        org.agenda.at(org.clock.now() + seconds, commit)

    def _from_lead(self, lead: Values) -> Values:
        """Return the contact values that a lead maps to; custom fields map by name."""
        contact = self.org.schema["contact"]
        mapped = {target: lead[name] for name, target in _LEAD_TO_CONTACT.items() if name in lead}
        for name, value in lead.items():
            field = contact.fields.get(name.lower())
            if name.endswith("__c") and field is not None and not field.describe["calculated"]:
                mapped[name] = value
        return mapped

    def _new_contact(self, lead: Values, account_id: str, actor: Actor) -> str:
        """Add the contact of a converted lead; validation rules do not apply to it."""
        org = self.org
        base: Changes = {"LastName": lead["LastName"], "AccountId": account_id}
        contact_id, values = Saver(org).prepare_insert(org.schema["contact"], base, actor)
        mapped = derived(org.schema["contact"], {**values, **self._from_lead(lead)})
        org.store.put(contact_id, mapped)
        return contact_id

    def _move_tasks(self, from_id: str, to_id: str) -> None:
        """Give the tasks of one person to another."""
        self._reparent("Task", "WhoId", from_id, to_id)

    def _reparent(self, name: str, reference: str, from_id: str, to_id: str) -> None:
        """Let all records of an object that refer to one record refer to another.

        The system does that: no trigger fires for them, and nobody has modified them.
        """
        rows = self.org.store.tables[name].rows
        for record_id in [key for key, row in rows.items() if row.get(reference) == from_id]:
            if record_id != to_id:
                self.org.touch(record_id, **{reference: to_id})
