"""The two ways in: the `sfsync` commands, and the window."""

import io
import logging
import sys

from sfsync_gui.cli.main import application


def command_line() -> None:
    """Run the `sfsync` commands."""
    # What a command has to say it prints itself, in words.
    logging.getLogger("sfsync_gui").addHandler(logging.NullHandler())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # An arrow that the terminal's character set does not have must end no command.
            stream.reconfigure(errors="replace")
    application()


def window() -> None:
    """Say that there is no window yet, and end."""
    sys.stderr.write("SFSync has no window yet. Use the command line: sfsync --help\n")
    raise SystemExit(2)


if __name__ == "__main__":
    command_line()
