"""The typefaces: the system's own, in four sizes."""

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication

from sfsync_gui.ui.theme.tokens import TEXT_BODY, TEXT_CAPTION, TEXT_SECTION, TEXT_TITLE


def _font(size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    font = QFont(QApplication.font())
    font.setPixelSize(size)
    font.setWeight(weight)
    return font


def body_font() -> QFont:
    """What most is set in."""
    return _font(TEXT_BODY)


def strong_font() -> QFont:
    """A word that stands out from the body."""
    return _font(TEXT_BODY, QFont.Weight.DemiBold)


def caption_font() -> QFont:
    """What accompanies something else: times, sample values, column heads."""
    return _font(TEXT_CAPTION)


def caption_strong_font() -> QFont:
    """Column heads and badges."""
    return _font(TEXT_CAPTION, QFont.Weight.DemiBold)


def section_font() -> QFont:
    """The head of a section within a panel."""
    return _font(TEXT_SECTION, QFont.Weight.DemiBold)


def title_font() -> QFont:
    """The title of a panel or dialog."""
    return _font(TEXT_TITLE, QFont.Weight.DemiBold)


def code_font() -> QFont:
    """Ids, and the service's own words, where letters must be told apart."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(TEXT_CAPTION)
    return font


def system_font() -> QFont:
    """The system's font for windows, in the size of the body.

    Without a platform theme Qt names a generic family; the family it stands for is resolved once,
    so that weights are looked up in it.
    """
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setFamily(QFontInfo(font).family())
    font.setPixelSize(TEXT_BODY)
    return font
