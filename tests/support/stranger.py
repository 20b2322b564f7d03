"""Somebody else who answers in the place of a service: a proxy, a portal, a broken gateway."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sfsync_gui.sandbox.server import LoopbackServer

JSON = "application/json"


@contextmanager
def stranger(status: int, body: str, content_type: str = JSON, **headers: str) -> Iterator[str]:
    """Answer every request alike on a real socket; yields the address."""

    async def answer(_request: Request) -> Response:
        return Response(body, status, headers, media_type=content_type)

    server = LoopbackServer(
        {"stranger": Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])}
    )
    server.start()
    try:
        yield server.url("stranger")
    finally:
        server.stop()
