"""A simulated workspace with a clock that is moved by hand, and a way to send requests to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.web import Answer, call

START = datetime(2026, 5, 20, 12, 0, tzinfo=ZoneInfo("Pacific/Auckland")).timestamp()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def intercom(clock: ManualClock) -> IntercomSandbox:
    return IntercomSandbox(clock, seed=7, index_lag=(0.0, 0.0))


@pytest.fixture
def send(intercom: IntercomSandbox) -> Callable[..., Answer]:
    """Send a request and return the whole answer."""

    def request(
        method: str,
        path: str,
        body: object = None,
        *,
        query: str = "",
        version: str | None = "2.16",
        token: str | None = None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token or intercom.access_token}"}
        if version is not None:
            headers["Intercom-Version"] = version
        content = b"" if body is None else json.dumps(body).encode()
        return call(intercom.app, method, path, query, headers, content)

    return request


@pytest.fixture
def api(send: Callable[..., Answer]) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Send a request and return status and parsed body."""

    def request(method: str, path: str, body: object = None, **more: Any) -> tuple[int, Any]:
        answer = send(method, path, body, **more)
        return answer.status, json.loads(answer.body)

    return request
