"""What an Intercom workspace holds: contacts, teammates, activities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Value = str | int | float | bool | None
"""A value of an attribute. Dates are Unix seconds."""

Found = Value | tuple[str, ...]
"""What a search compares: a value, or the ids of several."""


class Status(StrEnum):
    """Whether a contact is there for API clients, and why not."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    DELETED = "deleted"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Contact:
    """One version of a contact. A change makes a new version, so a snapshot costs nothing.

    Times are Unix seconds. `email` is None when there never was one, and "" when a user's was
    cleared. `version` counts all changes of the workspace.
    """

    id: str
    role: str
    created_at: int
    updated_at: int
    external_id: str | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None
    owner_id: str | None = None
    avatar: str | None = None
    signed_up_at: int | None = None
    last_seen_at: int | None = None
    last_replied_at: int | None = None
    last_contacted_at: int | None = None
    last_email_opened_at: int | None = None
    last_email_clicked_at: int | None = None
    language_override: str | None = None
    browser: str | None = None
    browser_language: str | None = None
    os: str | None = None
    unsubscribed_from_emails: bool = False
    has_hard_bounced: bool = False
    marked_email_as_spam: bool = False
    custom_attributes: Mapping[str, Value] = field(default_factory=dict)
    companies: tuple[str, ...] = ()
    """The ids of the companies to which the contact belongs."""
    tags: tuple[str, ...] = ()
    """The ids of the contact's tags."""
    status: Status = Status.ACTIVE
    merged_into: str | None = None
    version: int = 0

    def searchable(self, field: str) -> Found:
        """Return the value of a searchable field; None for what the sandbox never sets."""
        prefix, dot, name = field.partition(".")
        if dot:
            return self.custom_attributes.get(name) if prefix == "custom_attributes" else None
        if field == "email_domain":
            return self.email.rpartition("@")[2] if self.email else None
        if field == "formatted_phone":
            return self.phone
        value: Found = getattr(self, field, None)
        return value


@dataclass(frozen=True, slots=True)
class Admin:
    """A teammate."""

    id: str
    name: str
    email: str
    job_title: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """One version of a company. `company_id` is the customer's own key; times are Unix seconds.

    `monthly_spend` is a whole number; `tags` and `segments` are ids; `user_count` is the number
    of contacts that belong to it. `version` counts all changes of companies.
    """

    id: str
    company_id: str
    created_at: int
    updated_at: int
    name: str | None = None
    remote_created_at: int | None = None
    last_request_at: int | None = None
    size: int | None = None
    website: str | None = None
    industry: str | None = None
    plan: str | None = None
    monthly_spend: int = 0
    session_count: int = 0
    user_count: int = 0
    custom_attributes: Mapping[str, Value] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    deleted: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """A tag, or a segment of people or companies."""

    id: str
    name: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Activity:
    """One entry of Preview's list of contact activities."""

    id: str
    event_type: str
    contact_id: str
    external_id: str | None
    role: str | None
    merge_source_id: str | None
    merge_target_id: str | None
    created_at: int


@dataclass(frozen=True, slots=True)
class Merge:
    """A lead that was merged into a user."""

    lead: Contact
    user_id: str
    merged_at: int
