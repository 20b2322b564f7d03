"""Digests of readings: whether a reading shows anything that was not taken in already.

Most of what is read was read before, word for word. Two readings of a person with the same digest
have the same content and the same meaning, so that the second need not be looked into.
"""

import marshal
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from itertools import repeat

from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.schema import CONTACT, LEAD, Schema
from sfsync_gui.core.vocabulary import PersonKind

_ABSENT = ...
"""Stands for a field that a reading did not show: that is not the same as a blank one."""

_MARSHAL_VERSION = 2
"""`marshal` writes plain values in a third of the time of `repr`. From version 3 on the bytes
depend on which objects are shared, not on the values alone."""

_NAMES_OF_PEOPLE = {
    PersonKind.USER: ("name", "email"),
    PersonKind.INTERCOM_LEAD: ("name", "email"),
    PersonKind.LEAD: ("Name", "Email"),
    PersonKind.CONTACT: ("Name", "Email"),
}


class Digests:
    """Computes digests under one set of rules and one schema.

    Whatever decides what a reading means is part of the digest: under other rules, or with
    another type of a field, the same content has another one.
    """

    def __init__(
        self, rules: SyncRules, schema: Schema, fields: Mapping[str, Iterable[str]]
    ) -> None:
        """`fields` are the Salesforce fields that are read, by object."""
        asked = (rules.rows, rules.key, *([rules.lead_rules] if rules.lead_rules else []))
        meaning = repr((*asked, _types(schema)))
        self._meaning = {kind: f"{kind.value} {_hashed(meaning.encode())}" for kind in PersonKind}
        self._names = {
            kind: tuple(dict.fromkeys((*_names(rules, schema, fields, kind), *always)))
            for kind, always in _NAMES_OF_PEOPLE.items()
        }

    def of(self, record: PersonRecord) -> int:
        """The digest of a reading: 64 bits with a sign, never 0."""
        return _hashed(
            marshal.dumps(
                (
                    self._meaning[record.kind],
                    record.created_at,
                    record.modified_at,
                    record.version,
                    record.active_at,
                    record.deleted,
                    record.merged_into,
                    record.converted,
                    record.converted_to,
                    *map(record.raw.get, self._names[record.kind], repeat(_ABSENT)),
                ),
                _MARSHAL_VERSION,
            )
        )


def _names(
    rules: SyncRules, schema: Schema, fields: Mapping[str, Iterable[str]], kind: PersonKind
) -> list[str]:
    """What is looked at in a record: all attributes of Intercom, the read fields of Salesforce."""
    if kind in (PersonKind.USER, PersonKind.INTERCOM_LEAD):
        return [*sorted(schema.intercom), rules.key.intercom_attribute]
    key = rules.key.salesforce_field(kind.value)
    return [*sorted(fields.get(kind.value, ())), *([key] if key else [])]


def _types(schema: Schema) -> list[tuple[str, str, str, int]]:
    """What decides how a wire value is read."""
    attributes = [("", name, one.type.value, 0) for name, one in schema.intercom.items()]
    people = [
        (name, field.name, field.type.value, field.scale)
        for name in (LEAD, CONTACT)
        for field in schema.salesforce.get(name, {}).values()
    ]
    return sorted(attributes + people)


def _hashed(content: bytes) -> int:
    digest = blake2b(content, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1
