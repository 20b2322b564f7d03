"""What the two services say about their fields, reduced to what the sync needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sfsync_gui.core.vocabulary import Family

LEAD = "Lead"
CONTACT = "Contact"
ACCOUNT = "Account"
TASK = "Task"
PERSON_OBJECTS = (LEAD, CONTACT)
INTERCOM_TEXT_LIMIT = 255
"""Characters that an Intercom text attribute holds (Data attributes, Intercom's developer docs)."""


class IntercomType(StrEnum):
    """The types of an Intercom attribute; a string with options is a LIST, `owner_id` an OWNER."""

    TEXT = "text"
    LIST = "list"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    OWNER = "owner"


class SalesforceType(StrEnum):
    """Field types as `describe` names them (SOAP API guide, FieldType)."""

    STRING = "string"
    TEXTAREA = "textarea"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    COMBOBOX = "combobox"
    ENCRYPTED = "encryptedstring"
    ID = "id"
    REFERENCE = "reference"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    TIME = "time"
    INT = "int"
    DOUBLE = "double"
    CURRENCY = "currency"
    PERCENT = "percent"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    OTHER = "other"
    """Everything that is never offered: address, location, base64, anyType, …"""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list attribute or picklist."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class IntercomAttribute:
    """An Intercom attribute of contacts or companies (`GET /data_attributes?model=contact`).

    `name` is the full name as contacts carry it: `email`, `custom_attributes.plan`.
    `id` is the number needed to change a custom attribute, None for standard ones.
    """

    name: str
    label: str
    type: IntercomType
    writable: bool = True
    archived: bool = False
    options: tuple[Option, ...] = ()
    id: int | None = None
    max_length: int = INTERCOM_TEXT_LIMIT


@dataclass(frozen=True, slots=True)
class SalesforceField:
    """A field of a Salesforce object, from `describe`.

    `length` is in characters; `precision` and `scale` in digits. `type_name` keeps the service's
    own word for types that are OTHER. `default` is the option that a new record has by itself.
    `compound` is true for parts that only read through a compound field's siblings, such as
    `Name` or `Address`.
    """

    object: str
    name: str
    label: str
    type: SalesforceType
    type_name: str = ""
    length: int = 0
    precision: int = 0
    scale: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    calculated: bool = False
    compound: bool = False
    defaulted_on_create: bool = False
    restricted: bool = False
    options: tuple[Option, ...] = ()
    default: str = ""
    reference_to: tuple[str, ...] = ()
    filterable: bool = True

    @property
    def writable(self) -> bool:
        """Whether a value may be written into existing records of the object."""
        return self.updateable and not self.calculated and not self.compound


@dataclass(frozen=True, slots=True)
class ObjectAccess:
    """What the signed-in user may do with an object, from `describe`: its fields and its rights.

    Read, Create and Edit of an object show as queryable, createable and updateable (SOAP API
    guide, DescribeSObjectResult).
    """

    fields: Mapping[str, SalesforceField]
    readable: bool = True
    createable: bool = True
    updateable: bool = True


@dataclass(frozen=True, slots=True)
class OrgSurvey:
    """What Salesforce says of an org at one time.

    `edition` is the org's OrganizationType, empty where it is not told. Objects that the user
    cannot see are absent. `time` is Salesforce's own, in unix seconds.
    """

    edition: str
    objects: Mapping[str, ObjectAccess]
    time: int


@dataclass(frozen=True, slots=True)
class Schema:
    """Both sides' fields as last described, and the people who can own records.

    `intercom` holds the attributes of people, `companies` those of companies, by name; these and
    Account are described only where companies are synced or rows of them are kept.
    `salesforce` maps object name to its fields by name. `teammates` and `users` map an Intercom
    admin id and a Salesforce User id to that person's e-mail address; `teammates_withheld` tells
    that the app in Intercom may not read the former.
    """

    intercom: Mapping[str, IntercomAttribute] = field(default_factory=dict)
    salesforce: Mapping[str, Mapping[str, SalesforceField]] = field(default_factory=dict)
    teammates: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)
    companies: Mapping[str, IntercomAttribute] = field(default_factory=dict)
    teammates_withheld: bool = False

    def attributes(self, family: Family) -> Mapping[str, IntercomAttribute]:
        """The Intercom attributes of people or of companies, by name."""
        return self.intercom if family is Family.PEOPLE else self.companies

    def with_attribute(self, family: Family, attribute: IntercomAttribute) -> "Schema":
        """The same with this attribute of people or of companies as it is described now."""
        described = {**self.attributes(family), attribute.name: attribute}
        if family is Family.PEOPLE:
            return replace(self, intercom=described)
        return replace(self, companies=described)

    def salesforce_field(self, object_name: str, name: str | None) -> SalesforceField | None:
        """The described field, or None where it is not named, hidden or gone."""
        if name is None:
            return None
        return self.salesforce.get(object_name, {}).get(name)
