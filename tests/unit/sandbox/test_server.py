"""The loopback server and the faults as they are seen on a real socket."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sfsync_gui.sandbox.clock import Agenda, ManualClock
from sfsync_gui.sandbox.faults import (
    AnswerWithheld,
    ConnectionDropped,
    Fault,
    FaultKind,
    FaultPlan,
)
from sfsync_gui.sandbox.server import LoopbackServer
from sfsync_gui.sandbox.web import FAULT, Answer, RequestLog, SandboxLayer, call, in_process


class Counting:
    """A service that counts the requests that were applied."""

    def __init__(self) -> None:
        self.clock = ManualClock(1_700_000_000)
        self.agenda = Agenda(self.clock)
        self.faults = FaultPlan()
        self.log = RequestLog()
        self.applied = 0
        inner = Starlette(routes=[Route("/count", self.count, methods=["GET", "POST"])])
        self.app = SandboxLayer(
            inner,
            clock=self.clock,
            agenda=self.agenda,
            faults=self.faults,
            log=self.log,
            fault_answer=self.fault_answer,
        )

    async def count(self, request: Request) -> Response:
        body = await request.body()
        self.applied += 1
        fault = request.scope["extensions"][FAULT]
        return JSONResponse({"applied": self.applied, "length": len(body), "fault": fault})

    def fault_answer(self, kind: FaultKind) -> Answer | None:
        status = {FaultKind.RATE_LIMITED: 429, FaultKind.SERVER_ERROR: 500}
        status[FaultKind.SERVER_ERROR_APPLIED] = 502
        return Answer(status[kind], {}, b"{}") if kind in status else None


@pytest.fixture
def service() -> Counting:
    return Counting()


@pytest.fixture
def server(service: Counting) -> Iterator[LoopbackServer]:
    server = LoopbackServer({"one": service.app, "two": Counting().app})
    server.start()
    yield server
    server.stop()


def test_each_app_has_a_port_and_connections_are_kept_alive(server: LoopbackServer) -> None:
    assert server.url("one") != server.url("two")
    with httpx.Client(base_url=server.url("one")) as client, requests.Session() as session:
        for number in (1, 3, 5):
            assert client.get("/count").json()["applied"] == number
            answer = session.post(f"{server.url('one')}/count", data=b"x" * 200_000, timeout=5)
            assert answer.json() == {"applied": number + 1, "length": 200_000, "fault": None}


def test_call_runs_on_the_one_thread_of_the_server(server: LoopbackServer) -> None:
    names = {server.call(lambda: threading.current_thread().name) for _ in range(3)}
    assert names == {"sandbox-server"}
    with pytest.raises(ZeroDivisionError):
        server.call(lambda: 1 // 0)


def test_spawned_tasks_run_and_end_with_the_server() -> None:
    server = LoopbackServer({"one": Counting().app})
    server.start()
    begun, ended = threading.Event(), threading.Event()

    async def forever() -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    server.spawn(forever())
    assert begun.wait(5)
    server.stop()
    assert ended.wait(1)
    with pytest.raises(RuntimeError):
        server.call(lambda: None)


def test_a_failing_task_is_logged(server: LoopbackServer, caplog: pytest.LogCaptureFixture) -> None:
    async def failing() -> None:
        raise ValueError("no")

    server.spawn(failing())
    deadline = time.monotonic() + 5
    while "A task of the sandbox failed" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "A task of the sandbox failed" in caplog.text


@pytest.mark.parametrize(
    ("kind", "status", "applied"),
    [
        (FaultKind.RATE_LIMITED, 429, 0),
        (FaultKind.SERVER_ERROR, 500, 0),
        (FaultKind.SERVER_ERROR_APPLIED, 502, 1),
        (FaultKind.LOCK_ROW, 200, 1),
    ],
)
def test_answered_faults_on_a_real_socket(
    server: LoopbackServer, service: Counting, kind: FaultKind, status: int, applied: int
) -> None:
    service.faults.arm(Fault(kind, method="POST", path="^/count$"))
    answer = httpx.post(server.url("one") + "/count")
    assert (answer.status_code, service.applied) == (status, applied)
    if kind is FaultKind.LOCK_ROW:
        assert answer.json()["fault"] == "lock_row"
    assert service.faults.fired[kind] == 1


@pytest.mark.parametrize(
    ("kind", "applied"), [(FaultKind.RESET_BEFORE, 0), (FaultKind.RESET_AFTER, 1)]
)
def test_a_dropped_connection_on_a_real_socket(
    server: LoopbackServer,
    service: Counting,
    caplog: pytest.LogCaptureFixture,
    kind: FaultKind,
    applied: int,
) -> None:
    with httpx.Client(base_url=server.url("one")) as client:
        service.faults.arm(Fault(kind))
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            client.post("/count", content=b"x" * 100_000)
        assert service.applied == applied
        assert client.get("/count").json()["applied"] == applied + 1
    assert not caplog.records


def test_a_withheld_answer_is_applied_later(server: LoopbackServer, service: Counting) -> None:
    service.faults.arm(Fault(FaultKind.LATE_APPLY, delay=5))
    with httpx.Client(base_url=server.url("one"), timeout=0.3) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post("/count")
        assert service.applied == 0
        server.call(lambda: service.clock.advance(6))
        assert client.get("/count").json()["applied"] == 2


def test_stop_is_quick_with_connections_and_withheld_answers_open(
    service: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    server = LoopbackServer({"one": service.app})
    server.start()
    outcome: list[str] = []

    def waiting() -> None:
        try:
            httpx.post(server.url("one") + "/count", timeout=20)
        except httpx.TransportError as error:
            outcome.append(type(error).__name__)

    with httpx.Client(base_url=server.url("one")) as idle:
        idle.get("/count")
        service.faults.arm(Fault(FaultKind.LATE_APPLY))
        thread = threading.Thread(target=waiting)
        thread.start()
        while not service.faults.fired:
            time.sleep(0.01)
        begin = time.monotonic()
        server.stop()
        assert time.monotonic() - begin < 1
        thread.join(5)
    assert outcome
    assert not caplog.records
    server.stop()


def test_in_process_the_exceptions_propagate(service: Counting) -> None:
    service.faults.arm(Fault(FaultKind.RESET_AFTER))
    service.faults.arm(Fault(FaultKind.LATE_APPLY))
    with pytest.raises(ConnectionDropped) as dropped:
        call(service.app, "POST", "/count")
    assert dropped.value.applied
    with pytest.raises(AnswerWithheld) as withheld:
        call(service.app, "POST", "/count")
    assert not withheld.value.applied
    answer = call(service.app, "GET", "/count")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.body)["applied"] == 2


async def _post(app: Callable[..., object]) -> int:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(in_process(app)),  # type: ignore[arg-type]
        base_url="http://sandbox",
    ) as client:
        return (await client.post("/count")).status_code


def test_in_process_mount_for_a_client_library(service: Counting) -> None:
    assert asyncio.run(_post(service.app)) == 200
    service.faults.arm(Fault(FaultKind.RESET_BEFORE))
    with pytest.raises(ConnectionDropped):
        asyncio.run(_post(service.app))


def test_the_log_masks_secrets(service: Counting) -> None:
    service.faults.arm(Fault(FaultKind.RESET_BEFORE))
    with pytest.raises(ConnectionDropped):
        call(service.app, "GET", "/count", "access_token=abc&page=2")
    call(service.app, "GET", "/count", "q=SELECT+Id+FROM+Lead")
    call(service.app, "GET", "/nothing")
    first, second, third = service.log.entries
    assert "abc" not in first.query
    assert "page=2" in first.query
    assert (first.status, first.fault) == (None, FaultKind.RESET_BEFORE)
    assert second.query == "q=SELECT+Id+FROM+Lead"
    assert third.status == 404
    assert service.log.count("GET", "count") == 2
    assert service.log.totals["GET", 200] == 1


def test_a_server_that_is_not_running_refuses_work() -> None:
    server = LoopbackServer({"one": Counting().app})
    server.stop()

    async def nothing() -> None:
        return

    with pytest.raises(RuntimeError):
        server.call(lambda: None)
    with pytest.raises(RuntimeError):
        server.spawn(nothing())
    server.start()
    with pytest.raises(RuntimeError):
        server.start()
    server.stop()


def test_two_calls_on_the_servers_own_thread_do_not_wait_for_each_other(
    server: LoopbackServer,
) -> None:
    assert server.call(lambda: server.call(lambda: 5)) == 5


def test_an_application_that_suspends_is_an_error() -> None:
    async def suspending(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="suspended"):
        call(suspending, "GET", "/")


def test_a_client_that_leaves_within_its_request_leaves_no_trace(
    server: LoopbackServer, service: Counting, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = server.url("one").removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab")
    assert httpx.get(server.url("one") + "/count").json()["applied"] == 1
    assert not caplog.records
    service.log.clear()
    assert service.log.count() == 0
