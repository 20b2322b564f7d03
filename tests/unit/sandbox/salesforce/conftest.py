"""An org, and a client that talks to it in-process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.web import Answer, call

VERSION = "v59.0"
START = 1_795_428_000.75
"""2026-11-23T10:00:00.75Z, so that whole seconds show."""


@dataclass
class Client:
    """Calls the REST API of a sandbox with a session of its own."""

    sandbox: SalesforceSandbox
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sign_in()

    def sign_in(self) -> None:
        """Begin a new session."""
        self.tokens = self.sandbox.issue_tokens("client")

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        parameters: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request to a path below the version's root."""
        all_headers = {"Authorization": f"Bearer {self.tokens['access_token']}", **(headers or {})}
        content = b"" if body is None else json.dumps(body).encode()
        query = urlencode(parameters or {}, quote_via=quote)
        return call(
            self.sandbox.app, method, f"/services/data/{VERSION}{path}", query, all_headers, content
        )

    def ok(self, method: str, path: str, body: Any = None, **rest: Any) -> Any:
        """Return the JSON of an answer that must be a success."""
        answer = self.send(method, path, body, **rest)
        assert answer.status < 300, answer.body
        return json.loads(answer.body) if answer.body else None

    def error(self, method: str, path: str, body: Any = None, **rest: Any) -> tuple[int, str, str]:
        """Return status, code and message of an answer that must be one error."""
        answer = self.send(method, path, body, **rest)
        (entry,) = json.loads(answer.body)
        return answer.status, entry["errorCode"], entry["message"]

    def query(self, soql: str, *, deleted_too: bool = False) -> list[dict[str, Any]]:
        """Return the records of the first page."""
        path = "/queryAll" if deleted_too else "/query"
        records: list[dict[str, Any]] = self.ok("GET", path, parameters={"q": soql})["records"]
        return records

    def ids(self, soql: str, *, deleted_too: bool = False) -> list[str]:
        """Return the Ids of the first page."""
        return [row["Id"] for row in self.query(soql, deleted_too=deleted_too)]

    def refused(self, soql: str) -> tuple[str, str]:
        """Return code and message of a query that must be refused."""
        status, code, message = self.error("GET", "/query", parameters={"q": soql})
        assert status == 400
        return code, message


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def sandbox(clock: ManualClock) -> SalesforceSandbox:
    return SalesforceSandbox(clock)


@pytest.fixture
def client(sandbox: SalesforceSandbox) -> Client:
    return Client(sandbox)


@pytest.fixture
def new_client() -> Callable[[SalesforceSandbox], Client]:
    """How to make a client of a sandbox that a test has made itself."""
    return Client


@pytest.fixture
def lead(sandbox: SalesforceSandbox) -> str:
    """A lead that a human has created."""
    return sandbox.create("Lead", LastName="Doe", FirstName="Jo", Company="Acme", Email="jo@x.org")


@pytest.fixture
def contact(sandbox: SalesforceSandbox) -> str:
    """A contact that a human has created."""
    return sandbox.create("Contact", LastName="Roe", Email="roe@x.org")
