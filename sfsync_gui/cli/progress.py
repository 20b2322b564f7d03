"""How far a long work is, on the last line of the terminal, from the engine's events."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sfsync_gui.cli.output import Output
from sfsync_gui.engine.events import Event, Progress

_SHOWN_EVERY = 0.1
_WORDS = {
    "directory:salesforce": "Reading everybody in Salesforce",
    "directory:intercom": "Reading everybody in Intercom",
    "linking": "Linking people who match",
    "bulk": "Bulk sync",
}


@dataclass(slots=True)
class ProgressLine:
    """One line on stderr that is written over; nothing where stderr is no terminal."""

    is_terminal: bool = field(default_factory=lambda: sys.stderr.isatty())
    _shown_at: float = 0.0
    _width: int = 0

    def show(self, text: str) -> None:
        """Replace the line, at most ten times a second."""
        now = time.monotonic()
        if self.is_terminal and now - self._shown_at >= _SHOWN_EVERY:
            self._shown_at = now
            self._write(text)

    def clear(self) -> None:
        """Take the line away."""
        if self._width:
            self._write("")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{' ' * self._width}\r{text}")
        sys.stderr.flush()
        self._width = len(text)


def progress_text(event: Progress) -> str:
    """A work and how far it is."""
    words = _WORDS.get(event.work, event.work)
    done = f"{event.done:,} of {event.total:,}" if event.total else f"{event.done:,}"
    return f"{words}: {done}"


@contextmanager
def progress_of(output: Output) -> Iterator[Callable[[Event], None]]:
    """A listener that shows the progress of what happens meanwhile."""
    line = ProgressLine()

    def hear(event: Event) -> None:
        if isinstance(event, Progress) and not output.as_json:
            line.show(progress_text(event))

    try:
        yield hear
    finally:
        line.clear()
