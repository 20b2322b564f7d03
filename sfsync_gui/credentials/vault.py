"""The vault: secrets by name, in the operating system's keyring.

A keyring can block for ever: it asks a person to unlock it, or its service hangs. So it is used on
a thread of its own with a time-out, and a locked or silent one is `LOCKED`: come again later, never
"signed out". Where there is no keyring that protects what it holds, secrets stay in memory and end
with the program; they move into a keyring that comes later. Nothing is ever written in the clear.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from sfsync_gui.core.failures import TransientError
from sfsync_gui.credentials.entries import Entries
from sfsync_gui.credentials.keyrings import (
    Keyring,
    Lock,
    Trouble,
    Unusable,
    find_keyring,
    trouble_of,
)
from sfsync_gui.credentials.one_thread import OneThread

_log = logging.getLogger(__name__)

SERVICE = "SFSync"
"""The service name of every entry; the user name is the secret's name."""

ANSWER_SECONDS = 10.0
PERSON_SECONDS = 60.0

_PROBE = "available"
"""The name of an entry that is never written; reading it shows whether the keyring works."""

_Result = TypeVar("_Result")


class VaultState(StrEnum):
    """Where secrets go, as far as was seen last."""

    OK = "ok"
    LOCKED = "locked"
    """There is a keyring, but it is locked, does not answer, or was not looked at yet."""
    NONE = "none"
    """There is no usable keyring: secrets are kept in memory and end with the program."""


class VaultLockedError(TransientError):
    """The keyring is there but locked, or does not answer in time; nothing was found out.

    A write may still be carried out later, and never after one that came later. `code` is a
    `Trouble`, `detail` at most the name of an exception class.
    """


class Secrets(Protocol):
    """What can be done with secrets by name."""

    def read(self, name: str) -> str | None:
        """The secret, None where there is none."""
        ...

    def write(self, name: str, secret: str) -> None:
        """Store a secret in the place of the one before."""
        ...

    def delete(self, name: str) -> None:
        """Forget a secret; no matter if there is none."""
        ...


class Vault:
    """Keeps secrets by name. May be used on any thread and any event loop.

    `find` looks for a keyring; it is called when a secret is first asked for, and again as long as
    there is none. `on_secret` is told every secret that passes, so that logs can mask it. A call
    waits `answer_seconds`, and up to `person_seconds` where a person is asked to unlock. A person
    who refused is not asked again before `look_again`.
    """

    def __init__(
        self,
        find: Callable[[], Keyring | Unusable] = find_keyring,
        *,
        on_secret: Callable[[str], None] | None = None,
        answer_seconds: float = ANSWER_SECONDS,
        person_seconds: float = PERSON_SECONDS,
    ) -> None:
        self._user = _KeyringUser(find)
        self._thread: OneThread | None = OneThread("sfsync-keyring")
        self._on_secret = on_secret or _unheard
        self._waits = (answer_seconds, max(0.0, person_seconds - answer_seconds))

    @classmethod
    def in_memory(cls) -> Vault:
        """A vault without a keyring: everything is forgotten when the program ends."""
        vault = cls(Unusable)
        vault._thread = None
        vault._user.state = VaultState.NONE
        return vault

    def __repr__(self) -> str:
        return f"<Vault {self.state}>"

    @property
    def state(self) -> VaultState:
        """Where secrets go, as far as was seen last; `LOCKED` before the first look."""
        return self._user.state

    @property
    def note(self) -> str:
        """A sentence or two for a person on where sign-ins are kept."""
        return self._user.note

    async def read(self, name: str) -> str | None:
        """The secret, None where there is none. Raises `VaultLockedError`."""
        return self._heard(await self._ask(lambda secrets: secrets.read(name)))

    async def write(self, name: str, secret: str) -> None:
        """Store a secret in the place of the one before. Raises `VaultLockedError`."""
        self._heard(secret)
        await self._ask(lambda secrets: secrets.write(name, secret))

    async def delete(self, name: str) -> None:
        """Forget a secret; no matter if there is none. Raises `VaultLockedError`."""
        await self._ask(lambda secrets: secrets.delete(name))

    async def look_again(self) -> VaultState:
        """Look for a keyring and whether it opens, asking a person if need be; never raises."""
        self._user.may_ask = True
        try:
            await self._ask(lambda secrets: secrets.read(_PROBE))
        except VaultLockedError:
            return VaultState.LOCKED
        return self.state

    def read_now(self, name: str) -> str | None:
        """`read` for worker threads."""
        return self._heard(self._ask_now(lambda secrets: secrets.read(name)))

    def write_now(self, name: str, secret: str) -> None:
        """`write` for worker threads."""
        self._heard(secret)
        self._ask_now(lambda secrets: secrets.write(name, secret))

    def delete_now(self, name: str) -> None:
        """`delete` for worker threads."""
        self._ask_now(lambda secrets: secrets.delete(name))

    def _heard(self, secret: str | None) -> str | None:
        if secret:
            self._on_secret(secret)
        return secret

    async def _ask(self, work: Callable[[Secrets], _Result]) -> _Result:
        if self._thread is None:
            return self._user.use(work).result()
        future = self._thread.submit(lambda: self._user.use(work))
        waiting = asyncio.wrap_future(future)
        try:
            await asyncio.wait({waiting}, timeout=self._waits[0])
            if not waiting.done() and self._user.asks_person:
                await asyncio.wait({waiting}, timeout=self._waits[1])
        finally:
            waiting.cancel()
        return self._result(future)

    def _ask_now(self, work: Callable[[Secrets], _Result]) -> _Result:
        if self._thread is None:
            return self._user.use(work).result()
        future = self._thread.submit(lambda: self._user.use(work))
        concurrent.futures.wait({future}, self._waits[0])
        if not future.done() and self._user.asks_person:
            concurrent.futures.wait({future}, self._waits[1])
        return self._result(future)

    def _result(self, future: Future[_Answer[_Result]]) -> _Result:
        future.cancel()
        if future.done() and not future.cancelled():
            return future.result().result()
        asks_person = self._user.asks_person
        self._user.state = VaultState.LOCKED
        raise _locked(Trouble.LOCKED if asks_person else Trouble.SILENT)


@dataclass(frozen=True)
class _Answer(Generic[_Result]):
    """What came of using the keyring; an exception of a backend never leaves its thread."""

    value: _Result | None = None
    trouble: Trouble | None = None
    detail: str = ""

    def result(self) -> _Result:
        """The value. Raises `VaultLockedError` in words of our own."""
        if self.trouble is not None:
            raise _locked(self.trouble, self.detail)
        return self.value  # type: ignore[return-value]


class _Memory:
    """Secrets that are nowhere else."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def read(self, name: str) -> str | None:
        """The secret, None where there is none."""
        return self._secrets.get(name)

    def write(self, name: str, secret: str) -> None:
        """Hold a secret in the place of the one before."""
        self._secrets[name] = secret

    def delete(self, name: str) -> None:
        """Forget a secret; no matter if there is none."""
        self._secrets.pop(name, None)

    def move_to(self, target: Secrets) -> None:
        """Hand everything over, and forget each secret when it has arrived."""
        for name, secret in list(self._secrets.items()):
            target.write(name, secret)
            del self._secrets[name]


class _KeyringUser:
    """What happens on the keyring's thread; the attributes without underscore are for others."""

    def __init__(self, find: Callable[[], Keyring | Unusable]) -> None:
        self.state = VaultState.LOCKED
        self.asks_person = False
        """Whether a person may be looking at a prompt just now."""
        self.may_ask = True
        """False after a person refused to unlock."""
        self._find = find
        self._keyring: Keyring | None = None
        self._memory = _Memory()
        self._was_there = False
        self._reason = ""

    @property
    def note(self) -> str:
        if self.state is VaultState.OK:
            return "Your sign-ins are kept in this computer's password store."
        if self.state is VaultState.NONE:
            sentence = f"{self._reason} " if self._reason else ""
            return sentence + "Your sign-ins are kept in memory and end when SFSync quits."
        return "This computer's password store is locked or does not answer."

    def use(self, work: Callable[[Secrets], _Result]) -> _Answer[_Result]:
        """Have `work` done with the keyring, or with the memory where there is none."""
        try:
            return _Answer(self._use(work))
        except _NotNowError as not_now:
            trouble, detail = not_now.trouble, ""
        except BaseException as error:
            trouble, detail = trouble_of(error), type(error).__name__
            self._keyring = None
        finally:
            self.asks_person = False
        if trouble is Trouble.REFUSED:
            self.may_ask = False
        self.state = VaultState.LOCKED
        _log.warning("the keyring cannot be used now: %s %s", trouble, detail)
        return _Answer(trouble=trouble, detail=detail)

    def _use(self, work: Callable[[Secrets], _Result]) -> _Result:
        if self._keyring is None:
            self._look()
        if self._keyring is None:
            self.state = VaultState.NONE
            return work(self._memory)
        self._enter(self._keyring.lock)
        entries = Entries(self._keyring.backend, SERVICE)
        self._memory.move_to(entries)
        result = work(entries)
        self.state = VaultState.OK
        self._was_there = self.may_ask = True
        return result

    def _look(self) -> None:
        found = self._find()
        if isinstance(found, Keyring):
            self._keyring = found
        elif self._was_there:  # what it holds is not gone with it
            raise _NotNowError(Trouble.SILENT)
        else:
            self._reason = found.sentence

    def _enter(self, lock: Lock) -> None:
        is_locked = lock.is_locked()
        if is_locked is False:
            return
        if not self.may_ask:
            raise _NotNowError(Trouble.LOCKED)
        self.asks_person = True
        if is_locked:
            self.state = VaultState.LOCKED
            lock.unlock()
            self.asks_person = False


class _NotNowError(Exception):
    """The keyring was not asked, or is gone."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


_WORDS = {
    Trouble.REFUSED: (
        "The password store is locked",
        "It was not unlocked, so SFSync cannot reach your sign-ins.",
        "Unlock it, then try again.",
    ),
    Trouble.LOCKED: (
        "The password store is locked",
        "SFSync cannot reach your sign-ins until it is unlocked.",
        "Unlock it, then try again.",
    ),
    Trouble.SILENT: (
        "The password store does not answer",
        "This computer's password store holds your sign-ins, but does not answer.",
        "Try again. If it stays silent, log out of this computer and in again.",
    ),
    Trouble.FAILED: (
        "The password store reported an error",
        "This computer's password store could not do what SFSync asked of it.",
        "Try again. If it goes on, see whether its own program can open it.",
    ),
}


def _locked(trouble: Trouble, detail: str = "") -> VaultLockedError:
    title, message, remedy = _WORDS[trouble]
    return VaultLockedError(title, message, remedy, code=trouble, detail=detail)


def _unheard(_secret: str) -> None:
    """Nobody has to know."""
