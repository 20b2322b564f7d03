"""A stack that is as large as the widget on show, not as the largest it holds."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget


class CurrentStack(QStackedWidget):
    """Follows the size of its current widget."""

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """What the widget on show wants."""
        current = self.currentWidget()
        return QSize() if current is None else current.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """What the widget on show needs."""
        current = self.currentWidget()
        return QSize() if current is None else current.minimumSizeHint()
