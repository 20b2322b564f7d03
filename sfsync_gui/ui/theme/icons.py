"""The icons: one family of lines, kept as SVG and tinted with the palette when they are painted.

An icon is named after its file in `resources/icons`. It is drawn anew for every size and pixel
ratio, so it is sharp everywhere, and follows a change of colour scheme by itself.
"""

from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from sfsync_gui.desktop.paths import resource_dir
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import Tone

ARTWORK_SIZES = (16, 20, 22, 24, 32, 44, 48, 64, 128, 256)
"""Pixels in which artwork is handed to the system, which cannot draw it by itself."""


@cache
def icon(name: str, tone: Tone = Tone.TEXT) -> QIcon:
    """The icon of that name, in the colour of that meaning; muted where disabled.

    Each is made once and kept. An icon with an engine written in Python must not be left to the
    collector of cycles, where a widget that refers to itself takes it along: PySide 6.11 then frees
    the engine before the icon that owns it, and crashes.
    """
    return QIcon(_TintedEngine(name, tone))


def pixmap(name: str, size: QSize, color: str, ratio: float = 1.0) -> QPixmap:
    """An icon as pixels, at the left of `size` (device-independent) and as large as its height."""
    return _drawn(name, size.width(), size.height(), color, ratio)


def artwork(name: str) -> QIcon:
    """A coloured drawing that is the same in both schemes: the application's and the tray's."""
    result = QIcon()
    for size in ARTWORK_SIZES:
        result.addPixmap(_drawn(f"artwork/{name}", size, size, "", 1.0))
    return result


def icon_names() -> tuple[str, ...]:
    """All that may be passed to `icon`."""
    return tuple(sorted(path.stem for path in _folder().glob("*.svg")))


def _folder() -> Path:
    return resource_dir() / "icons"


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return (_folder() / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def _drawn(name: str, width: int, height: int, color: str, ratio: float) -> QPixmap:
    drawing = QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))
    result = QPixmap(round(width * ratio), round(height * ratio))
    result.fill(Qt.GlobalColor.transparent)
    side = min(result.width(), result.height())
    painter = QPainter(result)
    drawing.render(painter, QRectF(0, (result.height() - side) / 2, side, side))
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


class _TintedEngine(QIconEngine):
    """Draws one icon in the colour that the palette gives its tone now."""

    def __init__(self, name: str, tone: Tone) -> None:
        super().__init__()
        _source(name)  # a name that does not exist is told where it is written
        self._name = name
        self._tone = tone

    def clone(self) -> QIconEngine:
        return _TintedEngine(self._name, self._tone)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        size = min(rect.width(), rect.height())
        drawn = pixmap(self._name, QSize(size, size), self._color(mode), ratio)
        left = rect.x() + (rect.width() - size) // 2
        top = rect.y() + (rect.height() - size) // 2
        painter.drawPixmap(left, top, drawn)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(  # noqa: N802 - Qt's name
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        """Draw it; since Qt 6.8 `size` is in device-independent pixels."""
        return pixmap(self._name, size, self._color(mode), scale)

    def _color(self, mode: QIcon.Mode) -> str:
        colors = colors_of()
        tone = Tone.DISABLED if mode is QIcon.Mode.Disabled else self._tone
        return QColor(colors.tone(tone)).name()
