"""The details of what is selected, in a pane at the right that opens, is resized and closes."""

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QSizePolicy, QSplitter, QWidget

from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.theme.tokens import (
    DETAILS,
    DETAILS_LEAST,
    DETAILS_MOST,
    HEADING_HEIGHT,
    SPACE_GROUP,
    SPACE_SECTION,
    Tone,
)
from sfsync_gui.ui.widgets.buttons import IconButton
from sfsync_gui.ui.widgets.labels import ElidedLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, clear, column, row


class DetailsPane(QWidget):
    """A heading with a cross, and below it whatever is told of the one thing selected."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = ElidedLabel(size=Text.SECTION)
        self._heading.setMinimumHeight(HEADING_HEIGHT)  # other scripts are higher than Latin
        self._caption = ElidedLabel(size=Text.CAPTION, tone=Tone.MUTED)
        self.close_button = IconButton("close", self.tr("Close details"))
        self.close_button.clicked.connect(self.closed)
        words = boxed(column(self._heading, self._caption, space=0))
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        head = row(words, self.close_button)
        head.setContentsMargins(SPACE_SECTION, SPACE_GROUP, SPACE_GROUP, SPACE_GROUP)
        self.body = column(space=SPACE_SECTION)
        self.body.setContentsMargins(SPACE_SECTION, 0, SPACE_SECTION, SPACE_SECTION)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(boxed(self.body))
        self.setLayout(column(head, self._scroll, space=0))
        self.setMinimumWidth(DETAILS_LEAST)
        self.setAccessibleName(self.tr("Details"))

    def set_heading(self, heading: str, caption: str = "") -> None:
        """Name what is shown."""
        self._heading.setText(heading)
        self._caption.setText(caption)
        self._caption.setVisible(bool(caption))

    @property
    def heading(self) -> str:
        """The name of what is shown."""
        return self._heading.text()

    def set_content(self, *items: QWidget) -> None:
        """Show these from top to bottom in place of what was shown."""
        clear(self.body)
        for item in items:
            self.body.addWidget(item)
        self.body.addStretch(1)


class SplitView(QSplitter):
    """A main part and a details pane at its right, which is closed to begin with."""

    def __init__(self, main: QWidget, details: DetailsPane, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._main = main
        self.details = details
        self._wide = DETAILS
        self.setHandleWidth(1)
        self.addWidget(main)
        self.addWidget(details)
        self.setCollapsible(0, False)
        self.setCollapsible(1, False)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        details.hide()
        details.closed.connect(self.close_details)
        self.splitterMoved.connect(self._remember)

    def remember(self, preferences: Preferences, name: str) -> None:
        """Be as wide as it was left under that name, and keep the width from now on."""
        kept = bytes(preferences.bytes(name).data())
        if kept.isdigit():
            self._wide = max(DETAILS_LEAST, min(int(kept), DETAILS_MOST))

        def keep() -> None:
            preferences.set_bytes(name, QByteArray(str(self._wide).encode()))

        self.splitterMoved.connect(keep)

    def open_details(self) -> None:
        """Show the pane, as wide as it was last; the focus stays where it is."""
        if not self.details.isVisible():
            self.details.show()
            self.setSizes([max(1, self.width() - self._wide), self._wide])

    def close_details(self) -> None:
        """Hide the pane; the focus returns to the main part if the pane had it."""
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self.details.isAncestorOf(focused)
        self.details.hide()
        if had_focus:
            self._main.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc closes the details, on whichever side the focus is."""
        if event.key() == Qt.Key.Key_Escape and self.details.isVisible():
            self.details.closed.emit()
        else:
            super().keyPressEvent(event)

    def _remember(self) -> None:
        self._wide = self.details.width()
