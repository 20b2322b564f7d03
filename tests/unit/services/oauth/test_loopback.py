"""The listener on this computer, as browsers and strangers find it."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

import pytest

from sfsync_gui.core.failures import SetupError, SignInError
from sfsync_gui.core.vocabulary import SignInCause
from sfsync_gui.services.oauth import loopback
from sfsync_gui.services.oauth.loopback import LoopbackListener, redirect_uris

ANY_PORT = (0,)


def accepts(url: str) -> bool:
    return "state=mine" in url


async def sent(port: int, request: bytes, host: str = "127.0.0.1") -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(request)
        await writer.drain()
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def get(port: int, target: str, host: str = "") -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: {host or f'localhost:{port}'}\r\n\r\n".encode()


def listening(
    scenario: Callable[[LoopbackListener, asyncio.Task[str]], Awaitable[None]],
) -> None:
    """Run a scenario while somebody waits for the redirect."""

    async def run() -> None:
        async with await LoopbackListener.opened(ANY_PORT) as listener:
            waiting = asyncio.create_task(listener.wait(accepts, 20))
            await asyncio.sleep(0)
            try:
                await scenario(listener, waiting)
            finally:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)

    asyncio.run(run())


def test_the_redirect_is_handed_over_and_a_page_shown() -> None:
    async def scenario(listener: LoopbackListener, waiting: asyncio.Task[str]) -> None:
        assert listener.redirect_uri == f"http://localhost:{listener.port}/callback"
        page = await sent(listener.port, get(listener.port, "/callback?code=aP%3D%3D&state=mine"))
        assert page.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"You can close this page" in page
        assert b"aP%3D" not in page
        for header in (b"Cache-Control: no-store", b"default-src 'none'", b"no-referrer"):
            assert header in page
        assert await waiting == f"{listener.redirect_uri}?code=aP%3D%3D&state=mine"

    listening(scenario)


def test_a_refusal_is_handed_over_with_its_own_page() -> None:
    async def scenario(listener: LoopbackListener, waiting: asyncio.Task[str]) -> None:
        target = "/callback?error=access_denied&state=mine"
        assert b"Not signed in" in await sent(listener.port, get(listener.port, target))
        assert "error=access_denied" in await waiting

    listening(scenario)


def test_ipv6_is_listened_on_where_there_is_one() -> None:
    async def scenario(listener: LoopbackListener, waiting: asyncio.Task[str]) -> None:
        if len(listener._sockets) == 1:
            with pytest.raises(OSError, match=r"."):
                await asyncio.open_connection("::1", listener.port)
            return
        request = get(listener.port, "/callback?code=x&state=mine", f"[::1]:{listener.port}")
        assert b"200 OK" in await sent(listener.port, request, "::1")
        assert await waiting

    listening(scenario)


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET /callback?code=x&state=other HTTP/1.1\r\nHost: {host}", b"400"),
        ("GET /callback HTTP/1.1\r\nHost: {host}", b"400"),
        ("GET /favicon.ico HTTP/1.1\r\nHost: {host}", b"404"),
        ("GET / HTTP/1.1\r\nHost: {host}", b"404"),
        ("GET /callback/?code=x&state=mine HTTP/1.1\r\nHost: {host}", b"404"),
        ("GET /Callback?code=x&state=mine HTTP/1.1\r\nHost: {host}", b"404"),
        ("POST /callback?code=x&state=mine HTTP/1.1\r\nHost: {host}", b"405"),
        ("HEAD /callback?code=x&state=mine HTTP/1.1\r\nHost: {host}", b"405"),
        ("GET /callback?code=x&state=mine HTTP/1.1\r\nHost: evil.example", b"400"),
        ("GET /callback?code=x&state=mine HTTP/1.1", b"400"),
        ("GET /callback?code=x&state=mine HTTP/1.1\r\nHost: {host}\r\nHost: {host}", b"400"),
        ("GET http://{host}/callback?code=x&state=mine HTTP/1.1\r\nHost: {host}", b"400"),
        ("GET /callback?code=x&state=mine SPDY/3\r\nHost: {host}", b"400"),
        ("nonsense", b"400"),
        ("\x16\x03\x01\x02", b"400"),
    ],
)
def test_whatever_else_knocks_does_not_end_the_wait(request_text: str, status: bytes) -> None:
    async def scenario(listener: LoopbackListener, waiting: asyncio.Task[str]) -> None:
        text = request_text.replace("{host}", f"localhost:{listener.port}")
        answer = await sent(listener.port, f"{text}\r\n\r\n".encode("latin-1"))
        assert answer.split(b" ")[1] == status
        assert not waiting.done()
        await sent(listener.port, get(listener.port, "/callback?code=x&state=mine"))
        assert await waiting

    listening(scenario)


def test_a_huge_request_is_refused_and_does_not_end_the_wait() -> None:
    async def scenario(listener: LoopbackListener, waiting: asyncio.Task[str]) -> None:
        huge = get(listener.port, "/callback?state=mine&code=" + "x" * 1_000_000)
        answer = await sent(listener.port, huge)
        assert answer == b"" or answer.startswith(b"HTTP/1.1 431")
        assert not waiting.done()
        await sent(listener.port, get(listener.port, "/callback?code=x&state=mine"))
        assert await waiting

    listening(scenario)


def test_connections_without_a_request_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "_REQUEST_SECONDS", 0.3)

    async def scenario(listener: LoopbackListener, waiting: asyncio.Task[str]) -> None:
        silent = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(19)]
        silent[0][1].write(b"GET /callback?code=x&st")
        page = await sent(listener.port, get(listener.port, "/callback?code=x&state=mine"))
        assert b"200 OK" in page
        assert await waiting
        async with asyncio.timeout(5):
            for reader, writer in silent:
                assert await reader.read() == b""
                writer.close()

    listening(scenario)


def test_more_connections_than_a_browser_makes_are_dropped() -> None:
    async def scenario(listener: LoopbackListener, _waiting: asyncio.Task[str]) -> None:
        many = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(20)]
        await asyncio.sleep(0.05)
        assert await sent(listener.port, get(listener.port, "/favicon.ico")) == b""
        for _reader, writer in many:
            writer.close()

    listening(scenario)


def test_the_second_redirect_finds_nobody_waiting() -> None:
    async def scenario(listener: LoopbackListener, waiting: asyncio.Task[str]) -> None:
        request = get(listener.port, "/callback?code=first&state=mine")
        await sent(listener.port, request)
        assert b"410 Gone" in await sent(listener.port, request.replace(b"first", b"second"))
        assert "code=first" in await waiting

    listening(scenario)


def test_the_wait_ends_in_words() -> None:
    async def run() -> None:
        async with await LoopbackListener.opened(ANY_PORT) as listener:
            with pytest.raises(SignInError) as caught:
                await listener.wait(accepts, 0.05)
            assert caught.value.cause is SignInCause.NEVER_FINISHED
            page = await sent(listener.port, get(listener.port, "/callback?code=x&state=mine"))
            assert b"410 Gone" in page

    asyncio.run(run())


def test_closing_ends_the_wait_and_frees_the_port() -> None:
    async def run() -> None:
        listener = await LoopbackListener.opened(ANY_PORT)
        half_open = await asyncio.open_connection("127.0.0.1", listener.port)
        waiting = asyncio.create_task(listener.wait(accepts))
        await asyncio.sleep(0.05)
        begun = time.monotonic()
        await listener.aclose()
        await listener.aclose()
        assert time.monotonic() - begun < 3
        with pytest.raises(SignInError) as caught:
            await waiting
        assert caught.value.cause is SignInCause.NEVER_FINISHED
        assert await half_open[0].read() == b""
        half_open[1].close()
        again = await LoopbackListener.opened((listener.port,))
        assert again.port == listener.port
        await again.aclose()

    asyncio.run(run())


def test_the_first_free_port_is_taken() -> None:
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken, socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports = (taken.getsockname()[1], free.getsockname()[1])
            free.close()
            async with await LoopbackListener.opened(ports) as listener:
                assert listener.port == ports[1]
                with pytest.raises(SetupError, match=f"{ports[0]} and {ports[1]}") as caught:
                    await LoopbackListener.opened(ports)
                assert caught.value.code == "no_port"

    asyncio.run(run())


def test_a_port_that_is_taken_on_ipv6_is_taken() -> None:
    async def run() -> None:
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(SetupError):
                await LoopbackListener.opened((port,))

    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        # Without IPv6 nobody can hold the port there: the listener has one socket only.
        async def one() -> None:
            async with await LoopbackListener.opened(ANY_PORT) as listener:
                assert len(listener._sockets) == 1

        asyncio.run(one())
        return
    asyncio.run(run())


def test_three_addresses_are_registered() -> None:
    assert len(set(redirect_uris())) == 3
    assert all(uri.startswith("http://localhost:") for uri in redirect_uris())


def test_nothing_is_left_behind_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(listener: LoopbackListener, waiting: asyncio.Task[str]) -> None:
        await sent(listener.port, get(listener.port, "/callback?code=the-code&state=mine"))
        await sent(listener.port, get(listener.port, "/callback?code=the-code&state=x"))
        await waiting

    with caplog.at_level(0):
        listening(scenario)
    assert "the-code" not in caplog.text
