"""Which keyring is chosen, which are refused, and what their errors mean."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from keyring import errors
from keyring.backend import KeyringBackend
from keyring.util import platform_
from secretstorage import exceptions

from sfsync_gui.credentials.keyrings import (
    HIDDEN_IMPORTS,
    PROTECTED,
    Trouble,
    Unusable,
    find_keyring,
    trouble_of,
)


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No bus, no settings of the developer's."""
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nobody")


def refusal() -> str:
    found = find_keyring()
    assert isinstance(found, Unusable)
    return found.sentence


REFUSED = [
    "keyring.backends.null.Keyring",
    "keyring.backends.fail.Keyring",
    "keyrings.alt.file.PlaintextKeyring",
    "keyrings.alt.file.EncryptedKeyring",
    "somebody.elses.Keyring",
]


@pytest.mark.parametrize("name", REFUSED)
def test_a_backend_that_does_not_protect_is_refused_by_name(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    assert name in refusal()


@pytest.mark.parametrize("name", REFUSED)
def test_a_backend_set_in_the_settings_file_is_refused_too(name: str, tmp_path: Path) -> None:
    settings = Path(platform_.config_root()) / "keyringrc.cfg"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f"[backend]\ndefault-keyring = {name}\nkeyring-path = {tmp_path}\n")
    before = list(sys.path)
    assert name in refusal()
    assert sys.path == before


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"[backend]\n", b"[other]\nx=1\n", b"\xff\xfe", b"[backend\n"]
)
def test_a_settings_file_that_says_nothing_is_passed_over(content: bytes) -> None:
    settings = Path(platform_.config_root()) / "keyringrc.cfg"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_bytes(content)
    assert refusal() == Unusable().sentence


@pytest.mark.parametrize(
    "name", ["keyring.backends.chainer.ChainerBackend", *PROTECTED["linux"], " "]
)
def test_a_protected_choice_is_followed_if_it_works(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    assert refusal() == Unusable().sentence  # none works here, and none is refused by name


class _Installed(KeyringBackend):
    """A backend that an installed package brings along; `keyring` itself would take it."""

    priority = 99.0

    def get_password(self, service: str, username: str) -> str | None:
        return "in the clear"

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("a secret was given away")


@pytest.fixture
def installed() -> Iterator[None]:
    yield
    KeyringBackend._classes.discard(_Installed)


@pytest.mark.usefixtures("installed")
def test_a_backend_that_is_merely_installed_is_not_taken() -> None:
    assert _Installed in KeyringBackend._classes
    assert refusal() == Unusable().sentence


@pytest.mark.parametrize("platform", ["win32", "darwin", "linux"])
def test_a_frozen_build_takes_in_every_backend_of_its_system(platform: str) -> None:
    for name in PROTECTED[platform]:
        module, _dot, kind = name.rpartition(".")
        assert module in HIDDEN_IMPORTS[platform]
        assert issubclass(getattr(importlib.import_module(module), kind), KeyringBackend)


def test_what_a_frozen_build_takes_in_is_there() -> None:
    for module in HIDDEN_IMPORTS["linux"]:
        importlib.import_module(module)


@pytest.mark.parametrize("platform", ["freebsd14", "win32", "darwin"])
def test_other_systems_find_no_keyring_here_and_do_not_fail(
    platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert refusal() == Unusable().sentence


class _DBusError(Exception):
    name = "org.freedesktop.Secret.Error.IsLocked"


def _with_cause(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.KeyringLocked("no"), Trouble.REFUSED),
        (errors.InitError("no"), Trouble.REFUSED),
        (exceptions.PromptDismissedException("no"), Trouble.REFUSED),
        (exceptions.LockedException("no"), Trouble.REFUSED),
        (_DBusError(), Trouble.LOCKED),
        (_with_cause(errors.KeyringError("no"), OSError(-25308, "Unknown Error")), Trouble.LOCKED),
        (_with_cause(errors.KeyringError("no"), OSError(-1, "Unknown Error")), Trouble.FAILED),
        (exceptions.SecretServiceNotAvailableException("gone"), Trouble.SILENT),
        (errors.PasswordSetError("disk full"), Trouble.FAILED),
        (RuntimeError("boom"), Trouble.FAILED),
        (KeyboardInterrupt(), Trouble.FAILED),
    ],
)
def test_what_an_error_means(error: BaseException, expected: Trouble) -> None:
    assert trouble_of(error) is expected
