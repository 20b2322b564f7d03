"""Queries answered: fields found, records chosen through the indexes, pages made."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sfsync_gui.sandbox.salesforce.conditions import Bounds, ConditionCompiler, Predicate
from sfsync_gui.sandbox.salesforce.errors import ApiError
from sfsync_gui.sandbox.salesforce.org import Org
from sfsync_gui.sandbox.salesforce.reading import Getter, getter
from sfsync_gui.sandbox.salesforce.schema import Field, SObject
from sfsync_gui.sandbox.salesforce.soql import FieldPath, Ordering, Query, query_error
from sfsync_gui.sandbox.salesforce.store import Table, Values
from sfsync_gui.sandbox.salesforce.values import format_datetime, to_json

MAXIMUM_OFFSET = 2000
"""Documented limit of OFFSET."""

_HINT = " Please reference your WSDL or the describe call for the appropriate names."
_DEPTH = 5

Renderer = Callable[[Values], dict[str, Any]]
"""Makes the answer's object of one record."""


@dataclass(frozen=True)
class Result:
    """The Ids that a query found, in order, and how its rows are written.

    `renderer` is None for COUNT(). `wide`: it selects two or more custom long text areas.
    """

    object_name: str
    ids: list[str]
    renderer: Renderer | None
    wide: bool


class QueryRunner:
    """Runs one parsed query for the API's user. Raises ApiError for what Salesforce refuses."""

    def __init__(self, org: Org, query: Query, version: str) -> None:
        self._org = org
        self._query = query
        self._version = version
        self._now = org.now()
        self._sobject = self._entity()

    def run(self, *, deleted_too: bool) -> Result:
        """Return what the query finds now; `deleted_too` for queryAll."""
        query = self._query
        renderer, wide = None, False
        if query.columns is not None:
            paths = [self._steps(path) for path in query.columns]
            _check_selected_once(paths)
            renderer = self._renderer(self._sobject, paths)
            wide = sum(field.length > 255 for _steps, field in paths if _is_custom_text(field)) > 1
        predicate, bounds = self._condition()
        orderings = [(self._sort_key(item), item) for item in query.order]
        if query.offset > MAXIMUM_OFFSET:
            message = f"Maximum SOQL offset allowed is {MAXIMUM_OFFSET}"
            raise ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", message)
        found = self._chosen(predicate, bounds, orderings, deleted_too=deleted_too)
        return Result(self._sobject.name, found, renderer, wide)

    def _entity(self) -> SObject:
        name = self._query.entity
        sobject = self._org.visible(name.text)
        if sobject is None:
            message = (
                f"sObject type '{name.text}' is not supported. If you are attempting to use a "
                "custom object, be sure to append the '__c' after the entity name." + _HINT
            )
            raise query_error(self._query.text, name.position, message, "INVALID_TYPE")
        return sobject

    def _steps(self, path: FieldPath) -> tuple[list[Field], Field]:
        """Return the references a path goes through, and the field it ends at."""
        *parents, last = path.text.split(".")
        if parents and parents[0].lower() == self._sobject.name.lower():
            parents.pop(0)
        entity = self._sobject
        references: list[Field] = []
        for name in parents:
            reference = entity.relationship(name)
            target = None if reference is None else self._org.parent_entity(reference)
            if reference is None or target is None or len(references) == _DEPTH:
                message = (
                    f"Didn't understand relationship '{name}' in field path. If you are attempting "
                    "to use a custom relationship, be sure to append the '__r' after the custom "
                    "relationship name." + _HINT
                )
                raise query_error(self._query.text, path.position, message, "INVALID_FIELD")
            references.append(reference)
            entity = target
        field = entity.find(last)
        if field is None:
            message = (
                f"No such column '{last}' on entity '{entity.name}'. If you are attempting to use "
                "a custom field, be sure to append the '__c' after the custom field name." + _HINT
            )
            raise query_error(self._query.text, path.position, message, "INVALID_FIELD")
        return references, field

    def _getter(self, references: list[Field], field: Field) -> Getter:
        """Return how a field at the end of a path is read; None where a parent is missing."""
        get = self._field_getter(field)
        for reference in reversed(references):
            get = _through(reference.name, self._org.store.get, get)
        return get

    def _field_getter(self, field: Field) -> Getter:
        if field.name == "Type" and field is self._org.name_entity.fields["type"]:
            return lambda values: self._org.store.object_of(values["Id"])
        return getter(field, self._now)

    def _resolve(self, path: FieldPath) -> tuple[Field, Getter, bool]:
        references, field = self._steps(path)
        return field, self._getter(references, field), not references

    def _condition(self) -> tuple[Predicate | None, Bounds]:
        if self._query.where is None:
            return None, Bounds()
        return ConditionCompiler(self._query.text, self._resolve).compile(self._query.where)

    def _sort_key(self, ordering: Ordering) -> Getter:
        field, get, _own = self._resolve(ordering.path)
        if not field.describe["sortable"]:
            message = f"field '{field.name}' can not be sorted in a query call"
            raise query_error(self._query.text, ordering.path.position, message, "INVALID_FIELD")
        if field.describe["soapType"] != "xsd:string":
            return get
        return lambda values: None if (text := get(values)) is None else text.casefold()

    def _renderer(self, entity: SObject, paths: list[tuple[list[Field], Field]]) -> Renderer:
        """Return the function that makes a row: own fields, and parents with theirs."""
        columns: dict[str, Callable[[Values], Any]] = {}
        parents: dict[str, tuple[Field, list[tuple[list[Field], Field]]]] = {}
        for references, field in paths:
            if references:
                first = references[0]
                group = parents.setdefault(str(first.relationship), (first, []))
                group[1].append((references[1:], field))
                columns[str(first.relationship)] = lambda _values: None
            else:
                columns[field.name] = self._json_getter(field)
        for name, (reference, rest) in parents.items():
            columns[name] = self._parent(reference, rest)
        start = f"/services/data/v{self._version}/sobjects"
        object_of = self._org.store.object_of

        def render(values: Values) -> dict[str, Any]:
            record_id = values["Id"]
            url = f"{start}/{object_of(record_id)}/{record_id}"
            row: dict[str, Any] = {"attributes": {"type": entity.name, "url": url}}
            for name, get in columns.items():
                row[name] = get(values)
            return row

        return render

    def _parent(self, reference: Field, rest: list[tuple[list[Field], Field]]) -> Getter:
        """Return how a parent with its fields is written."""
        entity = self._org.parent_entity(reference)
        if entity is None:
            raise ValueError(reference.name)
        render = self._renderer(entity, rest)
        return _through(reference.name, self._org.store.get, render)

    def _json_getter(self, field: Field) -> Getter:
        get = self._field_getter(field)
        if field.type == "datetime":
            return lambda values: None if (stamp := get(values)) is None else format_datetime(stamp)
        if field.type == "encryptedstring":
            unmask = self._org.view_encrypted_data
            return lambda values: to_json(field, get(values), unmask=unmask)
        return get

    def _chosen(
        self,
        predicate: Predicate | None,
        bounds: Bounds,
        orderings: list[tuple[Getter, Ordering]],
        *,
        deleted_too: bool,
    ) -> list[str]:
        """Return the Ids of the matching records in order, cut by OFFSET and LIMIT."""
        table = self._org.store.tables[self._sobject.name]
        candidates, in_order = _candidates(table, bounds, [item for _key, item in orderings])
        matches = self._matching(table, candidates, predicate, deleted_too=deleted_too)
        first, limit = self._query.offset, self._query.limit
        last = None if limit is None else first + limit
        if in_order:
            return list(islice(matches, first, last))
        ordered = list(matches)
        for key, ordering in reversed(orderings):
            ordered = _sorted(table, ordered, key, ordering)
        return ordered[first:last]

    def _matching(
        self,
        table: Table,
        candidates: Iterable[str],
        predicate: Predicate | None,
        *,
        deleted_too: bool,
    ) -> Iterator[str]:
        """Yield the candidates that the user may see and that match."""
        rows = table.rows
        unshared = self._org.store.unshared
        for record_id in candidates:
            values = rows[record_id]
            if not deleted_too and values.get("IsDeleted"):
                continue
            if record_id in unshared:
                continue
            if predicate is None or predicate(values):
                yield record_id


def _check_selected_once(paths: list[tuple[list[Field], Field]]) -> None:
    """Refuse a field that is selected twice (SOQL reference, FIELDS())."""
    seen = set()
    for references, field in paths:
        name = ".".join([*(str(item.relationship) for item in references), field.name])
        if name in seen:
            raise ApiError(400, "INVALID_FIELD", f"duplicate field selected: {name}")
        seen.add(name)


def _is_custom_text(field: Field) -> bool:
    return field.type == "textarea" and bool(field.describe["custom"])


def _through(
    name: str, find: Callable[[str], Values | None], get: Callable[[Values], Any]
) -> Getter:
    """Return a getter that goes to the record a reference names first."""

    def through(values: Values) -> Any:
        parent_id = values.get(name)
        parent = None if parent_id is None else find(parent_id)
        return None if parent is None else get(parent)

    return through


def _candidates(table: Table, bounds: Bounds, order: list[Ordering]) -> tuple[Iterable[str], bool]:
    """Return the Ids that can match, from the better index, and whether they are in order."""
    if bounds.ids is not None:
        present = sorted(item for item in bounds.ids if item in table.rows)
        return present, not order or len(present) < 2
    low, high = bounds.range
    by_id = (bisect.bisect_left(table.ids, low), bisect.bisect_right(table.ids, high))
    first, last = bounds.stamps
    by_stamp = (
        bisect.bisect_left(table.stamps, (first, "")),
        bisect.bisect_right(table.stamps, (last, "~")),
    )
    names = [item.path.text.lower() for item in order]
    backwards = {item.descending for item in order}
    one_way = len(backwards) < 2
    id_order = one_way and (not names or names[0] == "id")
    # Ids break ties in the index too, so it has the order even if only the stamp is named.
    stamp_order = one_way and names in (["systemmodstamp"], ["systemmodstamp", "id"], [])
    id_size, stamp_size = by_id[1] - by_id[0], by_stamp[1] - by_stamp[0]
    weight = 4 if stamp_order and names else 1
    if stamp_size > id_size * weight or (stamp_size == id_size and id_order):
        slice_of_ids = table.ids[by_id[0] : max(by_id)]
        return (reversed(slice_of_ids) if True in backwards else slice_of_ids), id_order
    slice_of_stamps = table.stamps[by_stamp[0] : max(by_stamp)]
    entries = reversed(slice_of_stamps) if True in backwards else slice_of_stamps
    return (record_id for _stamp, record_id in entries), stamp_order


def _sorted(table: Table, found: list[str], key: Getter, ordering: Ordering) -> list[str]:
    """Return Ids sorted by one field; a stable sort, nulls first unless told otherwise."""
    rows = table.rows
    keys = {record_id: key(rows[record_id]) for record_id in found}
    nulls = [item for item in found if keys[item] is None]
    rest = [item for item in found if keys[item] is not None]
    rest.sort(key=keys.__getitem__, reverse=ordering.descending)
    return rest + nulls if ordering.nulls_last else nulls + rest
