"""The application's icon in the containers that Windows and macOS want, drawn from its SVG.

Both hold PNG pictures: Windows' since Vista (ICONDIRENTRY of the icon resource format), macOS' by
a type for each size (Icon Composer's `icns`). Without a display and without an application object.
"""

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

ARTWORK = Path(__file__).parents[1] / "icons" / "artwork" / "sfsync.svg"

ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 256)
ICNS_TYPES = {
    b"icp4": 16,
    b"icp5": 32,
    b"ic07": 128,
    b"ic08": 256,
    b"ic09": 512,
    b"ic10": 1024,
    b"ic11": 32,
    b"ic12": 64,
    b"ic13": 256,
    b"ic14": 512,
}
"""Pixels of each type; from ic11 on they are the same icons for screens of twice the density."""

_ICO_HEADER = struct.Struct("<HHH")
_ICO_ENTRY = struct.Struct("<BBBBHHII")
_ICNS_HEADER = struct.Struct(">4sI")


def write_ico(path: Path) -> Path:
    """Write the icon for Windows; returns its path."""
    pictures = [png(size) for size in ICO_SIZES]
    offset = _ICO_HEADER.size + _ICO_ENTRY.size * len(pictures)
    entries = []
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        side = size % 256  # 256 is written as 0
        entries.append(_ICO_ENTRY.pack(side, side, 0, 0, 1, 32, len(picture), offset))
        offset += len(picture)
    path.write_bytes(b"".join([_ICO_HEADER.pack(0, 1, len(pictures)), *entries, *pictures]))
    return path


def write_icns(path: Path) -> Path:
    """Write the icon for macOS; returns its path."""
    parts = []
    for kind, size in ICNS_TYPES.items():
        picture = png(size)
        parts.append(_ICNS_HEADER.pack(kind, _ICNS_HEADER.size + len(picture)) + picture)
    body = b"".join(parts)
    path.write_bytes(_ICNS_HEADER.pack(b"icns", _ICNS_HEADER.size + len(body)) + body)
    return path


def png(size: int) -> bytes:
    """The icon as a PNG of that many pixels a side."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(ARTWORK)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
