"""The companies of the demo world: the customers, more or less, of both services.

Most companies have an account with the same number (`company_id` in Intercom, Account Number in
Salesforce). Some are on one side only, one has two accounts, one has nobody belonging to it, so
that Intercom does not list it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.office_companies import (
    INDUSTRIES,
    RENEWAL_ATTRIBUTE,
    SCORE_ATTRIBUTE,
    TIER_ATTRIBUTE,
    TIERS,
)
from sfsync_gui.sandbox.salesforce import SalesforceSandbox

SHARED = 16
"""How many companies are on both sides, with the same number."""
ONE_SIDED = 4
"""How many companies are in one service only, for each."""

_DAY = 86_400
_ATTRIBUTES: tuple[tuple[str, str, tuple[str, ...] | None], ...] = (
    (TIER_ATTRIBUTE, "options", TIERS),
    (SCORE_ATTRIBUTE, "float", None),
    (RENEWAL_ATTRIBUTE, "date", None),
)
_NAMES = (
    "Acme", "Globex", "Initech & Daughters", "Umbrella", "Wētā Digital", "Stark",
    "Søren's <Sail> Loft", "مختبرات النور", "Österreichische Donaudampfschifffahrtsgesellschaft",
    "Tāne Timber", "山田製作所", "Blue Sun 🌞", "Hooli", "Pied Piper", "Massive Dynamic", "Wonka",
    "Duff", "Gringotts", "Oscorp", "Soylent", "Tyrell", "Vandelay", "Wayne", "Zorin",
)  # fmt: skip


@dataclass(frozen=True)
class _Company:
    """A company before it is put into a service."""

    number: int
    name: str

    @property
    def key(self) -> str:
        """The customer's own number of it."""
        return f"NW-{1000 + self.number}"

    @property
    def website(self) -> str:
        word = "".join(sign for sign in self.name.lower() if sign.isascii() and sign.isalnum())
        return f"https://{word or f'company{self.number}'}.example"


class CompanyBuilder:
    """Adds companies to Intercom and accounts to Salesforce, and has people belong to companies.

    `today` is the Unix time at which the day began. It has chance of its own, so that the people
    of the demo are the same with it and without.
    """

    def __init__(
        self, intercom: IntercomSandbox, salesforce: SalesforceSandbox, today: int, seed: int
    ) -> None:
        self._intercom = intercom
        self._salesforce = salesforce
        self._today = today
        self._random = random.Random(f"companies of the demo {seed}")

    def build(self) -> None:
        """Add everything; the people have to be there already."""
        for name, data_type, options in _ATTRIBUTES:
            self._intercom.create_attribute(name, data_type, options, model="company")
        companies = [_Company(number, name) for number, name in enumerate(_NAMES)]
        in_intercom = []
        for company in companies[:SHARED]:
            values = self._values()
            in_intercom.append(self._add_to_intercom(company, values))
            differs = company.number % 3 == 0
            self._add_to_salesforce(company, self._values() if differs else values)
        unknown = companies[SHARED : SHARED + ONE_SIDED]
        in_intercom += [self._add_to_intercom(company, self._values()) for company in unknown]
        for company in companies[SHARED + ONE_SIDED :]:
            self._add_to_salesforce(company, self._values())
        self._add_to_salesforce(companies[3], self._values(), "Umbrella (old)")
        self._people_belong_to(in_intercom[:-1])

    def _values(self) -> dict[str, Any]:
        """Return what both services can know of a company, by Intercom's names."""
        chance = self._random
        return {
            "industry": chance.choice(INDUSTRIES),
            "size": chance.randrange(3, 4000),
            "monthly_spend": chance.randrange(40) * 50,
            TIER_ATTRIBUTE: chance.choice(TIERS),
            SCORE_ATTRIBUTE: chance.randrange(1000) / 10,
            RENEWAL_ATTRIBUTE: self._today + chance.randrange(-30, 360) * _DAY,
        }

    def _add_to_intercom(self, company: _Company, values: dict[str, Any]) -> str:
        standard = ("industry", "size", "monthly_spend")
        return self._intercom.add_company(
            company.name,
            company.key,
            website=company.website,
            last_request_at=self._today - self._random.randrange(20) * _DAY,
            custom_attributes={name: values[name] for name, _type, _options in _ATTRIBUTES},
            **{name: values[name] for name in standard},
        )

    def _add_to_salesforce(
        self, company: _Company, values: dict[str, Any], name: str | None = None
    ) -> None:
        """Add an account. Its external id is an older number, by which nobody is found."""
        self._salesforce.create(
            "Account",
            Name=name or company.name,
            AccountNumber=company.key,
            External_Id__c=f"legacy-{company.number * 7 + 13}",
            Website=company.website,
            Industry=values["industry"],
            NumberOfEmployees=values["size"],
            Monthly_Spend__c=values["monthly_spend"],
            Plan__c=values[TIER_ATTRIBUTE],
            Score__c=values[SCORE_ATTRIBUTE],
        )

    def _people_belong_to(self, companies: list[str]) -> None:
        """Have two in three contacts belong to a company; each of these has somebody then."""
        people = [person["id"] for person in self._intercom.all_contacts()]
        for place, person in enumerate(people):
            if place % 3:
                self._intercom.attach_company(person, companies[place % len(companies)])
