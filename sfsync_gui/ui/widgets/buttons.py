"""Buttons: one primary action at a place, the others quieter; icon buttons always have a name."""

from enum import StrEnum

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton, QWidget

from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.tokens import CONTROL_HEIGHT, ICON, ICON_GAP, Tone

_COPIED_STAYS = 1500


class Role(StrEnum):
    """How much a button draws the eye."""

    STANDARD = "standard"
    PRIMARY = "primary"
    DANGER = "danger"
    QUIET = "quiet"
    LINK = "link"
    FILTER = "filter"


_ICON_TONE = {
    Role.STANDARD: Tone.TEXT,
    Role.PRIMARY: Tone.ON_ACCENT,
    Role.DANGER: Tone.DANGER,
    Role.QUIET: Tone.ACCENT,
    Role.LINK: Tone.ACCENT,
    Role.FILTER: Tone.MUTED,
}


_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Button(QPushButton):
    """A button with a verb. It takes the focus by the keyboard, and leaves it where it was at a
    click. Enter presses it as Space does."""

    role = Role.STANDARD

    def __init__(self, text: str, *, icon_name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", self.role.value)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self.setIconSize(QSize(ICON + ICON_GAP, ICON))
        self.set_icon(icon_name)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter presses: Qt leaves that to the default button of a dialog."""
        if event.key() in _ENTER and self.isEnabled():
            self.click()
        else:
            super().keyPressEvent(event)

    def set_icon(self, name: str) -> None:
        """Show another icon; none where the name is empty."""
        if name:
            self.setIcon(icon(name, _ICON_TONE[self.role]))


class PrimaryButton(Button):
    """The one main action of a panel or dialog."""

    role = Role.PRIMARY


class DangerButton(Button):
    """An action that takes something away."""

    role = Role.DANGER


class QuietButton(Button):
    """An action beside something: reads as a link."""

    role = Role.QUIET


class LinkButton(Button):
    """An action within a line of text, no higher than that.

    One that begins the line is `flush`: its words stand where other lines begin.
    """

    role = Role.LINK

    def __init__(self, text: str, *, flush: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent=parent)
        self.setProperty("flush", "true" if flush else "false")


class IconButton(QToolButton):
    """A button with an icon alone; `name` is its tooltip and its accessible name."""

    def __init__(
        self,
        icon_name: str,
        name: str,
        *,
        tone: Tone = Tone.MUTED,
        size: int = CONTROL_HEIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setProperty("role", "icon")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(size, size)
        self.setIconSize(QSize(ICON, ICON))
        self.set_icon(icon_name, name)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter presses, as Space does."""
        if event.key() in _ENTER and self.isEnabled():
            self.click()
        else:
            super().keyPressEvent(event)

    def setMenu(self, menu: QMenu) -> None:  # noqa: N802 - Qt's name
        """Show a menu when pressed. Only then: a screen reader cannot press such a button."""
        super().setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def set_icon(self, icon_name: str, name: str, tone: Tone | None = None) -> None:
        """Become another button."""
        self.setIcon(icon(icon_name, tone or self._tone))
        self.setToolTip(name)
        self.setAccessibleName(name)


class CopyButton(IconButton):
    """Copies a text, and shows for a moment that it did. `what` is what it copies: 'e-mail'."""

    def __init__(self, text: str = "", what: str = "", parent: QWidget | None = None) -> None:
        super().__init__("copy", "", parent=parent)
        self._text = text
        self._name = self.tr("Copy {what}").format(what=what) if what else self.tr("Copy")
        self._rest = QTimer(self, singleShot=True, interval=_COPIED_STAYS)
        self._rest.timeout.connect(self._show_ready)
        self.clicked.connect(self.copy)
        self._show_ready()

    def set_text(self, text: str) -> None:
        """Copy another text from now on."""
        self._text = text
        self.setEnabled(bool(text))

    def copy(self) -> None:
        """Put the text on the clipboard."""
        QGuiApplication.clipboard().setText(self._text)
        self.set_icon("check", self.tr("Copied"), Tone.SUCCESS)
        self._rest.start()

    def _show_ready(self) -> None:
        self.set_icon("copy", self._name)
