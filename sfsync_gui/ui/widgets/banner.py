"""Banners: what stays until it is dealt with, with one action."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.failures import SfsyncError, readable
from sfsync_gui.ui.theme.tokens import ICON_LARGE, SPACE_GROUP, SPACE_INSET, Tone
from sfsync_gui.ui.widgets.buttons import Button, IconButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, clear, column, row
from sfsync_gui.ui.widgets.surfaces import Surface

TONE_ICON = {
    Tone.ACCENT: "info",
    Tone.SUCCESS: "success",
    Tone.WARNING: "warning",
    Tone.DANGER: "danger",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a banner says. `action` is a verb; without one there is nothing to do."""

    tone: Tone
    title: str
    text: str = ""
    action: str = ""
    icon_name: str = ""
    dismissable: bool = False


def notice_of(failure: SfsyncError, *, action: str = "", dismissable: bool = True) -> Notice:
    """What a banner says of a failure: what happened, and what to do."""
    text = " ".join(part for part in (readable(failure.message), failure.remedy) if part)
    return Notice(Tone.DANGER, failure.title, text, action, dismissable=dismissable)


class Banner(Surface):
    """A title and a sentence on a quiet colour, with an icon, one action and perhaps a cross."""

    acted = Signal()
    dismissed = Signal()

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(notice.tone, parent)
        self.notice = notice
        self.action_button = Button(notice.action)
        self.action_button.clicked.connect(self.acted)
        self.close_button = IconButton("close", self.tr("Dismiss"))
        self.close_button.clicked.connect(self.dismissed)
        self.setAccessibleName(f"{notice.title}. {notice.text}".strip())
        self._arrange()

    def _arrange(self) -> None:
        name = self.notice.icon_name or TONE_ICON.get(self.notice.tone, "info")
        sign = IconLabel(name, self.notice.tone, size=ICON_LARGE)
        words = column(PlainLabel(self.notice.title, size=Text.STRONG, wrap=True), space=2)
        if self.notice.text:
            words.addWidget(PlainLabel(self.notice.text, tone=Tone.TEXT, wrap=True))
        layout = row(sign, boxed(words), self.action_button, self.close_button, space=SPACE_INSET)
        layout.setContentsMargins(SPACE_INSET, SPACE_GROUP, SPACE_GROUP, SPACE_GROUP)
        layout.setStretch(1, 1)
        if self.notice.text:
            layout.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        self.setLayout(layout)
        # Only now: without a parent, showing one would open a window of its own.
        self.action_button.setVisible(bool(self.notice.action))
        self.close_button.setVisible(self.notice.dismissable)


class Banners(QWidget):
    """A stack of banners, each under a key: showing one again replaces it where it stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banners: dict[str, Banner] = {}
        self._column = column(space=SPACE_GROUP)
        self.setLayout(self._column)
        self.hide()

    def show_notice(
        self, key: str, notice: Notice, on_action: Callable[[], object] | None = None
    ) -> None:
        """Show a banner, or leave it as it is where it says the same already."""
        present = self._banners.get(key)
        if present is not None and present.notice == notice:
            return
        banner = Banner(notice)
        if on_action is not None:
            banner.acted.connect(on_action)
        banner.dismissed.connect(lambda: self.clear(key))
        place = self._column.count()
        if present is not None:
            place = self._column.indexOf(present)
            self.clear(key)
        self._banners[key] = banner
        self._column.insertWidget(place, banner)
        self.show()

    def clear(self, key: str) -> None:
        """Take a banner away, if it is there."""
        banner = self._banners.pop(key, None)
        if banner is not None:
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.setVisible(bool(self._banners))

    def clear_all(self) -> None:
        """Take all away."""
        self._banners.clear()
        clear(self._column)
        self.hide()

    def get(self, key: str) -> Banner | None:
        """The banner under that key."""
        return self._banners.get(key)

    @property
    def keys(self) -> tuple[str, ...]:
        """What is shown now."""
        return tuple(self._banners)
