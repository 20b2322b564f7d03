"""The bulk sync on the overview: begin one, see how far it is, pause, resume, cancel."""

import asyncio

from PySide6.QtWidgets import QProgressBar, QWidget

from sfsync_gui.core.budget import Gate
from sfsync_gui.core.vocabulary import WRITES, Family, Trigger
from sfsync_gui.engine.handle import Phase, Snapshot
from sfsync_gui.engine.questions import HistoryQuery, LinkQuery, Questions
from sfsync_gui.engine.storage import BulkRun
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.texts.families import counted_linked
from sfsync_gui.ui.texts.numbers import counted, grouped
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import Button, QuietButton
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.layouts import column, row

_MOST = 100_000
_LOOK_EVERY = 1.0


class BulkSection(QWidget):
    """A sentence, a bar while one is under way, and the buttons that make sense now."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._run: BulkRun | None = None
        self._family: Family | None = Family.PEOPLE
        self._has_looked = False
        self._looking: asyncio.Task[None] | None = None
        self._offering: asyncio.Task[None] | None = None
        self._works_out = False
        self._values = 0
        self.sentence = PlainLabel(wrap=True, tone=Tone.MUTED)
        self.bar = QProgressBar(textVisible=False)
        self.begin_button = Button(self.tr("Bring in line…"), icon_name="bulk")
        self.pause_button = Button(self.tr("Pause"), icon_name="pause")
        self.resume_button = Button(self.tr("Resume"), icon_name="play")
        self.cancel_button = QuietButton(self.tr("Cancel"))
        buttons = (self.begin_button, self.pause_button, self.resume_button, self.cancel_button)
        self.setLayout(column(self.sentence, self.bar, row(*buttons, None), space=SPACE_GROUP))
        self.begin_button.clicked.connect(self.offer)
        self.pause_button.clicked.connect(lambda: self._order("paused"))
        self.resume_button.clicked.connect(lambda: self._order("running"))
        self.cancel_button.clicked.connect(self._on_cancel)
        self._show()

    def offer(self) -> None:
        """The dry run, and then the bulk sync where a person says so."""
        self._works_out = True
        self._offering = self._panel.tasks.start(self._offer())
        self._offering.add_done_callback(self._on_offered)
        self.show_snapshot(self._panel.handle.snapshot)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Let only be done what can be done: nothing while the program is not syncing."""
        running = snapshot.phase is Phase.RUNNING
        self.begin_button.setEnabled(running and self._offering is None)
        for button in (self.pause_button, self.resume_button, self.cancel_button):
            button.setEnabled(running)
        self._show()  # how long ago it was, and whether it waits

    def look_for_promise(self) -> None:
        """Offer what was chosen with the first run, once everybody is linked and nobody has yet."""
        running = self._panel.handle.snapshot.phase is Phase.RUNNING
        if running and not self._has_looked and self._offering is None:
            self._panel.tasks.start(self._keep_promise())
        self._has_looked = running

    def look(self) -> None:
        """See how far it is, once a second while one is under way and in view."""
        if self._looking is None and self._panel.handle.snapshot.phase is Phase.RUNNING:
            self._looking = self._panel.tasks.start(self._follow())

    # ------------------------------------------------------------------ reading

    async def _keep_promise(self) -> None:
        if await self._panel.handle.bulk_is_promised():
            self.offer()

    async def _offer(self) -> None:
        from sfsync_gui.ui.bulk.offering import offer  # the window begins without it

        handle = self._panel.handle
        preview = await handle.preview_bulk()
        self._works_out = False
        self.show_snapshot(handle.snapshot)
        await offer(self._panel, preview)
        await handle.bulk_was_offered()
        self.look()

    def _on_offered(self, _: asyncio.Task[None]) -> None:
        """However it ended, and be it before it began."""
        self._offering, self._works_out = None, False
        self.show_snapshot(self._panel.handle.snapshot)

    def _on_cancel(self) -> None:
        if self._works_out and self._offering is not None:
            self._offering.cancel()
        else:
            self._order("cancelled")

    def _order(self, state: str) -> None:
        self._panel.tasks.start(self._change(state))

    async def _change(self, state: str) -> None:
        await self._panel.handle.set_bulk_state(state)
        self._take(await self._panel.handle.bulk_run())
        self.look()

    async def _follow(self) -> None:
        try:
            while True:
                run = await self._panel.handle.bulk_run()
                self._family = await self._panel.ask(_family_of_links)
                written = await self._written(run)
                self._take(run, written)
                if run is None or run.state != "running" or not self.isVisible():
                    return
                await asyncio.sleep(_LOOK_EVERY)
        finally:
            self._looking = None

    async def _written(self, run: BulkRun | None) -> int:
        if run is None or run.state == "running":
            return 0
        query = HistoryQuery(
            trigger=Trigger.BULK_SYNC,
            kinds=WRITES,
            since=run.started_at,
        )
        return await self._panel.ask(lambda store: store.history_matching(query, _MOST))

    def _take(self, run: BulkRun | None, written: int = 0) -> None:
        was_running = self._run is not None and self._run.state == "running"
        self._run, self._values = run, written
        self._show()
        if was_running and run is not None and run.state == "done":
            told = self.tr("The bulk sync is done: {values} written")
            self._panel.toast(told.format(values=counted(written, "value")))

    # ------------------------------------------------------------------ what is shown

    def _show(self) -> None:
        run = self._run
        state = "" if run is None else run.state
        under_way = run is not None and run.under_way
        self.bar.setVisible(under_way or self._works_out)
        self.begin_button.setVisible(not under_way)
        self.pause_button.setVisible(state == "running")
        self.resume_button.setVisible(state == "paused")
        self.cancel_button.setVisible(under_way or self._works_out)
        if self._works_out:
            self.bar.setRange(0, 0)
        elif run is not None and under_way:
            self.bar.setRange(0, run.total)
            self.bar.setValue(run.done)
        self.sentence.setText(self._told(self._panel.handle.snapshot, run, self._values))
        self.bar.setAccessibleName(self.sentence.text())

    def _told(self, snapshot: Snapshot, run: BulkRun | None, written: int) -> str:
        if self._works_out:
            return self.tr("Working out what would be written. Nothing is written by that.")
        if run is None:
            return self.tr(
                "Values that differed before you connected stay as they are until they change. A "
                "bulk sync brings them in line, after a dry run."
            )
        far = self.tr("{done} of {people}").format(
            done=grouped(run.done), people=counted_linked(run.total, self._family)
        )
        if run.state == "running" and snapshot.usage.gate is not Gate.OPEN:
            return far + self.tr(" · waits until API calls are free again")
        if run.state == "running" and snapshot.paused:
            return far + self.tr(" · waits until you resume the sync")
        if run.state == "running":
            return self.tr("Bulk sync: {far}").format(far=far)
        if run.state == "paused":
            return self.tr("Bulk sync paused: {far}").format(far=far)
        ago = times.relative(run.started_at, self._panel.handle.now())
        values = counted(written, "value")
        template = self.tr("The bulk sync begun {ago} is done: {values} written, {far}.")
        if run.state == "cancelled":
            template = self.tr("The bulk sync begun {ago} was cancelled: {values} written, {far}.")
        return template.format(ago=ago, values=values, far=far)


def _family_of_links(store: Questions) -> Family | None:
    """The family of all links, None where companies are among them."""
    has_companies = store.links_matching(LinkQuery(family=Family.COMPANIES), 1)
    return None if has_companies else Family.PEOPLE
