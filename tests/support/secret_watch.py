"""A pytest plugin that watches the whole suite for secrets in whatever it writes.

Every secret that a sandbox hands out is registered. After each test its captured output, the
product's log records of any level, what its commands and programs printed, what the product's
exceptions say, and the files in its temporary folder are searched; at the end of the session
whatever else lies below pytest's temporary folder. A test that leaked a secret fails, and the
secret is masked in its report. Under xdist each worker watches its own tests.
"""

from __future__ import annotations

import functools
import logging
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from _pytest.capture import CaptureFixture
from typer.testing import CliRunner

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.sandbox.intercom import DEMO_CLIENT_SECRET
from sfsync_gui.sandbox.intercom.gate import TokenTable
from sfsync_gui.sandbox.salesforce.sessions import Sessions

SHORTEST = 12
"""Characters: anything shorter is no secret, and is found by chance."""

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of a file that are searched: beyond that only benchmarks write."""

_MASK = "«secret»"
_AT_THE_END = "secret_watch"


@dataclass
class SecretWatch:
    """What is secret, and everything that the test at hand has written so far."""

    secrets: set[str] = field(default_factory=lambda: {DEMO_CLIENT_SECRET})
    written: list[tuple[str, str]] = field(default_factory=list)
    searched: set[Path] = field(default_factory=set)
    failures: WeakSet[BaseException] = field(default_factory=WeakSet)
    at_the_end: list[str] = field(default_factory=list)

    def register(self, secret: str) -> None:
        """Watch for this text from now on."""
        if len(secret) >= SHORTEST:
            self.secrets.add(secret)

    def saw(self, where: str, text: str | bytes | None) -> None:
        """Take a text that was written, to be searched when the test is over."""
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        if text:
            self.written.append((where, text))

    def saw_failure(self, failure: BaseException) -> None:
        """Take what an exception of the product says."""
        texts = [*vars(failure).values(), repr(failure), str(failure), *failure.args]
        for text in texts:
            if isinstance(text, str):
                self.saw(f"text of a {type(failure).__name__}", text)

    def leaks(self) -> list[str]:
        """Where a secret was written since the last time; forgets what was written."""
        for failure in list(self.failures):
            self.saw_failure(failure)
        written, self.written = self.written, []
        text = "\0".join(text for _, text in written)
        if not any(secret in text for secret in self.secrets):
            return []
        return sorted({where for where, text in written if self._is_in(text)})

    def leaks_in(self, folder: Path) -> list[str]:
        """The files below a folder in which a secret is."""
        self.searched.add(folder)
        return [str(path) for path in sorted(folder.rglob("*")) if self._is_in_file(path)]

    def masked(self, text: str) -> str:
        """The text without its secrets."""
        for secret in self.secrets:
            text = text.replace(secret, _MASK)
        return text

    def _is_in(self, text: str) -> bool:
        return any(secret in text for secret in self.secrets)

    def _is_in_file(self, path: Path) -> bool:
        try:
            if path.is_symlink() or not path.is_file():
                return False
            with path.open("rb") as file:
                content = file.read(LARGEST_FILE)
        except OSError:
            return False  # taken away from its owner, or gone: a test's own doing
        return any(secret.encode() in content for secret in self.secrets)


WATCH = SecretWatch()


class _Listener(logging.Handler):
    """Takes every log record, whatever its level."""

    def emit(self, record: logging.LogRecord) -> None:
        WATCH.saw(f"log of {record.name}", self.format(record))


# ---------------------------------------------------------------------- where to listen


def _after(owner: Any, name: str, listen: Callable[..., None]) -> None:
    """Have `listen` called with the result and the arguments of every call of a function."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def heard(*args: Any, **named: Any) -> Any:
        result = original(*args, **named)
        listen(result, *args)
        return result

    setattr(owner, name, heard)


def _listen_to_sandboxes() -> None:
    _after(Sessions, "_new_token", lambda token, *_: WATCH.register(token))
    _after(TokenTable, "issue", lambda token, *_: WATCH.register(token))
    _after(TokenTable, "__init__", lambda _, table, first: WATCH.register(first))


def _listen_to_output() -> None:
    def program(done: subprocess.CompletedProcess[Any], *_: Any) -> None:
        WATCH.saw("stdout of a program", done.stdout)
        WATCH.saw("stderr of a program", done.stderr)

    def command(result: Any, *_: Any) -> None:
        WATCH.saw("output of a command", result.output)

    def captured(texts: Any, *_: Any) -> None:
        WATCH.saw("captured stdout", texts.out)
        WATCH.saw("captured stderr", texts.err)

    _after(subprocess, "run", program)
    _after(CliRunner, "invoke", command)
    _after(CaptureFixture, "readouterr", captured)


def _listen_to_failures() -> None:
    """Search what an exception says in the end: whoever lets it pass may have masked a secret."""

    def new(cls: type[SfsyncError], *args: Any, **_named: Any) -> SfsyncError:
        failure = Exception.__new__(cls)
        WATCH.failures.add(failure)
        return failure

    def gone(failure: SfsyncError) -> None:
        WATCH.saw_failure(failure)

    SfsyncError.__new__ = new  # type: ignore[assignment]
    SfsyncError.__del__ = gone  # type: ignore[attr-defined]


def _listen_to_logs() -> None:
    """Take everything that the product logs, and of the libraries what their levels let through."""
    logging.getLogger().addHandler(_Listener(logging.NOTSET))
    logging.getLogger("sfsync_gui").setLevel(logging.DEBUG)


def pytest_configure(config: pytest.Config) -> None:
    """Begin to listen."""
    _listen_to_sandboxes()
    _listen_to_output()
    _listen_to_failures()
    _listen_to_logs()


# ---------------------------------------------------------------------- after each test


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Search what one phase of a test wrote; a leak fails it, and no report shows the secret."""
    report = yield
    for title, text in report.sections:
        WATCH.saw(title, text)
    if report.longrepr is not None:
        WATCH.saw("the report of a failure", str(report.longrepr))
    leaks = WATCH.leaks()
    if report.when == "teardown":
        folder = getattr(item, "funcargs", {}).get("tmp_path")
        leaks += [] if folder is None else WATCH.leaks_in(folder)
    if leaks:
        _fail(report, leaks)
    return report


def _fail(report: pytest.TestReport, leaks: Iterable[str]) -> None:
    before = "" if report.longrepr is None else f"\n{WATCH.masked(str(report.longrepr))}"
    report.outcome = "failed"
    report.longrepr = f"A secret was written: {', '.join(leaks)}.{before}"
    report.sections = [(title, WATCH.masked(text)) for title, text in report.sections]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take what a worker of xdist found at its end."""
    WATCH.at_the_end += getattr(node, "workeroutput", {}).get(_AT_THE_END, [])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Search the folders that belong to no single test."""
    factory = getattr(session.config, "_tmp_path_factory", None)
    base: Path | None = getattr(factory, "_basetemp", None)
    if base is not None and base.is_dir():
        rest = [one for one in base.iterdir() if one.is_dir() and one not in WATCH.searched]
        WATCH.at_the_end += [path for folder in rest for path in WATCH.leaks_in(folder)]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[_AT_THE_END] = WATCH.at_the_end
    elif WATCH.at_the_end:
        sys.stderr.write(f"\nA secret was written: {', '.join(WATCH.at_the_end)}.\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
