"""Resources for single records, descriptions, queries and limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sfsync_gui.sandbox.salesforce import ids
from sfsync_gui.sandbox.salesforce.api import VERSIONS, Api, ApiAnswer, ApiRequest
from sfsync_gui.sandbox.salesforce.errors import ApiError, RowError, SaveError, not_found
from sfsync_gui.sandbox.salesforce.org import Org, locked
from sfsync_gui.sandbox.salesforce.reading import getter
from sfsync_gui.sandbox.salesforce.saving import read_fields
from sfsync_gui.sandbox.salesforce.schema import Field, SObject
from sfsync_gui.sandbox.salesforce.store import Values
from sfsync_gui.sandbox.salesforce.values import to_json

Parts = Mapping[str, str]


class Resources:
    """Adds its resources to an `Api`."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._org = api.org
        for method, pattern, handler in (
            ("GET", "", self._resources),
            ("GET", "/limits", self._limits),
            ("GET", "/query", self._query),
            ("GET", "/queryAll", self._query_all),
            ("GET", "/query/{locator}", self._query_more),
            ("GET", "/queryAll/{locator}", self._query_more),
            ("GET", "/sobjects", self._sobjects),
            ("GET", "/sobjects/{name}", self._basic),
            ("POST", "/sobjects/{name}", self._create),
            ("GET", "/sobjects/{name}/describe", self._describe),
            ("GET", "/sobjects/{name}/{record_id}", self._retrieve),
            ("PATCH", "/sobjects/{name}/{record_id}", self._update),
            ("DELETE", "/sobjects/{name}/{record_id}", self._delete),
        ):
            api.route(method, pattern, handler)

    def _resources(self, request: ApiRequest, _parts: Parts) -> ApiAnswer:
        names = ("sobjects", "query", "queryAll", "composite", "limits")
        start = f"/services/data/v{request.version}"
        return ApiAnswer(200, {name: f"{start}/{name}" for name in names})

    def _limits(self, _request: ApiRequest, _parts: Parts) -> ApiAnswer:
        usage = self._api.usage
        remaining = max(usage.limit - usage.used(self._org.clock.now()), 0)
        return ApiAnswer(
            200,
            {
                "DailyApiRequests": {"Max": usage.limit, "Remaining": remaining},
                "DailyBulkApiBatches": {"Max": 15000, "Remaining": 15000},
                "DataStorageMB": {"Max": 5, "Remaining": 5},
            },
        )

    def _query(self, request: ApiRequest, _parts: Parts) -> ApiAnswer:
        return self._run_query(request, deleted_too=False)

    def _query_all(self, request: ApiRequest, _parts: Parts) -> ApiAnswer:
        return self._run_query(request, deleted_too=True)

    def _run_query(self, request: ApiRequest, *, deleted_too: bool) -> ApiAnswer:
        text = request.parameters.get("q")
        if text is None:
            raise ApiError(400, "MALFORMED_QUERY", "A query string has to be specified")
        page = self._api.cursors.query(
            text,
            version=request.version,
            options=request.headers.get("sforce-query-options", ""),
            user_id=request.user_id,
            deleted_too=deleted_too,
        )
        return ApiAnswer(200, page)

    def _query_more(self, request: ApiRequest, parts: Parts) -> ApiAnswer:
        page = self._api.cursors.more(
            parts["locator"], version=request.version, user_id=request.user_id
        )
        return ApiAnswer(200, page)

    def _sobjects(self, request: ApiRequest, _parts: Parts) -> ApiAnswer:
        entries = [
            item.summary(request.version)
            for item in self._org.schema.values()
            if not item.is_hidden
        ]
        return ApiAnswer(200, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": entries})

    def _basic(self, request: ApiRequest, parts: Parts) -> ApiAnswer:
        summary = self._org.sobject(parts["name"]).summary(request.version)
        return ApiAnswer(200, {"objectDescribe": summary, "recentItems": []})

    def _describe(self, request: ApiRequest, parts: Parts) -> ApiAnswer:
        described = self._org.sobject(parts["name"]).describe(request.version, request.host)
        return ApiAnswer(200, described)

    def _retrieve(self, request: ApiRequest, parts: Parts) -> ApiAnswer:
        sobject = self._org.sobject(parts["name"])
        record_id = self._record_id(sobject, parts["record_id"])
        values = self._org.readable(record_id)
        if values is None:
            raise not_found()
        wanted = request.parameters.get("fields")
        names = None if wanted is None else wanted.split(",")
        fields = chosen_fields(sobject, names)
        return ApiAnswer(200, written(self._org, sobject, values, fields, request.version))

    def _create(self, request: ApiRequest, parts: Parts) -> ApiAnswer:
        sobject = self._org.sobject(parts["name"])
        changes = read_fields(sobject, request.object_body(), request.actor, request.text)
        if request.lock.take():
            raise SaveError(RowError(*locked(request.user_id)))
        record_id = self._api.saver.insert(sobject, changes, request.actor)
        location = f"/services/data/v{request.version}/sobjects/{sobject.name}/{record_id}"
        body = {"id": record_id, "success": True, "errors": []}
        return ApiAnswer(201, body, {"Location": location})

    def _update(self, request: ApiRequest, parts: Parts) -> ApiAnswer:
        sobject = self._org.sobject(parts["name"])
        record_id = self._record_id(sobject, parts["record_id"])
        body = request.object_body()
        if any(name.lower() == "id" for name in body):
            message = "The Id field should not be specified in the sobject data."
            raise ApiError(400, "INVALID_FIELD", message)
        changes = read_fields(sobject, body, request.actor, request.text)
        self._check_writeable(request, record_id)
        self._api.saver.update(record_id, changes, request.actor)
        return ApiAnswer(204)

    def _delete(self, request: ApiRequest, parts: Parts) -> ApiAnswer:
        sobject = self._org.sobject(parts["name"])
        record_id = self._record_id(sobject, parts["record_id"])
        self._check_writeable(request, record_id)
        self._api.saver.delete(record_id, request.actor)
        return ApiAnswer(204)

    def _check_writeable(self, request: ApiRequest, record_id: str) -> None:
        """Answer for a record that never was, and for one that another transaction holds."""
        if self._org.store.get(record_id) is None:
            raise not_found()
        if request.lock.take():
            raise SaveError(RowError(*locked(record_id)))

    def _record_id(self, sobject: SObject, text: str) -> str:
        """Return an Id from a path; raise ApiError NOT_FOUND if it is none of this object's."""
        record_id = ids.normalise(text)
        if record_id is None or not record_id.startswith(sobject.key_prefix):
            message = "Provided external ID field does not exist or is not accessible: "
            raise not_found(message + text)
        return record_id


def chosen_fields(sobject: SObject, names: Iterable[str] | None) -> list[Field]:
    """Return the visible fields with these names, or all; raise ApiError INVALID_FIELD."""
    if names is None:
        return list(sobject.visible())
    fields = []
    for name in names:
        field = sobject.find(name.strip())
        if field is None:
            message = f"No such column '{name.strip()}' on sobject of type {sobject.name}"
            raise ApiError(400, "INVALID_FIELD", message)
        fields.append(field)
    return fields


def written(
    org: Org, sobject: SObject, values: Values, fields: list[Field], version: str
) -> dict[str, Any]:
    """Return a record as an answer has it: attributes, then these fields, and always its Id."""
    url = f"/services/data/v{version}/sobjects/{sobject.name}/{values['Id']}"
    row: dict[str, Any] = {"attributes": {"type": sobject.name, "url": url}}
    now = org.now()
    for field in fields:
        stored = getter(field, now)(values)
        row[field.name] = to_json(field, stored, unmask=org.view_encrypted_data)
    row.setdefault("Id", values["Id"])
    return row


def versions() -> list[dict[str, str]]:
    """Return the answer of `GET /services/data`, which needs no session."""
    seasons = {0: "Spring", 1: "Summer", 2: "Winter"}
    listed = []
    for version in VERSIONS:
        # Version 60 was Spring '24; three releases follow each other a year.
        number = int(float(version)) - 60
        year = 24 + number // 3 + (1 if number % 3 == 2 else 0)
        label = f"{seasons[number % 3]} '{year:02d}"
        listed.append({"label": label, "url": f"/services/data/v{version}", "version": version})
    return listed
