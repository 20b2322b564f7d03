"""Composite requests: several in one, with references between them; and batches."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sfsync_gui.sandbox.salesforce.api import VERSIONS, Api, ApiAnswer, ApiRequest, flag
from sfsync_gui.sandbox.salesforce.errors import ApiError, not_found

MAXIMUM_SUBREQUESTS = 25
"""Subrequests in a composite request or a batch."""

MAXIMUM_HEAVY = 5
"""Queries and sObject collections among the subrequests of a composite request."""

_HEAVY = re.compile(r"/(query|queryAll|composite/sobjects)(/|$)")
_REFERENCE = re.compile(r"@\{(\w+)((?:\.\w+|\[\d+\])*)\}")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_DATA = re.compile(r"/services/data/v(\d+\.\d)(/.*)")

Parts = Mapping[str, str]


class _NoValue(Exception):  # noqa: N818 - turned into an answer at once
    """A reference leads nowhere."""


class Composite:
    """Adds its resources to an `Api`."""

    def __init__(self, api: Api) -> None:
        self._api = api
        api.route("POST", "/composite", self._composite)
        api.route("POST", "/composite/batch", self._batch)

    def _composite(self, request: ApiRequest, _parts: Parts) -> ApiAnswer:
        body = request.object_body()
        listed = body.get("compositeRequest")
        if not isinstance(listed, list) or not listed:
            raise ApiError(400, "INVALID_INPUT", "compositeRequest is required")
        _check_size(listed)
        # Collating is the default since version 49.0.
        collates = flag(body.get("collateSubrequests", float(request.version) >= 49))
        order = _collated(listed) if collates else listed
        all_or_none = flag(body.get("allOrNone", False))
        answers: dict[str, dict[str, Any]] = {}
        with self._api.org.store.transaction() as roll_back:
            failed = False
            for item in order:
                reference_id = str(item.get("referenceId"))
                answer = _halted() if failed else self._one(request, item, answers)
                answers[reference_id] = _entry(reference_id, answer)
                failed = failed or (all_or_none and not _succeeded(answer))
            if failed:
                roll_back()
                answers = _all_halted(answers)
        entries = [answers[str(item.get("referenceId"))] for item in listed]
        return ApiAnswer(200, {"compositeResponse": entries})

    def _one(
        self, request: ApiRequest, item: dict[str, Any], answers: dict[str, dict[str, Any]]
    ) -> ApiAnswer:
        """Return the answer to one subrequest, with its references filled in."""
        try:
            url = _filled_in(item.get("url", ""), answers)
            body = _filled_in(item.get("body"), answers)
        except _NoValue as error:
            message = f"Invalid reference specified. No value for {error} found"
            return ApiAnswer(400, ApiError(400, "PROCESSING_HALTED", message).body)
        headers = {str(k).lower(): str(v) for k, v in (item.get("httpHeaders") or {}).items()}
        return self._subrequest(request, str(item.get("method", "")), str(url), headers, body)

    def _subrequest(
        self,
        request: ApiRequest,
        method: str,
        url: str,
        headers: dict[str, str],
        body: Any,
    ) -> ApiAnswer:
        """Return the answer of the resource at a relative URL. Headers are not inherited."""
        parts = urlsplit(url)
        match = _DATA.fullmatch(parts.path)
        if match is None or match[1] not in VERSIONS:
            return ApiAnswer(404, not_found().body)
        if re.match(r"/composite(/batch)?/?$", match[2]):
            error = ApiError(400, "INVALID_INPUT", f"The url {url} is not supported in composite")
            return ApiAnswer(error.status, error.body)
        inner = replace(
            request,
            method=method.upper(),
            version=match[1],
            path=unquote(match[2]),
            parameters=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=headers,
            body=body,
            text="" if body is None else json.dumps(body),
        )
        return self._api.handle(inner)

    def _batch(self, request: ApiRequest, _parts: Parts) -> ApiAnswer:
        """Answer a batch; its further subrequests count as API calls each."""
        body = request.object_body()
        listed = body.get("batchRequests")
        if not isinstance(listed, list) or not listed:
            raise ApiError(400, "INVALID_INPUT", "batchRequests is required")
        if len(listed) > MAXIMUM_SUBREQUESTS:
            raise _too_many(f"more than {MAXIMUM_SUBREQUESTS} operations")
        self._api.usage.add(len(listed) - 1, self._api.org.clock.now())
        results: list[dict[str, Any]] = []
        halted = False
        for item in listed:
            if halted:
                answer = ApiAnswer(412, ApiError(412, "BATCH_PROCESSING_HALTED", "halted").body)
            else:
                url = "/services/data/" + str(item.get("url", "")).lstrip("/")
                method = str(item.get("method", ""))
                answer = self._subrequest(request, method, url, {}, item.get("richInput"))
            results.append({"statusCode": answer.status, "result": answer.body})
            halted = halted or (flag(body.get("haltOnError")) and answer.status >= 400)
        has_errors = any(result["statusCode"] >= 400 for result in results)
        return ApiAnswer(200, {"hasErrors": has_errors, "results": results})


def _check_size(listed: list[dict[str, Any]]) -> None:
    """Refuse a composite request with too many subrequests, or too many heavy ones."""
    if len(listed) > MAXIMUM_SUBREQUESTS:
        raise _too_many(f"more than {MAXIMUM_SUBREQUESTS} operations")
    heavy = sum(_is_heavy(item) for item in listed)
    if heavy > MAXIMUM_HEAVY:
        raise _too_many(f"more than {MAXIMUM_HEAVY} query or sObject Collections operations")
    names = [item.get("referenceId") for item in listed]
    if None in names or len(set(names)) < len(names):
        message = "Each subrequest needs a referenceId that no other has"
        raise ApiError(400, "INVALID_INPUT", message)


def _too_many(what: str) -> ApiError:
    return ApiError(400, "LIMIT_EXCEEDED", f"The request can’t contain {what}.")


def _is_heavy(item: dict[str, Any]) -> bool:
    return _HEAVY.search(urlsplit(str(item.get("url", ""))).path) is not None


def _collated(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the subrequests in the order in which collating may execute them.

    Unless told not to, Salesforce gathers unrelated subrequests of one kind and does not
    guarantee their order (documented); those with headers or references are left alone. A client
    that needs the order has to say `collateSubrequests: false`.
    """
    if any(item.get("httpHeaders") or _REFERENCE.search(json.dumps(item)) for item in listed):
        return listed
    kinds: dict[tuple[str, bool], int] = {}
    for item in listed:
        kinds.setdefault((str(item.get("method")), _is_heavy(item)), len(kinds))
    return sorted(listed, key=lambda item: kinds[str(item.get("method")), _is_heavy(item)])


def _succeeded(answer: ApiAnswer) -> bool:
    """Tell whether a subrequest succeeded; a collection only if all of its rows did."""
    if answer.status >= 300:
        return False
    rows = answer.body if isinstance(answer.body, list) else []
    return all(not isinstance(row, dict) or row.get("success", True) for row in rows)


def _entry(reference_id: str, answer: ApiAnswer) -> dict[str, Any]:
    return {
        "body": answer.body,
        "httpHeaders": answer.headers,
        "httpStatusCode": answer.status,
        "referenceId": reference_id,
    }


def _halted() -> ApiAnswer:
    message = (
        "The transaction was rolled back since another operation in the same transaction failed."
    )
    return ApiAnswer(400, ApiError(400, "PROCESSING_HALTED", message).body)


def _all_halted(answers: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the answers of a request that was undone: only the failures stay as they are.

    A collection with a row that failed is a failure. Its other rows still say `success: true`,
    although they were undone too (documented, "allOrNone in Composite and Collections").
    """
    return {
        name: _entry(name, _halted())
        if _succeeded(ApiAnswer(entry["httpStatusCode"], entry["body"]))
        else entry
        for name, entry in answers.items()
    }


def _filled_in(value: Any, answers: dict[str, dict[str, Any]]) -> Any:
    """Return JSON with every `@{reference.path}` replaced; raise _NoValue."""
    if isinstance(value, dict):
        return {key: _filled_in(item, answers) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled_in(item, answers) for item in value]
    if not isinstance(value, str):
        return value
    return _REFERENCE.sub(lambda match: str(_looked_up(match, answers)), value)


def _looked_up(match: re.Match[str], answers: dict[str, dict[str, Any]]) -> Any:
    entry = answers.get(match[1])
    if entry is None or entry["httpStatusCode"] >= 300:
        raise _NoValue(match[0][2:-1])
    found = entry["body"]
    for name, place in _STEP.findall(match[2]):
        try:
            found = found[name] if name else found[int(place)]
        except (KeyError, IndexError, TypeError):
            raise _NoValue(match[0][2:-1]) from None
    return found
