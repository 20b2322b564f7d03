"""The window's composition root: options, one program a profile, application, host, shell.

Imports are few on purpose: the window is drawn before store, services and engine are loaded.
"""

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from sfsync_gui.app.late_host import Build, late_host
from sfsync_gui.desktop import plain_imports  # noqa: F401 - before whatever loads Qt
from sfsync_gui.desktop.crash_reports import CrashReports
from sfsync_gui.desktop.crash_watch import ENDS, CrashWatch
from sfsync_gui.desktop.logs import start_logging
from sfsync_gui.desktop.paths import APP_NAME, default_data_dir
from sfsync_gui.desktop.qt_messages import log_qt_messages
from sfsync_gui.desktop.redaction import process_redactor
from sfsync_gui.desktop.single_instance import SingleInstance
from sfsync_gui.desktop.versions import product_version
from sfsync_gui.ui.application import Application, make_application
from sfsync_gui.ui.loop import run
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.shell.shell import Shell

if TYPE_CHECKING:
    from sfsync_gui.app.host import Host

_log = logging.getLogger(__name__)

EXIT_CRASHED = 70
"""A mistake of our own ended the program (`EX_SOFTWARE`); the next start shows the report."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the window starts. `data_dir` is of no use to the demo, which keeps nothing.

    `first_run`: the demo workspace is there, but has to be signed in to.
    """

    data_dir: Path
    minimized: bool = False
    demo: bool = False
    first_run: bool = False


def parse(arguments: Sequence[str]) -> Options:
    """Read the command's options; ends the program where they make no sense."""
    parser = argparse.ArgumentParser(
        prog="sfsync-gui",
        description="Keeps the people of an Intercom workspace and a Salesforce org in step.",
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=default_data_dir(),
        help="the folder of the profile; the demo keeps nothing",
    )
    parser.add_argument(
        "--minimized", action="store_true", help="start in the tray, without the window"
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        help="show a simulated workspace; nothing leaves the computer",
    )
    parser.add_argument(
        "--first-run",
        action="store_true",
        help="begin the demo with the set-up: sign in on the pages of the simulated services",
    )
    parser.add_argument("--version", action="store_true", help="print the version")
    found = parser.parse_args(arguments)
    if found.version:
        print(f"sfsync-gui {product_version()}")
        parser.exit()
    demo = found.demo or found.first_run
    return Options(found.data_dir.expanduser(), found.minimized, demo, found.first_run)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the window to its end; returns the exit code."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    with ExitStack() as stack:
        if options.demo:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sfsync-window-")))
            return _reported(options, folder, _demo(folder, first_run=options.first_run))
        with suppress(OSError):  # the window says it, where a person can see it
            options.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _reported(options, options.data_dir, _real(options.data_dir))


def _reported(options: Options, folder: Path, build: Build) -> int:
    """Run it; a mistake of our own that keeps the window from being made is written down, too."""
    try:
        return _run(options, folder, build)
    except Exception:  # before the log was open
        watch = CrashWatch(CrashReports(folder), hard_crashes=False)
        return _crashed("the window cannot be made", watch.close)


def _crashed(what: str, close: Callable[[], None] = lambda: None) -> int:
    """Write down the exception that is being handled; the next start tells of it."""
    _log.critical(what, exc_info=True, extra=ENDS)
    close()
    if sys.stderr is not None:
        sys.stderr.write(f"{APP_NAME} stopped unexpectedly. The next start shows a report.\n")
    return EXIT_CRASHED


def _run(options: Options, folder: Path, build: Build) -> int:
    preferences = Preferences(folder)
    application = make_application([APP_NAME], preferences.scheme)
    with ExitStack() as stack:
        # After the application: Qt hears a socket only once it has its event dispatcher.
        instance = SingleInstance(folder)
        if not instance.take():
            return 0
        stack.callback(instance.release)
        stack.callback(start_logging(folder).close)
        stack.callback(log_qt_messages())
        reports = CrashReports(folder)
        watch = CrashWatch(reports)
        stack.callback(watch.close)
        Thread(target=_introduce, args=(watch,), name="sfsync-versions", daemon=True).start()
        window = _Window(application, options, folder, preferences, instance, reports)
        try:
            run(application, window.live(build))
        except Exception:  # the edge of the program: it is written down, and told at the next start
            return _crashed("the window ended")
    return 0


def _introduce(watch: CrashWatch) -> None:
    """Say what this is, to the log and to a report that may have to be written."""
    watch.introduce()
    _log.info("%s %s runs", APP_NAME, product_version())


@dataclass(frozen=True, slots=True)
class _Window:
    """What the shell is made of, and what it lives beside."""

    application: Application
    options: Options
    folder: Path
    preferences: Preferences
    instance: SingleInstance
    reports: CrashReports

    async def live(self, build: Build) -> None:
        """Show the window until a person quits."""
        options = self.options
        handle = late_host(build, self.folder, is_demo=options.demo and not options.first_run)
        shell = Shell(self.application, handle, self.preferences, reports=self.reports)
        self.instance.raise_wanted.connect(shell.bring_up)
        await shell.run(minimized=options.minimized)
        if not shell.ended_in_time:
            os._exit(0)  # a thread hangs; the store is safe, as after a crash


def _real(data_dir: Path) -> Build:
    def build(stack: ExitStack) -> "Host":
        import time

        from sfsync_gui.app.host import Host
        from sfsync_gui.app.wiring import LocalClock
        from sfsync_gui.credentials.vault import Vault

        return Host(data_dir, LocalClock(time.time), Vault(on_secret=process_redactor.remember))

    return build


def _demo(folder: Path, *, first_run: bool) -> Build:
    def build(stack: ExitStack) -> "Host":
        from sfsync_gui.app.demo import demo_host, first_run_host

        demo = first_run_host(folder) if first_run else demo_host(folder=folder)
        return stack.enter_context(demo)

    return build
