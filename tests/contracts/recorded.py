"""Describes as two real orgs answered them, and an org that answers nothing else."""

from __future__ import annotations

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import requests
from requests.adapters import BaseAdapter

_FOLDER = Path(__file__).parent / "salesforce"

NAMES = (
    "Account",
    "Case",
    "Contact",
    "Event",
    "Lead",
    "Account.custom",
    "Contact.custom",
    "Lead.custom",
)


@cache
def recorded(name: str) -> dict[str, Any]:
    """A recorded describe, not to be changed; `Lead.custom` is that of the other org."""
    path = _FOLDER / f"describe.{name}.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def by_name(describe: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of a describe by their names."""
    return {entry["name"]: entry for entry in describe["fields"]}


class RecordedOrg(BaseAdapter):
    """Answers composite requests for describes with the recorded ones, and nothing else."""

    def __init__(self, suffix: str) -> None:
        super().__init__()
        self._suffix = suffix

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """Answer one composite request."""
        parts = [self._part(part) for part in json.loads(request.body or "{}")["compositeRequest"]]
        response = requests.Response()
        response.status_code = 200
        response.headers["Content-Type"] = "application/json;charset=UTF-8"
        response.raw = io.BytesIO(json.dumps({"compositeResponse": parts}).encode())
        response.url, response.request = request.url or "", request
        return response

    def close(self) -> None:
        """Nothing is open."""

    def _part(self, part: dict[str, Any]) -> dict[str, Any]:
        name = part["url"].split("/")[-2]
        return {
            "body": recorded(f"{name}{self._suffix}"),
            "httpHeaders": {},
            "httpStatusCode": 200,
            "referenceId": part["referenceId"],
        }
