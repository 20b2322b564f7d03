"""Keyrings for tests: they keep entries the way each system does, or do not."""

from __future__ import annotations

import threading

from sfsync_gui.credentials.keyrings import Keyring, Lock


class WindowsLike:
    """Entries as the Credential Manager takes them: 2,560 bytes of UTF-16 and no more."""

    def __init__(self) -> None:
        self.entries: dict[str, bytes] = {}

    def get_password(self, service: str, username: str) -> str | None:
        blob = self.entries.get(f"{username}@{service}")
        return None if blob is None else blob.decode("utf-16-le")

    def set_password(self, service: str, username: str, password: str) -> None:
        blob = password.encode("utf-16-le")
        if len(blob) > 2560:
            raise OSError(1783, "CredWrite", "The stub received bad data")
        self.entries[f"{username}@{service}"] = blob

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[f"{username}@{service}"]


class PowerCutError(BaseException):
    """The program ended here."""


class FailingAfter(WindowsLike):
    """Ends the program after so many changes; it works again when `changes` is None."""

    def __init__(self, changes: int | None) -> None:
        super().__init__()
        self.changes = changes

    def set_password(self, service: str, username: str, password: str) -> None:
        self._count()
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._count()
        super().delete_password(service, username)

    def _count(self) -> None:
        if self.changes is not None:
            self.changes -= 1
            if self.changes < 0:
                raise PowerCutError


class Stuck(WindowsLike):
    """Answers nothing until `go_on` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.go_on.wait()
        return super().get_password(service, username)


class Quoting(WindowsLike):
    """Refuses every write with an exception that quotes the secret, as some backends do."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise RuntimeError(f"writing {password!r} failed") from ValueError(f"no: {password}")


class AskedLock(Lock):
    """A lock that a person opens or does not; counts how often somebody is asked."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.closed = True
        self.refusal = refusal
        self.asked = 0

    def is_locked(self) -> bool:
        return self.closed

    def unlock(self) -> None:
        self.asked += 1
        if self.refusal is not None:
            raise self.refusal
        self.closed = False


class Open(Lock):
    """No lock."""

    def is_locked(self) -> bool:
        return False


def opened(backend: WindowsLike) -> Keyring:
    """A keyring that is open."""
    return Keyring(backend, Open())
