"""The window's composition root: options, one program a profile, application, host, shell.

Imports are few on purpose: the window is drawn before store, services and engine are loaded.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sfsync_gui.app.late_host import Build, late_host
from sfsync_gui.desktop.logs import start_logging
from sfsync_gui.desktop.paths import APP_NAME, default_data_dir
from sfsync_gui.desktop.redaction import process_redactor
from sfsync_gui.desktop.single_instance import SingleInstance
from sfsync_gui.ui.application import Application, make_application
from sfsync_gui.ui.loop import run
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.shell.shell import Shell

if TYPE_CHECKING:
    from sfsync_gui.app.host import Host

EXIT_FAILED = 2


@dataclass(frozen=True, slots=True)
class Options:
    """How the window starts. `data_dir` is of no use to the demo, which keeps nothing."""

    data_dir: Path
    minimized: bool = False
    demo: bool = False


def parse(arguments: Sequence[str]) -> Options:
    """Read the command's options; ends the program where they make no sense."""
    parser = argparse.ArgumentParser(
        prog="sfsync-gui",
        description="Keeps the people of an Intercom workspace and a Salesforce org in step.",
    )
    parser.add_argument(
        "--data-dir", type=Path, default=default_data_dir(), help="the folder of the profile"
    )
    parser.add_argument(
        "--minimized", action="store_true", help="start in the tray, without the window"
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        help="show a simulated workspace; nothing leaves the computer",
    )
    found = parser.parse_args(arguments)
    return Options(found.data_dir.expanduser(), found.minimized, found.demo)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the window to its end; returns the exit code."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    with ExitStack() as stack:
        if options.demo:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sfsync-window-")))
            return _run(options, folder, _demo)
        try:
            options.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as refused:
            reason = refused.strerror
            sys.stderr.write(f"{APP_NAME} cannot use its folder {options.data_dir}: {reason}.\n")
            return EXIT_FAILED
        return _run(options, options.data_dir, _real(options.data_dir))


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
        run(application, _live(application, options, build, preferences, instance))
    return 0


async def _live(
    application: Application,
    options: Options,
    build: Build,
    preferences: Preferences,
    instance: SingleInstance,
) -> None:
    shell = Shell(application, late_host(build, is_demo=options.demo), preferences)
    instance.raise_wanted.connect(shell.bring_up)
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


def _demo(stack: ExitStack) -> "Host":
    from sfsync_gui.app.demo import demo_host

    return stack.enter_context(demo_host())
