"""The lines of the log: coloured by their level, with what is searched for marked."""

import re
from collections.abc import Sequence

from PySide6.QtGui import (
    QColor,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QWidget

from sfsync_gui.desktop.log_tail import LogEntry
from sfsync_gui.ui.support.text_view import TextView
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import Tone

_HEAD = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) ([A-Z]+) ")
_NEARLY = 2
"""Lines from the end that still count as the end: the margin below the last one is one."""

_TONES = {
    "WARNING": Tone.WARNING,
    "ERROR": Tone.DANGER,
    "CRITICAL": Tone.DANGER,
}


class LogView(TextView):
    """Takes entries at its end and at its beginning, and keeps in view what is being read."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.setLineWrapMode(TextView.LineWrapMode.WidgetWidth)
        self.entries = 0
        self._colours = _Colours(self)

    @property
    def is_at_end(self) -> bool:
        """Whether the newest line is in view."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - _NEARLY

    def mark(self, words: Sequence[str]) -> None:
        """Mark these words from now on."""
        self._colours.mark(words)

    def recolour(self) -> None:
        """Colour all lines anew."""
        self._colours.rehighlight()

    def clear_entries(self) -> None:
        """Show nothing."""
        self.clear()
        self.entries = 0

    def append_entries(self, entries: Sequence[LogEntry]) -> None:
        """Add newer entries; whoever looked at the end still does."""
        if not entries:
            return
        was_at_end = self.is_at_end
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        text = "\n".join(entry.text for entry in entries)
        cursor.insertText(f"\n{text}" if self.entries else text)
        self.entries += len(entries)
        if was_at_end:
            self.go_to_end()

    def prepend_entries(self, entries: Sequence[LogEntry]) -> None:
        """Add older entries above; the lines in view stay where they are."""
        if not entries:
            return
        was_at_end = self.is_at_end
        top, blocks = self.firstVisibleBlock().blockNumber(), self.blockCount()
        cursor = QTextCursor(self.document())
        text = "\n".join(entry.text for entry in entries)
        cursor.insertText(f"{text}\n" if self.entries else text)
        self.entries += len(entries)
        if was_at_end:
            self.go_to_end()
        else:
            # By its number: the first block's own object stands for what was put before it.
            block = self.document().findBlockByNumber(top + self.blockCount() - blocks)
            self.verticalScrollBar().setValue(block.firstLineNumber())

    def go_to_end(self) -> None:
        """Bring the newest line into view."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())


class _Colours(QSyntaxHighlighter):
    """The time is quiet, the level in its colour, what is searched for on a ground of its own."""

    def __init__(self, view: TextView) -> None:
        document: QTextDocument = view.document()
        super().__init__(document)
        self._view = view
        self._words: re.Pattern[str] | None = None

    def mark(self, words: Sequence[str]) -> None:
        self._words = re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Colour one line."""
        colors = colors_of(self._view)
        head = _HEAD.match(text)
        if head is not None:
            self.setFormat(0, head.end(1), _coloured(colors.muted))
            tone = _TONES.get(head[2])
            if tone is not None:
                self.setFormat(head.start(2), len(head[2]), _coloured(colors.tone(tone), bold=True))
        if self._words is not None:
            for found in self._words.finditer(text):
                marked = _coloured(colors.text)
                marked.setBackground(QColor(colors.selection))
                self.setFormat(found.start(), found.end() - found.start(), marked)


def _coloured(colour: str, *, bold: bool = False) -> QTextCharFormat:
    shape = QTextCharFormat()
    shape.setForeground(QColor(colour))
    if bold:
        shape.setFontWeight(600)
    return shape
