"""A line that tells how far a longer work is, with a way to cancel it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from sfsync_gui.ui.theme.tokens import SPACE_GROUP, SPACE_INSET, Tone
from sfsync_gui.ui.widgets.buttons import QuietButton
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.surfaces import Surface


class ProgressStrip(Surface):
    """A sentence above a bar; hidden while there is nothing to tell. `total` 0: nobody knows."""

    cancelled = Signal()

    def __init__(self, *, cancellable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(Tone.ACCENT, parent)
        self._sentence = PlainLabel(wrap=True)
        self._bar = QProgressBar(textVisible=False)
        self.cancel_button = QuietButton(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.cancelled)
        words = boxed(column(self._sentence, self._bar, space=SPACE_GROUP))
        layout = row(words, self.cancel_button, space=SPACE_INSET)
        layout.setStretch(0, 1)
        layout.setContentsMargins(SPACE_INSET, SPACE_GROUP, SPACE_GROUP, SPACE_GROUP)
        self.setLayout(layout)
        self.cancel_button.setVisible(cancellable)
        self.hide()

    def tell(self, sentence: str, done: int = 0, total: int = 0) -> None:
        """Show how far the work is."""
        self._sentence.setText(sentence)
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._bar.setAccessibleName(sentence)
        self.show()

    @property
    def sentence(self) -> str:
        """What it says."""
        return self._sentence.text()
