"""A believable demo world: the same people, more or less, in Intercom and in Salesforce.

About sixty people on each side, and their companies (see `demo_companies`). Forty people are on
both sides with the same e-mail; some of these have a double. Several names are long, run from right
to left or hold emoji and HTML. Some have conversations with support (see `office_conversations`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from sfsync_gui.sandbox.clock import Clock
from sfsync_gui.sandbox.demo_companies import CompanyBuilder
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.office import (
    NEWSLETTER_ATTRIBUTE,
    NICKNAME_ATTRIBUTE,
    PLAN_ATTRIBUTE,
    PLANS,
    SCORE_ATTRIBUTE,
    SEATS_ATTRIBUTE,
    TRIAL_END_ATTRIBUTE,
    BusyOffice,
)
from sfsync_gui.sandbox.office_conversations import ConversationDesk
from sfsync_gui.sandbox.salesforce import SalesforceSandbox

SHARED = 40
"""How many people are on both sides."""
ONE_SIDED = 19
"""How many people are in one service only, for each."""

_DAY = 86_400
_ATTRIBUTES: tuple[tuple[str, str, tuple[str, ...] | None], ...] = (
    (NICKNAME_ATTRIBUTE, "string", None),
    (PLAN_ATTRIBUTE, "options", PLANS),
    (SEATS_ATTRIBUTE, "integer", None),
    (SCORE_ATTRIBUTE, "float", None),
    (NEWSLETTER_ATTRIBUTE, "boolean", None),
    (TRIAL_END_ATTRIBUTE, "date", None),
)
# Role in Intercom and object in Salesforce of the people on both sides, in turn.
_PAIRINGS = (
    ("user", "Contact"),
    ("user", "Lead"),
    ("lead", "Lead"),
    ("user", "Contact"),
    ("lead", "Contact"),
)
_STRIKING_NAMES = (
    ("Hubert Blaine", "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaft"),
    ("نور الهدى", "عبد الرحمن"),
    ("יעל", "כהן־מזרחי"),
    ("Zoë 🦊", "Winter"),
    ("太郎", "山田"),
    ("Tom & \"Jo\"", "<O'Neil>"),
    ("Aleksandra Katarzyna Maria", "Brzęczyszczykiewicz-Gżegżółkowska"),
    ("Ngân Hà", "Nguyễn"),
)  # fmt: skip
_FIRST_NAMES = (
    "Ada", "Ben", "Clara", "Diego", "Elif", "Femi", "Greta", "Hine", "Ivo", "Jana", "Kofi",
    "Lena", "Marek", "Noor", "Otis", "Pia", "Rafael", "Sanna", "Tama", "Ursula",
)  # fmt: skip
_LAST_NAMES = (
    "Adeyemi", "Baker", "Costa", "Dahl", "Evans", "Fischer", "Green", "Hohepa", "Ivanov",
    "Jones", "Keller", "Lindqvist", "Moreau", "Novak", "Okafor", "Petersen", "Romero", "Smith",
    "Tanaka", "Vogel",
)  # fmt: skip
_COMPANIES = ("Acme", "Globex", "Initech & Daughters", "Umbrella", "Wētā Digital", "Stark")
_TITLES = ("CTO", "Head of Support", "Owner", "Office Manager", None)


@dataclass(frozen=True)
class DemoWorld:
    """Two services with people in them, and an office that works in both."""

    intercom: IntercomSandbox
    salesforce: SalesforceSandbox
    office: BusyOffice


@dataclass(frozen=True)
class _Person:
    """Somebody before they are put into a service."""

    number: int
    first_name: str
    last_name: str
    email: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def build_demo_world(clock: Clock, seed: int = 0, pace: float = 20.0) -> DemoWorld:
    """Build the demo world; the same seed and time build the same world.

    `pace`: the mean time between two actions of the office, in seconds (see `BusyOffice`).
    """
    intercom = IntercomSandbox(clock, seed=seed)
    salesforce = SalesforceSandbox(clock, seed=seed)
    _Builder(intercom, salesforce, int(clock.now()), seed).build()
    ConversationDesk(intercom, seed).begin()
    intercom.settle_index()
    return DemoWorld(intercom, salesforce, BusyOffice(intercom, salesforce, seed, pace))


class _Builder:
    """Fills both services."""

    def __init__(
        self, intercom: IntercomSandbox, salesforce: SalesforceSandbox, now: int, seed: int
    ) -> None:
        self._intercom = intercom
        self._salesforce = salesforce
        self._today = now // _DAY * _DAY
        self._seed = seed
        self._random = random.Random(f"demo {seed}")
        self._owners: list[tuple[str, str]] = []

    def build(self) -> None:
        self._set_up_intercom()
        self._set_up_salesforce()
        people = self._people(SHARED + 2 * ONE_SIDED)
        for person in people[:SHARED]:
            role, object_name = _PAIRINGS[person.number % len(_PAIRINGS)]
            self._add_both(person, role, object_name)
        for person in people[SHARED : SHARED + ONE_SIDED]:
            self._add_to_intercom(person, self._random.choice(("user", "lead")), self._values())
        for person in people[SHARED + ONE_SIDED :]:
            self._add_to_salesforce(
                person, self._random.choice(("Lead", "Contact")), self._values()
            )
        self._add_doubles(people)
        self._intercom.create_contact("lead")
        CompanyBuilder(self._intercom, self._salesforce, self._today, self._seed).build()

    def _set_up_intercom(self) -> None:
        for name, data_type, options in _ATTRIBUTES:
            self._intercom.create_attribute(name, data_type, options)
        self._intercom.create_attribute("Sessions", "integer", api_writable=False)

    def _set_up_salesforce(self) -> None:
        self._salesforce.add_validation_rule(
            "Contact",
            "Seats_Not_Negative",
            lambda record: (record.get("Seats__c") or 0) < 0,
            "Seats cannot be negative.",
            "Seats__c",
        )
        # The last teammate has no Salesforce user.
        for admin_id, name, email in self._intercom.admins()[:-1]:
            self._owners.append((admin_id, self._salesforce.add_user(name, email)))

    def _people(self, count: int) -> list[_Person]:
        names = [(first, last) for first in _FIRST_NAMES for last in _LAST_NAMES]
        chosen = [*_STRIKING_NAMES, *self._random.sample(names, count - len(_STRIKING_NAMES))]
        # Striking names are spread over those on both sides and those on one.
        self._random.shuffle(chosen)
        people = []
        for number, (first, last) in enumerate(chosen):
            local = f"{first}.{last}".lower() if f"{first}{last}".isascii() else f"guest{number}"
            local = "".join(sign for sign in local if sign.isalnum() or sign == ".")
            domain = self._random.choice(("acme", "globex", "initech", "umbrella"))
            people.append(_Person(number, first, last, f"{local}@{domain}.example"))
        return people

    def _values(self) -> dict[str, Any]:
        """Return what both services can know of a person, by Intercom's names."""
        chance = self._random
        return {
            "phone": f"+64 9 {chance.randrange(100, 1000)} {chance.randrange(1000, 10000)}",
            "owner": chance.choice([*self._owners, None]),
            PLAN_ATTRIBUTE: chance.choice(PLANS),
            SEATS_ATTRIBUTE: chance.randrange(1, 120),
            SCORE_ATTRIBUTE: chance.randrange(1000) / 10,
            NEWSLETTER_ATTRIBUTE: chance.random() < 0.5,
            TRIAL_END_ATTRIBUTE: self._today + chance.randrange(-60, 90) * _DAY,
            NICKNAME_ATTRIBUTE: chance.choice((None, "Sunny", "R&D", "Kōtuku")),
        }

    def _add_both(self, person: _Person, role: str, object_name: str) -> None:
        """Add a person to both sides; every third has values that differ."""
        values = self._values()
        self._add_to_intercom(person, role, values)
        self._add_to_salesforce(
            person, object_name, self._values() if person.number % 3 == 0 else values
        )

    def _add_to_intercom(self, person: _Person, role: str, values: dict[str, Any]) -> None:
        names = [name for name, _type, _options in _ATTRIBUTES]
        known = {name: values[name] for name in names if values[name] is not None}
        self._intercom.create_contact(
            role,
            email=person.email,
            name=person.name,
            phone=values["phone"],
            external_id=f"customer-{person.number}" if role == "user" else None,
            owner_id=values["owner"][0] if values["owner"] else None,
            custom_attributes={**known, "Sessions": self._random.randrange(400)},
        )

    def _add_to_salesforce(
        self, person: _Person, object_name: str, values: dict[str, Any], email: str | None = None
    ) -> None:
        fields: dict[str, Any] = {
            "FirstName": person.first_name,
            "LastName": person.last_name,
            "Email": email or person.email,
            "Phone": values["phone"],
            "Title": self._random.choice(_TITLES),
            "Plan__c": values[PLAN_ATTRIBUTE],
            "Seats__c": values[SEATS_ATTRIBUTE],
            "Score__c": values[SCORE_ATTRIBUTE],
            "Newsletter__c": values[NEWSLETTER_ATTRIBUTE],
            "Nickname__c": values[NICKNAME_ATTRIBUTE],
            "External_Id__c": f"customer-{person.number}",
        }
        if values["owner"]:
            fields["OwnerId"] = values["owner"][1]
        if object_name == "Lead":
            fields["Company"] = self._random.choice(_COMPANIES)
        self._salesforce.create(object_name, **fields)

    def _add_doubles(self, people: list[_Person]) -> None:
        """Give some people a second record with their e-mail, so that a match is ambiguous."""
        self._add_to_salesforce(people[5], "Contact", self._values(), people[5].email.title())
        self._add_to_salesforce(people[10], "Lead", self._values())
        self._add_to_salesforce(people[16], "Lead", self._values())
        for role, person in (("user", people[20]), ("lead", people[25])):
            self._intercom.create_contact(role, email=person.email, name=person.name)
