"""The vault over keyrings that work, hang, ask and fail."""

from __future__ import annotations

import asyncio
import threading
import time
import traceback
from collections.abc import Callable

import pytest
from keyring.errors import KeyringLocked

from sfsync_gui.core.failures import SfsyncError, TransientError
from sfsync_gui.core.vocabulary import ErrorClass
from sfsync_gui.credentials.keyrings import Keyring, Lock, Trouble, Unusable
from sfsync_gui.credentials.vault import Vault, VaultLockedError, VaultState
from tests.support.keyrings import AskedLock, Quoting, Stuck, WindowsLike, opened

NAME = "intercom:abc:access_token"
SECRET = "dG9rOjEyMzQ1Njc4"


def over(backend: WindowsLike) -> Callable[[], Keyring]:
    return lambda: opened(backend)


def test_nothing_is_looked_at_before_a_secret_is_asked_for() -> None:
    def find() -> Keyring:
        raise AssertionError("looked")

    vault = Vault(find)
    assert vault.state is VaultState.LOCKED
    assert SECRET not in repr(vault)


def test_the_three_verbs_and_their_blocking_twins_are_the_same() -> None:
    vault = Vault(over(WindowsLike()))

    async def scenario() -> None:
        await vault.write(NAME, SECRET)
        assert await vault.read(NAME) == SECRET
        await vault.delete(NAME)
        assert await vault.read(NAME) is None

    asyncio.run(scenario())
    vault.write_now(NAME, SECRET)
    assert vault.read_now(NAME) == SECRET
    vault.delete_now(NAME)
    assert vault.read_now(NAME) is None
    assert vault.state is VaultState.OK
    assert "password store" in vault.note


def test_a_hanging_keyring_is_locked_in_time_and_never_absent() -> None:
    backend = Stuck()
    vault = Vault(over(backend), answer_seconds=0.2)
    with pytest.raises(VaultLockedError) as raised:
        asyncio.run(vault.read(NAME))
    assert raised.value.code == Trouble.SILENT
    with pytest.raises(VaultLockedError):
        vault.read_now(NAME)
    assert asyncio.run(vault.look_again()) is VaultState.LOCKED
    assert "locked or does not answer" in vault.note
    backend.go_on.set()
    assert vault.read_now(NAME) is None
    assert vault.state is VaultState.OK


def test_a_write_that_was_stuck_does_not_come_out_after_a_newer_one() -> None:
    backend = Stuck()
    vault = Vault(over(backend), answer_seconds=0.2)
    with pytest.raises(VaultLockedError):
        vault.write_now(NAME, "older")
    newer = threading.Thread(target=vault.write_now, args=(NAME, "newer"))
    newer.start()
    backend.go_on.set()
    newer.join(5)
    assert vault.read_now(NAME) == "newer"


def test_a_write_that_was_given_up_before_its_turn_is_not_carried_out() -> None:
    backend = Stuck()
    vault = Vault(over(backend), answer_seconds=0.2)
    for name in ("first", "second"):
        with pytest.raises(VaultLockedError):
            vault.write_now(name, SECRET)
    backend.go_on.set()
    assert vault.read_now("second") is None


def test_cancelling_a_read_leaves_the_vault_working() -> None:
    backend = Stuck()
    vault = Vault(over(backend), answer_seconds=5)

    async def scenario() -> None:
        reading = asyncio.create_task(vault.read(NAME))
        await asyncio.sleep(0.05)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        backend.go_on.set()
        await vault.write(NAME, SECRET)
        assert await vault.read(NAME) == SECRET

    asyncio.run(scenario())


def test_an_answer_after_the_loop_has_ended_disturbs_nobody() -> None:
    backend = Stuck()
    vault = Vault(over(backend), answer_seconds=0.1)
    with pytest.raises(VaultLockedError):
        asyncio.run(vault.read(NAME))
    backend.go_on.set()
    assert vault.read_now(NAME) is None


def everything_about(error: BaseException) -> str:
    inner = [one for one in (error.__cause__, error.__context__) if one is not None]
    told = [repr(error), str(error), *traceback.format_exception(error)]
    return "\n".join([*told, *map(everything_about, inner)])


def test_an_exception_that_quotes_the_secret_does_not_get_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(0)
    vault = Vault(over(Quoting()))
    with pytest.raises(VaultLockedError) as raised:
        asyncio.run(vault.write(NAME, SECRET))
    with pytest.raises(VaultLockedError) as raised_now:
        vault.write_now(NAME, SECRET)
    for error in (raised.value, raised_now.value):
        assert error.__cause__ is None
        assert error.__context__ is None
        assert SECRET not in everything_about(error)
        assert error.code == Trouble.FAILED
        assert error.detail == "RuntimeError"
    assert SECRET not in caplog.text


def test_the_error_is_one_that_passes() -> None:
    vault = Vault(over(Stuck()), answer_seconds=0.05)
    with pytest.raises(TransientError) as raised:
        vault.read_now(NAME)
    assert isinstance(raised.value, SfsyncError)
    assert raised.value.error_class is ErrorClass.TRANSIENT
    assert raised.value.remedy


def test_a_person_who_unlocks_is_asked_once() -> None:
    lock, backend = AskedLock(), WindowsLike()
    vault = Vault(lambda: Keyring(backend, lock))
    vault.write_now(NAME, SECRET)
    assert vault.read_now(NAME) == SECRET
    assert lock.asked == 1
    assert vault.state is VaultState.OK


def test_a_person_who_refuses_is_not_asked_again_before_somebody_looks_again() -> None:
    lock, backend = AskedLock(KeyringLocked("dismissed")), WindowsLike()
    vault = Vault(lambda: Keyring(backend, lock))
    codes = []
    for _ in range(3):
        with pytest.raises(VaultLockedError) as raised:
            vault.read_now(NAME)
        codes.append(raised.value.code)
    assert codes == [Trouble.REFUSED, Trouble.LOCKED, Trouble.LOCKED]
    assert lock.asked == 1
    assert asyncio.run(vault.look_again()) is VaultState.LOCKED
    assert lock.asked == 2
    lock.refusal = None
    assert asyncio.run(vault.look_again()) is VaultState.OK
    assert lock.asked == 3


def test_a_keyring_that_was_unlocked_elsewhere_needs_nobody_to_look_again() -> None:
    lock, backend = AskedLock(KeyringLocked("dismissed")), WindowsLike()
    vault = Vault(lambda: Keyring(backend, lock))
    with pytest.raises(VaultLockedError):
        vault.read_now(NAME)
    lock.closed = False
    assert vault.read_now(NAME) is None
    assert vault.state is VaultState.OK


class SlowPerson(AskedLock):
    """Takes half a second to type the password."""

    def unlock(self) -> None:
        time.sleep(0.5)
        super().unlock()


def test_a_person_has_more_time_than_a_program() -> None:
    backend = WindowsLike()
    vault = Vault(lambda: Keyring(backend, SlowPerson()), answer_seconds=0.1, person_seconds=5)
    assert vault.read_now(NAME) is None
    other = Vault(lambda: Keyring(backend, SlowPerson()), answer_seconds=0.1, person_seconds=0.3)
    with pytest.raises(VaultLockedError) as raised:
        asyncio.run(other.read(NAME))
    assert raised.value.code == Trouble.LOCKED


def test_a_keyring_with_a_hidden_lock_may_be_asking_a_person() -> None:
    backend = Stuck()
    vault = Vault(lambda: Keyring(backend, Lock()), answer_seconds=0.1, person_seconds=5)
    threading.Timer(0.5, backend.go_on.set).start()
    assert vault.read_now(NAME) is None


def test_without_a_keyring_secrets_stay_in_memory_and_the_note_says_so() -> None:
    vault = Vault(lambda: Unusable("Nothing here."))
    assert asyncio.run(vault.look_again()) is VaultState.NONE
    vault.write_now(NAME, SECRET)
    assert asyncio.run(vault.read(NAME)) == SECRET
    assert vault.note.startswith("Nothing here. ")
    assert "end when SFSync quits" in vault.note
    vault.delete_now(NAME)
    assert vault.read_now(NAME) is None


def test_a_keyring_that_comes_takes_over_at_the_next_question() -> None:
    backend = WindowsLike()
    there: list[bool] = []
    vault = Vault(lambda: opened(backend) if there else Unusable())
    vault.write_now(NAME, SECRET)
    vault.write_now("long", "x" * 3000)
    assert "in memory" in vault.note
    assert backend.entries == {}
    there.append(True)
    assert vault.read_now("long") == "x" * 3000
    assert vault.state is VaultState.OK
    assert Vault(over(backend)).read_now(NAME) == SECRET
    vault.write_now(NAME, "newer")
    assert vault.read_now(NAME) == "newer"


def test_a_keyring_that_was_there_and_goes_is_silent_and_not_empty() -> None:
    backend, there = Quoting(), [True]
    vault = Vault(lambda: opened(backend) if there else Unusable())
    assert vault.read_now(NAME) is None
    there.clear()
    with pytest.raises(VaultLockedError):
        vault.write_now(NAME, SECRET)  # it fails, and is gone when it is looked for again
    with pytest.raises(VaultLockedError) as raised:
        vault.read_now(NAME)
    assert raised.value.code == Trouble.SILENT
    assert asyncio.run(vault.look_again()) is VaultState.LOCKED


def test_a_vault_in_memory_uses_no_thread() -> None:
    vault, before = Vault.in_memory(), threading.active_count()
    assert vault.state is VaultState.NONE
    vault.write_now(NAME, SECRET)
    assert asyncio.run(vault.read(NAME)) == SECRET
    assert asyncio.run(vault.look_again()) is VaultState.NONE
    assert threading.active_count() == before


def test_every_secret_that_passes_is_told() -> None:
    told: list[str] = []
    backend = WindowsLike()
    vault = Vault(over(backend), on_secret=told.append)
    vault.write_now(NAME, SECRET)
    asyncio.run(vault.write("other", "another"))
    vault.read_now("missing")
    assert told == [SECRET, "another"]
    again: list[str] = []
    assert asyncio.run(Vault(over(backend), on_secret=again.append).read(NAME)) == SECRET
    assert again == [SECRET]


def test_a_secret_is_told_although_it_cannot_be_stored() -> None:
    told: list[str] = []
    vault = Vault(over(Stuck()), on_secret=told.append, answer_seconds=0.05)
    with pytest.raises(VaultLockedError):
        vault.write_now(NAME, SECRET)
    assert told == [SECRET]


def test_several_loops_and_threads_may_use_one_vault() -> None:
    vault = Vault(over(WindowsLike()))
    problems: list[BaseException] = []

    def use(number: int) -> None:
        async def scenario() -> None:
            for round_ in range(20):
                await vault.write(f"name-{number}", str(round_))
                assert await vault.read(f"name-{number}") == str(round_)

        try:
            asyncio.run(scenario())
        except BaseException as error:
            problems.append(error)

    users = [threading.Thread(target=use, args=(number,)) for number in range(5)]
    for user in users:
        user.start()
    for user in users:
        user.join(30)
    assert problems == []
