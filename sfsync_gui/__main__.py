"""The two ways in: the `sfsync` commands, and the window."""

import sys

from sfsync_gui.cli.main import application


def command_line() -> None:
    """Run the `sfsync` commands."""
    application()


def window() -> None:
    """Say that there is no window yet, and end."""
    sys.stderr.write("SFSync has no window yet. Use the command line: sfsync --help\n")
    raise SystemExit(2)


if __name__ == "__main__":
    command_line()
