"""The end of a sign-in in the user's own browser: a listener on this computer (RFC 8252, 7.3).

It takes one kind of request, `GET /callback` with the state that is waited for, and shows a page
for it. Whatever else knocks (favicons, other programs, half-open or endless requests) is answered
briefly or dropped, and never ends the wait.
"""

import asyncio
import errno
import html
import logging
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from sfsync_gui.core.failures import SetupError, SignInError
from sfsync_gui.core.vocabulary import Side, SignInCause

LOOPBACK_PORTS = (17250, 18350, 19450)
"""One of them is listened on; all three are registered as callback URLs. They are below the ranges
from which systems take ports for outgoing connections, and apart, as Windows reserves blocks."""

CALLBACK_PATH = "/callback"
WAIT_SECONDS = 600.0
"""How long a person may take to sign in, with a second factor to be fetched from elsewhere."""

_REQUEST_SECONDS = 10.0
_MAXIMUM_HEAD = 16_384
"""Bytes of a request's head; a redirect with a long code has about two thousand."""
_MAXIMUM_CONNECTIONS = 20
_LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")
_NO_IPV6 = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.EINVAL}
_LOGGER = logging.getLogger(__name__)


def redirect_uris(ports: Sequence[int] = LOOPBACK_PORTS) -> tuple[str, ...]:
    """The callback URLs to register in the External Client App."""
    return tuple(f"http://localhost:{port}{CALLBACK_PATH}" for port in ports)


class LoopbackListener:
    """Listens on the first free port until closed; an asynchronous context manager.

    `opened` raises `SetupError` where no port is free. To be used on one event loop.
    """

    def __init__(self, port: int, sockets: Sequence[socket.socket]) -> None:
        self.port = port
        self._sockets = tuple(sockets)
        self._servers: list[asyncio.Server] = []
        self._handlers: set[asyncio.Task[None]] = set()
        self._accepts: Callable[[str], bool] | None = None
        self._redirect: asyncio.Future[str] | None = None

    @classmethod
    async def opened(cls, ports: Sequence[int] = LOOPBACK_PORTS) -> "LoopbackListener":
        """Listen on 127.0.0.1, and on ::1 where there is one."""
        for port in ports:
            sockets = _bound(port)
            if sockets:
                listener = cls(sockets[0].getsockname()[1], sockets)
                await listener._start()
                return listener
        raise _no_port(ports)

    @property
    def redirect_uri(self) -> str:
        """The address that is listened on, as it is registered."""
        return redirect_uris((self.port,))[0]

    async def wait(self, accepts: Callable[[str], bool], seconds: float = WAIT_SECONDS) -> str:
        """The whole address of the first redirect that `accepts` (`SignIn.is_answer`).

        Raises `SignInError` (NEVER_FINISHED) after `seconds` or when closed meanwhile.
        """
        self._redirect = asyncio.get_running_loop().create_future()
        self._accepts = accepts
        try:
            async with asyncio.timeout(seconds):
                return await self._redirect
        except TimeoutError:
            raise _never_finished() from None
        finally:
            self._accepts = None

    async def aclose(self) -> None:
        """Stop listening and drop what is open; may be called twice."""
        servers, self._servers = self._servers, []
        for server in servers:
            server.close()
        if self._redirect is not None and not self._redirect.done():
            self._redirect.set_exception(_never_finished())
        # The page for the redirect may still be on its way.
        handlers = list(self._handlers)
        if handlers:
            _done, late = await asyncio.wait(handlers, timeout=_LAST_PAGE_SECONDS)
            for handler in late:
                handler.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for server in servers:
            await server.wait_closed()

    async def __aenter__(self) -> "LoopbackListener":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _start(self) -> None:
        for bound in self._sockets:
            self._servers.append(
                await asyncio.start_server(self._connected, sock=bound, limit=_MAXIMUM_HEAD)
            )

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, which ends after one request."""
        task = asyncio.current_task()
        if task is None or len(self._handlers) >= _MAXIMUM_CONNECTIONS:
            writer.close()
            return
        self._handlers.add(task)
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                page = await self._answered(reader)
                writer.write(page.encoded())
                await writer.drain()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            _LOGGER.debug("A connection to the sign-in listener ended early")
        finally:
            self._handlers.discard(task)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answered(self, reader: asyncio.StreamReader) -> "_Page":
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return _TOO_LARGE
        request = _Request.read(head)
        if request is None or not request.is_for(self.port):
            return _BAD_REQUEST
        if request.path != CALLBACK_PATH:
            return _NOT_FOUND
        if request.method != "GET":
            return _NOT_ALLOWED
        return self._offered(self.redirect_uri + request.query)

    def _offered(self, url: str) -> "_Page":
        """Take the redirect if it is the one that is waited for."""
        if self._redirect is None or self._accepts is None or self._redirect.done():
            return _NOBODY_WAITS
        if not self._accepts(url):
            return _OF_ANOTHER
        self._redirect.set_result(url)
        return _ALLOWED if "code" in dict(parse_qsl(urlsplit(url).query)) else _REFUSED


@dataclass(frozen=True, slots=True)
class _Request:
    """The head of a request: `query` has its question mark."""

    method: str
    path: str
    query: str
    host: str

    @classmethod
    def read(cls, head: bytes) -> "_Request | None":
        """The request, or None where it is not one of HTTP/1."""
        first, *lines = head.decode("latin-1").split("\r\n")
        method, _space, rest = first.partition(" ")
        target, _space, version = rest.rpartition(" ")
        if not version.startswith("HTTP/1.") or not target.startswith("/") or " " in target:
            return None
        path, mark, query = target.partition("?")
        hosts = [line.partition(":")[2].strip() for line in lines if _is_host(line)]
        return cls(method, path, mark + query, hosts[0] if len(hosts) == 1 else "")

    def is_for(self, port: int) -> bool:
        """Whether it names this computer as its host: a page elsewhere must not reach in."""
        return self.host.lower() in {f"{host}:{port}" for host in _LOOPBACK_HOSTS}


@dataclass(frozen=True, slots=True)
class _Page:
    """A whole answer: nothing to fetch, no script, kept nowhere."""

    status: str
    title: str
    text: str

    def encoded(self) -> bytes:
        """The bytes to send."""
        body = _HTML.format(title=html.escape(self.title), text=html.escape(self.text)).encode()
        head = (
            f"HTTP/1.1 {self.status}\r\n"
            "Content-Type: text/html; charset=utf-8\r\n"
            f"Content-Length: {len(body)}\r\n"
            "Cache-Control: no-store\r\n"
            "Referrer-Policy: no-referrer\r\n"
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Connection: close\r\n\r\n"
        )
        return head.encode("ascii") + body


_ALLOWED = _Page("200 OK", "You can close this page", "SFSync goes on with the sign-in.")
_REFUSED = _Page("200 OK", "Not signed in", "You can close this page. SFSync says why.")
_OF_ANOTHER = _Page(
    "400 Bad Request",
    "This belongs to another sign-in",
    "SFSync still waits. Finish in the page that it opened last, or begin again.",
)
_NOBODY_WAITS = _Page(
    "410 Gone", "Nobody waits for this", "The sign-in is finished. You can close this page."
)
_BAD_REQUEST = _Page("400 Bad Request", "Not understood", "")
_NOT_FOUND = _Page("404 Not Found", "Not found", "")
_NOT_ALLOWED = _Page("405 Method Not Allowed", "Not understood", "")
_TOO_LARGE = _Page("431 Request Header Fields Too Large", "Too large", "")
_LAST_PAGE_SECONDS = 0.5
_HTML = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title} – SFSync</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
body {{ margin: 20vh auto 0; max-width: 28rem; padding: 0 1.5rem; text-align: center; }}
h1 {{ font-size: 1.4rem; font-weight: 600; margin: 0 0 .5rem; }}
p {{ margin: 0; opacity: .75; }}
</style>
<h1>{title}</h1>
<p>{text}</p>
</html>
"""


def _is_host(line: str) -> bool:
    return line.partition(":")[0].strip().lower() == "host"


def _bound(port: int) -> list[socket.socket]:
    """Sockets of this port, of IPv4 and where there is one of IPv6; empty where it is in use.

    A program that holds the port on one of the two would receive the redirect of a browser that
    asks there first, so the port counts as taken then.
    """
    sockets: list[socket.socket] = []
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            sockets.append(_bound_socket(family, address, port))
        except OSError as error:
            if family == socket.AF_INET6 and error.errno in _NO_IPV6:
                continue
            for opened in sockets:
                opened.close()
            return []
        # Where the system chose the port, both have the same.
        port = sockets[0].getsockname()[1]
    return sockets


def _bound_socket(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # Otherwise another program could bind the same port on top of this one.
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Connections of a sign-in just before must not keep the port for a minute.
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind((address, port))
        opened.listen()
        opened.setblocking(False)
    except OSError:
        opened.close()
        raise
    return opened


def _no_port(ports: Sequence[int]) -> SetupError:
    *first, last = (str(port) for port in ports)
    names = f"{', '.join(first)} and {last}" if first else last
    return SetupError(
        "The browser cannot return to SFSync",
        f"Other programs use the ports {names} of this computer.",
        "Close the program that uses them, or sign in inside SFSync instead.",
        subject=names,
        side=Side.SALESFORCE,
        code="no_port",
    )


def _never_finished() -> SignInError:
    return SignInError(
        "Sign-in not finished",
        "Nobody came back from the sign-in page.",
        "Sign in again, and finish on the page that opens in the browser.",
        side=Side.SALESFORCE,
        cause=SignInCause.NEVER_FINISHED,
    )
