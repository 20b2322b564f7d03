"""The mapping key: what of a person's key attribute counts when people are matched."""

import re

from sfsync_gui.core.mapping import MappingKey
from sfsync_gui.core.people import PersonRecord, Value
from sfsync_gui.core.values import canonical_text, fold_email
from sfsync_gui.core.vocabulary import PersonKind, Side

EXTERNAL_ID = "external_id"
"""The Intercom attribute that identifies users; for leads it may be a generated UUID."""

_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3: a path of 256 octets less its angle brackets
_LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
_ADDRESS = re.compile(
    r'([^\s@,;:<>()\[\]\\"]+)@(?:[^\s@.,;:<>()\[\]\\"]+\.)+[^\s@.,;:<>()\[\]\\"]+'
)


def is_email_address(text: str) -> bool:
    """Whether text looks like one e-mail address; a pragmatic test, letters of any script pass.

    The domain needs a dot, as in Salesforce; invisible characters are never part of an address.
    """
    if len(text) > _LONGEST_ADDRESS or not text.isprintable():
        return False
    parts = _ADDRESS.fullmatch(text)
    return parts is not None and len(parts[1]) <= _LONGEST_LOCAL_PART


def normalise_key(key: MappingKey, kind: PersonKind, raw: Value) -> str | None:
    """The key of a person of `kind` as it is compared, None where it matches nothing.

    Trimmed; an e-mail address without regard to case, any other key exactly. Blank and malformed
    keys are None, and so is every `external_id` of an Intercom lead: that key is for users.
    """
    if key.intercom_attribute == EXTERNAL_ID and kind is PersonKind.INTERCOM_LEAD:
        return None
    text = canonical_text(raw)
    if not key.is_email or text is None:
        return text
    return fold_email(text) if is_email_address(text) else None


def key_field(key: MappingKey | None, kind: PersonKind) -> str | None:
    """The attribute or field that holds the key of people of `kind`; None: they are not matched."""
    if key is None:
        return None
    if kind.side is Side.INTERCOM:
        return key.intercom_attribute
    return key.salesforce_field(kind.value)


def key_of(key: MappingKey | None, record: PersonRecord) -> str | None:
    """The normalised key that a reading showed; None where there is none, or it was not shown."""
    name = key_field(key, record.kind)
    if key is None or name is None:
        return None
    return normalise_key(key, record.kind, record.raw.get(name))
