"""The outermost layer of a simulated service: agenda, faults, request log, dropped connections.

The layer is plain ASGI. It reads the whole request, then runs the application behind it in one
step without ever suspending, and sends the whole answer. So a request is atomic, and the same
application can be driven from synchronous code (`call`) as well as from a real socket.
"""

from __future__ import annotations

import re
import socket
import struct
import sys
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sfsync_gui.sandbox.clock import Agenda, Clock
from sfsync_gui.sandbox.faults import (
    AnswerWithheld,
    ConnectionDropped,
    Fault,
    FaultKind,
    FaultPlan,
)

IN_PROCESS = "sandbox.in_process"
"""Scope extension: when true, ConnectionDropped and AnswerWithheld are raised out of the app."""

FAULT = "sandbox.fault"
"""Scope extension: the `FaultKind` that the application itself has to act out."""

_SECRET_KEY = re.compile(r"token|code|secret|password|assertion|sid|state|signature", re.IGNORECASE)

_Result = TypeVar("_Result")


class Answer(NamedTuple):
    """An HTTP answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class LogEntry:
    """One request as it was logged. `status` is None where a fault left it without an answer."""

    method: str
    path: str
    query: str
    status: int | None
    fault: FaultKind | None
    when: float


@dataclass
class RequestLog:
    """The latest requests (bounded) and how many there ever were, by (method, status).

    Holds neither headers nor bodies, and secrets in a query are masked: it never holds a token.
    """

    entries: deque[LogEntry] = field(default_factory=lambda: deque(maxlen=10_000))
    totals: Counter[tuple[str, int | None]] = field(default_factory=Counter)

    def add(self, entry: LogEntry) -> None:
        """Append one entry."""
        self.entries.append(entry)
        self.totals[entry.method, entry.status] += 1

    def count(self, method: str | None = None, path: str | None = None) -> int:
        """Count the kept entries with this method whose path contains the pattern `path`."""
        return sum(
            1
            for entry in self.entries
            if (method is None or entry.method == method)
            and (path is None or re.search(path, entry.path) is not None)
        )

    def clear(self) -> None:
        """Forget all entries and totals."""
        self.entries.clear()
        self.totals.clear()


class SandboxLayer:
    """Wraps the application of one simulated service; see the module's description.

    `fault_answer` gives the service's own words for a fault that is answered. Where it returns
    None the application is asked to act the fault out: it finds the kind in the scope's
    extensions under `FAULT`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        clock: Clock,
        agenda: Agenda,
        faults: FaultPlan,
        log: RequestLog,
        fault_answer: Callable[[FaultKind], Answer | None],
    ) -> None:
        self._app = app
        self._clock = clock
        self._agenda = agenda
        self._faults = faults
        self._log = log
        self._fault_answer = fault_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            raise RuntimeError(f"the sandbox serves HTTP only, not {scope['type']}")
        body = await _read_body(receive)
        if body is None:
            return
        try:
            answer = self._serve(scope, body)
        except ConnectionDropped:
            if _is_in_process(scope):
                raise
            await _abort_connection(receive, send)
        except AnswerWithheld:
            if _is_in_process(scope):
                raise
            await _wait_for_disconnect(receive)
        else:
            await _send_answer(answer, send)

    def _serve(self, scope: Scope, body: bytes) -> Answer:
        """Run what is due, then the request with its fault, and log both."""
        self._agenda.run_due()
        fault = self._faults.take(scope["method"], scope["path"])
        status: int | None = None
        try:
            answer = self._outcome(scope, body, fault)
            status = answer.status
            # The service tells its own time, which need not be the web server's.
            date = formatdate(int(self._clock.now()), usegmt=True)
            return answer._replace(headers={**answer.headers, "date": date})
        finally:
            entry = LogEntry(
                method=scope["method"],
                path=scope["path"],
                query=_masked(scope["query_string"].decode("latin-1")),
                status=status,
                fault=None if fault is None else fault.kind,
                when=self._clock.now(),
            )
            self._log.add(entry)

    def _outcome(self, scope: Scope, body: bytes, fault: Fault | None) -> Answer:
        """Return the answer, or raise what happens to the connection instead."""
        if fault is None:
            return self._apply(scope, body)
        match fault.kind:
            case FaultKind.RESET_BEFORE:
                raise ConnectionDropped(applied=False)
            case FaultKind.RESET_AFTER:
                self._apply(scope, body)
                raise ConnectionDropped(applied=True)
            case FaultKind.LATE_APPLY:
                when = self._clock.now() + fault.delay
                self._agenda.at(when, lambda: self._apply_late(scope, body))
                raise AnswerWithheld(applied=False)
            case FaultKind.SERVER_ERROR_APPLIED:
                self._apply(scope, body)
        answer = self._fault_answer(fault.kind)
        return self._apply(scope, body, fault.kind) if answer is None else answer

    def _apply(self, scope: Scope, body: bytes, fault: FaultKind | None = None) -> Answer:
        """Run the application to its end and return its answer."""
        extensions = {**(scope.get("extensions") or {}), FAULT: fault}
        return drive(_run({**scope, "extensions": extensions}, body, self._app))

    def _apply_late(self, scope: Scope, body: bytes) -> None:
        """Run the application for a client that has long gone."""
        self._apply(scope, body)


def drive(coroutine: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a coroutine that never suspends; raise RuntimeError if it does."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: _Result = stop.value
        return result
    coroutine.close()
    raise RuntimeError("the application suspended")


def call(
    app: ASGIApp,
    method: str,
    path: str,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Answer:
    """Send one request to an application in-process and return its answer.

    `path` may be percent-encoded; `query` is the part after the question mark, encoded.
    Raises ConnectionDropped and AnswerWithheld where a client on the network would see these.
    """
    raw_headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in (headers or {}).items()
    ]
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method.upper(),
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("ascii", "replace"),
        "root_path": "",
        "query_string": query.encode("ascii"),
        "headers": [(b"host", b"sandbox.invalid"), *raw_headers],
        "client": ("127.0.0.1", 0),
        "server": ("sandbox.invalid", 80),
        "extensions": {IN_PROCESS: True},
    }
    return drive(_run(scope, body, app))


def in_process(app: ASGIApp) -> ASGIApp:
    """Return the app marked as mounted in-process, for client libraries that drive ASGI apps."""

    async def marked(scope: Scope, receive: Receive, send: Send) -> None:
        extensions = {**(scope.get("extensions") or {}), IN_PROCESS: True}
        await app({**scope, "extensions": extensions}, receive, send)

    return marked


async def _run(scope: Scope, body: bytes, app: ASGIApp) -> Answer:
    """Run an app on a request that is complete, and collect its answer."""
    status = 0
    headers: dict[str, str] = {}
    chunks: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            for name, value in message.get("headers", []):
                headers[name.decode("latin-1").lower()] = value.decode("latin-1")
        else:
            chunks.append(message.get("body", b""))

    await app(scope, receive, send)
    return Answer(status, headers, b"".join(chunks))


async def _read_body(receive: Receive) -> bytes | None:
    """Return the whole request body, or None if the client left before it was complete."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _send_answer(answer: Answer, send: Send) -> None:
    """Send a whole answer."""
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    if answer.status == 204:
        del headers["content-length"]
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})


async def _abort_connection(receive: Receive, send: Send) -> None:
    """Drop the TCP connection with a reset (RST), as a failing network does.

    ASGI has no message for this. Under uvicorn's h11 protocol `send` is a method of the object
    that holds the transport, so the transport is found there. A linger time of zero makes the
    system send RST instead of an orderly end.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise RuntimeError("dropping a connection needs uvicorn's h11 protocol")
    linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()
    # uvicorn answers 500 for us unless it has noticed the end of the connection.
    await _wait_for_disconnect(receive)


async def _wait_for_disconnect(receive: Receive) -> None:
    """Wait until the client leaves, or the server's stop closes the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _is_in_process(scope: Scope) -> bool:
    return bool((scope.get("extensions") or {}).get(IN_PROCESS))


def _masked(query: str) -> str:
    """Return the query with the values of everything that may be a secret taken out."""
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(_SECRET_KEY.search(key) for key, _value in pairs):
        return query
    return urlencode([(k, "***" if _SECRET_KEY.search(k) else v) for k, v in pairs])
