"""The command line in tests: commands run as a user runs them, on services on real sockets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from typer.testing import CliRunner, Result

from sfsync_gui.cli.environment import (
    INTERCOM_TOKEN,
    INTERCOM_URL,
    SALESFORCE_TOKEN,
    SALESFORCE_URL,
)
from sfsync_gui.cli.main import application
from sfsync_gui.sandbox.clock import WallClock
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.server import LoopbackServer
from tests.support.secret_watch import WATCH

T = TypeVar("T")

SFSYNC = (sys.executable, "-m", "sfsync_gui")
ROWS = """
format = 1

[[row]]
intercom = "phone"
direction = "two_way"
lead = "Phone"
contact = "Phone"

[[row]]
intercom = "custom_attributes.job"
direction = "to_salesforce"
contact = "Title"
"""


@dataclass
class Services:
    """Both services behind HTTP, whose time is the computer's own and whose index never lags."""

    intercom: IntercomSandbox
    salesforce: SalesforceSandbox
    server: LoopbackServer

    @property
    def intercom_url(self) -> str:
        """Where the workspace is."""
        return self.server.url("intercom")

    @property
    def salesforce_url(self) -> str:
        """Where the org is."""
        return self.server.url("salesforce")

    def do(self, work: Callable[[], T]) -> T:
        """Do something in the services."""
        return self.server.call(work)

    def environment(self) -> dict[str, str]:
        """The variables that name both accounts."""
        tokens = self.do(lambda: self.salesforce.issue_tokens(instance_url=self.salesforce_url))
        return {
            INTERCOM_URL: self.intercom_url,
            INTERCOM_TOKEN: self.token,
            SALESFORCE_URL: self.salesforce_url,
            SALESFORCE_TOKEN: tokens["access_token"],
        }

    @property
    def token(self) -> str:
        """An access token of the workspace."""
        return self.do(lambda: self.intercom.access_token) or ""

    def someone(self, email: str, name: str = "", **fields: Any) -> tuple[str, str]:
        """A person whom both services know, by the ids there."""
        record = {"LastName": "Smith", "Email": email, **fields}
        return self.do(
            lambda: (
                self.intercom.create_contact("user", email=email, name=name or email),
                self.salesforce.create("Contact", **record),
            )
        )


@contextmanager
def services(
    *,
    app_id: str = "nw5x2k7q",
    org_seed: int = 0,
    intercom_token: str = "dG9rOnNhbmRib3g",
    rotation: bool = True,
) -> Iterator[Services]:
    """Serve both, and stop at the end."""
    clock = WallClock()
    intercom = IntercomSandbox(
        clock, app_id=app_id, access_token=intercom_token, index_lag=(0.0, 0.0)
    )
    intercom.create_attribute("job", "string")
    salesforce = SalesforceSandbox(clock, seed=org_seed, rotation=rotation)
    server = LoopbackServer({"intercom": intercom.app, "salesforce": salesforce.app})
    server.start()
    try:
        yield Services(intercom, salesforce, server)
    finally:
        server.stop()


def sfsync(*arguments: str, told: str | None = None, folder: Path | None = None) -> Result:
    """Run a command within the test's process; `told` is its standard input."""
    where = () if folder is None else ("--data-dir", str(folder))
    return CliRunner().invoke(application, [*arguments, *where], input=told)


def document(*arguments: str, folder: Path) -> Any:
    """What a command that succeeds prints with --json."""
    done = sfsync(*arguments, "--json", folder=folder)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@dataclass
class Program:
    """A command as a process of its own; its output can be waited for line by line."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    _queue: SimpleQueue[str] = field(default_factory=SimpleQueue)

    @classmethod
    def start(
        cls, *arguments: str, folder: Path, environment: Mapping[str, str] | None = None
    ) -> Program:
        """Start a command; the accounts of the environment are those given, or none."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("SFSYNC_")}
        process = subprocess.Popen(
            [*SFSYNC, *arguments, "--data-dir", str(folder)],
            env={**inherited, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        program = cls(process)
        threading.Thread(target=program._read, daemon=True).start()
        return program

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                WATCH.saw("output of a program", line)
                self._queue.put(line)

    def wait_for(self, words: str, seconds: float = 30.0) -> str:
        """The first further line with these words."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                line = self._queue.get(timeout=left)
            except Empty:
                break
            self.lines.append(line)
            if words in line:
                return line
        raise AssertionError(f"no line with {words!r} in {''.join(self.lines)}")

    def ended(self, seconds: float = 30.0) -> tuple[int, str]:
        """The exit code, and everything that was printed."""
        code = self.process.wait(seconds)
        while not self._queue.empty():
            self.lines.append(self._queue.get())
        return code, "".join(self.lines)

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
