"""What API clients may write into companies, and what is refused."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

from sfsync_gui.sandbox.intercom.attributes import TEXT_LENGTH
from sfsync_gui.sandbox.intercom.errors import (
    ApiError,
    company_not_found,
    parameter_invalid,
    type_mismatch,
)
from sfsync_gui.sandbox.intercom.model import Company, Contact
from sfsync_gui.sandbox.intercom.workspace import Workspace

MOST_COMPANIES = 1000
"""Companies of one contact, at most ("Unversioned changes", February 2026)."""

_LARGEST_SPEND = 2**31 - 1
# Seconds of the year 5138; what is larger was meant as milliseconds.
_LATEST_TIME = 10**11
_ONCE = ("company_id", "remote_created_at", "update_last_request_at")
"""What "Update a company" does not take; examples of earlier versions send it all the same."""


class CompanyWrites:
    """The writing half of the companies API. All methods raise ApiError for a refusal."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._companies = workspace.companies

    def readable(self, company_id: object) -> Company:
        """Return the company of an id, if it is there."""
        company = self._companies.get(str(company_id))
        if company is None:
            raise company_not_found()
        return company

    def create_or_update(self, body: Mapping[str, Any]) -> Company:
        """Change the company that has this `company_id`, or create it where there is none.

        An archived one is not found: it is created anew ("Delete a company").
        """
        values = self._checked(body)
        key = body.get("company_id")
        if key is None or key == "":
            raise ApiError(400, "parameter_not_found", "company not specified")
        if isinstance(key, bool) or not isinstance(key, str | int):
            raise type_mismatch("company_id", "string")
        if body.get("update_last_request_at") is True:
            values["last_request_at"] = self._workspace.now()
        company = self._companies.with_key(str(key))
        if company is None:
            return self._companies.add(str(key), **values)
        return self._changed(company, values)

    def update(self, company: Company, body: Mapping[str, Any]) -> Company:
        """Change a company; its `company_id` stays what it is, whatever is sent."""
        sent = {name: value for name, value in body.items() if name not in _ONCE}
        return self._changed(company, self._checked(sent))

    def delete(self, company_id: str) -> Company:
        """Accept that a company is to be deleted; that is done some time later."""
        company = self.readable(company_id)
        self._workspace.later_for_companies(lambda: self._workspace.delete_company(company.id))
        return company

    def attach(self, contact: Contact, body: Mapping[str, Any]) -> Company:
        """Have a contact belong to a company."""
        if not body.get("id"):
            raise ApiError(400, "parameter_not_found", "company not specified")
        company = self.readable(body["id"])
        if company.id not in contact.companies and len(contact.companies) >= MOST_COMPANIES:
            raise ApiError(
                400,
                "contact_company_limit_exceeded",
                f"Contact has reached the maximum of {MOST_COMPANIES} company associations",
            )
        self._workspace.attach(contact, company.id)
        return self.readable(company.id)

    def detach(self, contact: Contact, company_id: str) -> Company:
        """Have a contact belong to a company no more.

        What is answered for a company of others is not documented; here it is not found.
        """
        company = self.readable(company_id)
        if company.id not in contact.companies:
            raise company_not_found()
        self._workspace.detach(contact, company.id)
        return self.readable(company.id)

    def _changed(self, company: Company, values: Mapping[str, Any]) -> Company:
        attributes = {**company.custom_attributes, **values.get("custom_attributes", {})}
        return self._companies.change(company, **{**values, "custom_attributes": attributes})

    def _checked(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values to store from a body; a parameter that is not known is refused."""
        values: dict[str, Any] = {}
        for name, value in body.items():
            if name in _CHECKS:
                values[name] = _CHECKS[name](name, value)
            elif name == "custom_attributes":
                values[name] = self._attributes(value)
            elif name not in _ONCE:
                raise ApiError(400, "bad_request", f"bad '{name}' parameter")
        return values

    def _attributes(self, given: object) -> dict[str, Any]:
        if not isinstance(given, dict):
            raise type_mismatch("custom_attributes", "object")
        checked = self._workspace.attributes.checked_value
        return {name: checked(name, value, "company") for name, value in given.items()}


def _text(name: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise type_mismatch(name, "string")
    if len(value) > TEXT_LENGTH:
        # The words are those that a client met (intercom-java issue 113).
        raise parameter_invalid(f"custom_attributes invalid, length too long: {name}")
    return value


def _name(name: str, value: object) -> str | None:
    """Entities in the name of a company are undone on input (intercom-java issue 113)."""
    text = _text(name, value)
    return None if text is None else html.unescape(text)


def _whole(name: str, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise type_mismatch(name, "integer")
    return value


def _spend(name: str, value: object) -> int:
    """What is behind the point is cut; the largest is documented ("Create or update a company")."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise type_mismatch(name, "integer")
    if abs(value) > _LARGEST_SPEND:
        raise parameter_invalid(f"{name} must be at most {_LARGEST_SPEND}")
    return int(value)


def _time(name: str, value: object) -> int | None:
    time = _whole(name, value)
    if time is not None and not 0 <= time < _LATEST_TIME:
        raise parameter_invalid(f"{name} must be a Unix timestamp in seconds")
    return time


_CHECKS: dict[str, Callable[[str, object], Any]] = {
    "name": _name,
    "plan": _text,
    "website": _text,
    "industry": _text,
    "size": _whole,
    "monthly_spend": _spend,
    "remote_created_at": _time,
}
