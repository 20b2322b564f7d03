"""The two palettes for Qt's Fusion style, and the way back from a palette to its colours."""

from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QWidget

from sfsync_gui.ui.theme.tokens import DARK, LIGHT, Colors, Tone

_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "field",
    QPalette.ColorRole.AlternateBase: "hover",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Button: "field",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "danger",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Highlight: "accent_fill",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent_fill",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Light: "raised",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "divider",
    QPalette.ColorRole.Dark: "control",
    QPalette.ColorRole.Shadow: "shadow",
}
_DISABLED_ROLES = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
    QPalette.ColorRole.PlaceholderText,
)


def palette_of(colors: Colors) -> QPalette:
    """The palette of a scheme."""
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, QColor(getattr(colors, name)))
    for role in _DISABLED_ROLES:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.disabled))
    return palette


def is_dark(palette: QPalette) -> bool:
    """Whether the palette writes light on dark."""
    background = palette.color(QPalette.ColorRole.Window)
    return background.lightness() < palette.color(QPalette.ColorRole.WindowText).lightness()


def colors_of(widget: QWidget | None = None) -> Colors:
    """The colours in force for a widget, or for the application.

    They are read off the palette, which Qt keeps and announces: whatever paints with them follows
    a change of scheme without being told.
    """
    palette = QGuiApplication.palette() if widget is None else widget.palette()
    return DARK if is_dark(palette) else LIGHT


def color_of(tone: Tone, widget: QWidget | None = None) -> QColor:
    """The colour of text and icons of that meaning, in the scheme in force."""
    return QColor(colors_of(widget).tone(tone))
