"""Finding a setting by a word: what has nothing to do with it goes out of view."""

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QWidget

from sfsync_gui.ui.theme.tokens import SPACE_SECTION
from sfsync_gui.ui.widgets.page import Section


class Findable:
    """A section and its parts, each with the words by which it is found."""

    def __init__(self, title: str, parts: Sequence[tuple[QWidget, str]]) -> None:
        self.section = Section(title, *(widget for widget, _ in parts))
        self.section.content.setSpacing(SPACE_SECTION)
        self._parts = [(widget, f"{title} {words}".casefold()) for widget, words in parts]

    def find(self, wanted: Iterable[str]) -> bool:
        """Show the parts that have all the words; whether there is one."""
        words = [word.casefold() for word in wanted]
        found = False
        for widget, text in self._parts:
            is_found = all(word in text for word in words)
            widget.setVisible(is_found)
            found |= is_found
        self.section.setVisible(found)
        return found
