"""One entry of the keyring per secret; a long secret takes several, swapped as a whole.

Windows holds 2,560 bytes an entry (wincred.h, CRED_MAX_CREDENTIAL_BLOB_SIZE), and `keyring` writes
UTF-16 there without an end mark: 1,280 units. A longer secret lies in numbered parts, and the entry
under its own name says which. The parts of a new one go to the other of two slots; the entry is
switched over when they are all there, and only then do the old parts go. Whatever is interrupted,
a reader finds the old secret or the new one, and what was left behind is found by its number.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

_log = logging.getLogger(__name__)

ENTRY_UNITS = 1280
"""What one entry holds, in UTF-16 units."""

_MARK = "sfsync-parts"
_SLOTS = ("a", "b")
_MAX_PARTS = 999


class Backend(Protocol):
    """What is used of a backend of `keyring`."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, None where there is none."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a secret in the place of the one before."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret that is there."""
        ...


class Entries:
    """The secrets of one service name. Methods raise whatever the backend raises."""

    def __init__(self, backend: Backend, service: str) -> None:
        self._backend = backend
        self._service = service

    def read(self, name: str) -> str | None:
        """The secret; None where there is none, or where not all of it is there any more."""
        entry = self._get(name)
        while (index := _Index.parse(entry)) is not None:
            secret = self._joined(name, index)
            if secret is not None:
                return secret
            before, entry = entry, self._get(name)
            if entry == before:  # nobody replaced it meanwhile
                _log.warning("a secret in the keyring is incomplete: %s", name)
                return None
        return entry

    def write(self, name: str, secret: str) -> None:
        """Store a secret in the place of the one before."""
        before = _Index.parse(self._get(name))
        parts = split(secret)
        if len(parts) == 1 and not secret.startswith(_MARK):
            self._set(name, secret)
            if before is not None:
                self._sweep(name)
            return
        slot = _SLOTS[1] if before is not None and before.slot == _SLOTS[0] else _SLOTS[0]
        for number, part in enumerate(parts, 1):
            self._set(_part_name(name, slot, number), part)
        index = _Index(slot, len(parts), _digest(secret))
        self._set(name, str(index))
        self._sweep(name, index)

    def delete(self, name: str) -> None:
        """Forget a secret and every part that was ever left of it."""
        self._remove(name)
        self._sweep(name)

    def _joined(self, name: str, index: _Index) -> str | None:
        parts: list[str] = []
        for number in range(1, index.count + 1):
            part = self._get(_part_name(name, index.slot, number))
            if part is None:
                return None
            parts.append(part)
        secret = "".join(parts)
        return secret if _digest(secret) == index.digest else None

    def _sweep(self, name: str, kept: _Index | None = None) -> None:
        """Remove the parts that nothing points at; the last first, so that no gap hides others."""
        for slot in _SLOTS:
            first = kept.count + 1 if kept is not None and kept.slot == slot else 1
            last = first
            while self._get(_part_name(name, slot, last)) is not None:
                last += 1
            for number in range(last - 1, first - 1, -1):
                self._remove(_part_name(name, slot, number))

    def _get(self, name: str) -> str | None:
        return self._backend.get_password(self._service, name)

    def _set(self, name: str, text: str) -> None:
        self._backend.set_password(self._service, name, text)

    def _remove(self, name: str) -> None:
        if self._get(name) is not None:
            self._backend.delete_password(self._service, name)


@dataclass(frozen=True, slots=True)
class _Index:
    """What the entry of a long secret says: where its parts are, and what they make together."""

    slot: str
    count: int
    digest: str

    def __str__(self) -> str:
        return f"{_MARK} {self.slot} {self.count} {self.digest}"

    @classmethod
    def parse(cls, entry: str | None) -> _Index | None:
        """The index that an entry is; None where it is a secret, or is not there."""
        match (entry or "").split(" "):
            case [mark, slot, count, digest] if mark == _MARK and slot in _SLOTS:
                return cls(slot, min(int(count), _MAX_PARTS), digest) if count.isdigit() else None
        return None


def split(secret: str, units: int = ENTRY_UNITS) -> list[str]:
    """The secret in parts of at most `units` UTF-16 units; no character is cut in two."""
    return list(_parts(secret, units)) or [""]


def _parts(secret: str, units: int) -> Iterator[str]:
    start = size = 0
    for position, character in enumerate(secret):
        width = 2 if ord(character) > 0xFFFF else 1
        if size + width > units:
            yield secret[start:position]
            start, size = position, 0
        size += width
    if size:
        yield secret[start:]


def _part_name(name: str, slot: str, number: int) -> str:
    return f"{name}#{slot}{number}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
