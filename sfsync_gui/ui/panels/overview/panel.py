"""The panel Overview. While the first run is not over it shows that in its place."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget, QWidget

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.desktop.starting import start_demo
from sfsync_gui.engine.events import ErrorOpened, ErrorsClosed, HistoryAdded
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, Snapshot, SnapshotChanged
from sfsync_gui.ui.bulk.section import BulkSection
from sfsync_gui.ui.panels.overview.chart import HOURS, ChangesChart
from sfsync_gui.ui.panels.overview.direction import DirectionRow
from sfsync_gui.ui.panels.overview.purposes import DAYS, CallsByPurpose
from sfsync_gui.ui.panels.overview.usage import UsageSection
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import ICON_LARGE, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.buttons import Button, LinkButton, PrimaryButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.layouts import row
from sfsync_gui.ui.widgets.page import Page, Section
from sfsync_gui.ui.wizard.steps import is_needed

if TYPE_CHECKING:
    from sfsync_gui.ui.wizard.wizard import Wizard

_HOUR = 3600
CHART_EVERY = 1.0
"""Seconds between two readings of the chart at least."""


class OverviewPanel(Panel):
    """Both directions, the chart, the day's calls, and what waits for a person."""

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        # With a parent: without one they would be windows until the title row takes them.
        self.sync_button = PrimaryButton(self.tr("Sync now"), icon_name="sync", parent=self)
        self.pause_button = Button(self.tr("Pause"), icon_name="pause", parent=self)
        self.errors_button = LinkButton("", flush=True)
        self._errors_sign = IconLabel(size=ICON_LARGE)
        self.directions = {side: DirectionRow(side, handle) for side in Side}
        self.chart = ChangesChart()
        self.usage = UsageSection()
        self.purposes = CallsByPurpose(Side.SALESFORCE)
        self.bulk = BulkSection(self)
        self.wizard: Wizard | None = None
        self._reading: asyncio.Task[None] | None = None
        self._deciding: asyncio.Task[None] | None = None
        self._stale = True
        self._seen: tuple[Phase, int, int] | None = None
        self._stack = QStackedWidget()
        self._page = self._make_page()
        self._stack.addWidget(self._page)
        self.set_content(self._stack)
        self.sync_button.clicked.connect(lambda: tasks.start(handle.sync_now()))
        self.pause_button.clicked.connect(self._toggle_pause)
        self.errors_button.clicked.connect(lambda: self.go_to.emit("errors", None))
        self._show(handle.snapshot)

    def title_widgets(self) -> Sequence[QWidget]:
        """Pause, and sync now."""
        return (self.pause_button, self.sync_button)

    def _make_page(self) -> Page:
        return Page(
            Section(
                self.tr("How things stand"),
                *self.directions.values(),
                row(self._errors_sign, self.errors_button, None, space=SPACE_SECTION),
            ),
            Section(self.tr("Existing values"), self.bulk),
            Section(self.tr("Changes per hour"), self.chart),
            Section(
                self.tr("Salesforce API calls in the last 24 hours"), self.usage, self.purposes
            ),
            wide=True,
        )

    # ------------------------------------------------------------------ live

    def shown(self) -> None:
        """Bring the charts and the bulk sync up to date."""
        self._read_anew()
        self.bulk.look_for_promise()

    def on_event(self, event: HandleEvent) -> None:
        """Follow the snapshot, and every change."""
        if isinstance(event, SnapshotChanged):
            self._show(event.snapshot)
            self._follow(event.snapshot)
        elif isinstance(event, HistoryAdded | ErrorOpened | ErrorsClosed):
            self._read_anew()

    def _follow(self, snapshot: Snapshot) -> None:
        """Read anew where the store came or went, calls were made, or an hour has begun."""
        seen = (snapshot.phase, snapshot.usage.own, int(self.handle.now() // _HOUR))
        if seen != self._seen:
            self._seen = seen
            self._read_anew()

    def _read_anew(self) -> None:
        self._stale = True
        self._read_chart()
        if self.isVisible():
            self.bulk.look()

    def visit(self, target: object) -> None:
        """`holds`: what waits for a decision; it is asked for once at a time."""
        is_deciding = self._deciding is not None and not self._deciding.done()
        if target == "holds" and not is_deciding:
            from sfsync_gui.ui.panels.overview.holds import decide_holds  # most starts need none

            self._deciding = self.tasks.start(decide_holds(self))

    def _show(self, snapshot: Snapshot) -> None:
        self._show_place(snapshot)
        for direction in self.directions.values():
            direction.show_snapshot(snapshot)
        self.usage.set_usage(snapshot.usage)
        self.bulk.show_snapshot(snapshot)
        running = snapshot.phase is Phase.RUNNING
        for button in (self.sync_button, self.pause_button):
            button.setEnabled(running)
        self.pause_button.setText(self.tr("Resume") if snapshot.paused else self.tr("Pause"))
        self.pause_button.set_icon("play" if snapshot.paused else "pause")
        for widget in (self.errors_button, self._errors_sign):
            widget.setVisible(running)
        sign = ("warning", Tone.WARNING) if snapshot.errors else ("success", Tone.SUCCESS)
        self._errors_sign.set_icon(*sign)
        self.errors_button.setText(
            self.tr("{errors} to look at").format(errors=counted(snapshot.errors, "sync error"))
            if snapshot.errors
            else self.tr("No sync errors")
        )
        if self.isVisible():
            self.bulk.look_for_promise()

    def _show_place(self, snapshot: Snapshot) -> None:
        """The first run in place of everything else while it is not over."""
        needed = is_needed(snapshot)
        for button in (self.sync_button, self.pause_button):
            button.setVisible(not needed)
        if needed and self.wizard is None:
            from sfsync_gui.ui.wizard.wizard import Wizard  # most starts need none

            self.wizard = Wizard(self.handle, self.tasks)
            self.wizard.demo_asked.connect(start_demo)
            self._stack.addWidget(self.wizard)
        if self.wizard is None:
            return
        if needed:
            self.wizard.show_snapshot(snapshot)
            self._stack.setCurrentWidget(self.wizard)
            return
        if snapshot.phase is Phase.RUNNING:
            self._stack.setCurrentWidget(self._page)
            self._stack.removeWidget(self.wizard)
            self.wizard.deleteLater()
            self.wizard = None

    def _read_chart(self) -> None:
        if self._stale and self.isVisible() and self._reading is None:
            self._reading = self.tasks.start(self._fill_chart())

    async def _fill_chart(self) -> None:
        try:
            while self._stale and self.isVisible():
                self._stale = False
                if self.handle.snapshot.phase in (Phase.STARTING, Phase.FAILED):
                    return
                await self._read_changes()
                await asyncio.sleep(CHART_EVERY)
        finally:
            self._reading = None

    async def _read_changes(self) -> None:
        now = self.handle.now()
        since = int(now // _HOUR) - HOURS + 1
        rows = await self.ask(lambda store: store.changes_by_hour(since))
        self.chart.show_changes(rows, now)
        since = int(now // _HOUR) - DAYS * HOURS
        self.purposes.show_calls(await self.handle.calls(since))

    # ------------------------------------------------------------------ what a person does

    def _toggle_pause(self) -> None:
        paused = self.handle.snapshot.paused
        self.tasks.start(self.handle.resume() if paused else self.handle.pause())
