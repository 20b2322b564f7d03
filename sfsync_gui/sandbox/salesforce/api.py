"""The REST API's resources behind one dispatcher, which composite requests use as well."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sfsync_gui.sandbox.salesforce.cursors import Cursors
from sfsync_gui.sandbox.salesforce.errors import ApiError, SaveError, not_found
from sfsync_gui.sandbox.salesforce.org import Actor, Org
from sfsync_gui.sandbox.salesforce.saving import Saver
from sfsync_gui.sandbox.salesforce.usage import ApiUsage

VERSIONS = tuple(f"{number}.0" for number in range(31, 68))
"""API versions that are answered."""

_ACCESS_CODES = frozenset(
    {"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "INSUFFICIENT_ACCESS_OR_READONLY"}
)


@dataclass
class RowLock:
    """A planned lock: the next write of this request finds one of its rows locked."""

    is_armed: bool = False

    def take(self) -> bool:
        """Tell whether the lock is met now; it is met once."""
        met, self.is_armed = self.is_armed, False
        return met


@dataclass(frozen=True)
class ApiRequest:
    """One request to a resource; `path` is what follows `/services/data/vNN.N`.

    Header names are in lower case. `body` is the decoded JSON, `text` its source.
    """

    method: str
    version: str
    path: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    text: str
    host: str
    user_id: str
    lock: RowLock = field(default_factory=RowLock)

    @property
    def actor(self) -> Actor:
        """Who writes, whether a duplicate is saved in spite of a warning, and who may assign.

        Without its header the active assignment rule applies ("Assignment Rule Header").
        """
        options = self.headers.get("sforce-duplicate-rule-header", "").replace(" ", "").lower()
        assigns = self.headers.get("sforce-auto-assign", "true").strip().lower() == "true"
        return Actor(self.user_id, allows_duplicates="allowsave=true" in options, assigns=assigns)

    def object_body(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object."""
        if not isinstance(self.body, dict):
            message = "The HTTP entity body is required, but this request has no entity body."
            raise ApiError(400, "JSON_PARSER_ERROR", message)
        return self.body


@dataclass(frozen=True)
class ApiAnswer:
    """An answer; `body` is None where there is none."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[ApiRequest, Mapping[str, str]], ApiAnswer]
"""Answers a request, given the named parts of its path."""


class Api:
    """The resources of one org; `random` decides which row a planned lock hits."""

    def __init__(self, org: Org, usage: ApiUsage, seed: int) -> None:
        self.org = org
        self.usage = usage
        self.saver = Saver(org)
        self.cursors = Cursors(org)
        self.random = random.Random(f"rows {seed}")
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def route(self, method: str, pattern: str, handler: Handler) -> None:
        """Have requests with this method and path (`{name}`: one segment) answered."""
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        self._routes.append((method, re.compile(expression), handler))

    def handle(self, request: ApiRequest) -> ApiAnswer:
        """Return the answer to a request, whatever it is."""
        try:
            return self._dispatch(request)
        except ApiError as error:
            return ApiAnswer(error.status, error.body)
        except SaveError as error:
            return self._refused(error, request)

    def _dispatch(self, request: ApiRequest) -> ApiAnswer:
        known = False
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path.rstrip("/"))
            if match is None:
                continue
            known = True
            if method == request.method:
                return handler(request, match.groupdict())
        if known:
            message = f"HTTP Method '{request.method}' not allowed."
            raise ApiError(405, "METHOD_NOT_ALLOWED", message)
        raise not_found()

    def _refused(self, error: SaveError, request: ApiRequest) -> ApiAnswer:
        """Return the answer for a single record that could not be saved."""
        code = error.errors[0].code
        status = 404 if code == "ENTITY_IS_DELETED" else 403 if code in _ACCESS_CODES else 400
        bodies = [item.alone() for item in error.errors]
        if error.duplicates is not None:
            rule, record_ids = error.duplicates
            name = self.org.store.object_of(record_ids[0]) or ""
            del bodies[0]["fields"]
            bodies[0]["duplicateResult"] = _duplicate_result(
                rule, name, record_ids, request.version
            )
        return ApiAnswer(status, bodies)


def flag(value: Any) -> bool:
    """Return a boolean that may come as JSON or as a URL parameter."""
    return value is True or str(value).lower() == "true"


def decoded_body(text: str) -> Any:
    """Return the JSON of a body, None for an empty one; raise ApiError JSON_PARSER_ERROR."""
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise ApiError(400, "JSON_PARSER_ERROR", f"Unexpected character: {error}") from None


def _duplicate_result(rule: str, name: str, record_ids: list[str], version: str) -> dict[str, Any]:
    """Return what a single-record answer tells of the records that are alike."""
    records = [
        {
            "attributes": {
                "type": name,
                "url": f"/services/data/v{version}/sobjects/{name}/{record_id}",
            },
            "Id": record_id,
        }
        for record_id in record_ids
    ]
    matches = [
        {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0, "record": record}
        for record in records
    ]
    result = {
        "entityType": name,
        "errors": [],
        "matchEngine": "FuzzyMatchEngine",
        "matchRecords": matches,
        "rule": f"{rule}_Match",
        "size": len(matches),
        "success": True,
    }
    return {
        "allowSave": True,
        "duplicateRule": rule,
        "duplicateRuleEntityType": name,
        "errorMessage": "Use one of these records?",
        "matchResults": [result],
    }
