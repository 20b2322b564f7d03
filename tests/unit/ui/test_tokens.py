"""The colours: enough contrast in both schemes, and the same in the drawings that carry them."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from sfsync_gui.desktop.paths import resource_dir
from sfsync_gui.ui.theme.icons import icon_names
from sfsync_gui.ui.theme.palette import is_dark, palette_of
from sfsync_gui.ui.theme.style import style_sheet
from sfsync_gui.ui.theme.tokens import DARK, LIGHT, Colors

TEXT, CONTROL = 4.5, 3.0
GROUNDS = ("window", "sidebar", "raised", "field", "hover", "selection")
TONES = ("accent", "success", "warning", "danger")

both = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = QColor(color)
    channels = (parts.redF(), parts.greenF(), parts.blueF())
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def wanted_pairs() -> list[tuple[str, str, float]]:
    pairs = [(ink, ground, TEXT) for ink in ("text", "muted") for ground in GROUNDS]
    pairs += [(tone, ground, TEXT) for tone in TONES for ground in ("window", "raised", "hover")]
    pairs += [(tone, f"{tone}_soft", TEXT) for tone in TONES]
    pairs += [(ink, f"{tone}_soft", TEXT) for tone in TONES for ink in ("text", "muted")]
    fills = ("accent_fill", "accent_hover", "accent_pressed", "danger_fill", "danger_hover")
    pairs += [("on_accent", fill, TEXT) for fill in fills]
    pairs += [("muted", "pressed", TEXT), ("accent", "selection", TEXT), ("text", "pressed", TEXT)]
    pairs += [("control", ground, CONTROL) for ground in ("window", "field", "raised")]
    pairs += [("accent", ground, CONTROL) for ground in ("window", "field", "sidebar")]
    pairs += [("accent_fill", "window", CONTROL), ("accent", "skeleton", CONTROL)]
    return pairs


@both
@pytest.mark.parametrize(("ink", "ground", "least"), wanted_pairs())
def test_contrast(colors: Colors, ink: str, ground: str, least: float) -> None:
    found = contrast(getattr(colors, ink), getattr(colors, ground))
    assert found >= least, f"{ink} on {ground}: {found:.2f}"


@both
def test_every_token_is_a_colour(colors: Colors) -> None:
    for token in fields(colors):
        assert re.fullmatch(r"#[0-9A-F]{6}", getattr(colors, token.name)), token.name


def test_the_palette_tells_its_scheme() -> None:
    assert is_dark(palette_of(DARK))
    assert not is_dark(palette_of(LIGHT))


@both
def test_the_style_sheet_names_only_tokens(colors: Colors) -> None:
    sheet = style_sheet(colors)
    assert "$" not in sheet
    known = {getattr(colors, token.name) for token in fields(colors)}
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", sheet)) <= known
    for path in re.findall(r'url\("([^"]+)"\)', sheet):
        assert path.endswith(".svg")
        assert Path(path).read_text(encoding="utf-8").startswith("<svg")


def test_drawn_controls_have_the_colours_of_the_tokens() -> None:
    folder = resource_dir() / "icons" / "controls"
    for path in folder.glob("*.svg"):
        colors = set(re.findall(r"#[0-9A-Fa-f]{6}", path.read_text()))
        scheme = DARK if path.stem.endswith("dark") else LIGHT
        assert colors <= {scheme.muted, scheme.on_accent}, path.name


def test_icons_are_one_family() -> None:
    names = icon_names()
    assert len(names) > 60
    for name in names:
        drawing = (resource_dir() / "icons" / f"{name}.svg").read_text()
        assert 'viewBox="0 0 24 24"' in drawing, name
        assert 'stroke-width="1.75"' in drawing, name
        assert not re.search(r"#[0-9A-Fa-f]{3,6}", drawing), name
