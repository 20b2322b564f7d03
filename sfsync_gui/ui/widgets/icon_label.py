"""An icon as a label: redrawn by itself in every scheme and at every pixel ratio."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.tokens import ICON, Tone


class IconLabel(QWidget):
    """One icon. Decoration unless it has a `name`, which is its tooltip and accessible name."""

    def __init__(
        self,
        icon_name: str = "",
        tone: Tone = Tone.MUTED,
        *,
        size: int = ICON,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(size, size)
        self._icon = QIcon()
        self.set_icon(icon_name, tone, name)

    def set_icon(self, icon_name: str, tone: Tone, name: str = "") -> None:
        """Show another icon; none where the name is empty."""
        self._icon = icon(icon_name, tone) if icon_name else QIcon()
        self.icon_name = icon_name
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Its fixed size."""
        return self.size()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw it."""
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        self._icon.paint(QPainter(self), self.rect(), mode=mode)
