"""The state of a simulated Intercom workspace, and every way in which it changes."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sfsync_gui.sandbox.clock import Agenda, Clock
from sfsync_gui.sandbox.intercom.attributes import AttributeCatalogue
from sfsync_gui.sandbox.intercom.companies import Companies
from sfsync_gui.sandbox.intercom.contact_labels import ContactLabels
from sfsync_gui.sandbox.intercom.index import IndexLag, SearchIndex, drawn_lag
from sfsync_gui.sandbox.intercom.model import (
    Activity,
    Admin,
    Company,
    Contact,
    Merge,
    Status,
    Value,
)

_SEEDED_ADMINS = (
    ("Ciara Byrne", "ciara@northwind.example", "Head of Support"),
    ("Mateo Ruiz", "mateo@northwind.example", "Account Executive"),
    ("Aroha Ngata", "aroha@northwind.example", "Customer Success"),
    ("Søren Lund", "soren@northwind.example", "Account Executive"),
)


class Workspace:
    """Contacts, companies, teammates and data attributes.

    Nothing here refuses a request: see `writes` and `company_writes`.
    """

    def __init__(self, clock: Clock, agenda: Agenda, seed: int, index_lag: IndexLag) -> None:
        self._clock = clock
        self._agenda = agenda
        self._index_lag = index_lag
        self._lag_random = random.Random(f"index lag {seed}")
        self._company_lag_random = random.Random(f"index lag of companies {seed}")
        self._id_random = random.Random(f"ids {seed}")
        self._id_suffix = self._id_random.randrange(16**10)
        self._versions = 0
        self._by_external_id: defaultdict[str, set[str]] = defaultdict(set)
        self._by_email: defaultdict[str, set[str]] = defaultdict(set)
        self.contacts: dict[str, Contact] = {}
        self.index = SearchIndex()
        self.companies = Companies(self.now, self.later_for_companies)
        self.labels = ContactLabels()
        self.admins: list[Admin] = []
        self.activities: list[Activity] = []
        self.merges: defaultdict[str, list[Merge]] = defaultdict(list)
        self.on_merge: list[Callable[[str, str], None]] = []
        """Told the ids of a lead and of the user into whom it was merged."""
        for name, email, job_title in _SEEDED_ADMINS:
            self.add_admin(name, email, job_title)
        self.attributes = AttributeCatalogue(self.admins[0].id)

    def now(self) -> int:
        """Return the service's time in whole seconds."""
        return int(self._clock.now())

    def add_admin(self, name: str, email: str, job_title: str = "") -> Admin:
        """Add a teammate."""
        admin = Admin(str(991_267_500 + len(self.admins) * 7), name, email, job_title)
        self.admins.append(admin)
        return admin

    def is_admin(self, admin_id: str) -> bool:
        """Tell whether a teammate of this id exists."""
        return any(admin.id == admin_id for admin in self.admins)

    def with_external_id(self, external_id: str) -> list[Contact]:
        """Return all contacts with this external id, in whatever state, oldest first."""
        return self._found(self._by_external_id[external_id])

    def with_email(self, email: str) -> list[Contact]:
        """Return all contacts with this e-mail, whatever its case, in whatever state."""
        return self._found(self._by_email[email.casefold()])

    def _found(self, ids: Iterable[str]) -> list[Contact]:
        return sorted(
            (self.contacts[key] for key in ids), key=lambda found: (found.created_at, found.id)
        )

    def create(self, role: str, values: Mapping[str, Any]) -> Contact:
        """Add a contact. A lead without an external id gets a generated UUID, as recorded."""
        now = self.now()
        given = dict(values)
        if role == "lead" and not given.get("external_id"):
            given["external_id"] = str(uuid.UUID(int=self._id_random.getrandbits(128), version=4))
        contact = Contact(id=self._new_id(now), role=role, created_at=now, updated_at=now, **given)
        stored = self._store(contact)
        self._record("contact.created", stored)
        return stored

    def change(self, contact: Contact, **values: Any) -> Contact:
        """Change a contact and move `updated_at`; a change of nothing changes nothing at all."""
        changed = replace(contact, **values)
        if changed == contact:
            return contact
        stored = self._store(replace(changed, updated_at=self.now()))
        if stored.role != contact.role:
            self._record("contact.role_updated", stored)
        return stored

    def touch(self, contact: Contact) -> Contact:
        """Move `updated_at` and nothing else, as attaching a tag does."""
        return self._store(replace(contact, updated_at=self.now()))

    def attach(self, contact: Contact, company_id: str) -> Contact:
        """Have a contact belong to a company, too; `updated_at` of both moves."""
        attached = dict.fromkeys((*contact.companies, company_id))
        return self.change(contact, companies=tuple(attached))

    def detach(self, contact: Contact, company_id: str) -> Contact:
        """Have a contact belong to a company no more; `updated_at` of both moves."""
        rest = tuple(one for one in contact.companies if one != company_id)
        return self.change(contact, companies=rest)

    def delete_company(self, company_id: str) -> None:
        """Archive a company and detach its contacts (documented at "Delete a company")."""
        if self.companies.get(company_id) is None:
            return
        for contact_id in self.companies.members(company_id):
            self.detach(self.contacts[contact_id], company_id)
        self.companies.delete(company_id)

    def delete(self, contact: Contact) -> Contact:
        """Delete a contact for good; its keys still conflict with new contacts."""
        deleted = self._store(replace(contact, status=Status.DELETED))
        self._record("contact.deleted", deleted)
        return deleted

    def merge(self, lead: Contact, user: Contact) -> Contact:
        """Merge a lead into a user, whose own values win; return the user."""
        gone = self._store(replace(lead, status=Status.MERGED, merged_into=user.id))
        self.merges[user.id].append(Merge(lead, user.id, self.now()))
        self._record("contact.merged", gone, source=lead.id, target=user.id)
        for told in self.on_merge:
            told(lead.id, user.id)
        attributes = {name: v for name, v in lead.custom_attributes.items() if v is not None}
        attributes |= {name: v for name, v in user.custom_attributes.items() if v is not None}
        return self._store(
            replace(
                user,
                name=user.name or lead.name,
                phone=user.phone or lead.phone,
                owner_id=user.owner_id or lead.owner_id,
                custom_attributes=dict(user.custom_attributes) | attributes,
                updated_at=self.now(),
            )
        )

    def canonical_id(self, contact: Contact) -> str:
        """Return the id of the contact into which this one was merged, over all hops."""
        while contact.merged_into is not None:
            contact = self.contacts[contact.merged_into]
        return contact.id

    def settle_index(self) -> None:
        """Make the index current now."""
        self.index.rebuild(self.contacts.values())
        self.companies.settle_index()

    def _store(self, contact: Contact) -> Contact:
        """Keep a new version of a contact, and let the index know some time later."""
        self._versions += 1
        stored = replace(contact, version=self._versions)
        old = self.contacts.get(stored.id)
        if old is not None:
            self._by_external_id[old.external_id or ""].discard(old.id)
            self._by_email[(old.email or "").casefold()].discard(old.id)
        self.contacts[stored.id] = stored
        if stored.external_id:
            self._by_external_id[stored.external_id].add(stored.id)
        if stored.email:
            self._by_email[stored.email.casefold()].add(stored.id)
        self._note_companies(old, stored)
        self._later(lambda: self.index.put(stored), self._lag_random)
        return stored

    def _note_companies(self, old: Contact | None, new: Contact) -> None:
        """Tell the companies that a contact left or joined; attaching moves their `updated_at`."""
        before = old.companies if old is not None and old.status is Status.ACTIVE else ()
        after = new.companies if new.status is Status.ACTIVE else ()
        touched = old is None or old.status is new.status
        for company_id in [one for one in before if one not in after]:
            self.companies.leave(company_id, new.id, touched=touched)
        for company_id in [one for one in after if one not in before]:
            self.companies.join(company_id, new.id, touched=touched)

    def later_for_companies(self, action: Callable[[], None]) -> None:
        """Do something when the list of companies gets to know of a change that is made now."""
        self._later(action, self._company_lag_random)

    def _later(self, action: Callable[[], None], chance: random.Random) -> None:
        seconds = drawn_lag(self._index_lag, chance)
        if seconds <= 0:
            action()
        else:
            self._agenda.at(self._clock.now() + seconds, action)

    def _record(
        self,
        event_type: str,
        contact: Contact,
        source: str | None = None,
        target: str | None = None,
    ) -> None:
        self.activities.append(
            Activity(
                id=str(len(self.activities) + 1),
                event_type=event_type,
                contact_id=contact.id,
                external_id=contact.external_id,
                role=contact.role,
                merge_source_id=source,
                merge_target_id=target,
                created_at=self.now(),
            )
        )

    def _new_id(self, now: int) -> str:
        """Return an id like the real ones: 24 hexadecimal digits, the first 8 the time."""
        number = self._versions + 1
        return f"{now:08x}{self._id_suffix:010x}{number:06x}"


def stored_company_json(company: Company) -> dict[str, Any]:
    """Return what is stored of a company, unescaped, for those who need not go through the API."""
    names = (
        "id company_id name size website industry plan monthly_spend created_at updated_at "
        "remote_created_at last_request_at user_count"
    )
    stored: dict[str, Any] = {name: getattr(company, name) for name in names.split()}
    return stored | {"custom_attributes": dict(company.custom_attributes)}


def stored_json(contact: Contact) -> dict[str, Any]:
    """Return what is stored of a contact, unescaped, for those who need not go through the API."""
    names = (
        "id role external_id email phone name owner_id avatar created_at updated_at "
        "signed_up_at last_seen_at unsubscribed_from_emails language_override"
    )
    stored: dict[str, Any] = {name: getattr(contact, name) for name in names.split()}
    attributes: dict[str, Value] = dict(contact.custom_attributes)
    return stored | {
        "custom_attributes": attributes,
        "archived": contact.status is Status.ARCHIVED,
    }
