"""Something that is shown when a person asks for it."""

from PySide6.QtWidgets import QWidget

from sfsync_gui.ui.theme.tokens import SPACE_GROUP
from sfsync_gui.ui.widgets.buttons import QuietButton
from sfsync_gui.ui.widgets.layouts import column, row


class Unfold(QWidget):
    """A line that opens and closes what is below it."""

    def __init__(
        self, title: str, content: QWidget, *, unfolded: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.content = content
        self.button = QuietButton(title)
        self.button.setCheckable(True)
        self.button.toggled.connect(self._on_toggled)
        self.setLayout(column(row(self.button, None), content, space=SPACE_GROUP))
        self.button.setChecked(unfolded)
        self._on_toggled(unfolded)

    def _on_toggled(self, unfolded: bool) -> None:
        self.content.setVisible(unfolded)
        self.button.set_icon("chevron-down" if unfolded else "chevron-right")
        state = self.tr("shown") if unfolded else self.tr("hidden")
        self.button.setAccessibleDescription(state)
