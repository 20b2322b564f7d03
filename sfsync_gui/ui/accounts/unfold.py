"""Something that is shown when a person asks for it."""

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from sfsync_gui.ui.theme.tokens import SPACE_GROUP
from sfsync_gui.ui.widgets.buttons import LinkButton
from sfsync_gui.ui.widgets.layouts import column, row


class Unfold(QWidget):
    """A line that opens and closes what is below it."""

    def __init__(
        self, title: str, content: QWidget, *, unfolded: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.content = content
        self.button = LinkButton(title, flush=True)
        self.button.setCheckable(True)
        self.setLayout(column(row(self.button, None), content, space=SPACE_GROUP))
        self.button.setChecked(unfolded)
        self._show(unfolded)
        self.button.toggled.connect(self._on_toggled)

    def _on_toggled(self, unfolded: bool) -> None:
        self._show(unfolded)
        if unfolded:
            bring_into_view(self)

    def _show(self, unfolded: bool) -> None:
        self.content.setVisible(unfolded)
        self.button.set_icon("chevron-down" if unfolded else "chevron-right")
        state = self.tr("shown") if unfolded else self.tr("hidden")
        self.button.setAccessibleDescription(state)


def bring_into_view(widget: QWidget) -> None:
    """Scroll so that it begins at the top: what opens below the edge would open unseen."""
    QTimer.singleShot(0, widget, lambda: _scroll_to(widget))  # once it has its place


def _scroll_to(widget: QWidget) -> None:
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    page = above.widget() if above is not None else None
    if above is not None and page is not None:
        above.verticalScrollBar().setValue(widget.mapTo(page, QPoint()).y())
