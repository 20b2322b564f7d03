"""sObject collections: up to 200 records a request, each with its own result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from sfsync_gui.sandbox.salesforce import ids
from sfsync_gui.sandbox.salesforce.api import Api, ApiAnswer, ApiRequest, flag
from sfsync_gui.sandbox.salesforce.errors import ApiError, RowError, SaveError
from sfsync_gui.sandbox.salesforce.org import locked
from sfsync_gui.sandbox.salesforce.resources import chosen_fields, written
from sfsync_gui.sandbox.salesforce.saving import Changes, read_fields
from sfsync_gui.sandbox.salesforce.schema import SObject

MAXIMUM_RECORDS = 200
"""Records a request can write."""

MAXIMUM_RETRIEVED = 2000
"""Records a request can read."""

MAXIMUM_CHUNKS = 10
"""Runs of records of one object that a request can have."""

Parts = Mapping[str, str]
RowAction = Callable[[], str]
"""Writes one row and returns its Id; raises SaveError."""


class Collections:
    """Adds its resources to an `Api`."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._org = api.org
        for method, pattern, handler in (
            ("POST", "/composite/sobjects", self._create),
            ("PATCH", "/composite/sobjects", self._update),
            ("DELETE", "/composite/sobjects", self._delete),
            ("GET", "/composite/sobjects/{name}", self._retrieve_by_url),
            ("POST", "/composite/sobjects/{name}", self._retrieve_by_body),
        ):
            api.route(method, pattern, handler)

    def _create(self, request: ApiRequest, _parts: Parts) -> ApiAnswer:
        rows = self._rows(request)
        saver, actor = self._api.saver, request.actor

        def action(sobject: SObject, changes: Changes) -> RowAction:
            return lambda: saver.insert(sobject, changes, actor)

        actions: list[tuple[str | None, RowAction]] = [
            (None, action(sobject, changes)) for sobject, _id, changes in rows
        ]
        return self._run(request, actions, flag(request.object_body().get("allOrNone")))

    def _update(self, request: ApiRequest, _parts: Parts) -> ApiAnswer:
        rows = self._rows(request)
        seen: set[str] = set()
        actions: list[tuple[str | None, RowAction]] = []
        for sobject, record_id, changes in rows:
            normal = ids.normalise(record_id or "") or record_id
            repeated = normal in seen
            seen.add(normal or "")
            actions.append((normal, self._updating(request, sobject, normal, changes, repeated)))
        return self._run(request, actions, flag(request.object_body().get("allOrNone")))

    def _updating(
        self,
        request: ApiRequest,
        sobject: SObject,
        record_id: str | None,
        changes: Changes,
        repeated: bool,
    ) -> RowAction:
        """Return the action that updates one row."""

        def update() -> str:
            if not record_id:
                message = "Id not specified in an update call"
                raise SaveError(RowError("MISSING_ARGUMENT", message, ("Id",)))
            if repeated:
                raise SaveError(RowError("DUPLICATE_VALUE", f"duplicate id in list: {record_id}"))
            is_id = ids.normalise(record_id) is not None
            if not is_id or not record_id.startswith(sobject.key_prefix):
                message = f"{sobject.label} ID: id value of incorrect type: {record_id}"
                raise SaveError(RowError("MALFORMED_ID", message, ("Id",)))
            self._api.saver.update(record_id, changes, request.actor)
            return record_id

        return update

    def _delete(self, request: ApiRequest, _parts: Parts) -> ApiAnswer:
        listed = [item for item in request.parameters.get("ids", "").split(",") if item]
        _check_count(len(listed), MAXIMUM_RECORDS)
        saver, actor = self._api.saver, request.actor

        def action(record_id: str) -> RowAction:
            def delete() -> str:
                normal = ids.normalise(record_id) or record_id
                saver.delete(normal, actor)
                return normal

            return delete

        actions: list[tuple[str | None, RowAction]] = [(item, action(item)) for item in listed]
        return self._run(request, actions, flag(request.parameters.get("allOrNone")))

    def _rows(self, request: ApiRequest) -> list[tuple[SObject, str | None, Changes]]:
        """Return the records of the body; raise ApiError for what refuses them all."""
        records = request.object_body().get("records")
        if not isinstance(records, list) or not records:
            raise ApiError(400, "INVALID_INPUT", "Records are required for sObject collections")
        _check_count(len(records), MAXIMUM_RECORDS)
        rows = [self._row(record, request) for record in records]
        if len(list(groupby(rows, key=lambda row: row[0].name))) > MAXIMUM_CHUNKS:
            message = (
                f"Cannot have more than {MAXIMUM_CHUNKS} chunks in a single operation. "
                "Please rearrange the data to reduce chunking."
            )
            raise ApiError(400, "LIMIT_EXCEEDED", message)
        return rows

    def _row(self, record: Any, request: ApiRequest) -> tuple[SObject, str | None, Changes]:
        attributes = record.get("attributes") if isinstance(record, dict) else None
        name = attributes.get("type") if isinstance(attributes, dict) else None
        sobject = self._org.visible(str(name))
        if sobject is None:
            message = "The attributes.type of a record must name an sObject type"
            raise ApiError(400, "INVALID_TYPE" if name else "INVALID_INPUT", message)
        record_id = None
        fields = {}
        for key, value in record.items():
            if key.lower() == "id" and request.method == "PATCH":
                record_id = str(value)
            else:
                fields[key] = value
        return sobject, record_id, read_fields(sobject, fields, request.actor, request.text)

    def _run(
        self,
        request: ApiRequest,
        actions: list[tuple[str | None, RowAction]],
        all_or_none: bool,
    ) -> ApiAnswer:
        """Write all rows and return their results; with `all_or_none` one failure undoes all."""
        hit = self._api.random.randrange(len(actions)) if actions and request.lock.take() else None
        results = []
        with self._org.store.transaction() as roll_back:
            for place, (record_id, action) in enumerate(actions):
                results.append(self._result(record_id, action, is_locked=place == hit))
            if all_or_none and not all(result["success"] for result in results):
                roll_back()
                results = [_rolled_back(result) for result in results]
        return ApiAnswer(200, results)

    def _result(
        self, record_id: str | None, action: RowAction, *, is_locked: bool
    ) -> dict[str, Any]:
        """Write one row and return its result; a row that fails has no Id in it."""
        if is_locked:
            held = RowError(*locked(record_id or self._org.api_user_id))
            return {"success": False, "errors": [held.in_collection()]}
        try:
            return {"id": action(), "success": True, "errors": []}
        except SaveError as error:
            return {"success": False, "errors": [item.in_collection() for item in error.errors]}

    def _retrieve_by_url(self, request: ApiRequest, parts: Parts) -> ApiAnswer:
        listed = request.parameters.get("ids", "").split(",")
        names = request.parameters.get("fields", "").split(",")
        return self._retrieve(request, parts, listed, names)

    def _retrieve_by_body(self, request: ApiRequest, parts: Parts) -> ApiAnswer:
        body = request.object_body()
        return self._retrieve(request, parts, body.get("ids") or [], body.get("fields") or [])

    def _retrieve(
        self, request: ApiRequest, parts: Parts, listed: list[str], names: list[str]
    ) -> ApiAnswer:
        """Return the records in the order of their Ids, null for those that are not there."""
        sobject = self._org.sobject(parts["name"])
        _check_count(len(listed), MAXIMUM_RETRIEVED)
        if not listed or not names:
            raise ApiError(400, "MISSING_ARGUMENT", "ids and fields have to be specified")
        fields = chosen_fields(sobject, names)
        rows = []
        for item in listed:
            values = self._org.readable(ids.normalise(item) or item)
            is_one = values is not None and values["Id"].startswith(sobject.key_prefix)
            rows.append(
                written(self._org, sobject, values, fields, request.version)
                if values is not None and is_one
                else None
            )
        return ApiAnswer(200, rows)


def _check_count(count: int, limit: int) -> None:
    if count > limit:
        message = f"record limit reached. cannot submit more than {limit} records into this call"
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)


def _rolled_back(result: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a row in a request that was undone as a whole."""
    if not result["success"]:
        return result
    error = RowError(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using "
        "AllOrNone header",
    )
    return {"success": False, "errors": [error.in_collection()]}
