"""Whether a set of attribute mappings makes sense together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sfsync_gui.core.compatibility import refusal
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, Places
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Family, Side


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot be part of the mapping, in one sentence."""

    row_id: str
    reason: str


def check_rows(
    rows: Sequence[AttributeMapping],
    key: MappingKey,
    schema: Schema,
    company_key: MappingKey | None = None,
    awaited_key: MappingKey | None = None,
) -> list[RowProblem]:
    """Every problem of a set of rows, in the rows' order; an empty list where all is well.

    Without a `company_key` companies are not synced: what their rows map is not looked up, but
    they may map neither `company_id` nor the field of the `awaited_key` (see `SyncRules`).
    Of two rows that are in each other's way the later one is at fault. Rows that are switched off
    count too: they may be switched on again. What switched them off is no problem of the set.
    """
    problems: list[RowProblem] = []
    accepted = RowIndex()
    for row in rows:
        reasons = [
            *_alone(row, _key_of(row, key, company_key), schema),
            *_against_awaited(row, company_key, awaited_key, schema),
            *accepted.twice(row, schema),
        ]
        reasons += accepted.against(row, schema)
        problems += [RowProblem(row.id, reason) for reason in reasons]
        # A row that is at fault blocks nothing: its removal must not change what else is wrong.
        if not reasons:
            accepted.add(row)
    return problems


def row_reasons(
    row: AttributeMapping,
    others: "RowIndex",
    key: MappingKey,
    schema: Schema,
    company_key: MappingKey | None = None,
) -> list[str]:
    """Why a row cannot stand beside these others, in sentences; empty where it can.

    A row of the same id among them is the one whose place it takes.
    """
    return [
        *_alone(row, _key_of(row, key, company_key), schema),
        *others.against(row, schema, instead=True),
    ]


def _key_of(
    row: AttributeMapping, key: MappingKey, company_key: MappingKey | None
) -> MappingKey | None:
    return key if row.family is Family.PEOPLE else company_key


def _alone(row: AttributeMapping, key: MappingKey | None, schema: Schema) -> Iterator[str]:
    """What is wrong with a row by itself; `key` is that of its family, None where not synced."""
    if row.account_field and (row.lead_field or row.contact_field):
        yield (
            f"{_attribute_label(row, schema)} cannot be mapped to Account and to "
            "Lead or Contact in one row."
        )
        return
    if not any(row.salesforce_field(name) for name in row.objects):
        yield f"{_attribute_label(row, schema)} needs a Lead field or a Contact field."
    if key is None:
        return
    yield from _mapped_keys(row, key, schema)
    if row.disabled is None:
        yield from _unfit(row, schema)


def _against_awaited(
    row: AttributeMapping,
    company_key: MappingKey | None,
    awaited_key: MappingKey | None,
    schema: Schema,
) -> Iterator[str]:
    """What of a row of companies is the key, while these are not synced."""
    if row.family is Family.COMPANIES and company_key is None:
        yield from _mapped_keys(row, awaited_key or MappingKey.of_companies(""), schema)


def _mapped_keys(row: AttributeMapping, key: MappingKey, schema: Schema) -> Iterator[str]:
    """What of a row is the key by which its records are matched."""
    if row.intercom_attribute == key.intercom_attribute:
        yield f"{_attribute_label(row, schema)} is the mapping key and cannot be mapped as well."
    for object_name in row.objects:
        name = row.salesforce_field(object_name)
        if name and name == key.salesforce_field(object_name):
            label = _field_label(object_name, name, schema)
            yield f"{label} is the mapping key and cannot be mapped as well."


def _unfit(row: AttributeMapping, schema: Schema) -> Iterator[str]:
    """What of a row does not exist, and which of its fields do not go together."""
    attribute = row.attribute_in(schema)
    if attribute is None:
        whose = " of companies" if row.family is Family.COMPANIES else ""
        yield f"The attribute {row.intercom_attribute}{whose} does not exist in Intercom."
    for object_name in row.objects:
        name = row.salesforce_field(object_name)
        field = schema.salesforce_field(object_name, name)
        if name and field is None:
            yield f"The field {name} of {object_name} does not exist or is hidden from you."
        elif attribute is not None and field is not None:
            reason = refusal(attribute, field, row.direction)
            if reason is not None:
                yield f"{object_name}: {reason}"


_Node = tuple[str, str]
"""An Intercom attribute (see `_INTERCOM_PLACES`, name) or a Salesforce field (object, name)."""

_INTERCOM_PLACES = {Family.PEOPLE: "", Family.COMPANIES: "company"}
"""People and companies have attributes of their own, some of the same name."""

_FAMILIES = {place: family for family, place in _INTERCOM_PLACES.items()}


def _attribute(row: AttributeMapping) -> _Node:
    return _INTERCOM_PLACES[row.family], row.intercom_attribute


def _edges(row: AttributeMapping, object_name: str) -> list[tuple[_Node, _Node]]:
    """What the row copies for a link to a record of this object, from where to where."""
    name = row.salesforce_field(object_name)
    if not name:
        return []
    attribute, field = _attribute(row), (object_name, name)
    found = []
    if row.direction.writes(Side.SALESFORCE):
        found.append((attribute, field))
    if row.direction.writes(Side.INTERCOM):
        found.append((field, attribute))
    return found


def _targets(row: AttributeMapping) -> list[_Node]:
    """The attribute and fields that the row writes."""
    targets = [target for name in row.objects for _, target in _edges(row, name)]
    return list(dict.fromkeys(targets))


class RowIndex:
    """Rows by what they map and write: another is judged beside them without going through all."""

    def __init__(self, rows: Iterable[AttributeMapping] = ()) -> None:
        self._ids: set[str] = set()
        self._by_fields: dict[Places, set[str]] = {}
        self._writers: dict[_Node, set[str]] = {}
        self._onward: dict[str, dict[_Node, list[tuple[_Node, str]]]] = {}
        for row in rows:
            self.add(row)

    def add(self, row: AttributeMapping) -> None:
        """Take a row in."""
        self._ids.add(row.id)
        self._by_fields.setdefault(row.places, set()).add(row.id)
        for target in _targets(row):
            self._writers.setdefault(target, set()).add(row.id)
        for object_name in row.objects:
            onward = self._onward.setdefault(object_name, {})
            for source, target in _edges(row, object_name):
                onward.setdefault(source, []).append((target, row.id))

    def twice(self, row: AttributeMapping, schema: Schema) -> Iterator[str]:
        """What is wrong where the row's id is taken."""
        if row.id in self._ids:
            yield f"{_attribute_label(row, schema)} is in the mapping twice under the same id."

    def against(
        self, row: AttributeMapping, schema: Schema, *, instead: bool = False
    ) -> Iterator[str]:
        """What is wrong with a row beside these; `instead`: it takes the place of its id."""
        left_out = {row.id} if instead else set()
        if self._by_fields.get(row.places, set()) - left_out:
            yield f"{_attribute_label(row, schema)} is mapped to the same field twice."
            return
        written = [one for one in _targets(row) if self._writers.get(one, set()) - left_out]
        for object_name, name in written:
            yield f"{_label(object_name, name, schema)} is written by another row already."
        if written:
            return
        for object_name in row.objects:
            if self._closes_cycle(row, object_name, left_out):
                yield (
                    f"With the other rows, {_attribute_label(row, schema)} would come back to "
                    f"itself through {object_name} fields: a change would never come to rest."
                )

    def _closes_cycle(self, row: AttributeMapping, object_name: str, left_out: set[str]) -> bool:
        """Whether what the row writes comes back to its source through other rows.

        A link is to one object, so a lead's and a contact's fields are never in one cycle. A
        two-way row's own way back is no cycle.
        """
        edges = _edges(row, object_name)
        return any(self._reaches(target, source, object_name, left_out) for source, target in edges)

    def _reaches(self, start: _Node, goal: _Node, object_name: str, left_out: set[str]) -> bool:
        onward = self._onward.get(object_name, {})
        seen: set[_Node] = set()
        waiting = [start]
        while waiting:
            node = waiting.pop()
            if node == goal:
                return True
            if node not in seen:
                seen.add(node)
                waiting += [one for one, by in onward.get(node, ()) if by not in left_out]
        return False


def _label(object_name: str, name: str, schema: Schema) -> str:
    if object_name not in _FAMILIES:
        return _field_label(object_name, name, schema)
    attribute = schema.attributes(_FAMILIES[object_name]).get(name)
    return name if attribute is None else attribute.label


def _attribute_label(row: AttributeMapping, schema: Schema) -> str:
    return _label(*_attribute(row), schema)


def _field_label(object_name: str, name: str, schema: Schema) -> str:
    field = schema.salesforce_field(object_name, name)
    return f"{object_name} {name if field is None else field.label}"
