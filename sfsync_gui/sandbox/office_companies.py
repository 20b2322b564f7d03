"""What the busy office does with companies and accounts."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Protocol

TIER_ATTRIBUTE = "Tier"
SCORE_ATTRIBUTE = "Support score"
RENEWAL_ATTRIBUTE = "Renewal"
TIERS = ("Free", "Pro", "Enterprise")
INDUSTRIES = ("Technology", "Manufacturing", "Retail", "Consulting", "Education")

Action = Callable[[], str | None]
"""Does one thing and says what; None where there was nobody to do it to."""


class IntercomCompanyHands(Protocol):
    """What people can do with companies in Intercom, as far as the office needs it."""

    def add_company(self, name: str, company_id: str = "") -> str:
        """Add a company and return its id."""
        ...

    def edit_company(
        self, company_id: str, *, custom_attributes: dict[str, Any] | None = None, **standard: Any
    ) -> None:
        """Change a company."""
        ...

    def delete_company(self, company_id: str) -> None:
        """Delete a company."""
        ...

    def attach_company(self, contact_id: str, company_id: str) -> None:
        """Have a contact belong to a company."""
        ...

    def visit(self, company_id: str) -> None:
        """Have somebody of a company use the product."""
        ...

    def companies(self) -> list[dict[str, Any]]:
        """Return all companies."""
        ...

    def all_contacts(self) -> list[dict[str, Any]]:
        """Return all contacts."""
        ...


class AccountHands(Protocol):
    """What people can do with accounts in Salesforce, as far as the office needs it."""

    def create(self, object_name: str, **fields: Any) -> str:
        """Create a record and return its Id."""
        ...

    def edit(self, record_id: str, **fields: Any) -> None:
        """Change a record."""
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


class CompanyDesk:
    """Those of the office who look after companies. Accounts are merged, never deleted."""

    def __init__(
        self, intercom: IntercomCompanyHands, salesforce: AccountHands, chance: random.Random
    ) -> None:
        self._intercom = intercom
        self._salesforce = salesforce
        self._random = chance
        self._created = 0

    def actions(self) -> list[tuple[int, Action]]:
        """Return what is done, each with its weight among the actions of the office."""
        return [
            (3, self._edit_company),
            (2, self._visit),
            (1, self._join),
            (1, self._create_company),
            (3, self._edit_account),
            (1, self._create_account),
            (1, self._delete_company),
            (1, self._merge_accounts),
        ]

    # In Intercom

    def _company(self) -> dict[str, Any] | None:
        companies = self._intercom.companies()
        return self._random.choice(companies) if companies else None

    def _edit_company(self) -> str | None:
        company = self._company()
        if company is None:
            return None
        standard: dict[str, Any] = {
            "industry": self._random.choice(INDUSTRIES),
            "size": self._random.randrange(3, 4000),
            "monthly_spend": self._random.randrange(40) * 50,
        }
        custom: dict[str, Any] = {
            TIER_ATTRIBUTE: self._random.choice(TIERS),
            SCORE_ATTRIBUTE: self._random.randrange(1000) / 10,
        }
        name = self._random.choice([*standard, *custom])
        if name in custom:
            self._intercom.edit_company(company["id"], custom_attributes={name: custom[name]})
        else:
            self._intercom.edit_company(company["id"], **{name: standard[name]})
        return f"Intercom: company {_label(company)} has a new {name}"

    def _visit(self) -> str | None:
        company = self._company()
        if company is None:
            return None
        self._intercom.visit(company["id"])
        return f"Intercom: somebody of company {_label(company)} was there"

    def _join(self) -> str | None:
        company, people = self._company(), self._intercom.all_contacts()
        if company is None or not people:
            return None
        self._intercom.attach_company(self._random.choice(people)["id"], company["id"])
        return f"Intercom: somebody joined company {_label(company)}"

    def _create_company(self) -> str | None:
        """Add a company with somebody in it; every other has an account already."""
        people = self._intercom.all_contacts()
        if not people:
            return None
        name, key = self._new_company()
        accounts = self._salesforce.ids("Account")
        if accounts and self._random.random() < 0.5:
            record = self._salesforce.record(self._random.choice(accounts)) or {}
            taken = {company["company_id"] for company in self._intercom.companies()}
            if record.get("AccountNumber") and record["AccountNumber"] not in taken:
                name, key = record["Name"], record["AccountNumber"]
        company = self._intercom.add_company(name, key)
        self._intercom.attach_company(self._random.choice(people)["id"], company)
        return f"Intercom: new company {name}"

    def _delete_company(self) -> str | None:
        company = self._company()
        if company is None:
            return None
        self._intercom.delete_company(company["id"])
        return f"Intercom: company {_label(company)} was deleted"

    # In Salesforce

    def _edit_account(self) -> str | None:
        accounts = self._salesforce.ids("Account")
        if not accounts:
            return None
        account = self._random.choice(accounts)
        field, value = self._random.choice(
            (
                ("Industry", self._random.choice(INDUSTRIES)),
                ("NumberOfEmployees", self._random.randrange(3, 4000)),
                ("Monthly_Spend__c", self._random.randrange(40) * 50),
                ("Plan__c", self._random.choice(TIERS)),
                ("Score__c", self._random.randrange(1000) / 10),
                ("Website", f"https://{self._random.randrange(1000)}.example"),
            )
        )
        self._salesforce.edit(account, **{field: value})
        return f"Salesforce: account {self._account_label(account)} has a new {field}"

    def _create_account(self) -> str | None:
        """Add an account; every other for a company that Intercom knows."""
        name, key = self._new_company()
        company = self._company()
        if company is not None and self._random.random() < 0.5:
            name, key = _label(company), company["company_id"]
        self._salesforce.create("Account", Name=name, AccountNumber=key)
        return f"Salesforce: new account {name}"

    def _merge_accounts(self) -> str | None:
        accounts = self._salesforce.ids("Account")
        if len(accounts) < 2:
            return None
        winner, loser = self._random.sample(accounts, 2)
        labels = self._account_label(loser), self._account_label(winner)
        self._salesforce.merge(winner, loser)
        return f"Salesforce: account {labels[0]} was merged into {labels[1]}"

    def _account_label(self, account_id: str) -> str:
        return str((self._salesforce.record(account_id) or {}).get("Name") or account_id)

    def _new_company(self) -> tuple[str, str]:
        self._created += 1
        return f"Newcomer {self._created} Ltd", f"NW-{5000 + self._created}"


def _label(company: dict[str, Any]) -> str:
    return str(company["name"] or company["company_id"])
