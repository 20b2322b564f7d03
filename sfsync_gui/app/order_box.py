"""How one process asks another, which has the profile open, to carry out an order.

Orders are files in a folder of the data folder, which only its owner can enter: a command writes
one, rings and waits for its answer. The process that runs looks there when it hears the bell, and
now and then in any case: where there is no bell, twice a second. This works on every system, needs
no port, and leaves nothing behind.
"""

import asyncio
import json
import logging
import os
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sfsync_gui.app.bell import hung, ring
from sfsync_gui.app.desk import Desk, Result
from sfsync_gui.app.orders import Order, carry_out
from sfsync_gui.core import failures
from sfsync_gui.core.failures import SfsyncError, StoreError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.store import files

LOOK_EVERY = 0.5
"""Seconds between two looks for orders, where there is no bell."""

LOOK_ANYWAY = 4.0
"""Seconds between two looks for orders, where the bell tells of them; within `HEARD_WITHIN`."""

HEARD_WITHIN = 5.0
"""Seconds after which an order that nobody took is withdrawn."""

DONE_WITHIN = 600.0
STALE_AFTER = 60.0

_LOGGER = logging.getLogger(__name__)
_FOLDER = "orders"
_BELL = "bell"
_CLASSES = ("RecordError", "SetupError", "SignInError", "OrgError", "TransientError", "StoreError")


class OrderBox:
    """The folder of orders of one profile."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / _FOLDER

    async def ask(self, order: Order, nobody: SfsyncError) -> Result:
        """Have the process that has the profile open carry out an order; returns its result.

        Raises `nobody` where none takes it, and whatever the order itself is refused with.
        """
        path = self._folder / f"{time.time_ns()}-{uuid.uuid4().hex}.order"
        taken, answer = path.with_suffix(".taken"), path.with_suffix(".answer")
        content = {"name": order.name, "arguments": dict(order.arguments)}
        await asyncio.to_thread(self._write, path, content)
        ring(self._folder / _BELL)
        try:
            await _until(lambda: not path.exists(), HEARD_WITHIN, nobody)
            await _until(answer.exists, DONE_WITHIN, _no_answer())
            return _result(_read(answer))
        finally:
            for file in (path, taken, answer):
                file.unlink(missing_ok=True)

    async def serve(self, desk: Desk) -> None:
        """Carry out orders as they come, each beside the others, until cancelled."""
        self._forget_stale()
        with suppress(OSError):  # looked for later; there are no orders before there is a folder
            self._folder.mkdir(mode=files.FOLDER_MODE, exist_ok=True)
        under_way: set[asyncio.Task[None]] = set()
        try:
            with hung(self._folder / _BELL) as bell:
                while True:
                    self._take_waiting(desk, under_way)
                    await bell.wait(LOOK_ANYWAY if bell.works else LOOK_EVERY)
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    def _take_waiting(self, desk: Desk, under_way: set[asyncio.Task[None]]) -> None:
        """Begin with the orders that nobody has taken."""
        for path in self._waiting():
            taken = path.with_suffix(".taken")
            with suppress(OSError):  # withdrawn meanwhile
                path.rename(taken)
                task = asyncio.ensure_future(self._answer(desk, taken))
                under_way.add(task)
                task.add_done_callback(under_way.discard)

    async def _answer(self, desk: Desk, taken: Path) -> None:
        answer: dict[str, Any] = {"failure": _failure_json(_broken_off())}
        try:
            asked = _read(taken)
            result = await carry_out(desk, Order(asked["name"], asked["arguments"]))
            answer = {"result": result}
        except SfsyncError as failure:
            answer = {"failure": _failure_json(failure)}
        except Exception:
            # Whatever one order meets, the process that runs goes on.
            _LOGGER.exception("An order failed")
            answer = {"failure": _failure_json(_failed())}
        finally:
            self._hand_over(taken, answer)

    def _hand_over(self, taken: Path, answer: Mapping[str, Any]) -> None:
        """Write the answer, unless whoever asked has gone."""
        try:
            if taken.exists():
                self._write(taken.with_suffix(".answer"), answer)
        except StoreError as failure:
            _LOGGER.warning("An order cannot be answered: %s", type(failure.__cause__).__name__)

    def _waiting(self) -> list[Path]:
        try:
            names = os.listdir(self._folder)  # many times a minute: without a path for each
        except OSError:
            return []
        return [self._folder / name for name in sorted(names) if name.endswith(".order")]

    def _forget_stale(self) -> None:
        """Remove what commands left that were ended by force."""
        before = time.time() - STALE_AFTER
        with suppress(OSError):
            for path in self._folder.iterdir():
                with suppress(OSError):  # gone already
                    if path.stat().st_mtime < before:
                        path.unlink()

    def _write(self, path: Path, content: Mapping[str, Any]) -> None:
        """Write a file as a whole: nobody reads half of it. Raises `StoreError`."""
        draft = path.with_suffix(".draft")
        try:
            self._folder.mkdir(mode=files.FOLDER_MODE, exist_ok=True)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, files.FILE_MODE)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file)
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise StoreError(
                "The running SFSync cannot be asked",
                f"{self._folder} cannot be written: {error.strerror}.",
                "Allow writing to the data folder.",
                subject=str(self._folder),
            ) from error


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


@asynccontextmanager
async def orders_served(data_dir: Path, desk: Desk) -> AsyncIterator[None]:
    """Carry out the orders of other processes meanwhile."""
    serving = asyncio.ensure_future(OrderBox(data_dir).serve(desk))
    try:
        yield
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def _until(true: Callable[[], bool], seconds: float, otherwise: SfsyncError) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise otherwise
        await asyncio.sleep(0.05)


def _result(answer: Mapping[str, Any]) -> Result:
    if "failure" in answer:
        raise _failure_of(answer["failure"])
    result: Result = answer["result"]
    return result


def _failure_json(failure: SfsyncError) -> dict[str, Any]:
    known = [name for name in _CLASSES if isinstance(failure, getattr(failures, name))]
    return {
        "class": known[0] if known else "SfsyncError",
        "title": failure.title,
        "message": failure.message,
        "remedy": failure.remedy,
        "subject": failure.subject,
        "side": failure.side,
        "code": failure.code,
    }


def _failure_of(fields: Mapping[str, Any]) -> SfsyncError:
    name = fields["class"] if fields["class"] in _CLASSES else "SfsyncError"
    side = Side(fields["side"]) if fields["side"] else None
    words = {key: fields[key] for key in ("title", "message", "remedy", "subject", "code")}
    failure: SfsyncError = getattr(failures, name)(**words, side=side)
    return failure


def _no_answer() -> SfsyncError:
    return failures.TransientError(
        "No answer yet",
        "The SFSync that runs has taken the order and is still at it, or has ended.",
        "Look with `sfsync status` before you ask again.",
    )


def _broken_off() -> SfsyncError:
    return failures.TransientError(
        "The order was broken off",
        "The SFSync that runs was ended, or went on with other accounts, before it was done.",
        "Look with `sfsync status` before you ask again.",
    )


def _failed() -> SfsyncError:
    return failures.SetupError(
        "The order failed",
        "The SFSync that runs could not carry it out, and says why in its own log.",
        "Use the same version of SFSync for both, and look into that log.",
    )
