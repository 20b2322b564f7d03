"""Finding the operating system's keyring, among those that protect what they hold.

The backends of `keyring` are named here one by one instead of being discovered: discovery goes by
entry points, which a frozen build does not have, remembers for ever what it found first, and takes
whatever else is installed, plaintext files included.
"""

from __future__ import annotations

import configparser
import importlib
import logging
import os
import sys
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sfsync_gui.credentials.entries import Backend

if TYPE_CHECKING:
    from secretstorage import Collection

_log = logging.getLogger(__name__)

_SECRET_SERVICE = "keyring.backends.SecretService.Keyring"  # noqa: S105 - a class name
_WINDOWS = "keyring.backends.Windows.WinVaultKeyring"
_CHAINER = "keyring.backends.chainer.ChainerBackend"
"""Asks several backends in turn; as each of them is looked for here, it means "any"."""

PROTECTED = {
    "win32": (_WINDOWS,),
    "darwin": ("keyring.backends.macOS.Keyring",),
    "linux": (
        _SECRET_SERVICE,
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
    ),
}
"""By `sys.platform`: the backends that encrypt what they hold.

`kwallet` needs dbus-python and `libsecret` PyGObject; where they are missing the backend is passed
over. KWallet answers as a Secret Service as well since KDE Frameworks 5.97.
"""

HIDDEN_IMPORTS = {
    "win32": ("keyring.backends.Windows", "win32ctypes.pywin32", "win32ctypes.core.ctypes"),
    "darwin": ("keyring.backends.macOS",),
    "linux": (
        "keyring.backends.SecretService",
        "keyring.backends.kwallet",
        "keyring.backends.libsecret",
        "secretstorage",
        "jeepney.io.blocking",
    ),
}
"""By `sys.platform`: what a frozen build must be told to take in (PyInstaller `--hidden-import`),
since nothing imports it by name."""


@dataclass(frozen=True)
class Unusable:
    """There is no keyring that can be used. `sentence` says why, for a person."""

    sentence: str = "This computer has no password store that SFSync can use."


class Lock:
    """The lock of a keyring that does not show it: using the keyring asks a person if need be."""

    def is_locked(self) -> bool | None:
        """Whether it is locked, found out without asking anybody; None where this cannot be."""
        return None

    def unlock(self) -> None:
        """Ask a person to unlock it. Raises where the person does not."""


@dataclass(frozen=True)
class Keyring:
    """A keyring that answered. Everything about it may block for ever, and raise anything."""

    backend: Backend
    lock: Lock = field(default_factory=Lock)


def find_keyring() -> Keyring | Unusable:
    """The best protected keyring of this computer that answers now; may block for ever.

    A person's choice (`PYTHON_KEYRING_BACKEND`, or `keyringrc.cfg`) is followed among these; any
    other choice means no keyring rather than one that leaves secrets in the clear.
    """
    allowed = PROTECTED.get(sys.platform, PROTECTED["linux"])
    chosen = _chosen()
    if chosen and chosen != _CHAINER:
        if chosen not in allowed:
            return Unusable(
                f"Python's keyring is set to {chosen} on this computer, which SFSync does not use."
            )
        allowed = (chosen,)
    return _best(allowed) or Unusable()


class Trouble(StrEnum):
    """Why a keyring that is there did not do what it was asked for."""

    REFUSED = "keyring_refused"
    """A person was asked to unlock it and did not."""
    LOCKED = "keyring_locked"
    """It is locked, and nobody was asked."""
    SILENT = "keyring_silent"
    """It has not answered in time, or is not running any more."""
    FAILED = "keyring_failed"
    """It answered with an error of another kind."""


def trouble_of(error: BaseException) -> Trouble:
    """What a backend's exception means. Its text is not looked at: it may quote a secret."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & _REFUSALS:
        return Trouble.REFUSED
    if str(getattr(error, "name", "")).endswith(".IsLocked"):  # of the D-Bus error
        return Trouble.LOCKED
    if error.__cause__ is not None and error.__cause__.args[:1] == (_NO_PROMPT_ALLOWED,):
        return Trouble.LOCKED
    if "SecretServiceNotAvailableException" in kinds:
        return Trouble.SILENT
    return Trouble.FAILED


_REFUSALS = frozenset({"KeyringLocked", "InitError", "LockedException", "PromptDismissedException"})
"""By name, since each system has only its own: keyring.errors and secretstorage.exceptions."""

_NO_PROMPT_ALLOWED = -25308
"""macOS: the keychain is locked and no prompt can be shown (SecBase.h,
errSecInteractionNotAllowed); the backend's error has it as its cause's first argument."""


def _best(names: Iterable[str]) -> Keyring | None:
    """The keyring to which `keyring` gives the highest priority, among those that answer."""
    found = [rated for name in names if (rated := _rated(name)) is not None]
    return max(found, key=itemgetter(0))[1] if found else None


def _rated(name: str) -> tuple[float, Keyring] | None:
    """A keyring with its priority; None where it cannot be used here and now."""
    module, _dot, kind = name.rpartition(".")
    try:
        backend = getattr(importlib.import_module(module), kind)()
        priority = backend.priority  # raises where it does not work here
        keyring = Keyring(backend, _lock_of(name, backend))
        keyring.lock.is_locked()
    except Exception as error:  # backends raise whatever their system gives them
        _log.debug("%s is not usable: %s", name, type(error).__name__)
        return None
    return priority, keyring


def _lock_of(name: str, backend: object) -> Lock:
    if name == _WINDOWS:
        return _Unlocked()
    if name == _SECRET_SERVICE:
        return _CollectionLock(getattr(backend, "preferred_collection", ""))
    return Lock()


class _Unlocked(Lock):
    """No lock: the Credential Manager is open while its user is logged on."""

    def is_locked(self) -> bool:
        return False


class _CollectionLock(Lock):
    """The lock of the Secret Service's collection that `keyring` uses, the default one if "".

    Reading `Locked` never prompts (Secret Service API, org.freedesktop.Secret.Collection). The
    backend would prompt by itself, but leaves its connection open when that is refused.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def is_locked(self) -> bool:
        from secretstorage import ItemNotFoundException, dbus_init

        with closing(dbus_init()) as bus:
            try:
                return self._collection(bus).is_locked()
            except ItemNotFoundException:
                return True  # making the first one asks a person for a password

    def unlock(self) -> None:
        from secretstorage import PromptDismissedException, dbus_init, get_default_collection

        with closing(dbus_init()) as bus:
            collection = self._collection(bus) if self._path else get_default_collection(bus)
            if collection.unlock():
                raise PromptDismissedException

    def _collection(self, bus: Any) -> Collection:
        from secretstorage.collection import DEFAULT_COLLECTION, Collection

        return Collection(bus, self._path or DEFAULT_COLLECTION)


def _chosen() -> str:
    """The backend that a person has set for all Python programs, empty where none."""
    return os.environ.get("PYTHON_KEYRING_BACKEND", "").strip() or _configured()


def _configured() -> str:
    """`default-keyring` of the `keyringrc.cfg` that `keyring` reads; its file is only looked at."""
    from keyring.util.platform_ import config_root

    config = configparser.RawConfigParser()
    try:
        config.read(os.path.join(config_root(), "keyringrc.cfg"), encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return ""
    return config.get("backend", "default-keyring", fallback="").strip()
