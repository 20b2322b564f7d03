"""One direction in a sentence: what it is doing, when it was looked at, when it is next."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.handle import Handle, Phase, Snapshot
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import ICON_LARGE, SPACE_SECTION, SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import PlainLabel, RelativeTime, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row

_SIGNS = {
    SideCondition.READY: ("success", Tone.SUCCESS),
    SideCondition.OFFLINE: ("offline", Tone.WARNING),
    SideCondition.SIGNED_OUT: ("signed-out", Tone.DANGER),
    SideCondition.ORG_PAUSED: ("paused", Tone.WARNING),
    SideCondition.SETUP_BROKEN: ("warning", Tone.DANGER),
}


class DirectionRow(QWidget):
    """Changes that come from one side and go to the other."""

    def __init__(self, source: Side, handle: Handle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = source
        name = f"{SERVICE[source]} → {SERVICE[source.other]}"
        self._sign = IconLabel(size=ICON_LARGE)
        self._sentence = PlainLabel(wrap=True)
        self._last = RelativeTime(
            template=self.tr("Checked {time}"), size=Text.CAPTION, now=handle.now
        )
        self._next = RelativeTime(
            template=self.tr(" · next check {time}"),
            size=Text.CAPTION,
            expires=True,  # no check was due in the past
            now=handle.now,
        )
        words = column(
            PlainLabel(name, size=Text.STRONG),
            self._sentence,
            row(self._last, self._next, None, space=0),
            space=SPACE_TIGHT,
        )
        line = row(self._sign, boxed(words), space=SPACE_SECTION)
        line.setStretch(1, 1)
        line.setAlignment(self._sign, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)
        self._name = name

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Tell how it is."""
        icon_name, tone, sentence = self._told(snapshot)
        self._sign.set_icon(icon_name, tone)
        self._sentence.setText(sentence)
        self._last.set_time(snapshot.checked.get(self._source, 0.0))
        self._next.set_time(
            snapshot.next_check.get(self._source, 0.0) if self._looks(snapshot) else 0.0
        )
        self.setAccessibleName(f"{self._name}: {sentence}")

    def _looks(self, snapshot: Snapshot) -> bool:
        """Whether there will be a next check: not before somebody resumes or signs in again."""
        status = snapshot.sides.get(self._source)
        signed_out = status is not None and status.condition is SideCondition.SIGNED_OUT
        return snapshot.phase is Phase.RUNNING and not snapshot.paused and not signed_out

    def _told(self, snapshot: Snapshot) -> tuple[str, Tone, str]:
        if snapshot.phase is Phase.STARTING:
            return "clock", Tone.MUTED, self.tr("The program is starting.")
        if snapshot.phase in (Phase.FAILED, Phase.STOPPED):
            return "stop", Tone.MUTED, self.tr("Nothing is brought over.")
        if snapshot.phase is not Phase.RUNNING:
            return "clock", Tone.MUTED, self.tr("Begins when both sides are connected.")
        if snapshot.paused:
            return "paused", Tone.MUTED, self.tr("Paused: nothing is brought over.")
        for side in (self._source, self._source.other):
            status = snapshot.sides.get(side)
            if status is not None and status.condition is not SideCondition.READY:
                icon_name, tone = _SIGNS[status.condition]
                return icon_name, tone, status.reason.message if status.reason else ""
        return "success", Tone.SUCCESS, self._in_order()

    def _in_order(self) -> str:
        if self._source is Side.INTERCOM:
            return self.tr("Changes in Intercom are brought over within seconds.")
        return self.tr("Changes in Salesforce are brought over at each check.")
