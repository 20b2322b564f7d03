"""Sockets for requests: time-outs always, plain http to loopback only, all closed on demand."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.vocabulary import Side

_STALE_AFTER = 50.0
"""Seconds. Idle connections that are older are not used again: routers forget them silently, and
a write that is sent into the void has an unknown outcome."""


@dataclass(frozen=True, slots=True)
class TimeOuts:
    """Limits of one request in seconds: for connecting, and for each wait for data."""

    connect: float = 10.0
    read: float = 60.0

    @property
    def whole(self) -> float:
        """How long a caller waits for a call with its sign-in and one repetition, at most."""
        return 3 * (self.connect + self.read)


class OpenSockets:
    """The sockets that are connected, so that they can be ended while threads read from them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._closed = False

    def add(self, connected: socket.socket | None) -> None:
        """Remember a connected socket; raises ConnectionAbortedError after `close`."""
        if connected is None:
            return
        with self._lock:
            if not self._closed:
                self._sockets.add(connected)
                return
        _end(connected)
        raise ConnectionAbortedError("the connection has been closed")

    def close(self) -> None:
        """End all connections: whoever reads or writes is woken with an error."""
        with self._lock:
            self._closed = True
            for connected in list(self._sockets):
                _end(connected)


def _end(connected: socket.socket) -> None:
    """Shut a socket down without touching its TLS state, which another thread may be using."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)


class TimedAdapter(HTTPAdapter):
    """Sends with time-outs (requests has none by itself) and never retries by itself."""

    def __init__(self, time_outs: TimeOuts, sockets: OpenSockets) -> None:
        self._time_outs = (time_outs.connect, time_outs.read)
        self._sockets = sockets
        self._used = time.monotonic()
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools, of connections that are remembered."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _remembering_pools(self._sockets)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the pools for a proxy, of connections that are remembered."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _remembering_pools(self._sockets)
        return manager

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Send a request within the time-outs; raises requests' exceptions."""
        now = time.monotonic()
        if now - self._used > _STALE_AFTER:
            self.poolmanager.clear()
        self._used = now
        return super().send(request, **{**kwargs, "timeout": self._time_outs})


class LoopbackAdapter(TimedAdapter):
    """Speaks plain http to one loopback host, whatever scheme the URL has, never by a proxy.

    simple-salesforce builds https URLs only, whatever the instance URL was.
    """

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Send a request without TLS; raises requests' exceptions."""
        url = request.url or ""
        if url.startswith("https:"):
            request.url = "http:" + url.removeprefix("https:")
        return super().send(request, **{**kwargs, "proxies": {}})


def mount(
    session: requests.Session,
    urls: tuple[str, ...],
    time_outs: TimeOuts,
    sockets: OpenSockets,
    substitute: BaseAdapter | None = None,
) -> None:
    """Give a session its adapters: https everywhere, http to the loopback hosts among `urls`.

    `substitute` takes everything where it is given. Raises `SetupError` for a URL that is plain
    http and not on this computer.
    """
    session.adapters.clear()
    session.mount("https://", substitute or TimedAdapter(time_outs, sockets))
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme == "https":
            continue
        if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
            raise _not_private(parts.hostname or url)
        adapter = substitute or LoopbackAdapter(time_outs, sockets)
        session.mount(f"https://{parts.netloc}/", adapter)
        session.mount(f"http://{parts.netloc}/", adapter)


def without_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave a request as it is: keeps requests from putting a `.netrc` login in it."""
    return request


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _not_private(host: str) -> SetupError:
    return SetupError(
        "Connection is not private",
        f"{host} can only be reached without encryption, so nothing was sent to it.",
        "Use an address that begins with https.",
        subject=host,
        side=Side.SALESFORCE,
    )


def _remembering_pools(sockets: OpenSockets) -> Mapping[str, type[HTTPConnectionPool]]:
    """Pool classes whose connections report the sockets that they open."""

    class PlainConnection(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            sockets.add(self.sock)

    class SecureConnection(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            sockets.add(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": PlainPool, "https": SecurePool}
