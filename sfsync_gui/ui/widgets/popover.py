"""Popovers: a small panel beside a control, which goes when it is left or on Esc."""

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import POPOVER, SPACE_GROUP, SPACE_HAIR
from sfsync_gui.ui.widgets.layouts import column


class Popover(QFrame):
    """Content upon a raised ground, under the control that it belongs to.

    It takes the keyboard while it is open, and gives it back to the control.
    """

    closed = Signal()

    def __init__(self, name: str, parent: QWidget, *, width: int = POPOVER) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(name)
        self.setFixedWidth(width)
        self.body = column(space=SPACE_GROUP, margins=SPACE_GROUP)
        self.setLayout(self.body)
        self._anchor: QWidget = parent

    def open_at(self, anchor: QWidget) -> None:
        """Open as high as needed, below the control or above it where there is more room."""
        self._anchor = anchor
        if self.minimumHeight() != self.maximumHeight():
            self.setFixedHeight(self.body.totalHeightForWidth(self.width()))
        self.move(self._place_for(anchor))
        self.show()

    def _place_for(self, anchor: QWidget) -> QPoint:
        below = anchor.mapToGlobal(QPoint(0, anchor.height() + SPACE_HAIR))
        area: QRect = anchor.screen().availableGeometry()
        top = below.y()
        if top + self.height() > area.bottom():
            above = anchor.mapToGlobal(QPoint(0, 0)).y() - SPACE_HAIR - self.height()
            top = above if above >= area.top() else max(area.top(), area.bottom() - self.height())
        left = max(area.left(), min(below.x(), area.right() - self.width()))
        return QPoint(left, top)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Give the keyboard back."""
        super().closeEvent(event)
        # Some platforms let a popup have the activation, and leave nobody with it afterwards.
        self._anchor.window().activateWindow()
        self._anchor.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the raised ground with its outline."""
        colors = colors_of(self)
        painter = QPainter(self)
        painter.setPen(QColor(colors.control))
        painter.setBrush(QColor(colors.raised))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
