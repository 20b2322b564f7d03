"""Light and dark: chosen or followed, live, with icons that follow."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from sfsync_gui.ui.theme.icons import artwork, icon, icon_names
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.scheme import SchemeChoice, SchemeFollower
from sfsync_gui.ui.theme.tokens import DARK, LIGHT, Tone
from sfsync_gui.ui.widgets.icon_label import IconLabel

TRAY = ("synced", "syncing", "paused", "attention", "offline", "signed-out")
ALMOST_INK = 40


def ink(image: QImage) -> set[str]:
    """The colours of what is fully opaque."""
    found = set()
    for x in range(image.width()):
        for y in range(image.height()):
            color = image.pixelColor(x, y)
            if color.alpha() == 255:
                found.add(color.name().upper())
    return found


def test_a_choice_is_shown_at_once_by_what_is_open(application: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    follower = SchemeFollower.of(application)
    assert colors_of(window) is LIGHT
    with qtbot.waitSignal(follower.changed):
        follower.choose(SchemeChoice.DARK)
    assert colors_of(window) is DARK
    assert window.grab().toImage().pixelColor(5, 5) == QColor(DARK.window)
    follower.choose(SchemeChoice.LIGHT)
    assert window.grab().toImage().pixelColor(5, 5) == QColor(LIGHT.window)


def test_icons_take_the_colour_of_the_scheme(application: QApplication, qtbot: QtBot) -> None:
    label = IconLabel("stop", Tone.DANGER, size=24)
    qtbot.addWidget(label)
    follower = SchemeFollower.of(application)
    for choice, colors in ((SchemeChoice.LIGHT, LIGHT), (SchemeChoice.DARK, DARK)):
        follower.choose(choice)
        drawn = icon("minus", Tone.DANGER).pixmap(QSize(48, 48)).toImage()
        assert ink(drawn) == {colors.danger}
        off = icon("minus", Tone.DANGER).pixmap(QSize(48, 48), QIcon.Mode.Disabled).toImage()
        assert ink(off) == {colors.disabled}


def test_icons_are_drawn_anew_for_each_pixel_ratio(application: QApplication) -> None:
    for name in icon_names():
        once = icon(name).pixmap(QSize(16, 16), 1.0)
        twice = icon(name).pixmap(QSize(16, 16), 2.0)
        assert (once.width(), once.devicePixelRatio()) == (16, 1.0)
        assert (twice.width(), twice.devicePixelRatio()) == (32, 2.0)
        assert not twice.toImage().allGray() or ink(twice.toImage())
        enlarged = once.toImage().scaled(32, 32)
        assert twice.toImage() != enlarged, name


def shape(name: str) -> list[int]:
    """An icon of the tray at 16 pixels without its colours: lightness on a middle grey."""
    image = artwork(name).pixmap(QSize(16, 16), 1.0).toImage()
    values = []
    for y in range(16):
        for x in range(16):
            color = image.pixelColor(x, y)
            glyph = color.red() > 235 and color.green() > 235 and color.blue() > 235
            values.append((255 if glyph else 60) * color.alpha() // 255)
    return values


def test_tray_icons_differ_without_colour_at_16_pixels(application: QApplication) -> None:
    shapes = {name: shape(f"tray-{name}") for name in TRAY}
    for one in TRAY:
        for other in TRAY:
            if one < other:
                pairs = zip(shapes[one], shapes[other], strict=True)
                different = sum(abs(a - b) > ALMOST_INK for a, b in pairs)
                assert different >= 40, f"{one} and {other} differ in {different} of 256 pixels"


def test_tray_icons_stand_out_from_light_and_dark_trays(application: QApplication) -> None:
    from tests.unit.ui.test_tokens import contrast

    for name in TRAY:
        image = artwork(f"tray-{name}").pixmap(QSize(64, 64), 1.0).toImage()
        body = max(
            ink(image) - {"#FFFFFF"},
            key=lambda c: sum(
                image.pixelColor(x, y).name().upper() == c for x in range(64) for y in range(64)
            ),
        )
        for tray in ("#F3F3F3", "#1E1E1E"):
            assert contrast(body, tray) >= 3.0, f"{name}: {body} on {tray}"


def test_an_icon_is_made_once_and_kept(application: QApplication) -> None:
    assert icon("stop", Tone.MUTED) is icon("stop", Tone.MUTED)
    assert icon("stop", Tone.MUTED) is not icon("stop", Tone.DANGER)
