"""Saving records: what is refused, what is filled in, and which timestamps move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfsync_gui.sandbox.salesforce import ids
from sfsync_gui.sandbox.salesforce.errors import ApiError, RowError, SaveError
from sfsync_gui.sandbox.salesforce.org import Actor, Org, locked
from sfsync_gui.sandbox.salesforce.reading import snapshot
from sfsync_gui.sandbox.salesforce.schema import Field, SObject
from sfsync_gui.sandbox.salesforce.store import Values
from sfsync_gui.sandbox.salesforce.values import (
    DeserializeError,
    cleaned,
    day_of,
    deserialize,
    problem,
)

Changes = dict[str, Any]
"""Deserialized values by API name; None clears a field."""

_SYSTEM = frozenset(
    {"Id", "IsDeleted", "MasterRecordId", "CreatedDate", "CreatedById", "LastModifiedDate"}
) | frozenset({"LastModifiedById", "SystemModstamp", "LastActivityDate", "IsClosed"})
_COMPUTED_NAME = frozenset({"Lead", "Contact", "User"})


def read_fields(sobject: SObject, body: Mapping[str, Any], actor: Actor, text: str = "") -> Changes:
    """Return the changes that a JSON object asks for.

    `text` is the request's body, to tell the column of what cannot be read. Raises ApiError for
    an unknown field or a value of the wrong JSON type: these refuse the whole request.
    """
    changes: Changes = {}
    for name, raw in body.items():
        if name == "attributes":
            continue
        field = sobject.find(name, all_fields=actor.human)
        if field is None:
            message = f"No such column '{name}' on sobject of type {sobject.name}"
            raise ApiError(400, "INVALID_FIELD", message)
        try:
            changes[field.name] = deserialize(field, raw)
        except DeserializeError as error:
            column = max(text.find(f'"{name}"'), 0) + len(name) + 5
            raise ApiError(400, "JSON_PARSER_ERROR", error.message(column)) from None
    return changes


class Saver:
    """Saves records of an org. Each method raises SaveError and then has changed nothing."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def insert(self, sobject: SObject, changes: Changes, actor: Actor) -> str:
        """Add a record and return its Id."""
        record_id, values = self.prepare_insert(sobject, changes, actor)
        self.finish_insert(record_id, values)
        return record_id

    def prepare_insert(
        self, sobject: SObject, changes: Changes, actor: Actor
    ) -> tuple[str, Values]:
        """Return Id and values of a record that may be added, stamped now, without adding it."""
        org = self._org
        if not sobject.header["createable"] and not actor.human:
            raise SaveError(
                RowError(
                    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                    f"entity type cannot be inserted: {sobject.label}",
                )
            )
        _check_writeable(sobject, changes, actor, "createable")
        given = {name: value for name, value in changes.items() if value is not None}
        given = {**_defaults(sobject, actor), **given}
        for name, value in changes.items():
            if value is None and sobject.fields[name.lower()].type == "boolean":
                given[name] = None
        values = self._checked(sobject, {}, given, actor)
        record_id = org.new_ids.new(sobject.key_prefix)
        now = org.now()
        values = {**values, "Id": record_id, "CreatedDate": now, "CreatedById": actor.user_id}
        values = org.stamped(values, actor.user_id)
        values = self._assigned(sobject, derived(sobject, values), actor)
        self._check_rules(sobject, values, actor, inserting=True)
        return record_id, values

    def _assigned(self, sobject: SObject, values: Values, actor: Actor) -> Values:
        """Return the values with the owner whom the active assignment rule chooses, if it does.

        It comes before an owner who was given, and applies to updates as well ("Assignment Rule
        Header": to keep the owner the header is false).
        """
        rules = self._org.assignment_rules if sobject.name == "Lead" and actor.assigns else []
        record = snapshot(sobject, values, self._org.now()) if rules else {}
        for rule in rules:
            if rule.wants(record):
                return {**values, "OwnerId": rule.owner_id}
        return values

    def finish_insert(self, record_id: str, values: Values) -> None:
        """Add a prepared record."""
        self._org.store.put(record_id, values)
        if self._org.object_of(record_id).name == "Task":
            self._log_activity(values, is_new=True)

    def update(self, record_id: str, changes: Changes, actor: Actor) -> None:
        """Change a record. The stamps move even if nothing changes, as in Salesforce."""
        org = self._org
        values = self.prepare_update(record_id, changes, actor)
        before = org.store.get(record_id) or {}
        org.store.put(record_id, values)
        if org.object_of(record_id).name == "Task" and not before.get("IsClosed"):
            self._log_activity(values, is_new=False)

    def prepare_update(self, record_id: str, changes: Changes, actor: Actor) -> Values:
        """Return the values of a record that may be changed, stamped now, without changing it."""
        org = self._org
        current = self.writeable_record(record_id, actor)
        sobject = org.object_of(record_id)
        if sobject.name == "Lead" and current.get("IsConverted") and org.refuses_converted_leads:
            raise SaveError(
                RowError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
            )
        if not sobject.header["updateable"] and not actor.human:
            raise SaveError(_no_access())
        _check_writeable(sobject, changes, actor, "updateable")
        values = self._checked(sobject, current, changes, actor)
        values = self._assigned(sobject, org.stamped(values, actor.user_id), actor)
        values = derived(sobject, values)
        self._check_rules(sobject, values, actor, inserting=False)
        return values

    def delete(self, record_id: str, actor: Actor) -> None:
        """Put a record into the recycle bin, with what belongs to it."""
        org = self._org
        values = self.writeable_record(record_id, actor)
        org.store.put(record_id, org.stamped({**values, "IsDeleted": True}, actor.user_id))
        name = org.object_of(record_id).name
        owned = [("Task", "WhoId")] if name in {"Lead", "Contact"} else []
        if name == "Account":
            owned = [("Contact", "AccountId"), ("Task", "WhatId")]
        for table, reference in owned:
            rows = org.store.tables[table].rows
            children = [key for key, row in rows.items() if row.get(reference) == record_id]
            for child in children:
                if not rows[child].get("IsDeleted"):
                    org.commit_pending(child)
                    self.delete(child, actor)
                    org.deleted_with[child] = record_id

    def writeable_record(self, record_id: str, actor: Actor) -> Values:
        """Return the stored values of a record that the actor may write; raise SaveError."""
        org = self._org
        normal = ids.normalise(record_id)
        if normal is None:
            raise SaveError(RowError("MALFORMED_ID", f"malformed id {record_id}"))
        values = org.store.get(normal)
        if values is None:
            raise SaveError(RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"))
        if normal in org.store.unshared and not actor.human:
            raise SaveError(_no_access())
        if values.get("IsDeleted"):
            raise SaveError(RowError("ENTITY_IS_DELETED", "entity is deleted"))
        if normal in org.pending:
            if not actor.human:
                raise SaveError(RowError(*locked(normal)))
            # A human who saves waits until the other transaction has ended.
            org.commit_pending(normal)
            return self.writeable_record(normal, actor)
        return values

    def _checked(self, sobject: SObject, current: Values, changes: Changes, actor: Actor) -> Values:
        """Return `current` with the changes, cleaned; raise SaveError for what is not allowed."""
        values = dict(current)
        for name, value in changes.items():
            stored = cleaned(sobject.fields[name.lower()], value)
            if stored is None:
                values.pop(name, None)
            else:
                values[name] = stored
        missing = _missing(sobject, values, changes, inserting=not current)
        if missing:
            message = f"Required fields are missing: [{', '.join(missing)}]"
            raise SaveError(RowError("REQUIRED_FIELD_MISSING", message, tuple(missing)))
        problems = [
            found
            for name in changes
            if (found := self._field_problem(sobject.fields[name.lower()], values, actor))
        ]
        if problems:
            raise SaveError(*problems)
        return values

    def _field_problem(self, field: Field, values: Values, actor: Actor) -> RowError | None:
        """Return what is wrong with one field of the values as they would be."""
        value = values.get(field.name)
        if value is None:
            return _blank_problem(field)
        found = problem(field, value)
        if found is not None or field.type != "reference":
            return found
        return self._reference_problem(field, value, actor)

    def _reference_problem(self, field: Field, value: str, actor: Actor) -> RowError | None:
        org = self._org
        name = org.store.object_of(value)
        if name is None:
            return RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if name not in field.reference_to:
            message = f"{field.label}: id value of incorrect type: {value}"
            return RowError("FIELD_INTEGRITY_EXCEPTION", message, (field.name,))
        parent = org.store.get(value)
        if parent is None:
            return RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if value in org.store.unshared and not actor.human:
            return _no_access()
        if parent.get("IsDeleted"):
            return RowError("ENTITY_IS_DELETED", "entity is deleted")
        if field.name == "OwnerId" and not parent.get("IsActive", True):
            message = f"operation performed with inactive user [{value[:15]}] as owner of record"
            return RowError("INACTIVE_OWNER_OR_USER", message)
        if field.name == "WhoId" and parent.get("IsConverted"):
            return RowError(
                "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ("WhoId",)
            )
        return None

    def _check_rules(
        self, sobject: SObject, values: Values, actor: Actor, *, inserting: bool
    ) -> None:
        """Apply validation rules, then duplicate rules (documented order of execution)."""
        org = self._org
        rules = org.rules_of(sobject.name)
        if rules:
            record = snapshot(sobject, values, org.now())
            errors = [
                RowError(
                    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                    rule.message,
                    () if rule.field is None else (rule.field,),
                )
                for rule in rules
                if rule.refuses(record)
            ]
            if errors:
                raise SaveError(*errors)
        if not actor.human:
            self._check_duplicates(sobject, values, actor, inserting=inserting)

    def _check_duplicates(
        self, sobject: SObject, values: Values, actor: Actor, *, inserting: bool
    ) -> None:
        for rule in self._org.duplicate_rules:
            applies = rule.object_name == sobject.name and (inserting or rule.on_update)
            if not applies or (actor.allows_duplicates and not rule.blocks):
                continue
            alike = self._alike(sobject.name, rule.field, values)
            if alike:
                error = RowError("DUPLICATES_DETECTED", "Use one of these records?")
                raise SaveError(error, duplicates=(rule.name, alike))

    def _alike(self, name: str, field: str, values: Values) -> list[str]:
        """Return the Ids of other records with the same value, case ignored."""
        wanted = str(values.get(field) or "").casefold()
        if not wanted:
            return []
        return [
            record_id
            for record_id, row in self._org.store.tables[name].rows.items()
            if str(row.get(field) or "").casefold() == wanted
            and record_id != values["Id"]
            and not row.get("IsDeleted")
        ]

    def _log_activity(self, task: Values, *, is_new: bool) -> None:
        """Have a task move its person's SystemModstamp, and LastActivityDate once it is closed.

        LastActivityDate is the due date of the latest closed task (Object Reference).
        """
        person = self._org.store.get(task.get("WhoId") or "")
        day = (
            (task.get("ActivityDate") or day_of(task["SystemModstamp"])) if task["IsClosed"] else ""
        )
        if person is None or not (is_new or day):
            return
        latest = max(day, person.get("LastActivityDate") or "")
        changes = {"LastActivityDate": latest} if latest else {}
        self._org.touch(person["Id"], **changes)


def _no_access() -> RowError:
    return RowError(
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "insufficient access rights on cross-reference id",
    )


def _check_writeable(sobject: SObject, changes: Changes, actor: Actor, right: str) -> None:
    """Refuse fields that cannot be written; a human can write all that are not computed."""
    refused = []
    for name in changes:
        field = sobject.fields[name.lower()]
        computed = field.describe["calculated"] or field.type == "address" or name in _SYSTEM
        computed = computed or (name == "Name" and sobject.name in _COMPUTED_NAME)
        if computed or not (actor.human or field.describe[right]):
            refused.append(name)
    if refused:
        message = (
            f"Unable to create/update fields: {', '.join(refused)}. Please check the security "
            "settings of this field and verify that it is read/write for your profile or "
            "permission set."
        )
        raise SaveError(RowError("INVALID_FIELD_FOR_INSERT_UPDATE", message, tuple(refused)))


def _defaults(sobject: SObject, actor: Actor) -> Values:
    """Return what a new record has without being told."""
    values = {
        field.name: field.describe["defaultValue"]
        for field in sobject.fields.values()
        if field.describe["defaultValue"] is not None and field.name not in _SYSTEM
    }
    if sobject.find("OwnerId", all_fields=True) is not None:
        values["OwnerId"] = actor.user_id
    return values


def _missing(sobject: SObject, values: Values, changes: Changes, *, inserting: bool) -> list[str]:
    """Return the required fields that would be empty."""
    return [
        field.name
        for field in sobject.fields.values()
        if not field.nillable
        and field.type not in {"boolean", "reference"}
        and (field.describe["createable"] or field.describe["updateable"])
        and (inserting or field.name in changes)
        and values.get(field.name) is None
    ]


def _blank_problem(field: Field) -> RowError | None:
    """Return the error for an empty field that cannot be empty."""
    if field.nillable:
        return None
    if field.type == "boolean":
        message = f"{field.label}: value not of required type: "
        return RowError("INVALID_TYPE_ON_FIELD_IN_RECORD", message, (field.name,))
    message = f"{field.label}: owner cannot be blank"
    return RowError("INVALID_CROSS_REFERENCE_KEY", message, (field.name,))


def derived(sobject: SObject, values: Values) -> Values:
    """Return values with what follows from other fields."""
    complete = dict(values)
    if sobject.name in _COMPUTED_NAME:
        parts = (values.get("FirstName"), values.get("LastName"))
        complete["Name"] = " ".join(part for part in parts if part)
        complete.setdefault("PhotoUrl", f"/services/images/photo/{values['Id']}")
    if sobject.name == "Task":
        complete["IsClosed"] = values.get("Status") == "Completed"
        complete["IsHighPriority"] = values.get("Priority") == "High"
        if complete["IsClosed"]:
            complete.setdefault("CompletedDateTime", values["LastModifiedDate"])
        else:
            complete.pop("CompletedDateTime", None)
    return complete
