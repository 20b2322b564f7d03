"""The product's own HTTP client: what it sends, what it refuses, and what failures become."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from sfsync_gui.core.failures import (
    OrgError,
    OutcomeUnknownError,
    SetupError,
    SfsyncError,
    TransientError,
)
from sfsync_gui.core.mapping import Settings
from sfsync_gui.services.http import NOT_SENT, HttpAnswer, HttpClient, HttpHeaders, TimeOuts

SECRET = "dG9rOnZlcnktc2VjcmV0"
HEADERS = {"Authorization": f"Bearer {SECRET}"}
URL = "https://api.example.com"

Handler = Callable[[httpx.Request], httpx.Response]


def client_for(handler: Handler, url: str = URL) -> HttpClient:
    return HttpClient(url, headers={"Accept": "x"}, transport=httpx.MockTransport(handler))


def raising(error: Exception) -> Handler:
    def handler(_request: httpx.Request) -> httpx.Response:
        raise error

    return handler


def send(client: HttpClient, method: str = "GET", write: bool | None = None) -> HttpAnswer:
    return asyncio.run(client.request(method, "/x", headers=HEADERS, write=write))


def failure(client: HttpClient, method: str = "GET", write: bool | None = None) -> SfsyncError:
    with pytest.raises(SfsyncError) as raised:
        send(client, method, write)
    shown = f"{raised.value!r} {raised.value} {raised.value.__cause__!r}"
    assert SECRET not in shown
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return raised.value


def test_a_request_is_sent_as_asked() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        assert request.method == "POST"
        assert str(request.url) == "https://api.example.com/base/x?a=1+2"
        assert request.headers["authorization"] == HEADERS["Authorization"]
        assert request.headers["accept"] == "x"
        assert request.headers["content-type"] == "application/json"
        assert request.content == b'{"name":"\\u00c5sa \\ud800"}'
        return httpx.Response(201, headers={"X-Some": "thing"}, json={"ok": True})

    async def run() -> HttpAnswer:
        client = client_for(handler, URL + "/base/")
        body = {"name": "Åsa \ud800"}
        answer = await client.request(
            "POST", "/x", json=body, params={"a": "1 2"}, headers=HEADERS, write=False
        )
        await client.aclose()
        return answer

    answer = asyncio.run(run())
    assert (answer.status, answer.json(), answer.write) == (201, {"ok": True}, False)
    assert answer.headers["x-sOME"] == "thing"
    assert "x-some" in answer.headers
    assert "thing" not in repr(answer)


def test_a_form_is_sent_as_a_form() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        return httpx.Response(200, content=request.content)

    answer = asyncio.run(client_for(handler).request("POST", "/x", form={"a": "b c", "d": "é"}))
    assert answer.body == b"a=b+c&d=%C3%A9"
    assert answer.write


def test_headers_are_a_mapping() -> None:
    headers = HttpHeaders({"A": "1", "b": "2"})
    assert (dict(headers), len(headers), repr(headers)) == (
        {"a": "1", "b": "2"},
        2,
        "HttpHeaders(['a', 'b'])",
    )


@pytest.mark.parametrize(
    "url", [URL, "http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:80", "http://localhost"]
)
def test_safe_addresses(url: str) -> None:
    assert HttpClient(url).host in url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.intercom.io",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "ftp://localhost",
        "https://",
        "https://user:word@api.intercom.io",
        "https://api.intercom.io?x=1",
        "https://api.intercom.io:port",
        "api.intercom.io",
        "http://[::1",
        "",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(SetupError, match="not an https address") as refused:
        HttpClient(url)
    assert "word" not in str(refused.value)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("All connection attempts failed"),
        httpx.ConnectTimeout(""),
        httpx.PoolTimeout(""),
        httpx.ProxyError("403"),
    ],
)
def test_what_was_not_sent_is_transient(error: Exception) -> None:
    for method in ("GET", "PUT"):
        failed = failure(client_for(raising(error)), method)
        assert type(failed) is TransientError
        assert (failed.code, failed.subject) == (NOT_SENT, "api.example.com")


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("late"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.WriteTimeout("late"),
        httpx.RemoteProtocolError("cut"),
        httpx.DecodingError("not gzip"),
        ssl.SSLError("bad record"),
        TimeoutError(),
    ],
)
def test_what_had_no_answer_is_unknown_for_a_write(error: Exception) -> None:
    assert type(failure(client_for(raising(error)))) is TransientError
    assert type(failure(client_for(raising(error)), "POST", write=False)) is TransientError
    for method in ("PUT", "POST", "PATCH", "DELETE"):
        assert type(failure(client_for(raising(error)), method)) is OutcomeUnknownError


def test_a_library_that_quotes_a_header_is_not_quoted() -> None:
    quoting = httpx.LocalProtocolError(f"Illegal header value b'Bearer {SECRET}'")
    assert failure(client_for(raising(quoting))).detail == "LocalProtocolError"


@pytest.mark.parametrize("bad", [f"{SECRET}\n", f"{SECRET}é", f"\x00{SECRET}"])
def test_a_header_that_cannot_be_sent_is_not_shown(bad: str) -> None:
    client = client_for(lambda _request: httpx.Response(200))
    with pytest.raises(SetupError, match="Authorization") as refused:
        asyncio.run(client.request("GET", "/x", headers={"Authorization": bad}))
    assert SECRET not in repr(refused.value)


def test_a_certificate_problem_is_named() -> None:
    error = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")
    failed = failure(client_for(raising(error)))
    assert "identity of api.example.com" in failed.message
    assert "date" in failed.remedy


@pytest.mark.parametrize(
    ("status", "method", "kind"),
    [
        (200, "GET", TransientError),
        (502, "GET", TransientError),
        (302, "GET", TransientError),
        (200, "PUT", OutcomeUnknownError),
        (504, "PUT", OutcomeUnknownError),
        (403, "GET", OrgError),
        (404, "PUT", OrgError),
    ],
)
def test_an_html_answer_names_the_host(status: int, method: str, kind: type[SfsyncError]) -> None:
    page = httpx.Response(status, html="<html>Sign in to the hotel</html>")
    answer = send(client_for(lambda _request: page), method)
    with pytest.raises(SfsyncError) as unreadable:
        answer.json()
    assert type(unreadable.value) is kind
    assert "api.example.com" in unreadable.value.message
    assert "hotel" not in repr(unreadable.value)
    assert "text/html" in unreadable.value.detail


def test_redirects_are_not_followed() -> None:
    away = httpx.Response(302, headers={"Location": "https://evil.example.com/"})
    assert send(client_for(lambda _request: away)).status == 302


def test_nothing_secret_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    send(client_for(lambda _request: httpx.Response(200, json={})))
    failure(client_for(raising(httpx.ReadError("reset"))))
    assert SECRET not in caplog.text


def test_a_closed_client_sends_nothing() -> None:
    async def run() -> None:
        client = client_for(lambda _request: httpx.Response(200))
        await client.request("GET", "/x")
        await client.aclose()
        await client.aclose()
        await client.request("GET", "/x")

    with pytest.raises(TransientError) as failed:
        asyncio.run(run())
    assert failed.value.code == NOT_SENT
    assert repr(client_for(lambda _r: httpx.Response(200))) == f"HttpClient({URL!r})"


class Body(httpx.AsyncByteStream):
    """A body that comes in drops."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b"."


def test_an_answer_that_never_ends_is_given_up() -> None:
    client = HttpClient(
        URL,
        transport=httpx.MockTransport(lambda _request: httpx.Response(200, stream=Body())),
        time_outs=TimeOuts(total=0.1),
    )
    assert "in time" in failure(client, "PUT").message


def test_a_cancelled_request_leaves_the_client_usable() -> None:
    slow = True

    async def run() -> int:
        client = HttpClient(URL, transport=httpx.MockTransport(handler))
        task = asyncio.create_task(client.request("GET", "/x"))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        nonlocal slow
        slow = False
        answer = await client.request("GET", "/x")
        await client.aclose()
        return answer.status

    def handler(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Body()) if slow else httpx.Response(204)

    assert asyncio.run(run()) == 204


def test_real_sockets_refused_cut_and_silent() -> None:
    async def run() -> list[SfsyncError]:
        async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            writer.close()

        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()
            left.set()

        left = asyncio.Event()
        failures: list[SfsyncError] = []
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port = unused.getsockname()[1]
        ports = [port]
        servers = [await asyncio.start_server(h, "127.0.0.1", 0) for h in (cut, silent)]
        ports += [server.sockets[0].getsockname()[1] for server in servers]
        for port in ports:
            client = HttpClient(f"http://127.0.0.1:{port}", time_outs=TimeOuts(read=0.2))
            with pytest.raises(SfsyncError) as raised:
                await client.request("PUT", "/x", json={}, headers=HEADERS)
            failures.append(raised.value)
            await client.aclose()
        await left.wait()
        for server in servers:
            server.close()
            await server.wait_closed()
        return failures

    refused, ended, late = asyncio.run(run())
    assert type(refused) is TransientError
    assert type(ended) is type(late) is OutcomeUnknownError
    assert "ended" in ended.message
    assert "in time" in late.message


def test_a_check_uses_the_connection_of_the_one_before() -> None:
    async def run() -> int:
        connections, left = 0, asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal connections
            connections += 1
            with contextlib.suppress(asyncio.IncompleteReadError):
                while await reader.readuntil(b"\r\n\r\n"):
                    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            writer.close()
            left.set()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        client = HttpClient(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await client.request("GET", "/x")
        await asyncio.sleep(Settings().intercom_interval + 0.2)
        await client.request("GET", "/x")
        await client.aclose()
        await left.wait()
        server.close()
        await server.wait_closed()
        return connections

    assert asyncio.run(run()) == 1
