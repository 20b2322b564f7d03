"""Every colour, size and space of the window, as data. Nothing else in `ui` writes such a number.

Sizes are device-independent pixels. Colours are told twice, for light and for dark; a test holds
their contrast (text 4.5:1, controls 3:1, as in WCAG 2.2, 1.4.3 and 1.4.11).
"""

from dataclasses import dataclass
from enum import StrEnum

# ------------------------------------------------------------------ space

SPACE_HAIR = 2
SPACE_TIGHT = 4
SPACE_GROUP = 8
SPACE_INSET = 12
SPACE_SECTION = 16
SPACE_EDGE = 24

RADIUS = 6
RADIUS_SMALL = 4

# ------------------------------------------------------------------ sizes

TEXT_TITLE = 18
TEXT_SECTION = 14
TEXT_BODY = 13
TEXT_CAPTION = 12

LINE_HEIGHT = 20
HEADING_HEIGHT = 24
ROW_HEIGHT = 32
ENTRY_HEIGHT = 36
STATUS_HEIGHT = 44
"""Of the status at the sidebar's foot, at least."""

CHART_HEIGHT = 200
CELL_HEIGHT = 44
"""A cell of two lines: a name, and what accompanies it."""

COLUMN_LEAST = 48
COLUMN_MOST = 2000
CONTROL_HEIGHT = 32
FILTER_HEIGHT = 28
TITLE_HEIGHT = 56
ICON = 16
ICON_GAP = 6
"""Between an icon and the word beside it."""

ICON_LARGE = 20
ICON_EMPTY = 40
ICON_APPLICATION = 64
BADGE_HEIGHT = 18
MARK = 3
"""The bar at the edge of what has been changed."""

SCROLL_BAR = 10

SIDEBAR = 208
SIDEBAR_NARROW = 56
NARROW_WINDOW = 900
"""Below this width of the window the sidebar shows icons only."""

DETAILS = 360
DETAILS_LEAST = 280
DETAILS_MOST = 1200
DIALOG = 440
LINK_DIALOG = (780, 540)
RULE_DIALOG = 620
DATE = 132
"""How wide a field for a day is."""
LEAD_DIALOG = (640, 500)
LEAD_DIALOG_HIGH = 680
"""As high as it grows by itself, where the window has room for it."""
TOAST = 360
POPOVER = 340
POPOVER_HEIGHT = 400
LIST_HEIGHT = 180
"""The highest that a list within a dialog grows before it scrolls."""
SEARCH = 200
"""The least width of a search field."""

READING_WIDTH = 640
"""The widest that running text and forms grow."""

WINDOW = (1120, 720)
WINDOW_LEAST = (800, 560)

# ------------------------------------------------------------------ time (milliseconds)

MOTION = 120
TOAST_STAYS = 5000
TYPING_PAUSE = 200
"""After the last keystroke of a search before it is asked."""


class Tone(StrEnum):
    """What a colour means. Each comes with an icon or a word wherever it is used."""

    TEXT = "text"
    MUTED = "muted"
    DISABLED = "disabled"
    ACCENT = "accent"
    SUCCESS = "success"
    WARNING = "warning"
    DANGER = "danger"
    ON_ACCENT = "on_accent"


@dataclass(frozen=True, slots=True)
class Colors:
    """One scheme. `*_fill` carries text or icons in `on_accent`; `*_soft` lies under text."""

    window: str
    sidebar: str
    raised: str
    """Menus, tooltips, toasts."""
    field: str
    hover: str
    pressed: str
    selection: str
    divider: str
    control: str
    """The outline of controls."""
    skeleton: str
    shadow: str

    text: str
    muted: str
    disabled: str
    on_accent: str

    accent: str
    accent_fill: str
    accent_hover: str
    accent_pressed: str
    accent_soft: str

    success: str
    success_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_fill: str
    danger_hover: str
    danger_soft: str

    def tone(self, tone: Tone) -> str:
        """The colour of text and icons of that meaning."""
        return str(getattr(self, tone.value))

    def soft(self, tone: Tone) -> str:
        """The quiet background of that meaning."""
        return str(getattr(self, f"{tone.value}_soft", self.hover))


LIGHT = Colors(
    window="#FFFFFF",
    sidebar="#F5F6F8",
    raised="#FFFFFF",
    field="#FFFFFF",
    hover="#F0F2F5",
    pressed="#E3E7ED",
    selection="#E2EAFB",
    divider="#E3E6EB",
    control="#878F9C",
    skeleton="#E9ECF0",
    shadow="#1B1F27",
    text="#1B1F27",
    muted="#565E6C",
    disabled="#979EAA",
    on_accent="#FFFFFF",
    accent="#2D5BD1",
    accent_fill="#2D5BD1",
    accent_hover="#254DB5",
    accent_pressed="#1E4099",
    accent_soft="#E9EFFC",
    success="#1B7446",
    success_soft="#E5F4EB",
    warning="#8A5200",
    warning_soft="#FCF1DD",
    danger="#B9252F",
    danger_fill="#C42B36",
    danger_hover="#A8222C",
    danger_soft="#FCEAEB",
)

DARK = Colors(
    window="#1A1C21",
    sidebar="#141619",
    raised="#24272D",
    field="#1F2227",
    hover="#25282E",
    pressed="#30343C",
    selection="#26375C",
    divider="#2E323A",
    control="#747C8A",
    skeleton="#2A2D34",
    shadow="#000000",
    text="#E9EBEF",
    muted="#A7AEBB",
    disabled="#666D7A",
    on_accent="#FFFFFF",
    accent="#92B4FF",
    accent_fill="#3B69D8",
    accent_hover="#416FDD",
    accent_pressed="#315BC0",
    accent_soft="#1F2B47",
    success="#63CB92",
    success_soft="#18301F",
    warning="#E8B656",
    warning_soft="#33280F",
    danger="#FF9494",
    danger_fill="#CC3D47",
    danger_hover="#D1404B",
    danger_soft="#3A1D20",
)
