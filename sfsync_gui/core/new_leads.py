"""What a new lead is made of: the values, where each comes from, and what a person chooses.

A lead needs a last name and a company (Salesforce, Object Reference, Lead). Where Intercom has
none, the user's settings step in; a choice made for one lead comes before the settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.people import Json

BY_RULES = "rules"
"""As an owner: Salesforce's active assignment rules decide."""

BY_TEAMMATE = "teammate"
"""As an owner: the Salesforce user with the e-mail address of the person's owner in Intercom."""

BY_SIGN_IN = "signed_in"
"""As an owner: the user who is signed in to Salesforce."""

OWNERS = (BY_RULES, BY_TEAMMATE, BY_SIGN_IN)
"""What may stand in the place of a Salesforce User Id."""


class Origin(StrEnum):
    """Where a value of a new lead comes from."""

    ROW = "row"
    """A row of the attribute mapping."""
    KEY = "key"
    """The mapping key, or the e-mail address."""
    NAME = "name"
    """A part of the person's full name."""
    COMPANY = "company"
    """The person's company in Intercom."""
    TEAMMATE = "teammate"
    """The person's owner in Intercom, paired by e-mail address."""
    IDENTITY = "identity"
    """What stands for a last name where there is none: the e-mail address, or the Intercom id."""
    SETTING = "setting"
    """A default or placeholder of the settings."""
    CHOICE = "choice"
    """A person chose it for this lead."""


@dataclass(frozen=True, slots=True)
class LeadValue:
    """One value of a new lead, in wire form. `source` is the Intercom attribute, if it is one."""

    field: str
    value: Json
    origin: Origin
    source: str = ""


@dataclass(frozen=True, slots=True)
class LeadChoices:
    """What a person chose for one lead; None leaves it to the mapping and the settings.

    `owner` is one of `OWNERS` or a Salesforce User Id. `allow_duplicates` saves the lead although
    a duplicate rule warns of it. `by_rule` is the id of the rule that wanted the lead, None where
    a person did.
    """

    last_name: str | None = None
    company: str | None = None
    source: str | None = None
    status: str | None = None
    owner: str | None = None
    allow_duplicates: bool = False
    by_rule: str | None = None

    def values(self) -> Mapping[str, str | None]:
        """The chosen values by field of Lead, without the owner."""
        return {
            "LastName": self.last_name,
            "Company": self.company,
            "LeadSource": self.source,
            "Status": self.status,
        }


def defaults(settings: Settings) -> Mapping[str, str]:
    """The values of the settings by field of Lead, as far as there are any."""
    found = {
        "LastName": settings.lead_last_name,
        "Company": settings.lead_company,
        "LeadSource": settings.lead_source,
        "Status": settings.lead_status,
    }
    return {field: value for field, value in found.items() if value}


def split_name(name: str) -> tuple[str, str]:
    """First and last name of a full name: the last word is the last name."""
    first, _, last = " ".join(name.split()).rpartition(" ")
    return first, last
