"""A sentence on a quiet colour, within details and dialogs, with perhaps one thing to do."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.ui.theme.tokens import SPACE_GROUP, SPACE_INSET, Tone
from sfsync_gui.ui.widgets.banner import TONE_ICON
from sfsync_gui.ui.widgets.buttons import LinkButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.layouts import row
from sfsync_gui.ui.widgets.surfaces import Surface


class Note(Surface):
    """Hidden until it says something."""

    acted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Tone.ACCENT, parent)
        self._icon = IconLabel("info", Tone.ACCENT)
        self._text = PlainLabel(wrap=True)
        self.button = LinkButton("")
        self.button.clicked.connect(self.acted)
        line = row(self._icon, self._text, self.button, space=SPACE_GROUP)
        line.setStretch(1, 1)
        line.setContentsMargins(SPACE_INSET, SPACE_GROUP, SPACE_GROUP, SPACE_GROUP)
        self.setLayout(line)
        self.hide()

    def say(self, tone: Tone, text: str, action: str = "") -> None:
        """Show a sentence; `action` is a verb."""
        self.set_tone(tone)
        self._icon.set_icon(TONE_ICON[tone], tone)
        self._text.setText(text)
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self.setAccessibleName(text)
        self.show()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()
