"""The list of fields that a cell offers: a model that searches and groups, and how it is drawn."""

from collections.abc import Sequence
from typing import Any, cast

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from sfsync_gui.ui.panels.mapping.offering import Choice
from sfsync_gui.ui.panels.mapping.wording import WAY, kind_of
from sfsync_gui.ui.theme import fonts
from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.theme.tokens import (
    ICON,
    RADIUS_SMALL,
    ROW_HEIGHT,
    SPACE_GROUP,
    SPACE_TIGHT,
    Colors,
    Tone,
)
from sfsync_gui.ui.widgets.tooltips import plain

Index = QModelIndex | QPersistentModelIndex
Entry = Choice | str | None
"""A field, the head of a group, or None: no field at all."""

ENTRY = int(Qt.ItemDataRole.UserRole)


class ChoiceModel(QAbstractListModel):
    """Fields in groups. `search` narrows them by label and API name, whatever the case."""

    def __init__(
        self,
        choices: Sequence[Choice],
        current: str,
        nothing: str,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.current = current
        self._choices = tuple(choices)
        self._nothing = nothing
        self._wanted = ""
        self._with_reasons = False
        self._entries: list[Entry] = []
        self._fill()

    @property
    def left_out(self) -> int:
        """How many of what is searched for do not fit."""
        return sum(not choice.fits for choice in self._found())

    def search(self, text: str) -> None:
        """Show what has this text in its label or API name."""
        self._wanted = text.strip().casefold()
        self._fill()

    def show_reasons(self, shown: bool) -> None:
        """Show what was left out, too, with the reasons."""
        self._with_reasons = shown
        self._fill()

    def first_choice(self) -> int:
        """The line to begin at: the field that is chosen, else the first that may be; -1: none."""
        lines = [n for n, one in enumerate(self._entries) if isinstance(one, Choice) and one.fits]
        if not self._wanted:
            for line in lines:
                if cast(Choice, self._entries[line]).name == self.current:
                    return line
        return lines[0] if lines else -1

    def _found(self) -> list[Choice]:
        return [
            choice
            for choice in self._choices
            if self._wanted in choice.label.casefold() or self._wanted in choice.name.casefold()
        ]

    def _fill(self) -> None:
        found = self._found()
        fitting = [choice for choice in found if choice.fits]
        groups = (
            (self.tr("Standard"), [choice for choice in fitting if not choice.custom]),
            (self.tr("Custom"), [choice for choice in fitting if choice.custom]),
            (
                self.tr("Left out"),
                [choice for choice in found if not choice.fits and self._with_reasons],
            ),
        )
        self.beginResetModel()
        self._entries = [None] if self._nothing and not self._wanted else []
        for head, members in groups:
            if members:
                self._entries += [head, *members]
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many lines there are."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """The entry itself, and its words."""
        entry = self._entries[index.row()]
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.label if isinstance(entry, Choice) else entry or self._nothing
        if not isinstance(entry, Choice):
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain(entry.name)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (entry.label, remark(entry), entry.reason) if part)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Heads and what was left out cannot be chosen."""
        entry = self._entries[index.row()]
        if entry is None or (isinstance(entry, Choice) and entry.fits):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.ItemIsEnabled

    def second_text(self, choice: Choice) -> str:
        """What stands at the right: the kind, or the API name where only that was found."""
        if self._wanted and self._wanted not in choice.label.casefold():
            return choice.name
        return remark(choice)


def remark(choice: Choice) -> str:
    """The kind of a field, and the way that the row would turn to."""
    kind = kind_of(choice.item)
    return kind if choice.direction is None else f"{kind}  {WAY[choice.direction]}"


class ChoiceDelegate(QStyledItemDelegate):
    """Draws heads, fields with their kind, and reasons under what was left out."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._body, self._caption = fonts.body_font(), fonts.caption_font()
        self._head = fonts.caption_strong_font()
        self._body_metrics = QFontMetrics(self._body)
        self._caption_metrics = QFontMetrics(self._caption)

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: Index
    ) -> QSize:
        """A row, or as high as its reason."""
        entry = index.data(ENTRY)
        width = cast(QAbstractItemView, self.parent()).viewport().width()
        height = ROW_HEIGHT
        if isinstance(entry, Choice) and not entry.fits:
            height = self._body_metrics.height() + self._reason_height(entry, width)
            height += 2 * SPACE_TIGHT
        return QSize(width, height)

    def _reason_height(self, choice: Choice, width: int) -> int:
        area = QRect(0, 0, width - 2 * SPACE_GROUP, 10_000)
        wrap = int(Qt.TextFlag.TextWordWrap)
        return self._caption_metrics.boundingRect(area, wrap, choice.reason).height()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one line."""
        # The view's own palette tells nothing: its ground is transparent.
        colors, entry = colors_of(), index.data(ENTRY)
        area: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selection))
            painter.drawRoundedRect(area, RADIUS_SMALL, RADIUS_SMALL)
        inner = area.adjusted(SPACE_GROUP, 0, -SPACE_GROUP, 0)
        if not isinstance(entry, Choice):
            self._paint_words(painter, inner, str(index.data()), colors, is_head=bool(entry))
        elif entry.fits:
            self._paint_choice(painter, inner, entry, cast(ChoiceModel, index.model()), colors)
        else:
            self._paint_left_out(painter, inner, entry, colors)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, area: QRect, text: str, colors: Colors, *, is_head: bool
    ) -> None:
        painter.setFont(self._head if is_head else self._body)
        painter.setPen(QColor(colors.muted))
        side = Qt.AlignmentFlag.AlignBottom if is_head else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area.adjusted(0, 0, 0, -SPACE_TIGHT if is_head else 0), int(side), text)

    def _paint_choice(
        self, painter: QPainter, area: QRect, choice: Choice, model: ChoiceModel, colors: Colors
    ) -> None:
        if choice.name == model.current:
            top = area.top() + (area.height() - ICON) // 2
            place = QRect(area.right() - ICON, top, ICON, ICON)
            icon("check", Tone.ACCENT).paint(painter, place)
            area = area.adjusted(0, 0, -ICON - SPACE_TIGHT, 0)
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        second = self._caption_metrics.elidedText(
            model.second_text(choice), Qt.TextElideMode.ElideMiddle, area.width() // 2
        )
        painter.setFont(self._caption)
        painter.setPen(QColor(colors.muted))
        painter.drawText(area, int(middle | right), second)
        room = area.width() - self._caption_metrics.horizontalAdvance(second) - SPACE_GROUP
        self._paint_label(painter, area, choice, room, QColor(colors.text), middle)

    def _paint_left_out(
        self, painter: QPainter, area: QRect, choice: Choice, colors: Colors
    ) -> None:
        area = area.adjusted(0, SPACE_TIGHT, 0, -SPACE_TIGHT)
        top = Qt.AlignmentFlag.AlignTop
        self._paint_label(painter, area, choice, area.width(), QColor(colors.text), top)
        painter.setFont(self._caption)
        painter.setPen(QColor(colors.muted))
        below = area.adjusted(0, self._body_metrics.height(), 0, 0)
        painter.drawText(below, int(Qt.TextFlag.TextWordWrap), choice.reason)

    def _paint_label(
        self,
        painter: QPainter,
        area: QRect,
        choice: Choice,
        room: int,
        ink: QColor,
        alignment: Qt.AlignmentFlag,
    ) -> None:
        label = self._body_metrics.elidedText(choice.label, Qt.TextElideMode.ElideRight, room)
        painter.setFont(self._body)
        painter.setPen(ink)
        painter.drawText(area, int(alignment), label)
