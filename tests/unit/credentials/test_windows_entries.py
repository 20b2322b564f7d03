"""Secrets through the real Windows backend, which moves entries about between two names."""

from __future__ import annotations

import itertools

import pytest

from sfsync_gui.credentials.entries import ENTRY_UNITS, Entries
from tests.support.credential_manager import (
    CredentialError,
    CredentialManager,
    PowerCutError,
    windows_backend,
)

ACCESS = "salesforce:00D:access_token"
REFRESH = "salesforce:00D:refresh_token"


@pytest.fixture
def manager() -> CredentialManager:
    return CredentialManager()


@pytest.fixture
def entries(manager: CredentialManager, monkeypatch: pytest.MonkeyPatch) -> Entries:
    return Entries(windows_backend(manager, monkeypatch), "SFSync")


def test_an_entry_holds_exactly_what_is_counted(
    manager: CredentialManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = windows_backend(manager, monkeypatch)
    for text in ("x" * ENTRY_UNITS, "😀" * (ENTRY_UNITS // 2)):
        backend.set_password("SFSync", ACCESS, text)
        with pytest.raises(CredentialError):
            backend.set_password("SFSync", ACCESS, text + "x")


@pytest.mark.parametrize("lengths", list(itertools.product((40, 1281, 6000), repeat=3)))
def test_two_secrets_of_any_length_stand_beside_each_other(
    entries: Entries, manager: CredentialManager, lengths: tuple[int, ...]
) -> None:
    for round_, length in enumerate(lengths):
        entries.write(REFRESH, f"{round_}r" + "é" * length)
        entries.write(ACCESS, f"{round_}a" + "😀" * length)
        assert entries.read(REFRESH) == f"{round_}r" + "é" * length
        assert entries.read(ACCESS) == f"{round_}a" + "😀" * length
    entries.delete(ACCESS)
    assert entries.read(ACCESS) is None
    assert entries.read(REFRESH) == "2r" + "é" * lengths[-1]
    entries.delete(REFRESH)
    assert manager.stored == {}


@pytest.mark.parametrize(("old", "new"), list(itertools.product((40, 3000, 6000), repeat=2)))
def test_a_crash_anywhere_mixes_nothing_and_touches_no_other_secret(
    manager: CredentialManager, monkeypatch: pytest.MonkeyPatch, old: int, new: int
) -> None:
    before, after, other = "o" * old, "n" * new, "a" * 2000
    for crash in itertools.count():
        manager.stored.clear()
        manager.changes = None
        entries = Entries(windows_backend(manager, monkeypatch), "SFSync")
        entries.write(ACCESS, other)
        entries.write(REFRESH, before)
        manager.changes = crash
        try:
            entries.write(REFRESH, after)
        except PowerCutError:
            manager.changes = None
            assert entries.read(REFRESH) in (before, after), crash
            assert entries.read(ACCESS) == other
            entries.write(REFRESH, after)
            assert entries.read(REFRESH) == after
            entries.delete(REFRESH)
            entries.delete(ACCESS)
            assert manager.stored == {}
        else:
            break
    assert crash >= 1
