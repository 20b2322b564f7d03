"""The values of a lead that is to be created for an Intercom contact, and where each comes from."""

from collections.abc import Mapping
from dataclasses import dataclass

from sfsync_gui.core.conversion import ValueRefusedError, paired_user
from sfsync_gui.core.failures import RowRefusal
from sfsync_gui.core.new_leads import (
    BY_RULES,
    BY_SIGN_IN,
    BY_TEAMMATE,
    LeadChoices,
    LeadValue,
    Origin,
    defaults,
    split_name,
)
from sfsync_gui.core.people import Json, PersonRecord, Value
from sfsync_gui.core.schema import LEAD
from sfsync_gui.core.values import canonical_record, salesforce_wire
from sfsync_gui.core.vocabulary import Direction, ErrorClass, PersonKind
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.ports import CreateOptions

_COMPANY = "Company"
_LAST_NAME = "LastName"
_OWNER = "OwnerId"
_REQUIRED = (_LAST_NAME, _COMPANY)

Values = dict[str, LeadValue]
"""By field of Lead."""


@dataclass(frozen=True, slots=True)
class LeadDraft:
    """A lead as it would be sent, or why it cannot be; `options` are how it would be created."""

    values: tuple[LeadValue, ...]
    options: CreateOptions
    refusal: RowRefusal | None = None

    def wire(self) -> dict[str, Json]:
        """The values by field."""
        return {one.field: one.value for one in self.values}


async def draft_lead(context: Context, contact: PersonRecord, choices: LeadChoices) -> LeadDraft:
    """Draft the lead of a contact that was just read.

    The mapping comes first, then what Intercom knows besides, then the settings; what a person
    chose comes before all of them. The contact's companies are asked for where nothing else gives
    the lead's, teammates and users where the owner's counterpart is wanted and they are not known.
    Raises what asking raises.
    """
    seen = canonical_record(contact, context.schema, context.schema.intercom)
    found = _known(context, contact, seen)
    try:
        found |= _mapped(context, seen)
    except _RefusedError as refused:
        refusal = RowRefusal(
            ErrorClass.RECORD, refused.why.code, refused.why.message, (refused.field,)
        )
        return LeadDraft((), CreateOptions(), refusal)
    chosen = {
        name: LeadValue(name, value, Origin.CHOICE)
        for name, value in choices.values().items()
        if value
    }
    if _COMPANY not in found and _COMPANY not in chosen:
        for name in (await context.intercom.company_names(contact.id))[:1]:
            found[_COMPANY] = LeadValue(_COMPANY, name, Origin.COMPANY)
    for name, value in defaults(context.settings).items():
        found.setdefault(name, LeadValue(name, value, Origin.SETTING))
    stand_in = str(seen.get("email") or contact.id)
    found.setdefault(_LAST_NAME, LeadValue(_LAST_NAME, stand_in, Origin.IDENTITY))
    found |= chosen
    owner = choices.owner or (BY_RULES if _OWNER in found else context.settings.lead_owner)
    if _OWNER not in found or choices.owner is not None:
        found.pop(_OWNER, None)
        found |= await _owned(context, seen, owner, by_choice=choices.owner is not None)
    assign = _OWNER not in found and owner != BY_SIGN_IN
    options = CreateOptions(choices.allow_duplicates, assign)
    return LeadDraft(_writable(context, found), options)


def _known(context: Context, contact: PersonRecord, seen: Mapping[str, Value]) -> Values:
    """What a contact says of itself, whatever the mapping: its name, its address, its key."""
    first, last = split_name(str(seen.get("name") or ""))
    found = {
        "FirstName": LeadValue("FirstName", first or None, Origin.NAME, "name"),
        _LAST_NAME: LeadValue(_LAST_NAME, last or None, Origin.NAME, "name"),
        "Email": LeadValue("Email", seen.get("email"), Origin.KEY, "email"),
    }
    key = context.rules.key
    if not key.is_email and key.lead_field is not None and contact.kind is PersonKind.USER:
        value = seen.get(key.intercom_attribute)
        found[key.lead_field] = LeadValue(key.lead_field, value, Origin.KEY, key.intercom_attribute)
    return _given(found)


class _RefusedError(Exception):
    """A value of a row that its field cannot hold."""

    def __init__(self, field: str, why: ValueRefusedError) -> None:
        super().__init__(why.message)
        self.field = field
        self.why = why


def _mapped(context: Context, seen: Mapping[str, Value]) -> Values:
    found: Values = {}
    for row_id, converter in context.lookups.converters[PersonKind.LEAD].items():
        row = context.lookups.rows[row_id]
        if row.direction is Direction.TO_INTERCOM or row.lead_field is None:
            continue
        try:
            value = converter.to_salesforce(seen.get(row.intercom_attribute))
        except ValueRefusedError as refused:
            raise _RefusedError(row.lead_field, refused) from refused
        found[row.lead_field] = LeadValue(row.lead_field, value, Origin.ROW, row.intercom_attribute)
    return _given(found)


def _given(values: Values) -> Values:
    return {name: one for name, one in values.items() if one.value is not None}


async def _owned(
    context: Context, seen: Mapping[str, Value], owner: str, *, by_choice: bool
) -> Values:
    """The owner as a value, where Salesforce is not to choose one."""
    if owner in (BY_RULES, BY_SIGN_IN):
        return {}
    if owner != BY_TEAMMATE:
        origin = Origin.CHOICE if by_choice else Origin.SETTING
        return {_OWNER: LeadValue(_OWNER, owner, origin)}
    teammate = seen.get("owner_id")
    if teammate is None:
        return {}
    schema = context.schema
    teammates = schema.teammates or await context.intercom.teammates()
    user = paired_user(teammate, teammates, schema.users or await context.salesforce.users())
    return {} if user is None else {_OWNER: LeadValue(_OWNER, user, Origin.TEAMMATE, "owner_id")}


def _writable(context: Context, found: Values) -> tuple[LeadValue, ...]:
    """In wire form, without fields that cannot be set; the required ones come first."""
    fields = context.schema.salesforce.get(LEAD, {})
    names = sorted(found, key=lambda name: name not in _REQUIRED)
    sent = []
    for name in names:
        one, field = found[name], fields.get(name)
        if field is not None and field.createable:
            value = salesforce_wire(field, one.value)
            sent.append(LeadValue(name, value, one.origin, one.source))
        elif name in _REQUIRED:
            sent.append(one)  # Salesforce says best what is wrong with it
    return tuple(sent)
