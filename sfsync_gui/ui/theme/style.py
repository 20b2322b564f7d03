"""The one style sheet, made from the tokens.

It gives Fusion's controls their outline, radius and states, and no more: what a widget of ours
paints, it paints with `colors_of`. Variants are told by dynamic properties: `role` on buttons and
labels, `tone` on labels.
"""

from dataclasses import asdict
from string import Template

from sfsync_gui.desktop.paths import resource_dir
from sfsync_gui.ui.theme import tokens
from sfsync_gui.ui.theme.tokens import DARK, Colors

_SHEET = Template("""
QToolTip {
    background: $raised; color: $text; border: 1px solid $divider; padding: 4px 8px;
}

QPushButton, QToolButton[role="standard"] {
    background: $field; color: $text; border: 1px solid $control; border-radius: ${radius}px;
    padding: 0 12px; min-height: ${inner}px;
}
QPushButton:hover, QToolButton[role="standard"]:hover { background: $hover; }
QPushButton:pressed, QToolButton[role="standard"]:pressed { background: $pressed; }
QPushButton:focus, QToolButton[role="standard"]:focus {
    border: 2px solid $accent; padding: 0 11px; min-height: ${inner_focus}px;
}
QPushButton:disabled { color: $disabled; border-color: $divider; background: $window; }
QPushButton::menu-indicator { image: none; width: 0; }

QPushButton[role="primary"] {
    background: $accent_fill; color: $on_accent; border-color: $accent_fill;
}
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:pressed { background: $accent_pressed; border-color: $accent_pressed; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="danger"] { color: $danger; border-color: $danger; }
QPushButton[role="danger"]:hover { background: $danger_soft; }
QPushButton[role="danger"]:focus { border: 2px solid $danger; }
QPushButton[role="primary"]:disabled, QPushButton[role="danger"]:disabled {
    color: $disabled; border-color: $divider; background: $hover;
}

QPushButton[role="quiet"] { background: transparent; border-color: transparent; color: $accent; }
QPushButton[role="quiet"]:hover { background: $hover; }
QPushButton[role="quiet"][current="true"] { background: $selection; }
QPushButton[role="quiet"]:pressed { background: $pressed; }
QPushButton[role="quiet"]:focus { border-color: $accent; }
QPushButton[role="quiet"]:disabled { color: $disabled; background: transparent; }

QPushButton[role="filter"] {
    background: transparent; border-color: $divider; color: $muted; padding: 0 10px;
    min-height: ${small}px; border-radius: ${radius}px;
}
QPushButton[role="filter"]:hover { background: $hover; color: $text; }
QPushButton[role="filter"][active="true"] {
    background: $selection; border-color: $accent; color: $accent;
}
QPushButton[role="filter"]:pressed { background: $pressed; }
QPushButton[role="filter"]:focus { border: 2px solid $accent; padding: 0 9px; }

QPushButton[role="link"] {
    background: transparent; border: 1px solid transparent; border-radius: ${radius_small}px;
    color: $accent; padding: 0 4px; min-height: ${line}px;
}
QPushButton[role="link"][flush="true"] { padding-left: 0; border-left-width: 0; }
QPushButton[role="link"][flush="true"]:focus {
    border-color: transparent; background: $hover; text-decoration: underline;
}
QPushButton[role="link"]:hover { background: $hover; }
QPushButton[role="link"]:pressed { background: $pressed; }
QPushButton[role="link"]:focus { border-color: $accent; }
QPushButton[role="link"]:disabled { color: $disabled; background: transparent; }

QToolButton[role="icon"] {
    background: transparent; border: 1px solid transparent; border-radius: ${radius}px; padding: 0;
}
QToolButton[role="icon"]:hover { background: $hover; }
QToolButton[role="icon"]:pressed, QToolButton[role="icon"]:checked { background: $pressed; }
QToolButton[role="icon"]:focus { border: 2px solid $accent; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox, QDateTimeEdit {
    background: $field; color: $text; border: 1px solid $control; border-radius: ${radius}px;
    selection-background-color: $accent_fill; selection-color: $on_accent;
}
QLineEdit, QAbstractSpinBox, QComboBox { padding: 0 8px; min-height: ${inner}px; }
QPlainTextEdit, QTextEdit { padding: 4px; }
QLineEdit:hover, QComboBox:hover, QAbstractSpinBox:hover { border-color: $muted; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border: 2px solid $accent;
}
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    padding: 0 7px; min-height: ${inner_focus}px;
}
QLineEdit:disabled, QPlainTextEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
    color: $disabled; border-color: $divider; background: $window;
}
QLineEdit[invalid="true"], QComboBox[invalid="true"] { border-color: $danger; }
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {
    border: none; background: transparent; padding: 0; min-height: 0;
}
QLineEdit[role="search"] { padding-left: 0; }
QComboBox { combobox-popup: 0; }
QComboBox::drop-down, QDateEdit::drop-down { border: none; width: 24px; }
QComboBox::down-arrow, QDateEdit::down-arrow { image: url("$chevron"); width: 14px; height: 14px; }
QComboBox QAbstractItemView {
    background: $raised; border: 1px solid $divider; padding: 4px; outline: none;
    selection-background-color: $selection; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 8px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected { background: $selection; color: $text; }
QAbstractSpinBox { padding: 0; max-height: ${inner}px; }
QDateEdit, QDateEdit:focus { padding-left: 6px; }
QAbstractSpinBox:focus { padding: 0; max-height: ${inner_focus}px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    width: 20px; border: none; background: transparent;
}
QAbstractSpinBox::up-arrow { image: url("$chevron_up"); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url("$chevron"); width: 10px; height: 10px; }

QCheckBox, QRadioButton { spacing: 8px; min-height: 24px; }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }
QCheckBox::indicator, QRadioButton::indicator {
    width: 16px; height: 16px; border: 1px solid $control; background: $field;
}
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { background: $hover; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border-color: $accent; }
QCheckBox::indicator:checked, QCheckBox::indicator:indeterminate {
    background: $accent_fill; border-color: $accent_fill; image: url("$check");
}
QCheckBox::indicator:indeterminate { image: url("$dash"); }
QRadioButton::indicator:checked {
    border: 5px solid $accent_fill; width: 8px; height: 8px; background: $on_accent;
}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {
    border-color: $divider; background: $hover;
}
QCheckBox:focus, QRadioButton:focus { color: $accent; }

QMenuBar { background: $window; color: $text; padding: 2px 8px; border: none; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QMenuBar::item:pressed { background: $pressed; }
QMenu { background: $raised; color: $text; border: 1px solid $divider; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 8px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: $selection; }
QMenu::item:disabled { color: $disabled; background: transparent; }
QMenu::separator { height: 1px; background: $divider; margin: 4px 8px; }

QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: ${bar}px; }
QScrollBar:horizontal { height: ${bar}px; }
QScrollBar::handle { background: $pressed; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $control; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }
QScrollArea { border: none; background: transparent; }

QTableView {
    background: $window; border: none; outline: none; gridline-color: $divider;
    selection-background-color: $selection; selection-color: $text;
}
QListView[role="choices"] { background: transparent; border: none; outline: none; }
QListView[role="parts"] { background: transparent; border: none; outline: none; }
QListView[role="parts"]::item { min-height: 28px; padding: 0 8px; border-radius: 4px; }
QListView[role="parts"]::item:hover { background: $hover; }
QListView[role="parts"]::item:selected { background: $selection; color: $text; }
QHeaderView { background: $window; border: none; }
QHeaderView::section {
    background: $window; color: $muted; border: none; border-bottom: 1px solid $divider;
    padding: 0 8px; font-size: ${caption}px; font-weight: 600;
}
QHeaderView::section:first, QHeaderView::section:only-one { padding-left: ${edge}px; }
QHeaderView[edge="false"]::section:first { padding-left: 8px; }
QHeaderView::section:hover { color: $text; }
QHeaderView::down-arrow { image: url("$chevron"); width: 12px; height: 12px; }
QHeaderView::up-arrow { image: url("$chevron_up"); width: 12px; height: 12px; }

QProgressBar {
    background: $skeleton; border: none; border-radius: 3px; max-height: 6px; min-height: 6px;
}
QProgressBar::chunk { background: $accent; border-radius: 3px; }

QSplitter::handle { background: $divider; }
QSplitter::handle:hover { background: $control; }

QLabel[tone="muted"] { color: $muted; }
QLabel[tone="disabled"] { color: $disabled; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="success"] { color: $success; }
QLabel[tone="warning"] { color: $warning; }
QLabel[tone="danger"] { color: $danger; }
QLabel:disabled { color: $disabled; }
""")


def style_sheet(colors: Colors) -> str:
    """The style sheet of a scheme."""
    controls = resource_dir() / "icons" / "controls"
    shade = "dark" if colors is DARK else "light"
    inner = tokens.CONTROL_HEIGHT - 2
    return _SHEET.substitute(
        asdict(colors),
        radius=tokens.RADIUS,
        radius_small=tokens.RADIUS_SMALL,
        line=tokens.LINE_HEIGHT - 2,
        inner=inner,
        small=tokens.FILTER_HEIGHT - 2,
        inner_focus=inner - 2,
        bar=tokens.SCROLL_BAR,
        edge=tokens.SPACE_EDGE,
        caption=tokens.TEXT_CAPTION,
        check=(controls / "check.svg").as_posix(),
        dash=(controls / "dash.svg").as_posix(),
        chevron_up=(controls / f"chevron-up-{shade}.svg").as_posix(),
        chevron=(controls / f"chevron-{shade}.svg").as_posix(),
    )
