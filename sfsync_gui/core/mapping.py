"""Attribute mappings (rows), the mapping key, and the settings that the rules depend on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sfsync_gui.core.lead_rules import LeadRule
from sfsync_gui.core.schema import (
    ACCOUNT,
    CONTACT,
    LEAD,
    PERSON_OBJECTS,
    IntercomAttribute,
    Schema,
)
from sfsync_gui.core.vocabulary import (
    BlankRule,
    ConflictRule,
    Direction,
    Family,
    PersonKind,
    Side,
)

COMPANY_ID = "company_id"
"""The attribute by which companies are matched: the customer's own key of each."""

Places = tuple[str, str | None, str | None, str | None]
"""What a row maps: the attribute, and the fields of Lead, Contact and Account."""

OBJECTS: Mapping[Family, tuple[str, ...]] = {
    Family.PEOPLE: PERSON_OBJECTS,
    Family.COMPANIES: (ACCOUNT,),
}
"""The Salesforce objects of each family."""


@dataclass(frozen=True, slots=True)
class AttributeMapping:
    """A row: an Intercom attribute, a direction, and a Lead field, a Contact field or both.

    A row of companies maps an attribute of companies to an Account field, and to nothing else.
    `shorten` allows text to be cut to the target's length. `disabled` is why the row is switched
    off by a set-up error, None while it works.
    """

    id: str
    intercom_attribute: str
    direction: Direction
    lead_field: str | None = None
    contact_field: str | None = None
    blank_rule: BlankRule = BlankRule.KEEP
    conflict_rule: ConflictRule = ConflictRule.SALESFORCE
    shorten: bool = False
    disabled: str | None = None
    account_field: str | None = None

    @property
    def family(self) -> Family:
        """Whose values the row copies."""
        # A row that is being put together has an empty field yet.
        return Family.PEOPLE if self.account_field is None else Family.COMPANIES

    @property
    def objects(self) -> tuple[str, ...]:
        """The Salesforce objects of which the row may have a field."""
        return OBJECTS[self.family]

    @property
    def places(self) -> Places:
        """What the row maps."""
        return (
            self.intercom_attribute,
            self.lead_field or None,
            self.contact_field or None,
            self.account_field or None,
        )

    def attribute_in(self, schema: Schema) -> IntercomAttribute | None:
        """The attribute that this row maps, None where it is not described."""
        return schema.attributes(self.family).get(self.intercom_attribute)

    def salesforce_field(self, object_name: str) -> str | None:
        """The field of the object that this row maps, None where it has none."""
        fields = {LEAD: self.lead_field, CONTACT: self.contact_field, ACCOUNT: self.account_field}
        return fields.get(object_name)

    def field_for(self, side: Side, kind: PersonKind) -> str | None:
        """The name of the mapped field on `side` for a link to a record of `kind`.

        None where it has none, or is a row of the other family.
        """
        if kind.family is not self.family:
            return None
        if side is Side.INTERCOM:
            return self.intercom_attribute
        return self.salesforce_field(kind.value)


@dataclass(frozen=True, slots=True)
class MappingKey:
    """The pair of attributes by which people are matched.

    E-mail ↔ Email, or for users `external_id` ↔ a Salesforce field of choice. That of companies
    is `company_id` ↔ a field of Account.
    """

    intercom_attribute: str = "email"
    lead_field: str | None = "Email"
    contact_field: str | None = "Email"
    account_field: str | None = None

    @classmethod
    def of_companies(cls, account_field: str) -> "MappingKey":
        """The key that pairs companies with accounts by this field of Account."""
        return cls(COMPANY_ID, None, None, account_field)

    @property
    def is_email(self) -> bool:
        """Whether the key is an e-mail address, compared case-folded."""
        return self.intercom_attribute == "email"

    def salesforce_field(self, object_name: str) -> str | None:
        """The key field of the object, None where that object is not matched."""
        fields = {LEAD: self.lead_field, CONTACT: self.contact_field, ACCOUNT: self.account_field}
        return fields.get(object_name)


@dataclass(frozen=True, slots=True)
class MatchingOrder:
    """Which candidate is preferred where several carry the key."""

    salesforce: tuple[PersonKind, ...] = (PersonKind.CONTACT, PersonKind.LEAD)
    intercom: tuple[PersonKind, ...] = (PersonKind.USER, PersonKind.INTERCOM_LEAD)
    strict: bool = False
    """Leave a person with more than one candidate unlinked, and list it."""


@dataclass(frozen=True, slots=True)
class SyncRules:
    """Everything about the mapping that the planner and the matcher need to know."""

    rows: tuple[AttributeMapping, ...] = ()
    key: MappingKey = field(default_factory=MappingKey)
    order: MatchingOrder = field(default_factory=MatchingOrder)
    lead_rules: tuple[LeadRule, ...] = ()
    """By which leads are created for people of Intercom; the first that fits wins."""
    company_key: MappingKey | None = None
    """By what companies are paired with accounts; None: companies are not synced."""
    awaited_key: MappingKey | None = None
    """While they are not: by what they were before, or will be once all of them were read."""

    def synced_by(self, key: MappingKey | None) -> "SyncRules":
        """The same with companies that are synced by this key."""
        return replace(self, company_key=key, awaited_key=None)

    def unsynced(self, awaited: MappingKey | None = None) -> "SyncRules":
        """The same while companies are not synced; `awaited`, left out, is the key until now."""
        awaited = awaited or self.company_key or self.awaited_key
        return replace(self, company_key=None, awaited_key=awaited)

    def key_of(self, family: Family) -> MappingKey | None:
        """The key by which records of a family are matched; None where they are not synced."""
        return self.key if family is Family.PEOPLE else self.company_key

    @property
    def families(self) -> tuple[Family, ...]:
        """Whose records are synced."""
        return tuple(family for family in Family if self.key_of(family) is not None)

    @property
    def objects(self) -> tuple[str, ...]:
        """The Salesforce objects whose records are synced."""
        return tuple(name for family in self.families for name in OBJECTS[family])

    @property
    def keeps_companies(self) -> bool:
        """Whether there are rows of companies although these are not synced."""
        unsynced = Family.COMPANIES not in self.families
        return unsynced and any(row.family is Family.COMPANIES for row in self.rows)

    def active_rows(self) -> tuple[AttributeMapping, ...]:
        """The rows that are not switched off, of families that are synced."""
        return tuple(
            row for row in self.rows if row.disabled is None and row.family in self.families
        )

    def salesforce_key(self, object_name: str) -> str | None:
        """The key field of the object, None where its records are not matched."""
        key = self.key_of(PersonKind(object_name).family)
        return None if key is None else key.salesforce_field(object_name)

    def salesforce_fields(self, object_name: str) -> tuple[str, ...]:
        """The names of all active mapped fields and the key field of the object, sorted."""
        names: Iterable[str | None] = (
            *(row.salesforce_field(object_name) for row in self.active_rows()),
            self.salesforce_key(object_name),
        )
        return tuple(sorted({name for name in names if name}))


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's settings of the engine. Intervals in seconds; `api_cap` in calls per 24 hours.

    `lead_last_name` to `lead_owner` are for new leads (see `core.new_leads`): empty is none, and
    of the last name the e-mail address. `task_…` and `log_…` are for tasks (see `core.new_tasks`):
    empty leaves it to Salesforce; `log_conversations` is whether closed conversations are logged.
    """

    intercom_interval: float = 5.0
    salesforce_interval: float = 300.0
    lag_sweep_interval: float = 120.0
    company_interval: float = 300.0
    comparison_interval: float = 86_400.0
    api_cap: int | None = None
    guard_share: float = 0.10
    guard_minimum: int = 20
    lead_last_name: str = ""
    lead_company: str = "[not provided]"
    lead_source: str = ""
    lead_status: str = ""
    lead_owner: str = "rules"
    task_subject: str = "Intercom: {title}"
    task_status: str = ""
    task_priority: str = ""
    task_type: str = ""
    task_due_days: int | None = None
    task_owner: str = "signed_in"
    log_conversations: bool = False
    log_status: str = "Completed"
