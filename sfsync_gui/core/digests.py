"""Digests of readings: whether a reading shows anything that was not taken in already.

Most of what is read was read before, word for word. Two readings of a person with the same digest
have the same content and the same meaning, so that the second need not be looked into.
"""

import marshal
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from itertools import repeat

from sfsync_gui.core.keys import key_field
from sfsync_gui.core.mapping import OBJECTS, SyncRules
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Family, PersonKind, Side

_ABSENT = ...
"""Stands for a field that a reading did not show: that is not the same as a blank one."""

_MARSHAL_VERSION = 2
"""`marshal` writes plain values in a third of the time of `repr`. From version 3 on the bytes
depend on which objects are shared, not on the values alone."""

_ALWAYS = {
    PersonKind.USER: ("name", "email"),
    PersonKind.INTERCOM_LEAD: ("name", "email"),
    PersonKind.LEAD: ("Name", "Email"),
    PersonKind.CONTACT: ("Name", "Email"),
    PersonKind.COMPANY: ("name",),
    PersonKind.ACCOUNT: ("Name",),
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
        meaning = {family: _meaning(rules, schema, family) for family in Family}
        self._meaning = {kind: f"{kind.value} {meaning[kind.family]}" for kind in PersonKind}
        self._names = {
            kind: tuple(dict.fromkeys((*_names(rules, schema, fields, kind), *always)))
            for kind, always in _ALWAYS.items()
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


def _meaning(rules: SyncRules, schema: Schema, family: Family) -> int:
    """What decides how records of a family are read. What is asked of the other is no matter."""
    asked: list[object] = [
        tuple(row for row in rules.rows if row.family is family),
        rules.key_of(family),
    ]
    if family is Family.PEOPLE and rules.lead_rules:
        asked.append(rules.lead_rules)
    return _hashed(repr((*asked, _types(schema, family))).encode())


def _names(
    rules: SyncRules, schema: Schema, fields: Mapping[str, Iterable[str]], kind: PersonKind
) -> list[str]:
    """What is looked at in a record: all attributes of Intercom, the read fields of Salesforce."""
    name = key_field(rules.key_of(kind.family), kind)
    is_attribute = kind.side is Side.INTERCOM
    looked_at = schema.attributes(kind.family) if is_attribute else fields.get(kind.value, ())
    return [*sorted(looked_at), *([name] if name else [])]


def _types(schema: Schema, family: Family) -> list[tuple[str, str, str, int]]:
    """What decides how a wire value is read."""
    described = schema.attributes(family).items()
    attributes = [("", name, one.type.value, 0) for name, one in described]
    fields = [
        (name, field.name, field.type.value, field.scale)
        for name in OBJECTS[family]
        for field in schema.salesforce.get(name, {}).values()
    ]
    return sorted(attributes + fields)


def _hashed(content: bytes) -> int:
    digest = blake2b(content, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1
