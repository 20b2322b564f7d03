"""Windows' Credential Manager as `win32cred` shows it, to run the real Windows backend anywhere.

Sizes and errors as in wincred.h: a blob holds 2,560 bytes, beyond which CredWrite fails with 1783
(seen as "The stub received bad data"); a missing entry is 1168, ERROR_NOT_FOUND. pywin32-ctypes
writes text as UTF-16 without an end mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from keyring.backends import Windows

from sfsync_gui.credentials.entries import Backend


class CredentialError(Exception):
    """`pywintypes.error`."""

    def __init__(self, winerror: int, funcname: str) -> None:
        super().__init__(winerror, funcname)
        self.winerror = winerror
        self.funcname = funcname


class PowerCutError(BaseException):
    """The program ended here."""


class CredentialManager:
    """The functions of `win32cred` over a dictionary; `changes` is after how many it ends."""

    CRED_TYPE_GENERIC = 1
    CRED_PERSIST_ENTERPRISE = 3
    error = CredentialError

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, Any]] = {}
        self.changes: int | None = None

    def CredRead(self, Type: int, TargetName: str) -> dict[str, Any]:  # noqa: N803
        """The entry of a target."""
        if TargetName not in self.stored:
            raise CredentialError(1168, "CredRead")
        return dict(self.stored[TargetName])

    def CredWrite(self, credential: Mapping[str, Any], flags: int) -> None:
        """Store an entry in the place of the one before."""
        blob = credential["CredentialBlob"].encode("utf-16-le")
        if len(blob) > 5 * 512:
            raise CredentialError(1783, "CredWrite")
        self._change()
        self.stored[credential["TargetName"]] = {**credential, "CredentialBlob": blob}

    def CredDelete(self, Type: int, TargetName: str) -> None:  # noqa: N803
        """Forget an entry."""
        if TargetName not in self.stored:
            raise CredentialError(1168, "CredDelete")
        self._change()
        del self.stored[TargetName]

    def _change(self) -> None:
        if self.changes is not None:
            self.changes -= 1
            if self.changes < 0:
                raise PowerCutError


def windows_backend(manager: CredentialManager, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """The Windows backend of `keyring` on a simulated Credential Manager."""
    monkeypatch.setattr(Windows, "win32cred", manager, raising=False)
    monkeypatch.setattr(Windows, "pywintypes", CredentialManager, raising=False)
    backend: Backend = Windows.WinVaultKeyring()  # type: ignore[no-untyped-call]
    return backend
