"""The vault: secrets in the operating system's keyring, or in memory where there is none.

Keyring calls may block for ever (a locked or stuck Secret Service), so they run on a daemon
thread with a time-out; a late answer is dropped.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from sfsync_gui.core.failures import SfsyncError

SERVICE = "SFSync"
WAIT_SECONDS = 10.0

T = TypeVar("T")


class VaultState(StrEnum):
    """How the keyring is."""

    OK = "ok"
    LOCKED = "locked"
    NONE = "none"


class VaultLockedError(SfsyncError):
    """The keyring is there but locked, or does not answer in time."""


class Backend(Protocol):
    """What is used of a keyring backend."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, None where there is none."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a secret."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""
        ...


class Vault:
    """Keeps secrets by name."""

    def __init__(self, backend: Backend | None) -> None:
        self._backend = backend
        self._memory: dict[str, str] = {}
        self.state = VaultState.OK if backend is not None else VaultState.NONE

    @classmethod
    def in_memory(cls) -> "Vault":
        """A vault that forgets everything when the program ends."""
        return cls(None)

    async def read(self, name: str) -> str | None:
        """The secret, None where there is none. Raises `VaultLockedError`."""
        return await asyncio.to_thread(self.read_now, name)

    async def write(self, name: str, secret: str) -> None:
        """Store a secret. Raises `VaultLockedError`."""
        await asyncio.to_thread(self.write_now, name, secret)

    async def delete(self, name: str) -> None:
        """Forget a secret. Raises `VaultLockedError`."""
        await asyncio.to_thread(self.delete_now, name)

    async def look_again(self) -> VaultState:
        """Try the keyring again."""
        return self.state

    def read_now(self, name: str) -> str | None:
        """`read` for worker threads."""
        backend = self._backend
        if backend is None:
            return self._memory.get(name)
        return self._call(lambda: backend.get_password(SERVICE, name))

    def write_now(self, name: str, secret: str) -> None:
        """`write` for worker threads."""
        backend = self._backend
        if backend is None:
            self._memory[name] = secret
            return
        self._call(lambda: backend.set_password(SERVICE, name, secret))

    def delete_now(self, name: str) -> None:
        """`delete` for worker threads."""
        backend = self._backend
        if backend is None:
            self._memory.pop(name, None)
            return
        self._call(lambda: backend.delete_password(SERVICE, name))

    def _call(self, work: Callable[[], T]) -> T:
        answers: queue.SimpleQueue[tuple[bool, Any]] = queue.SimpleQueue()

        def run() -> None:
            try:
                answers.put((True, work()))
            except Exception as failure:  # told in our own words; the backend's may quote
                answers.put((False, type(failure).__name__))

        threading.Thread(target=run, name="sfsync-keyring", daemon=True).start()
        try:
            ok, answer = answers.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            ok, answer = False, "no answer"
        if not ok:
            self.state = VaultState.LOCKED
            raise VaultLockedError(
                "The password store is locked",
                "The system's password store did not give or take a sign-in.",
                "Unlock it, then try again.",
                code=str(answer),
            )
        self.state = VaultState.OK
        return answer  # type: ignore[no-any-return]
