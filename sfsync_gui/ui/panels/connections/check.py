"""The set-up check within the panel Connections."""

from PySide6.QtWidgets import QWidget

from sfsync_gui.core.failures import SfsyncError
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
    """What the check finds. It takes API calls, so it is made when somebody looks for the first
    time, when somebody asks, and when a set-up turns out to be broken or mended."""

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Set-up check"), parent=parent)
        self._handle, self._tasks = handle, tasks
        self._in_view = self._is_checked = False
        self._broken: frozenset[Side] = frozenset()
        self.findings = Findings()
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
        self._in_view = True
        self.show_snapshot(self._handle.snapshot)

    def go_out_of_view(self) -> None:
        """Nobody looks any more."""
        self._in_view = False

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow whether it can be made, and whether it has to be made anew."""
        can = snapshot.phase in _CAN_CHECK
        broken = frozenset(sides_in(snapshot, SideCondition.SETUP_BROKEN))
        self._why_not.setVisible(not can)
        self.findings.setVisible(can)
        if not can or broken != self._broken:
            self._is_checked, self._broken = False, broken
        if can and self._in_view and not self._is_checked:
            self._check()

    def _check(self) -> None:
        self._is_checked = True
        self._tasks.start(self._fill())

    async def _fill(self) -> None:
        self.findings.show_loading()
        try:
            self.findings.show_findings(await self._handle.check_set_up())
        except SfsyncError:
            self.findings.show_findings(())
            raise
