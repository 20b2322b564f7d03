"""Secrets in entries: what fits, what is split, and what a crash leaves behind."""

from __future__ import annotations

import logging

import pytest

from sfsync_gui.credentials.entries import ENTRY_UNITS, Entries, split
from tests.support.keyrings import FailingAfter, PowerCutError, WindowsLike

NAME = "salesforce:00D:refresh_token"
EMOJI = "😀"
"""One character, two UTF-16 units, four bytes of UTF-8."""


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "x",
        "x" * ENTRY_UNITS,
        "x" * (ENTRY_UNITS + 1),
        EMOJI * (ENTRY_UNITS // 2),
        EMOJI * (ENTRY_UNITS // 2) + "x",
        "x" + EMOJI * ENTRY_UNITS,
        "é" * 3 * ENTRY_UNITS,
        "sfsync-parts a 2 " + "0" * 64,
        "sfsync-parts",
    ],
)
def test_what_is_written_is_read(secret: str) -> None:
    backend = WindowsLike()
    entries = Entries(backend, "SFSync")
    entries.write(NAME, "the one before")
    entries.write(NAME, secret)
    assert Entries(backend, "SFSync").read(NAME) == secret
    entries.delete(NAME)
    assert entries.read(NAME) is None
    assert backend.entries == {}


def test_a_short_secret_is_one_entry_and_nothing_else() -> None:
    backend = WindowsLike()
    Entries(backend, "SFSync").write(NAME, "x" * ENTRY_UNITS)
    assert list(backend.entries) == [f"{NAME}@SFSync"]


@pytest.mark.parametrize("secret", ["x" * 5000, EMOJI * 2000, "x" + EMOJI * 2000, "xé😀" * 999])
def test_parts_are_full_never_too_long_and_cut_no_character(secret: str) -> None:
    parts = split(secret)
    assert "".join(parts) == secret
    assert all(units(part) <= ENTRY_UNITS for part in parts)
    assert all(units(part) >= ENTRY_UNITS - 1 for part in parts[:-1])
    for part in parts:
        part.encode("utf-16-le").decode("utf-16-le")


LENGTHS = (10, 2000, 4000, 7000)


@pytest.mark.parametrize("old_length", LENGTHS)
@pytest.mark.parametrize("new_length", LENGTHS)
def test_a_crash_anywhere_leaves_the_old_secret_or_the_new_one_and_no_litter_in_the_end(
    old_length: int, new_length: int
) -> None:
    old, new = "o" * old_length, "n" * new_length
    crashes, seen = 0, set()
    while True:
        backend = FailingAfter(None)
        entries = Entries(backend, "SFSync")
        entries.write(NAME, old)
        backend.changes = crashes
        try:
            entries.write(NAME, new)
        except PowerCutError:
            crashes += 1
        else:
            break
        backend.changes = None
        found = entries.read(NAME)
        seen.add(found)
        assert found in (old, new), crashes
        next_one = "m" * 3000
        entries.write(NAME, next_one)
        assert entries.read(NAME) == next_one
        assert len(backend.entries) == 1 + len(split(next_one))
        entries.delete(NAME)
        assert backend.entries == {}
    assert old in seen
    assert entries.read(NAME) == new


@pytest.mark.parametrize("length", LENGTHS)
def test_a_crash_within_a_removal_leaves_nothing_that_another_one_misses(length: int) -> None:
    for crashes in range(20):
        backend = FailingAfter(None)
        entries = Entries(backend, "SFSync")
        entries.write(NAME, "o" * 6000)
        entries.write(NAME, "n" * length)
        backend.changes = crashes
        try:
            entries.delete(NAME)
        except PowerCutError:
            backend.changes = None
            entries.delete(NAME)
        assert backend.entries == {}


def test_two_secrets_do_not_touch_each_other() -> None:
    entries = Entries(WindowsLike(), "SFSync")
    entries.write("a", "x" * 3000)
    entries.write("b", "y" * 3000)
    entries.delete("a")
    assert entries.read("b") == "y" * 3000


def damaged(number: int, content: str | None) -> WindowsLike:
    backend = WindowsLike()
    Entries(backend, "SFSync").write(NAME, "x" * 3000)
    part = f"{NAME}#a{number}@SFSync"
    assert part in backend.entries
    if content is None:
        del backend.entries[part]
    else:
        backend.entries[part] = content.encode("utf-16-le")
    return backend


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("content", [None, "y" * 1280])
def test_an_incomplete_secret_is_none_rather_than_a_mixed_one(
    number: int, content: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    assert Entries(damaged(number, content), "SFSync").read(NAME) is None
    assert "incomplete" in caplog.text
    assert "xxx" not in caplog.text


class SwappedWhileRead(WindowsLike):
    """Another process replaces the secret while this one reads its first part."""

    swaps = 0

    def get_password(self, service: str, username: str) -> str | None:
        if "#" in username and self.swaps:
            self.swaps -= 1
            other = WindowsLike()
            other.entries = self.entries
            Entries(other, service).write(NAME, "n" * 4000)
        return super().get_password(service, username)


def test_a_secret_that_is_replaced_while_it_is_read_is_read_anew() -> None:
    backend = SwappedWhileRead()
    entries = Entries(backend, "SFSync")
    entries.write(NAME, "o" * 4000)
    backend.swaps = 1
    assert entries.read(NAME) == "n" * 4000
