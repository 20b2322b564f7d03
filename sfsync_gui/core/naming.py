"""What a record is called in lists."""

from sfsync_gui.core.mapping import COMPANY_ID
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import PersonKind, Side

_STANDS_FOR_NAME = {
    PersonKind.USER: "email",
    PersonKind.INTERCOM_LEAD: "email",
    PersonKind.COMPANY: COMPANY_ID,
    PersonKind.LEAD: "Email",
    PersonKind.CONTACT: "Email",
    PersonKind.ACCOUNT: "AccountNumber",
}
"""What is shown of a record without a name."""


def name_of(record: PersonRecord) -> str:
    """The name of a record; where it has none its address or number, or nothing."""
    name = record.raw.get("name" if record.side is Side.INTERCOM else "Name")
    fallback = record.raw.get(_STANDS_FOR_NAME[record.kind])
    return str(name or fallback or "")
