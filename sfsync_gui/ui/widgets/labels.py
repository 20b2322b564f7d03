"""Labels. All of them show their text as it is: what looks like HTML is shown as such."""

import time
from collections.abc import Callable
from enum import Enum
from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QHelpEvent, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from sfsync_gui.ui.texts import times
from sfsync_gui.ui.theme import fonts
from sfsync_gui.ui.theme.palette import color_of
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.tooltips import plain

NO_BREAK = "\u00a0"
"""A space at which a text does not wrap."""


class Text(Enum):
    """The sizes of text."""

    BODY = "body"
    STRONG = "strong"
    CAPTION = "caption"
    SECTION = "section"
    TITLE = "title"
    CODE = "code"

    @property
    def font(self) -> QFont:
        """The typeface of this size."""
        return _FONTS[self]()


_FONTS: dict[Text, Callable[[], QFont]] = {
    Text.BODY: fonts.body_font,
    Text.STRONG: fonts.strong_font,
    Text.CAPTION: fonts.caption_font,
    Text.SECTION: fonts.section_font,
    Text.TITLE: fonts.title_font,
    Text.CODE: fonts.code_font,
}


_LONG_WORD = 18
_LONGEST_WHOLE = 40
_BREAK_HERE = "\u200b"


def breakable(text: str, above: int = _LONG_WORD) -> str:
    """The text with places to break in its long words, so that none is cut at a label's edge.

    Words of up to `above` letters are left as they are.
    """
    return " ".join(_broken(word) if len(word) > above else word for word in text.split(" "))


def _broken(word: str) -> str:
    return _BREAK_HERE.join(word[at : at + _LONG_WORD] for at in range(0, len(word), _LONG_WORD))


class PlainLabel(QLabel):
    """Text in one of the sizes and tones; `selectable` lets a person mark and copy it."""

    def __init__(
        self,
        text: str = "",
        *,
        size: Text = Text.BODY,
        tone: Tone = Tone.TEXT,
        wrap: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(size.font)
        self.setWordWrap(wrap)
        self.setText(text)
        self.set_tone(tone)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse
                | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def set_tone(self, tone: Tone) -> None:
        """Show it in another colour."""
        if self.property("tone") == tone.value:
            return
        self.setProperty("tone", tone.value)
        self.style().unpolish(self)
        self.style().polish(self)

    @property
    def tone(self) -> Tone:
        """The tone it is shown in."""
        return Tone(self.property("tone"))


def told_label(text: str) -> PlainLabel:
    """A text with values in it: it wraps in any width, and can be marked and copied.

    Ids and most addresses are copied as they are; only longer words get places to break.
    """
    return PlainLabel(breakable(text, _LONGEST_WHOLE), wrap=True, selectable=True)


class ElidedLabel(PlainLabel):
    """One line that is shortened to the room there is, with the full text as tooltip then.

    Names are shortened at the end, e-mails and ids in the middle.
    """

    def __init__(
        self,
        text: str = "",
        *,
        size: Text = Text.BODY,
        tone: Tone = Tone.TEXT,
        middle: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, size=size, tone=tone, parent=parent)
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Three letters and the ellipsis."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance("MMM…"), metrics.height())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The whole text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 1, metrics.height())

    @property
    def shown_text(self) -> str:
        """What fits."""
        line = " ".join(self.text().split())
        return self.fontMetrics().elidedText(line, self._mode, self.contentsRect().width())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what fits."""
        painter = QPainter(self)
        tone = self.tone if self.isEnabled() else Tone.DISABLED
        painter.setPen(color_of(tone, self))
        alignment = self.alignment() | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.contentsRect(), int(alignment), self.shown_text)

    def event(self, event: QEvent) -> bool:
        """Show the full text as a tooltip where it does not fit."""
        if event.type() is QEvent.Type.ToolTip and not self.toolTip():
            if self.shown_text != self.text():
                QToolTip.showText(cast(QHelpEvent, event).globalPos(), plain(self.text()), self)
            return True
        return super().event(event)


class RelativeTime(PlainLabel):
    """A time in relation to now, kept up to date while it is seen; the tooltip is exact.

    A text that wraps does not do so within the time. One that `expires` speaks of what is to come:
    it shows nothing once that should have come.
    """

    def __init__(
        self,
        at: float = 0.0,
        *,
        template: str = "{time}",
        size: Text = Text.BODY,
        tone: Tone = Tone.MUTED,
        wrap: bool = False,
        expires: bool = False,
        now: Callable[[], float] = time.time,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(size=size, tone=tone, wrap=wrap, parent=parent)
        self._template = template
        self._now = now
        self._expires = expires
        self._at = at
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._refresh)
        self.set_time(at)

    def set_time(self, at: float) -> None:
        """Show another time, in unix seconds; 0 shows nothing."""
        self._at = at
        self.setToolTip(times.exact(at) if at else "")
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Go on counting."""
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Rest while nobody looks."""
        super().hideEvent(event)
        self._timer.stop()

    def _refresh(self) -> None:
        now = self._now()
        if not self._at or (self._expires and now >= self._at):
            self._timer.stop()
            self.setText("")
            return
        text = times.relative(self._at, now)
        if self.wordWrap():
            text = text.replace(" ", NO_BREAK)
        self.setText(self._template.format(time=text))
        if self.isVisible():
            self._timer.start(int(times.next_change(self._at, now) * 1000) + 50)
