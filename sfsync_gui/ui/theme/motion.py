"""How long things move: briefly, and not at all where the system says so."""

from PySide6.QtWidgets import QApplication, QStyle

from sfsync_gui.ui.theme.tokens import MOTION


def motion() -> int:
    """Milliseconds for something to appear or go; 0 where animations are turned off."""
    style = QApplication.style()
    wanted = style.styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration)
    return MOTION if wanted > 0 else 0
