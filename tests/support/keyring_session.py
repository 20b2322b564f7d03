"""A login session of its own for a test: a session bus, and whichever keyring the test starts.

Nothing of the developer's own session is reached, and everything is gone at the end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import secretstorage
from jeepney import DBusAddress, MessageType, message_bus, new_method_call  # type: ignore[import-untyped]
from jeepney.io.blocking import Proxy, open_dbus_connection  # type: ignore[import-untyped]
from secretstorage.collection import DEFAULT_COLLECTION
from secretstorage.util import format_secret, open_session

PASSWORD = "correct horse"
SECRETS = "org.freedesktop.secrets"
PROMPTER = "org.gnome.keyring.SystemPrompter"
"""Shows GNOME's password prompts."""

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class KeyringSession:
    """One login session. `environment` is what its programs see."""

    def __init__(self) -> None:
        # Not in pytest's folder: the path of a socket is limited to 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="keyring-"))
        folders = {
            "HOME": "home",
            "XDG_DATA_HOME": "data",
            "XDG_CONFIG_HOME": "config",
            "XDG_CACHE_HOME": "cache",
            "XDG_RUNTIME_DIR": "run",
        }
        for name in (*folders.values(), "services"):
            (self.folder / name).mkdir(mode=0o700)
        self.environment: dict[str, str] = {
            **{variable: str(self.folder / name) for variable, name in folders.items()},
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus",
        }
        self._programs: list[subprocess.Popen[bytes]] = []

    def start_bus(self) -> None:
        """Start the session bus; before this there is none."""
        config = self.folder / "bus.conf"
        config.write_text(_BUS.format(folder=self.folder))
        self._start("dbus-daemon", f"--config-file={config}", "--nofork")
        wait_until(self._is_listening)

    def start_keyring(self, *, unlocked: bool = True) -> subprocess.Popen[bytes]:
        """Start GNOME Keyring on what it stored before; locked, it knows no password."""
        options = ("--foreground", "--components=secrets", f"--control-directory={self._control}")
        if unlocked:
            keyring = self._start(self._daemon(), *options, "--unlock", told=PASSWORD)
        else:
            keyring = self._start(self._daemon(), *options)
        wait_until(lambda: self.is_owned(SECRETS))
        return keyring

    def unlock_keyring(self) -> None:
        """Unlock the keyring as a login does, without any prompt; one that ended is started.

        gnome-keyring's own interface for this (gkd-secret-unlock, InternalUnsupported...). Asked
        to show a prompt where nothing can show one, GNOME Keyring itself has been seen to end.
        """
        if not self.is_owned(SECRETS):
            self.start_keyring()
            return
        internal = DBusAddress(
            "/org/freedesktop/secrets",
            SECRETS,
            "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
        )
        with closing(secretstorage.dbus_init()) as bus:
            session = open_session(bus)
            master = format_secret(session, PASSWORD.encode(), "text/plain")
            call = new_method_call(
                internal, "UnlockWithMasterPassword", "o(oayays)", (DEFAULT_COLLECTION, master)
            )
            answer = bus.send_and_get_reply(call, timeout=10)
        assert answer.header.message_type is MessageType.method_return, answer.body

    def start_silent(self, name: str) -> subprocess.Popen[bytes]:
        """Start a program that owns a name on the bus and never answers."""
        program = self._start(
            sys.executable, str(Path(__file__).with_name("silent_bus_name.py")), name
        )
        wait_until(lambda: self.is_owned(name))
        return program

    def offer(self, name: str, command: str) -> None:
        """Have the bus start a command when somebody asks for a name; before `start_bus`."""
        (self.folder / "services" / f"{name}.service").write_text(
            f"[D-BUS Service]\nName={name}\nExec={command}\n"
        )

    def stop(self, program: subprocess.Popen[bytes]) -> None:
        """End a program of this session."""
        program.kill()
        program.wait()
        wait_until(lambda: not self.is_owned(SECRETS))

    def is_owned(self, name: str) -> bool:
        """Whether a program on the bus has that name."""
        with closing(open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"])) as bus:
            return bool(Proxy(message_bus, bus).NameHasOwner(name)[0])

    def entries(self) -> dict[str, str]:
        """What the unlocked keyring holds, by user name."""
        with closing(secretstorage.dbus_init()) as bus:
            items = secretstorage.get_default_collection(bus).get_all_items()
            return {item.get_attributes()["username"]: item.get_secret().decode() for item in items}

    def run(self, script: str, *arguments: str, timeout: float = 30) -> subprocess.Popen[str]:
        """Run a Python program in this session to its end."""
        program = subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            env=self._all(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            program.communicate(timeout=timeout)
        finally:
            program.kill()
        return program

    def close(self) -> None:
        """End everything, and forget it."""
        for program in reversed(self._programs):
            program.kill()
            program.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _control(self) -> str:
        return str(self.folder / "run" / "keyring")

    def _daemon(self) -> str:
        """GNOME Keyring as a copy without the capability that its file carries.

        It wants to keep its memory out of the swap (`cap_ipc_lock`); in a container that does not
        allow this a program with the capability is not even started.
        """
        installed, copy = shutil.which("gnome-keyring-daemon"), self.folder / "gnome-keyring-daemon"
        assert installed is not None, "GNOME Keyring is not installed: see system-packages.sh"
        if not copy.exists():
            shutil.copy(installed, copy)
        return str(copy)

    def _is_listening(self) -> bool:
        try:
            self.is_owned(SECRETS)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True

    def _all(self) -> Mapping[str, str]:
        return {**os.environ, **self.environment}

    def _start(self, *command: str, told: str = "") -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            program = subprocess.Popen(
                command, env=self._all(), stdin=subprocess.PIPE, stdout=log, stderr=log
            )
        self._programs.append(program)
        assert program.stdin is not None
        program.stdin.write(told.encode())
        program.stdin.close()
        return program


@contextmanager
def keyring_threads_ended() -> Iterator[None]:
    """Wait at the end for the keyring threads that came meanwhile.

    Those of before are another test's, which may have wanted one that hangs.
    """
    before = set(threading.enumerate())
    yield
    wait_until(
        lambda: not any(one.name == "sfsync-keyring" for one in set(threading.enumerate()) - before)
    )


def wait_until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
