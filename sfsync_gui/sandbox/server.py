"""Real HTTP on loopback for the simulated services."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import socket
import threading
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

import uvicorn
from starlette.types import ASGIApp

_LOGGER = logging.getLogger(__name__)
_START_TIMEOUT = 10.0
_CALL_TIMEOUT = 60.0
_STOP_TIMEOUT = 5.0
# Longer than clients keep idle connections, so that the server never closes one that a client is
# just about to use again.
_KEEP_ALIVE_SECONDS = 75

_Result = TypeVar("_Result")


class LoopbackServer:
    """Runs ASGI apps, each on a port of its own of 127.0.0.1, in one background thread.

    All apps share one event loop, so the state behind them is touched by that one thread only.
    Code of other threads reaches the state through `call`.
    """

    def __init__(self, apps: Mapping[str, ASGIApp]) -> None:
        self._apps = dict(apps)
        self._urls: dict[str, str] = {}
        self._servers: list[_Server] = []
        self._spawned: set[asyncio.Task[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ready: concurrent.futures.Future[None] = concurrent.futures.Future()

    def start(self) -> None:
        """Start serving; return when every port is open. Raises OSError if one cannot be."""
        if self._thread is not None:
            raise RuntimeError("the server has been started already")
        self._thread = threading.Thread(target=self._run, name="sandbox-server", daemon=True)
        self._thread.start()
        self._ready.result(_START_TIMEOUT)

    def url(self, name: str) -> str:
        """Return the base URL of an app, without a slash at its end."""
        return self._urls[name]

    def call(self, fn: Callable[[], _Result]) -> _Result:
        """Run a function on the server's thread; return its result or raise its exception."""
        if threading.current_thread() is self._thread:
            return fn()
        result: concurrent.futures.Future[_Result] = concurrent.futures.Future()

        def run() -> None:
            try:
                result.set_result(fn())
            except BaseException as error:
                result.set_exception(error)

        self._running_loop().call_soon_threadsafe(run)
        return result.result(_CALL_TIMEOUT)

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine on the server's loop until it ends or the server stops.

        Its failure is logged as an error.
        """

        def begin() -> None:
            task = asyncio.get_running_loop().create_task(coroutine)
            self._spawned.add(task)
            task.add_done_callback(self._on_task_done)

        try:
            self._running_loop().call_soon_threadsafe(begin)
        except RuntimeError:
            coroutine.close()
            raise

    def stop(self) -> None:
        """Stop serving, dropping the connections that are open. Stopping twice is harmless."""
        if self._thread is None or self._loop is None or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._begin_stop)
        self._thread.join(_STOP_TIMEOUT)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None or self._loop.is_closed():
            raise RuntimeError("the server is not running")
        return self._loop

    def _run(self) -> None:
        """Be the background thread."""
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._ready.done():
                _LOGGER.exception("The sandbox server failed")
            else:
                self._ready.set_exception(error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        tasks: list[asyncio.Task[None]] = []
        for name, app in self._apps.items():
            listener = _listen()
            port = listener.getsockname()[1]
            self._urls[name] = f"http://127.0.0.1:{port}"
            server = _Server(_quiet_config(app))
            self._servers.append(server)
            tasks.append(self._loop.create_task(server.serve(sockets=[listener])))
        for server in self._servers:
            await server.listening.wait()
        self._ready.set_result(None)
        await asyncio.gather(*tasks)
        for task in self._spawned:
            task.cancel()
        await asyncio.gather(*self._spawned, return_exceptions=True)

    def _begin_stop(self) -> None:
        """Close every connection at once: a withheld answer must not hold up the stop."""
        for task in self._spawned:
            task.cancel()
        for server in self._servers:
            server.should_exit = True
            for listener in server.servers:
                listener.close()
            for connection in list(server.server_state.connections):
                connection.transport.abort()

    def _on_task_done(self, task: asyncio.Task[Any]) -> None:
        self._spawned.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _LOGGER.error("A task of the sandbox failed", exc_info=task.exception())


class _Server(uvicorn.Server):
    """A server that tells when it listens. It must be made within the running loop."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the ports, as the base class does."""
        await super().startup(sockets=sockets)
        self.listening.set()


def _listen() -> socket.socket:
    """Return a socket bound to a free port of loopback."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", 0))
    return listener


def _quiet_config(app: ASGIApp) -> uvicorn.Config:
    """Return the settings of one server; h11, because dropped connections depend on it."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
    )
