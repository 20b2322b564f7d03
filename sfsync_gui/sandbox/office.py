"""The busy office: people who work in both services at a human pace, so that a demo has life.

Everything goes through the human hands of the two sandboxes. Some of what these people do cannot
be copied to the other side: a text too long for its field there, a number that a validation rule
forbids.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from sfsync_gui.sandbox.office_companies import AccountHands, CompanyDesk, IntercomCompanyHands
from sfsync_gui.sandbox.office_conversations import ConversationDesk, ConversationHands

NICKNAME_ATTRIBUTE = "Nickname"
PLAN_ATTRIBUTE = "Plan"
SEATS_ATTRIBUTE = "Seats"
SCORE_ATTRIBUTE = "Score"
NEWSLETTER_ATTRIBUTE = "Newsletter"
TRIAL_END_ATTRIBUTE = "Trial ends"
PLANS = ("Free", "Pro", "Enterprise")

_LEAD_STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Not Converted")
_FIRST_NAMES = (
    "Ada", "Bo", "Chloé", "Dmitri", "Élodie", "Fatima", "Grace", "Håkon", "Ines", "Jürgen",
    "Kiri", "Łukasz", "Mei", "Nuno", "Oisín", "Priya", "Quinn", "Renée", "Siobhán", "Tāne",
)  # fmt: skip
_LAST_NAMES = (
    "Abbott & Sons", "Bergström", "Castañeda", "D'Angelo", "Eriksen", "Fitzgerald", "Gómez",
    "Høyer", "Ito", "Jansen", "Kovač", "Lefèvre", "Müller", "Ngata", "O’Brien", "Park",
    "Quispe", "Rossi", "Şahin", "Tui",
)  # fmt: skip
_LONG_NICKNAME = "the one who always asks whether the export could also have a purple header row"


class IntercomHands(IntercomCompanyHands, ConversationHands, Protocol):
    """What people can do in Intercom, as far as the office needs it."""

    def create_contact(self, role: str, email: str | None = None, name: str | None = None) -> str:
        """Create a contact and return its id."""
        ...

    def edit_contact(
        self, contact_id: str, *, custom_attributes: dict[str, Any] | None = None, **standard: Any
    ) -> None:
        """Change a contact."""
        ...

    def delete_contact(self, contact_id: str) -> None:
        """Delete a contact."""
        ...

    def merge_contacts(self, lead_id: str, user_id: str) -> None:
        """Merge a lead into a user."""
        ...

    def convert_to_user(self, contact_id: str) -> None:
        """Make a user of a lead."""
        ...

    def all_contacts(self) -> list[dict[str, Any]]:
        """Return all contacts."""
        ...


class SalesforceHands(AccountHands, Protocol):
    """What people can do in Salesforce, as far as the office needs it."""

    def create(self, object_name: str, **fields: Any) -> str:
        """Create a record and return its Id."""
        ...

    def edit(self, record_id: str, **fields: Any) -> None:
        """Change a record."""
        ...

    def delete(self, record_id: str) -> None:
        """Delete a record."""
        ...

    def convert(self, lead_id: str, contact_id: str | None = None) -> str:
        """Convert a lead and return the contact's Id."""
        ...

    def merge(self, winner_id: str, loser_id: str) -> None:
        """Merge a record into another of the same object."""
        ...

    def record(self, record_id: str) -> dict[str, Any] | None:
        """Return a record, or None."""
        ...

    def ids(self, object_name: str) -> list[str]:
        """Return the Ids of all records of an object."""
        ...


class BusyOffice:
    """Does one random thing after another; the same seed does the same things.

    `pace` is the mean time between two actions, in seconds of the `sleep` that `run` is given.
    """

    def __init__(
        self,
        intercom: IntercomHands,
        salesforce: SalesforceHands,
        seed: int = 0,
        pace: float = 20.0,
    ) -> None:
        self._intercom = intercom
        self._salesforce = salesforce
        self._random = random.Random(f"office {seed}")
        self._pace = pace
        self._created = 0
        self._actions: list[tuple[int, Callable[[], str | None]]] = [
            (10, self._edit_intercom_phone),
            (8, self._edit_intercom_attribute),
            (4, self._edit_intercom_name),
            (2, self._edit_intercom_email),
            (3, self._create_in_intercom),
            (1, self._delete_in_intercom),
            (2, self._convert_in_intercom),
            (1, self._merge_in_intercom),
            (2, self._type_what_salesforce_refuses),
            (10, self._edit_salesforce_phone),
            (8, self._edit_salesforce_field),
            (4, self._edit_salesforce_name),
            (4, self._edit_lead_status),
            (2, self._edit_salesforce_email),
            (3, self._create_in_salesforce),
            (1, self._delete_in_salesforce),
            (2, self._convert_in_salesforce),
            (1, self._merge_in_salesforce),
        ]
        self.support = ConversationDesk(intercom, seed)
        self._actions += CompanyDesk(intercom, salesforce, self._random).actions()

    def step(self) -> str:
        """Do one thing and say what, in a few words."""
        weights = [weight for weight, _action in self._actions]
        while True:
            _weight, action = self._random.choices(self._actions, weights)[0]
            done = action()
            if done is not None:
                return done

    async def run(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Go on until cancelled, with pauses of random length."""
        while True:
            await sleep(self._random.expovariate(1 / self._pace))
            self.step()
            self.support.step()

    # In Intercom

    def _person(self, role: str | None = None) -> dict[str, Any] | None:
        people = [
            person for person in self._intercom.all_contacts() if role in (None, person["role"])
        ]
        return self._random.choice(people) if people else None

    def _edit_intercom(self, what: str, **changes: Any) -> str | None:
        person = self._person()
        if person is None:
            return None
        self._intercom.edit_contact(person["id"], **changes)
        return f"Intercom: {_label(person)} has {what}"

    def _edit_intercom_phone(self) -> str | None:
        return self._edit_intercom("a new phone number", phone=self._phone())

    def _edit_intercom_name(self) -> str | None:
        return self._edit_intercom("a new name", name=" ".join(self._name()))

    def _edit_intercom_attribute(self) -> str | None:
        day = 1_790_000_000 // 86_400 * 86_400 + self._random.randrange(200) * 86_400
        name, value = self._random.choice(
            (
                (PLAN_ATTRIBUTE, self._random.choice(PLANS)),
                (SEATS_ATTRIBUTE, self._random.randrange(1, 200)),
                (SCORE_ATTRIBUTE, self._random.randrange(1000) / 10),
                (NEWSLETTER_ATTRIBUTE, self._random.random() < 0.5),
                (TRIAL_END_ATTRIBUTE, day),
                (NICKNAME_ATTRIBUTE, self._random.choice(("Bo & co", "😀 sunny", "", None))),
            )
        )
        return self._edit_intercom(f"a new {name}", custom_attributes={name: value})

    def _edit_intercom_email(self) -> str | None:
        return self._edit_intercom("a new e-mail", email=self._email())

    def _type_what_salesforce_refuses(self) -> str | None:
        if self._random.random() < 0.5:
            changes = {NICKNAME_ATTRIBUTE: _LONG_NICKNAME}
            return self._edit_intercom("a very long nickname", custom_attributes=changes)
        changes_of_seats = {SEATS_ATTRIBUTE: -self._random.randrange(1, 9)}
        return self._edit_intercom("fewer than no seats", custom_attributes=changes_of_seats)

    def _create_in_intercom(self) -> str | None:
        role = self._random.choice(("user", "lead"))
        name = " ".join(self._name())
        email = self._email_of_salesforce() if self._random.random() < 0.5 else self._email()
        self._intercom.create_contact(role, email=email, name=name)
        return f"Intercom: new {role} {name}"

    def _delete_in_intercom(self) -> str | None:
        person = self._person()
        if person is None:
            return None
        self._intercom.delete_contact(person["id"])
        return f"Intercom: {_label(person)} was deleted"

    def _convert_in_intercom(self) -> str | None:
        lead = self._person("lead")
        if lead is None:
            return None
        self._intercom.convert_to_user(lead["id"])
        return f"Intercom: {_label(lead)} became a user"

    def _merge_in_intercom(self) -> str | None:
        lead, user = self._person("lead"), self._person("user")
        if lead is None or user is None:
            return None
        self._intercom.merge_contacts(lead["id"], user["id"])
        return f"Intercom: {_label(lead)} was merged into {_label(user)}"

    # In Salesforce

    def _record_id(self, *object_names: str) -> str | None:
        names = object_names or ("Lead", "Contact")
        candidates = [record_id for name in names for record_id in self._salesforce.ids(name)]
        self._random.shuffle(candidates)
        for record_id in candidates:
            record = self._salesforce.record(record_id)
            if record and not record.get("IsDeleted") and not record.get("IsConverted"):
                return record_id
        return None

    def _edit_salesforce(self, what: str, record_id: str | None, **changes: Any) -> str | None:
        if record_id is None:
            return None
        label = self._record_label(record_id)
        self._salesforce.edit(record_id, **changes)
        return f"Salesforce: {label} has {what}"

    def _edit_salesforce_phone(self) -> str | None:
        record_id = self._record_id()
        return self._edit_salesforce("a new phone number", record_id, Phone=self._phone())

    def _edit_salesforce_name(self) -> str | None:
        first, last = self._name()
        record_id = self._record_id()
        return self._edit_salesforce("a new name", record_id, FirstName=first, LastName=last)

    def _edit_salesforce_email(self) -> str | None:
        return self._edit_salesforce("a new e-mail", self._record_id(), Email=self._email())

    def _edit_lead_status(self) -> str | None:
        status = self._random.choice(_LEAD_STATUSES)
        return self._edit_salesforce(f"status {status}", self._record_id("Lead"), Status=status)

    def _edit_salesforce_field(self) -> str | None:
        field, value = self._random.choice(
            (
                ("Plan__c", self._random.choice(PLANS)),
                ("Seats__c", self._random.randrange(1, 200)),
                ("Score__c", self._random.randrange(1000) / 10),
                ("Newsletter__c", self._random.random() < 0.5),
                ("Nickname__c", self._random.choice(("Sunny ☀", "R&D", None))),
                ("Title", self._random.choice(("CTO", "Head of R&D", "Owner", None))),
            )
        )
        return self._edit_salesforce(f"a new {field}", self._record_id(), **{field: value})

    def _create_in_salesforce(self) -> str | None:
        first, last = self._name()
        email = self._email_of_intercom() if self._random.random() < 0.5 else self._email()
        fields: dict[str, Any] = {"FirstName": first, "LastName": last, "Email": email}
        if self._random.random() < 0.6:
            self._salesforce.create("Lead", Company=f"{last} Ltd", **fields)
            return f"Salesforce: new lead {first} {last}"
        self._salesforce.create("Contact", **fields)
        return f"Salesforce: new contact {first} {last}"

    def _delete_in_salesforce(self) -> str | None:
        record_id = self._record_id()
        if record_id is None:
            return None
        label = self._record_label(record_id)
        self._salesforce.delete(record_id)
        return f"Salesforce: {label} was deleted"

    def _convert_in_salesforce(self) -> str | None:
        lead_id = self._record_id("Lead")
        if lead_id is None:
            return None
        label = self._record_label(lead_id)
        self._salesforce.convert(lead_id)
        return f"Salesforce: lead {label} became a contact"

    def _merge_in_salesforce(self) -> str | None:
        name = self._random.choice(("Lead", "Contact"))
        winner, loser = self._record_id(name), self._record_id(name)
        if winner is None or loser is None or winner == loser:
            return None
        labels = self._record_label(loser), self._record_label(winner)
        self._salesforce.merge(winner, loser)
        return f"Salesforce: {labels[0]} was merged into {labels[1]}"

    def _record_label(self, record_id: str) -> str:
        record = self._salesforce.record(record_id) or {}
        return str(record.get("Name") or record.get("LastName") or record_id)

    # What people make up

    def _phone(self) -> str:
        return f"+64 21 {self._random.randrange(100, 1000)} {self._random.randrange(1000, 10000)}"

    def _name(self) -> tuple[str, str]:
        return self._random.choice(_FIRST_NAMES), self._random.choice(_LAST_NAMES)

    def _email(self) -> str:
        self._created += 1
        return f"person{self._created}@{self._random.choice(_DOMAINS)}"

    def _email_of_intercom(self) -> str:
        person = self._person()
        return str(person["email"]) if person and person["email"] else self._email()

    def _email_of_salesforce(self) -> str:
        record_id = self._record_id()
        record = self._salesforce.record(record_id) if record_id else None
        return str(record["Email"]) if record and record.get("Email") else self._email()


_DOMAINS: Sequence[str] = ("acme.example", "globex.example", "initech.example", "umbrella.example")


def _label(person: dict[str, Any]) -> str:
    return str(person["name"] or person["email"] or person["id"])
