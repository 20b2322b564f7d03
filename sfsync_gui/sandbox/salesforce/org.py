"""The state of a simulated org: schema, records, users, rules and switches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sfsync_gui.sandbox.clock import Agenda, Clock
from sfsync_gui.sandbox.salesforce import ids
from sfsync_gui.sandbox.salesforce.errors import ApiError, not_found
from sfsync_gui.sandbox.salesforce.schema import Field, SObject, load_schema, name_entity
from sfsync_gui.sandbox.salesforce.store import Store, Values

ORG_NAME = "Northwind Outfitters"
"""The simulated org's name (Organization.Name)."""


@dataclass(frozen=True)
class ValidationRule:
    """A custom validation rule: records for which `refuses` is true cannot be saved.

    `refuses` is given the record as it would be, all fields by API name in JSON form. The
    message stands at `field`, or with None at the top of the page.
    """

    object_name: str
    name: str
    refuses: Callable[[dict[str, Any]], bool]
    message: str
    field: str | None = None


@dataclass(frozen=True)
class DuplicateRule:
    """A duplicate rule: another record with the same value in `field` (case ignored) is alike.

    `blocks`: not even `allowSave=true` saves such a record.
    """

    object_name: str
    field: str = "Email"
    name: str = "Standard_Duplicate_Rule"
    on_update: bool = False
    blocks: bool = False


@dataclass(frozen=True)
class AssignmentRule:
    """An entry of the active assignment rule: whose record `wants` it owns a new lead.

    `wants` is given the record as it would be, all fields by API name in JSON form.
    """

    owner_id: str
    wants: Callable[[dict[str, Any]], bool]


@dataclass(frozen=True)
class Actor:
    """Who writes: the API's user, or a human who sees every field.

    `allows_duplicates`: saves although a duplicate rule warns. `assigns`: the active assignment
    rule decides who owns the lead.
    """

    user_id: str
    human: bool = False
    allows_duplicates: bool = False
    assigns: bool = False


class Org:
    """One org. The switches:

    `refuses_converted_leads`: writing to a converted lead is an error (some orgs accept it).
    `view_encrypted_data`: the API's user may read encrypted text; else it comes back masked.
    `api_enabled`: false makes every call API_DISABLED_FOR_ORG.
    `is_locked`: the org is locked, closed or suspended: nobody signs in.
    `is_ip_restricted`: the network or the hour is not one at which users may sign in.
    """

    def __init__(self, clock: Clock, agenda: Agenda, *, seed: int, org_id: str | None) -> None:
        self.clock = clock
        self.agenda = agenda
        self.new_ids = ids.IdFactory(seed)
        self.schema = load_schema()
        self.name_entity = name_entity(self.schema["user"])
        self.store = Store({item.key_prefix: item.name for item in self.schema.values()})
        self.org_id = self.new_ids.new("00D") if org_id is None else org_id
        self.validation_rules: list[ValidationRule] = []
        self.duplicate_rules: list[DuplicateRule] = []
        self.assignment_rules: list[AssignmentRule] = []
        """The entries of the active assignment rule for leads: the first that fits decides."""
        self.refuses_converted_leads = True
        self.view_encrypted_data = False
        self.api_enabled = True
        self.is_locked = False
        self.is_ip_restricted = False
        self.expired_passwords: set[str] = set()
        """Ids of users who have to change their password before anything else."""
        self.pending: dict[str, Callable[[], None]] = {}
        """Records in an open transaction, and what commits it (once)."""
        self.deleted_with: dict[str, str] = {}
        """Records that went into the recycle bin because of another, and that other's Id."""
        self.api_user_id = self.add_user("SFSync Integration", "integration@example.com")
        self.human_user_id = self.add_user("Hanna Human", "hanna@example.com")
        self._found()

    def _found(self) -> None:
        """Store the org's own record (object Organization)."""
        now = self.now()
        values: Values = {
            "Id": self.org_id,
            "Name": ORG_NAME,
            "OrganizationType": "Enterprise Edition",
            "InstanceName": "SIM1",
            "DefaultLocaleSidKey": "en_US",
            "LanguageLocaleKey": "en_US",
            "TimeZoneSidKey": "GMT",
            "CreatedDate": now,
            "CreatedById": self.human_user_id,
            "LastModifiedDate": now,
            "LastModifiedById": self.human_user_id,
            "SystemModstamp": now,
        }
        self.store.put(self.org_id, values)

    def now(self) -> int:
        """Return the time in whole Unix seconds; Salesforce's timestamps have no more."""
        return int(self.clock.now())

    def sobject(self, name: str) -> SObject:
        """Return an object by its name in any case; raise ApiError NOT_FOUND.

        One that the API's user may not read is not there for it (SOAP API guide, describeSObjects).
        """
        found = self.visible(name)
        if found is None:
            raise not_found()
        return found

    def visible(self, name: str) -> SObject | None:
        """Return an object that the API's user may read, by its name in any case."""
        found = self.schema.get(name.lower())
        return None if found is None or found.is_hidden else found

    def object_of(self, record_id: str) -> SObject:
        """Return the object of an existing record; raise KeyError for a foreign key prefix."""
        name = self.store.object_of(record_id)
        if name is None:
            raise KeyError(record_id)
        return self.schema[name.lower()]

    def parent_entity(self, reference: Field) -> SObject | None:
        """Return the entity behind a reference field, or None if the org does not have it.

        A reference to several objects leads to the Name entity (documented: polymorphic keys).
        """
        if reference.is_polymorphic:
            return self.name_entity
        return (
            self.schema.get(reference.reference_to[0].lower()) if reference.reference_to else None
        )

    def readable(self, record_id: str) -> Values | None:
        """Return a record that the API's user can read, or None. Deleted ones are not read."""
        values = self.store.get(record_id)
        if values is None or values.get("IsDeleted") or record_id in self.store.unshared:
            return None
        return values

    def stamped(self, values: Values, user_id: str) -> Values:
        """Return values as changed now by a user: all three stamps move."""
        now = self.now()
        return {
            **values,
            "LastModifiedDate": now,
            "LastModifiedById": user_id,
            "SystemModstamp": now,
        }

    def touch(self, record_id: str, **values: Any) -> None:
        """Have the system change a record: SystemModstamp moves, LastModifiedDate does not."""
        self.commit_pending(record_id)
        current = self.store.get(record_id)
        if current is not None:
            self.store.put(record_id, {**current, **values, "SystemModstamp": self.now()})

    def commit_pending(self, record_id: str) -> None:
        """Commit the transaction that holds a record, if there is one."""
        commit = self.pending.get(record_id)
        if commit is not None:
            commit()

    def rules_of(self, name: str) -> list[ValidationRule]:
        """Return the validation rules of an object."""
        return [rule for rule in self.validation_rules if rule.object_name == name]

    def add_queue(self, name: str) -> str:
        """Add a queue, which is a Group of that type, and return the Id."""
        queue_id, now = self.new_ids.new("00G"), self.now()
        values: Values = {
            "Id": queue_id,
            "Name": name,
            "DeveloperName": name.replace(" ", "_"),
            "Type": "Queue",
            "CreatedDate": now,
            "CreatedById": self.human_user_id,
        }
        self.store.put(queue_id, self.stamped(values, self.human_user_id))
        return queue_id

    def add_user(self, name: str, email: str, *, active: bool = True) -> str:
        """Add a user and return the Id; the last word of the name is the last name."""
        user_id = self.new_ids.new("005")
        first, _space, last = name.rpartition(" ")
        now = self.now()
        values: Values = {
            "Id": user_id,
            "Username": email.lower(),
            "Email": email.lower(),
            "LastName": last,
            "Name": name,
            "Alias": last[:8].lower(),
            "CommunityNickname": email.partition("@")[0][:40],
            "IsActive": active,
            "UserType": "Standard",
            "TimeZoneSidKey": "GMT",
            "LocaleSidKey": "en_US",
            "LanguageLocaleKey": "en_US",
            "EmailEncodingKey": "UTF-8",
            "ProfileId": self.new_ids.new("00e"),
            "CreatedDate": now,
            "CreatedById": user_id,
            "LastModifiedDate": now,
            "LastModifiedById": user_id,
            "SystemModstamp": now,
        }
        if first:
            values["FirstName"] = first
        self.store.put(user_id, values)
        return user_id


def locked(record_id: str) -> tuple[str, str]:
    """Return code and message for a record that another transaction holds."""
    message = f"unable to obtain exclusive access to this record or 1 records: {record_id}"
    return "UNABLE_TO_LOCK_ROW", message


def api_disabled() -> ApiError:
    """Return the error of an org without API access."""
    message = "The REST API is not enabled for this Organization."
    return ApiError(403, "API_DISABLED_FOR_ORG", message)
