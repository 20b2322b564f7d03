"""The values of a lead that is to be created for an Intercom contact."""

from collections.abc import Mapping

from sfsync_gui.core.conversion import ValueRefusedError
from sfsync_gui.core.failures import RowRefusal
from sfsync_gui.core.people import Json, PersonRecord, Value
from sfsync_gui.core.schema import LEAD
from sfsync_gui.core.values import canonical_record, salesforce_wire
from sfsync_gui.core.vocabulary import Direction, ErrorClass, PersonKind
from sfsync_gui.engine.context import Context

NO_COMPANY = "[not provided]"
"""What Salesforce itself puts where a lead has no company."""


def lead_values(
    context: Context, contact: PersonRecord
) -> tuple[dict[str, Json], RowRefusal | None]:
    """The wire values of a new lead for a contact, or why there can be none."""
    seen = canonical_record(contact, context.schema, context.schema.intercom)
    values: dict[str, Value] = _names(seen)
    values["Email"] = seen.get("email")
    for row_id, converter in context.lookups.converters[PersonKind.LEAD].items():
        row = context.lookups.rows[row_id]
        if row.direction is Direction.TO_INTERCOM or row.lead_field is None:
            continue
        try:
            values[row.lead_field] = converter.to_salesforce(seen.get(row.intercom_attribute))
        except ValueRefusedError as refused:
            return {}, RowRefusal(
                ErrorClass.RECORD, refused.code, refused.message, (row.lead_field,)
            )
    fields = context.schema.salesforce.get(LEAD, {})
    wire: dict[str, Json] = {
        name: salesforce_wire(fields[name], value)
        for name, value in values.items()
        if value is not None and name in fields and fields[name].createable
    }
    wire.setdefault("LastName", str(seen.get("email") or contact.id))
    wire.setdefault("Company", NO_COMPANY)
    return wire, None


def _names(seen: Mapping[str, Value]) -> dict[str, Value]:
    """First and last name of a contact's full name: the last word is the last name."""
    first, _, last = str(seen.get("name") or "").rpartition(" ")
    return {"FirstName": first.strip() or None, "LastName": last.strip() or None}
