"""Companies and accounts for tests: what people do with them on both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sfsync_gui.core.mapping import AttributeMapping, MappingKey
from sfsync_gui.core.vocabulary import Direction
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.salesforce import SalesforceSandbox

T = TypeVar("T")

COMPANY_ATTRIBUTES = ("grade", "region")
"""Texts that a company has besides the standard attributes."""

COMPANY_KEY = MappingKey.of_companies("AccountNumber")
COMPANY_ROWS = (
    AttributeMapping("site", "website", Direction.TWO_WAY, account_field="Website"),
    AttributeMapping(
        "grade", "custom_attributes.grade", Direction.TO_SALESFORCE, account_field="Site"
    ),
    AttributeMapping(
        "region", "custom_attributes.region", Direction.TO_INTERCOM, account_field="BillingState"
    ),
)


@dataclass(frozen=True)
class Firm:
    """One company, by the ids in both services and by its key."""

    intercom_id: str
    salesforce_id: str
    key: str


class Services(Protocol):
    """Both services, and who does something in them."""

    intercom: IntercomSandbox
    salesforce: SalesforceSandbox

    def at(self, act: Callable[..., T], *args: Any, **named: Any) -> T:
        """Have something done in a service."""
        ...


class Firms:
    """The hands of those who look after companies.

    Intercom lists a company only where somebody belongs to it: a contact of its own is added.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        for name in COMPANY_ATTRIBUTES:
            services.at(services.intercom.create_attribute, name, "string", model="company")

    def add(self, key: str, **fields: Any) -> Firm:
        """A company that both services know by the same key."""
        return Firm(self.in_intercom_only(key), self.in_salesforce_only(key, **fields), key)

    def in_intercom_only(self, key: str, *, listed: bool = True) -> str:
        """A company of which Salesforce knows nothing; with `listed` somebody belongs to it."""
        at, intercom = self._services.at, self._services.intercom
        company = at(intercom.add_company, f"Company {key}", key)
        if listed:
            at(intercom.attach_company, at(intercom.create_contact, "lead"), company)
        return company

    def in_salesforce_only(self, key: str, **fields: Any) -> str:
        """An account of which Intercom knows no company."""
        named = {"Name": f"Account {key}", "AccountNumber": key, **fields}
        return self._services.at(self._services.salesforce.create, "Account", **named)

    def in_intercom(self, firm: Firm, **changes: Any) -> None:
        """A teammate edits a company; `grade` and `region` are custom attributes."""
        custom = {name: changes.pop(name) for name in COMPANY_ATTRIBUTES if name in changes}
        edit = self._services.intercom.edit_company
        self._services.at(edit, firm.intercom_id, custom_attributes=custom or None, **changes)

    def in_salesforce(self, firm: Firm, **changes: Any) -> None:
        """A salesperson edits an account."""
        self._services.at(self._services.salesforce.edit, firm.salesforce_id, **changes)

    def company(self, firm: Firm) -> dict[str, Any]:
        """What Intercom holds, custom attributes beside the others."""
        stored = self._services.at(self._services.intercom.company, firm.intercom_id)
        assert stored is not None
        return {**stored, **stored["custom_attributes"]}

    def account(self, firm: Firm) -> dict[str, Any]:
        """What Salesforce holds."""
        stored = self._services.at(self._services.salesforce.record, firm.salesforce_id)
        assert stored is not None
        return stored

    def ids(self) -> tuple[list[str], list[str]]:
        """All companies and all accounts that are there, in the order of their ids."""
        at = self._services.at
        companies = at(self._services.intercom.companies)
        accounts = at(self._services.salesforce.ids, "Account")
        return sorted(company["id"] for company in companies), accounts

    def delete_company(self, firm: Firm) -> None:
        """A teammate deletes a company."""
        self._services.at(self._services.intercom.delete_company, firm.intercom_id)

    def delete_account(self, firm: Firm) -> None:
        """A salesperson deletes an account."""
        self._services.at(self._services.salesforce.delete, firm.salesforce_id)

    def undelete_account(self, firm: Firm) -> None:
        """A salesperson takes an account out of the recycle bin."""
        self._services.at(self._services.salesforce.undelete, firm.salesforce_id)

    def merge_accounts(self, winner: Firm, loser: Firm) -> None:
        """A salesperson merges an account into another."""
        merge = self._services.salesforce.merge
        self._services.at(merge, winner.salesforce_id, loser.salesforce_id)
