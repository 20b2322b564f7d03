"""An office with companies and accounts beside its people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sfsync_gui.core.mapping import AttributeMapping, MappingKey
from sfsync_gui.core.vocabulary import BlankRule, Direction, FirstRun
from sfsync_gui.engine.companies import stop_companies, sync_companies
from sfsync_gui.engine.company_status import CompanyStatus, company_status
from sfsync_gui.engine.mapping_edits import edit_rows
from tests.unit.engine.office import Office

KEY = MappingKey.of_companies("AccountNumber")
ACME, BETA = "AC-1", "BE-2"
COMPANY_ATTRIBUTES = ("tariff", "remark", "label", "tier", "start", "finish")
_STANDARD = ("name", "website", "industry", "size")


def company_rows() -> tuple[AttributeMapping, ...]:
    """Rows of every kind, of companies: both ways, one way, copying blanks, a chain, a number."""

    def row(
        name: str,
        attribute: str,
        direction: Direction,
        field: str,
        blank: BlankRule = BlankRule.KEEP,
    ) -> AttributeMapping:
        full = attribute if attribute in _STANDARD else f"custom_attributes.{attribute}"
        return AttributeMapping(name, full, direction, blank_rule=blank, account_field=field)

    return (
        row("c-two", "tariff", Direction.TWO_WAY, "Site"),
        row("c-copies", "remark", Direction.TWO_WAY, "Short_Note__c", BlankRule.COPY),
        row("c-up", "label", Direction.TO_SALESFORCE, "Nickname__c"),
        row("c-down", "tier", Direction.TO_INTERCOM, "Fax"),
        row("c-chain1", "start", Direction.TO_SALESFORCE, "Notes__c"),
        row("c-chain2", "finish", Direction.TO_INTERCOM, "Notes__c"),
        row("c-size", "size", Direction.TWO_WAY, "NumberOfEmployees"),
    )


class CompanyOffice(Office):
    """One world in which companies are synced, too."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        super().__init__(folder, seed)
        for name in COMPANY_ATTRIBUTES:
            self.intercom.create_attribute(name, "string", model="company")

    def company(self, key: str = ACME, *, listed: bool = True, **values: Any) -> str:
        """A company in Intercom; it is listed only if somebody belongs to it."""
        standard = {name: values.pop(name) for name in _STANDARD if name in values}
        name = standard.pop("name", f"Company {key}")
        company = self.intercom.add_company(name, key, custom_attributes=values, **standard)
        if listed:
            self.intercom.attach_company(self.user(f"of-{company}@example.com"), company)
        return company

    def account(self, key: str | None = ACME, **fields: Any) -> str:
        """An account in Salesforce."""
        given = {"Name": f"Account {key}", "AccountNumber": key, **fields}
        return self.salesforce.create("Account", **given)

    def edit_company(self, company_id: str, **values: Any) -> None:
        """Change a company by hand."""
        standard = {name: values.pop(name) for name in _STANDARD if name in values}
        self.intercom.edit_company(company_id, custom_attributes=values, **standard)

    def open(
        self,
        first_run: FirstRun = FirstRun.LINK_ALL,
        rows: Sequence[AttributeMapping] | None = None,
    ) -> None:
        """Connect people, map companies and have them synced."""
        self.connect(rows=())
        self.run(edit_rows(self.context, company_rows() if rows is None else rows))
        self.switch_on(first_run=first_run)
        self.pass_time(60)

    def switch_on(self, key: MappingKey = KEY, first_run: FirstRun = FirstRun.LINK_ALL) -> None:
        """Have companies synced by this key."""
        self.run(sync_companies(self.context, key, first_run))

    def switch_off(self) -> None:
        """Have companies synced no more."""
        self.run(stop_companies(self.context))

    def check(self, after: float = 310.0) -> None:
        """Check both sides, once the time for a look at all companies has come."""
        super().check(after)

    def co(self, company_id: str, name: str) -> Any:
        """What Intercom holds of a company."""
        company = self.intercom.company(company_id)
        assert company is not None
        if name in COMPANY_ATTRIBUTES:
            return company["custom_attributes"].get(name)
        return company[name]

    def status(self) -> CompanyStatus:
        """How the sync of companies stands."""
        return self.run(company_status(self.context))
