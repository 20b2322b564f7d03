"""What people do with companies in Intercom itself: nothing here is the API."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from sfsync_gui.sandbox.clock import Agenda
from sfsync_gui.sandbox.intercom.model import Company, Contact
from sfsync_gui.sandbox.intercom.workspace import Workspace, stored_company_json


class CompanyHands(ABC):
    """The hands of teammates, and of the customer's own product that reports its companies.

    Raises KeyError for a company or contact that is not there. Each call first runs what is due.
    """

    agenda: Agenda
    workspace: Workspace

    def add_company(
        self,
        name: str,
        company_id: str = "",
        *,
        custom_attributes: Mapping[str, Any] | None = None,
        **standard: Any,
    ) -> str:
        """Add a company and return its id; left out, its key is its name."""
        self.agenda.run_due()
        attributes = self._known_of_companies(custom_attributes or {})
        added = self.workspace.companies.add(
            company_id or name, name=name, custom_attributes=attributes, **standard
        )
        return added.id

    def edit_company(
        self,
        company_id: str,
        *,
        custom_attributes: Mapping[str, Any] | None = None,
        **standard: Any,
    ) -> None:
        """Change attributes of a company; None clears one. Attributes not named stay."""
        self.agenda.run_due()
        company = self._company(company_id)
        if custom_attributes is not None:
            known = self._known_of_companies(custom_attributes)
            standard["custom_attributes"] = {**company.custom_attributes, **known}
        self.workspace.companies.change(company, **standard)

    def delete_company(self, company_id: str) -> None:
        """Delete a company: its contacts stay, and belong to it no more."""
        self.agenda.run_due()
        self.workspace.delete_company(self._company(company_id).id)

    def attach_company(self, contact_id: str, company_id: str) -> None:
        """Have a contact belong to a company, too; as with a tag, `updated_at` moves."""
        self.agenda.run_due()
        self.workspace.attach(self._active(contact_id), self._company(company_id).id)

    def detach_company(self, contact_id: str, company_id: str) -> None:
        """Have a contact belong to a company no more."""
        self.agenda.run_due()
        self.workspace.detach(self._active(contact_id), self._company(company_id).id)

    def visit(self, company_id: str) -> None:
        """Have somebody of a company use the customer's product: `last_request_at` moves."""
        self.agenda.run_due()
        company, companies = self._company(company_id), self.workspace.companies
        companies.change(
            company,
            last_request_at=self.workspace.now(),
            session_count=company.session_count + 1,
        )

    def tag_company(self, company_id: str, name: str) -> str:
        """Put a tag on a company and return the tag's id."""
        self.agenda.run_due()
        return self.workspace.companies.label(self._company(company_id), "tags", name)

    def put_company_in_segment(self, company_id: str, name: str) -> str:
        """Have a company be in a segment and return the segment's id."""
        self.agenda.run_due()
        return self.workspace.companies.label(self._company(company_id), "segments", name)

    def company(self, company_id: str) -> dict[str, Any] | None:
        """Return what is stored of a company (its name unescaped); None if deleted."""
        self.agenda.run_due()
        company = self.workspace.companies.get(company_id)
        return None if company is None else stored_company_json(company)

    def companies(self) -> list[dict[str, Any]]:
        """Return what is stored of all companies that were not deleted."""
        self.agenda.run_due()
        return [stored_company_json(one) for one in self.workspace.companies.everything()]

    def _company(self, company_id: str) -> Company:
        company = self.workspace.companies.get(company_id)
        if company is None:
            raise KeyError(company_id)
        return company

    @abstractmethod
    def _active(self, contact_id: str) -> Contact:
        """Return a contact that is there; raise KeyError."""

    def _known_of_companies(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        for name in attributes:
            if self.workspace.attributes.custom(name, "company") is None:
                raise KeyError(name)
        return dict(attributes)
