"""The vault over a real GNOME Keyring on a real session bus, in whatever state that is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from sfsync_gui.credentials.keyrings import Trouble
from sfsync_gui.credentials.vault import Vault, VaultLockedError, VaultState
from tests.support.keyring_session import (
    PROMPTER,
    SECRETS,
    KeyringSession,
    keyring_threads_ended,
)

NAME = "salesforce:00D000000000001EAA:refresh_token"
LONG = "5Aep861é😀" * 400
"""3,600 characters, 4,000 UTF-16 units: four entries on Windows, and so everywhere."""


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringSession]:
    with keyring_threads_ended():
        session = KeyringSession()
        for variable, value in session.environment.items():
            monkeypatch.setenv(variable, value)
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
        yield session
        session.close()


def quick_vault() -> Vault:
    return Vault(answer_seconds=1.5, person_seconds=3.0)


async def test_a_secret_is_kept_beyond_the_program(session: KeyringSession) -> None:
    session.start_bus()
    session.start_keyring()
    vault = Vault()
    assert await vault.read(NAME) is None
    await vault.write(NAME, "first")
    await vault.write(NAME, "second")
    assert vault.state is VaultState.OK
    assert await Vault().read(NAME) == "second"
    assert session.entries() == {NAME: "second"}


async def test_a_deleted_secret_is_gone_and_deleting_it_again_is_no_error(
    session: KeyringSession,
) -> None:
    session.start_bus()
    session.start_keyring()
    vault = Vault()
    await vault.write(NAME, "secret")
    await vault.delete(NAME)
    await vault.delete(NAME)
    assert await vault.read(NAME) is None
    assert session.entries() == {}


async def test_a_long_secret_is_swapped_for_another_and_leaves_nothing(
    session: KeyringSession,
) -> None:
    session.start_bus()
    session.start_keyring()
    vault = Vault()
    await vault.write(NAME, LONG)
    assert len(session.entries()) == 5
    await vault.write(NAME, LONG[::-1])
    assert await Vault().read(NAME) == LONG[::-1]
    assert len(session.entries()) == 5
    await vault.write(NAME, "short again")
    assert session.entries() == {NAME: "short again"}
    await vault.write(NAME, LONG)
    await vault.delete(NAME)
    assert session.entries() == {}


async def test_no_secret_is_on_disk_in_the_clear(session: KeyringSession) -> None:
    session.start_bus()
    session.start_keyring()
    await Vault().write(NAME, "in-the-clear-0815")
    stored = [path for path in (session.folder / "data").rglob("*") if path.is_file()]
    assert stored
    assert not any(b"in-the-clear-0815" in path.read_bytes() for path in stored)


async def test_a_locked_keyring_is_locked_and_not_empty(session: KeyringSession) -> None:
    session.start_bus()
    keyring = session.start_keyring()
    await Vault().write(NAME, "secret")
    session.stop(keyring)
    session.start_keyring(unlocked=False)
    vault = quick_vault()
    with pytest.raises(VaultLockedError, match="locked"):
        await vault.read(NAME)
    assert vault.state is VaultState.LOCKED
    with pytest.raises(VaultLockedError):
        await vault.write(NAME, "other")
    assert await vault.look_again() is VaultState.LOCKED


async def test_a_keyring_that_is_unlocked_meanwhile_is_used_at_once(
    session: KeyringSession,
) -> None:
    session.start_bus()
    keyring = session.start_keyring()
    await Vault().write(NAME, "secret")
    session.stop(keyring)
    session.start_keyring(unlocked=False)
    vault = quick_vault()
    with pytest.raises(VaultLockedError):
        await vault.read(NAME)
    session.unlock_keyring()
    assert await vault.read(NAME) == "secret"
    assert vault.state is VaultState.OK


async def test_a_prompt_that_nobody_answers_ends_in_locked_and_holds_nobody_up(
    session: KeyringSession,
) -> None:
    session.start_bus()
    keyring = session.start_keyring()
    await Vault().write(NAME, "secret")
    session.stop(keyring)
    session.start_keyring(unlocked=False)
    session.start_silent(PROMPTER)
    vault = Vault(answer_seconds=0.5, person_seconds=2.0)
    began = time.monotonic()
    reading = asyncio.create_task(vault.read(NAME))
    await asyncio.sleep(0.3)
    assert vault.state is VaultState.LOCKED  # seen while the person is being asked
    with pytest.raises(VaultLockedError) as raised:
        await reading
    assert 1.5 < time.monotonic() - began < 4.0
    assert raised.value.code == Trouble.LOCKED


async def test_a_refused_prompt_is_not_shown_again_until_somebody_asks(
    session: KeyringSession,
) -> None:
    session.start_bus()
    keyring = session.start_keyring()
    await Vault().write(NAME, "secret")
    session.stop(keyring)
    session.start_keyring(unlocked=False)  # without a prompter every prompt is refused at once
    vault = quick_vault()
    with pytest.raises(VaultLockedError) as first:
        await vault.read(NAME)
    with pytest.raises(VaultLockedError) as second:
        await vault.read(NAME)
    assert (first.value.code, second.value.code) == (Trouble.REFUSED, Trouble.LOCKED)
    asked = (session.folder / "log").read_text().count("couldn't create system prompt")
    assert asked == 1
    await vault.look_again()
    assert (session.folder / "log").read_text().count("couldn't create system prompt") == 2


async def test_the_first_collection_is_not_made_behind_a_persons_back(
    session: KeyringSession,
) -> None:
    session.start_bus()
    session.start_keyring(unlocked=False)  # nobody has a keyring yet: making one wants a password
    vault = quick_vault()
    with pytest.raises(VaultLockedError):
        await vault.write(NAME, "secret")
    assert vault.state is VaultState.LOCKED


async def test_without_a_session_bus_secrets_stay_in_memory(session: KeyringSession) -> None:
    vault = Vault()
    await vault.write(NAME, "secret")
    assert vault.state is VaultState.NONE
    assert "end when SFSync quits" in vault.note
    assert await vault.read(NAME) == "secret"
    assert await Vault().read(NAME) is None
    assert not [path for path in session.folder.rglob("*") if path.is_file()]


async def test_a_bus_without_a_secret_service_is_no_keyring(session: KeyringSession) -> None:
    session.start_bus()
    vault = Vault()
    assert await vault.look_again() is VaultState.NONE
    assert await vault.read(NAME) is None


async def test_a_service_that_cannot_be_started_is_no_keyring(session: KeyringSession) -> None:
    session.offer(SECRETS, "/bin/false")
    session.start_bus()
    assert await Vault().look_again() is VaultState.NONE


async def test_a_keyring_that_comes_later_takes_what_was_in_memory(
    session: KeyringSession,
) -> None:
    vault = Vault()
    await vault.write(NAME, "from before")
    await vault.write("intercom:abc:access_token", LONG)
    assert vault.state is VaultState.NONE
    session.start_bus()
    assert await vault.look_again() is VaultState.NONE
    session.start_keyring()
    assert await vault.look_again() is VaultState.OK
    assert await Vault().read(NAME) == "from before"
    assert await Vault().read("intercom:abc:access_token") == LONG


async def test_a_hanging_service_is_locked_in_time(session: KeyringSession) -> None:
    session.start_bus()
    session.start_silent(SECRETS)
    vault = Vault(answer_seconds=0.6, person_seconds=5.0)
    began = time.monotonic()
    with pytest.raises(VaultLockedError) as raised:
        await vault.read(NAME)
    with pytest.raises(VaultLockedError):
        await asyncio.to_thread(vault.write_now, NAME, "secret")
    assert await vault.look_again() is VaultState.LOCKED
    assert time.monotonic() - began < 4.0
    assert raised.value.code == Trouble.SILENT


async def test_the_loop_goes_on_while_a_service_hangs(session: KeyringSession) -> None:
    session.start_bus()
    session.start_silent(SECRETS)
    vault = Vault(answer_seconds=1.0)
    reading = asyncio.create_task(vault.read(NAME))
    worst, last = 0.0, time.monotonic()
    while not reading.done():
        await asyncio.sleep(0.01)
        worst, last = max(worst, time.monotonic() - last), time.monotonic()
    assert isinstance(reading.exception(), VaultLockedError)
    assert worst < 0.5


async def test_a_service_that_takes_the_place_of_a_hanging_one_is_used(
    session: KeyringSession,
) -> None:
    session.start_bus()
    silent = session.start_silent(SECRETS)
    vault = Vault(answer_seconds=0.5)
    with pytest.raises(VaultLockedError):
        await vault.read(NAME)
    session.stop(silent)
    session.start_keyring()
    assert await vault.look_again() is VaultState.OK
    await vault.write(NAME, "secret")
    assert session.entries() == {NAME: "secret"}


async def test_a_keyring_that_restarts_is_locked_and_then_used_again(
    session: KeyringSession,
) -> None:
    session.start_bus()
    keyring = session.start_keyring()
    vault = quick_vault()
    await vault.write(NAME, "secret")
    session.stop(keyring)
    with pytest.raises(VaultLockedError) as raised:
        await vault.read(NAME)
    assert raised.value.code == Trouble.SILENT
    assert await vault.look_again() is VaultState.LOCKED  # what it holds is not gone with it
    session.start_keyring()
    assert await vault.read(NAME) == "secret"
    assert vault.state is VaultState.OK


HANGS = """
import asyncio, sys
from sfsync_gui.credentials.vault import Vault, VaultLockedError
vault = Vault(answer_seconds=0.5)
try:
    asyncio.run(vault.read("name"))
except VaultLockedError:
    sys.exit(7)
"""


def test_a_hanging_service_does_not_hold_up_the_end_of_the_program(
    session: KeyringSession,
) -> None:
    session.start_bus()
    session.start_silent(SECRETS)
    assert session.run(HANGS, timeout=15).returncode == 7


DIES = """
import os, sys
from sfsync_gui.credentials.keyrings import Keyring, find_keyring
from sfsync_gui.credentials.vault import Vault

class Dying:
    def __init__(self, backend, calls):
        self.backend, self.calls = backend, calls
    def get_password(self, service, name):
        return self.backend.get_password(service, name)
    def set_password(self, service, name, password):
        self.count()
        self.backend.set_password(service, name, password)
    def delete_password(self, service, name):
        self.count()
        self.backend.delete_password(service, name)
    def count(self):
        if not self.calls:
            os._exit(9)
        self.calls -= 1

def find():
    found = find_keyring()
    return Keyring(Dying(found.backend, int(sys.argv[1])), found.lock)

Vault(find).write_now(sys.argv[2], sys.argv[3])
"""


@pytest.mark.parametrize("calls", [0, 1, 3, 4, 5, 7])
async def test_a_crash_within_a_long_write_leaves_the_old_secret_or_the_new_one(
    session: KeyringSession, calls: int
) -> None:
    session.start_bus()
    session.start_keyring()
    old, new = "o" * 3000 + LONG[:900], LONG
    await Vault().write(NAME, old)
    assert session.run(DIES, str(calls), NAME, new).returncode == 9
    written = calls >= 5  # four parts and the entry that names them
    assert await Vault().read(NAME) == (new if written else old)
    await Vault().write(NAME, old)
    assert await Vault().read(NAME) == old
    await Vault().delete(NAME)
    assert session.entries() == {}
