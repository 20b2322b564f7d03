"""The set-up check within the panel Connections."""

from PySide6.QtWidgets import QWidget

from sfsync_gui.core.findings import SetUpReport
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.handle import Handle, Phase, Snapshot
from sfsync_gui.ui.accounts.findings import Findings
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.status import sides_in
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.page import Section

_CAN_CHECK = frozenset({Phase.FIRST_RUN, Phase.RUNNING})


class SetUpCheck(Section):
    """What the newest check found. It takes API calls, so one is made here only when somebody looks
    and there was none yet, when somebody asks, and when a set-up turns out to be broken or mended.
    One that failed is not made again before somebody looks anew, or asks.
    """

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Set-up check"), parent=parent)
        self._handle, self._tasks = handle, tasks
        self._in_view = self._is_checking = self._was_made = False
        self._broken: frozenset[Side] = frozenset()
        self._is_stale = False
        self._shown: SetUpReport | None = None
        self.findings = Findings(handle.now)
        self._why_not = PlainLabel(
            self.tr("The fields are looked at once both sides are connected."),
            tone=Tone.MUTED,
            wrap=True,
        )
        self.add(self._why_not)
        self.add(self.findings)
        self.findings.check_asked.connect(self._check)
        self.show_snapshot(handle.snapshot)

    def come_into_view(self) -> None:
        """Somebody looks."""
        self._in_view, self._was_made = True, False
        self.show_snapshot(self._handle.snapshot)

    def go_out_of_view(self) -> None:
        """Nobody looks any more."""
        self._in_view = False

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow what the newest check found, and whether it has to be made anew."""
        can = snapshot.phase in _CAN_CHECK
        broken = frozenset(sides_in(snapshot, SideCondition.SETUP_BROKEN))
        self._is_stale |= can and broken != self._broken
        self._broken = broken
        self._why_not.setVisible(not can and snapshot.set_up is None)
        self.findings.setVisible(can or snapshot.set_up is not None)
        self._show(snapshot.set_up)
        is_missing = snapshot.set_up is None and not self._was_made
        if can and self._in_view and (is_missing or self._is_stale):
            self._check()

    def _show(self, report: SetUpReport | None) -> None:
        if report is not None and report != self._shown and not self._is_checking:
            self._shown = report
            self.findings.show_report(report)

    def _check(self) -> None:
        if not self._is_checking:
            self._is_checking = self._was_made = True
            self._tasks.start(self._fill())

    async def _fill(self) -> None:
        self._is_stale = False
        self.findings.show_loading()
        try:
            self._shown = await self._handle.check_set_up()
        finally:
            self._is_checking = False
            self.findings.show_report(self._shown)
