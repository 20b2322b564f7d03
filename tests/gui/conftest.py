"""A real application and the window's own loop for the tests of this folder.

Without a display Qt draws off screen. A warning of Qt fails the test that caused it (pytest-qt's
`qt_log_level_fail` in pyproject.toml).
"""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

if sys.platform == "linux" and not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings
from PySide6.QtGui import QCursor

from sfsync_gui.app.served_world import ServedWorld, served_world
from sfsync_gui.ui.application import Application, prepare
from sfsync_gui.ui.loop import EventLoop
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.theme.scheme import SchemeChoice

Run = Callable[[Coroutine[Any, Any, Any]], Any]

SPEED = 30.0
"""So many times faster than it is does the time of the demo workspace go by."""

PATIENCE = 10.0
"""Seconds that `until` waits for something to come true."""


async def until(condition: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait until it comes true. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - the condition is a widget's, without an event
            await asyncio.sleep(0.005)


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    """What pytest-qt makes the application with."""
    return ["sfsync"]


@pytest.fixture(scope="session")
def qapp_cls() -> type[Application]:
    """The class of the one application."""
    return Application


@pytest.fixture
def application(qapp: Application) -> Iterator[Application]:
    """The application with its look, in light colours, and the pointer out of the way.

    Where the test before left the pointer, a list of the next one may appear under it, and wait
    with new rows as for a person who is about to click.
    """
    QCursor.setPos(qapp.primaryScreen().geometry().bottomRight())
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    follower = prepare(qapp, SchemeChoice.LIGHT)
    yield qapp
    follower.setParent(None)
    follower.deleteLater()


@pytest.fixture
def run(application: Application) -> Iterator[Run]:
    """Runs a coroutine on the window's loop to its end; what it left running is cancelled."""
    loop = EventLoop(application)
    asyncio.set_event_loop(loop)

    def run_now(work: Coroutine[Any, Any, Any]) -> Any:
        return loop.run_until_complete(work)

    yield run_now
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def tasks(application: Application) -> Iterator[Tasks]:
    """The window's supervisor."""
    supervisor = Tasks()
    yield supervisor
    supervisor.deleteLater()


@pytest.fixture
def served() -> Iterator[ServedWorld]:
    """The demo workspace: both services on this computer, with people in them."""
    with served_world(seed=5, speed=SPEED, pace=20) as world:
        yield world
