"""What happened to a pair of people, newest first, a page at a time."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.ui.texts.fields import FieldTexts
from sfsync_gui.ui.texts.history import change_text, reason_text, way_text
from sfsync_gui.ui.theme.tokens import SPACE_HAIR, SPACE_INSET, Tone
from sfsync_gui.ui.widgets.buttons import QuietButton
from sfsync_gui.ui.widgets.labels import NO_BREAK, PlainLabel, RelativeTime, Text, told_label
from sfsync_gui.ui.widgets.layouts import boxed, clear, column, row

PAGE = 10
"""Entries that are shown to begin with, and added at each wish for more."""


class PersonHistory(QWidget):
    """Entries under one another, and a button for earlier ones. `wanted` is how many to show."""

    more_wanted = Signal()

    def __init__(
        self,
        now: Callable[[], float],
        fields: Callable[[], FieldTexts],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._now, self._fields = now, fields
        self._shown: tuple[HistoryEntry, ...] = ()
        self.wanted = PAGE
        self._entries = column(space=SPACE_INSET)
        self._none = PlainLabel(self.tr("Nothing was changed yet."), tone=Tone.MUTED)
        self.more_button = QuietButton(self.tr("Show earlier"))
        self.more_button.clicked.connect(self._on_more)
        self.more_button.hide()
        self.setLayout(
            column(self._entries, self._none, row(self.more_button, None), space=SPACE_INSET)
        )

    @property
    def count(self) -> int:
        """How many entries are shown."""
        return len(self._shown)

    def set_entries(self, entries: Sequence[HistoryEntry], *, has_more: bool) -> None:
        """Show these; those that are shown already are left as they are."""
        self.more_button.setVisible(has_more)
        fresh = tuple(entries)
        if fresh == self._shown:
            return
        grown = fresh[: len(self._shown)] == self._shown
        if not grown:
            clear(self._entries)
        for entry in fresh[len(self._shown) :] if grown else fresh:
            self._entries.addWidget(self._line(entry))
        self._shown = fresh
        self._none.setVisible(not fresh)

    def _line(self, entry: HistoryEntry) -> QWidget:
        parts = ("{time}", way_text(entry), reason_text(entry.trigger))
        caption = RelativeTime(
            entry.at,
            template=" · ".join(part.replace(" ", NO_BREAK) for part in parts if part),
            size=Text.CAPTION,
            wrap=True,
            now=self._now,
        )
        text = told_label(change_text(entry, self._fields()))
        return boxed(column(text, caption, space=SPACE_HAIR))

    def _on_more(self) -> None:
        self.wanted += 2 * PAGE
        self.more_wanted.emit()
