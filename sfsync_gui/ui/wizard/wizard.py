"""The first run: steps above, the page of the step below, and a way on and back."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.handle import Handle, Phase, Snapshot
from sfsync_gui.ui.accounts.connecting import sign_in
from sfsync_gui.ui.accounts.forms import IntercomEntry, SalesforceEntry
from sfsync_gui.ui.tasks import Tasks, told
from sfsync_gui.ui.texts.status import progress_text
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.banner import Banners, Notice, notice_of
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.page import Page
from sfsync_gui.ui.wizard.hindrance import Mending, hindrance_of
from sfsync_gui.ui.wizard.pages import CheckPage, FirstPage, MappingPage, StepPage, WelcomePage
from sfsync_gui.ui.wizard.rail import StepRail
from sfsync_gui.ui.wizard.service_page import ServicePage
from sfsync_gui.ui.wizard.steps import Step, is_done, may_enter, resume_at

_FAILURE = "failure"
_HINDRANCE = "hindrance"
_DEMO = "demo"


class Wizard(QWidget):
    """Walks through the steps; where it stands is told by the snapshot, so it can be resumed."""

    demo_asked = Signal()
    finished = Signal()

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._handle, self._tasks = handle, tasks
        self.step = self._farthest = Step.WELCOME
        self._next_waits_for_focus = False
        self._bound_for: Step | None = None
        self.rail = StepRail()
        self.banners = Banners()
        self.welcome = WelcomePage()
        self.salesforce = ServicePage(Side.SALESFORCE, handle)
        self.intercom = ServicePage(Side.INTERCOM, handle)
        self.check = CheckPage()
        self.mapping = MappingPage()
        self.first = FirstPage()
        self.pages: dict[Step, StepPage] = {
            Step.WELCOME: self.welcome,
            Step.SALESFORCE: self.salesforce,
            Step.INTERCOM: self.intercom,
            Step.CHECK: self.check,
            Step.MAPPING: self.mapping,
            Step.FIRST: self.first,
        }
        self._stack = QStackedWidget()
        self._places = {step: Page(page) for step, page in self.pages.items()}
        for place in self._places.values():
            self._stack.addWidget(place)
        self.back_button = Button(self.tr("Back"))
        self.next_button = PrimaryButton(self.tr("Continue"))
        self._working = PlainLabel(tone=Tone.MUTED)
        self._arrange()
        self._connect()
        self.show_step(resume_at(handle.snapshot))

    def _arrange(self) -> None:
        rail = row(self.rail)
        rail.setContentsMargins(SPACE_EDGE - SPACE_SECTION // 2, 0, SPACE_EDGE, 0)
        banners = row(self.banners)
        banners.setContentsMargins(SPACE_EDGE, 0, SPACE_EDGE, 0)
        head = column(rail, banners, space=SPACE_SECTION)
        head.setContentsMargins(0, 0, 0, SPACE_SECTION)
        foot = row(self._working, None, self.back_button, self.next_button)
        foot.setContentsMargins(SPACE_EDGE, SPACE_SECTION, SPACE_EDGE, SPACE_SECTION)
        layout = column(boxed(head), self._stack, boxed(foot), space=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.show_step)
        self.rail.chosen.connect(self._enter_page)
        self.welcome.own_chosen.connect(lambda: self._go_to(Step.SALESFORCE))
        self.welcome.demo_chosen.connect(self._open_demo)
        for side, page in ((Side.SALESFORCE, self.salesforce), (Side.INTERCOM, self.intercom)):
            page.submitted.connect(partial(self._on_submitted, side))
        self.check.findings.check_asked.connect(lambda: self._tasks.start(self._fill_check()))
        self.back_button.clicked.connect(self._go_back)
        self.next_button.clicked.connect(self._go_on)

    # ------------------------------------------------------------------ what is shown

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow how things stand."""
        for side, page in ((Side.SALESFORCE, self.salesforce), (Side.INTERCOM, self.intercom)):
            page.show_state(snapshot.connections.get(side), snapshot.secrets)
        if self._bound_for is not None and may_enter(self._bound_for, snapshot):
            self._go_to(self._bound_for)
        elif not may_enter(self.step, snapshot) or snapshot.phase is Phase.CONNECTING:
            self.show_step(resume_at(snapshot))
        if snapshot.phase is Phase.CONNECTING and snapshot.profile is not None:
            self.first.button(snapshot.profile.first_run).setChecked(True)
        self._show_hindrance(snapshot)
        self._show_buttons(snapshot)
        self._fill(snapshot)

    def show_step(self, step: Step) -> None:
        """Show a step, if everything it rests on is there."""
        snapshot = self._handle.snapshot
        if not may_enter(step, snapshot):
            return
        self.step, self._bound_for = step, None
        if self._farthest.comes_before(step):
            self._farthest = step
        if step is not Step.WELCOME:
            self.banners.clear(_DEMO)
        self._stack.setCurrentWidget(self._places[step])
        self._filled = None
        self._show_buttons(snapshot)
        self._fill(snapshot)

    def _show_buttons(self, snapshot: Snapshot) -> None:
        self.rail.show_state(self.step, self._farthest, snapshot)
        connecting = snapshot.phase is Phase.CONNECTING
        self.rail.setEnabled(not connecting)
        self.first.setEnabled(not connecting)
        self.back_button.setVisible(self.step.before is not None)
        self.back_button.setEnabled(not connecting)
        self.next_button.setVisible(self.step is not Step.WELCOME)
        self.next_button.setText(
            self.tr("Start syncing") if self.step is Step.FIRST else self.tr("Continue")
        )
        self.next_button.setEnabled(self._may_go_on(snapshot))
        if self._next_waits_for_focus and self.next_button.isEnabled():
            self._next_waits_for_focus = False
            self.next_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._working.setText(self._progress(snapshot))

    def _may_go_on(self, snapshot: Snapshot) -> bool:
        if self.step in (Step.SALESFORCE, Step.INTERCOM):
            return is_done(self.step, snapshot)
        return snapshot.phase is Phase.FIRST_RUN

    def _progress(self, snapshot: Snapshot) -> str:
        if snapshot.phase is Phase.CONNECTING and snapshot.progress is not None:
            return progress_text(snapshot.progress)
        if snapshot.phase is Phase.OPENING and hindrance_of(snapshot) is None:
            return self.tr("Asking both services for their fields…")
        return ""

    # ------------------------------------------------------------------ what pages need

    _filled: Step | None = None

    def _fill(self, snapshot: Snapshot) -> None:
        """Fetch what the page on show needs, once it can be had."""
        if self._filled is self.step or snapshot.phase is not Phase.FIRST_RUN:
            return
        if self.step is Step.CHECK:
            self._filled = self.step
            self._tasks.start(self._fill_check())
        elif self.step is Step.MAPPING:
            self._filled = self.step
            self._tasks.start(self._fill_mapping())

    async def _fill_check(self) -> None:
        self.check.findings.show_loading()
        try:
            self.check.findings.show_report(await self._handle.check_set_up())
        except Exception as failure:  # also one that nobody expected ends the waiting
            self.check.findings.show_report(None)
            self._tell(told(failure))

    async def _fill_mapping(self) -> None:
        try:
            schema = await self._handle.schema()
            self.mapping.show_rows(await self._handle.suggestion(), schema)
        except Exception as failure:
            self._tell(told(failure))

    # ------------------------------------------------------------------ what a person does

    def _go_to(self, step: Step | None) -> None:
        """Show a step as soon as it can be entered."""
        if step is None or not may_enter(step, self._handle.snapshot):
            self._bound_for = step
            return
        self.show_step(step)
        self._enter_page()

    def _enter_page(self) -> None:
        """Whoever uses the keyboard goes on within the page."""
        self.banners.clear(_FAILURE)
        place = self._place_of_focus()
        self._next_waits_for_focus = place is self.next_button and not place.isEnabled()
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place_of_focus(self) -> QWidget:
        if self.step is Step.WELCOME:
            return self.welcome.own_button
        if self.step is Step.FIRST:
            return self.first.button(self.first.chosen)
        if self.step in (Step.SALESFORCE, Step.INTERCOM):
            side = Side.SALESFORCE if self.step is Step.SALESFORCE else Side.INTERCOM
            form = self._page_of(side).form
            return form.first_field if form.isVisibleTo(self) else self.next_button
        return self.next_button

    def _go_back(self) -> None:
        self._go_to(self.step.before)

    def _go_on(self) -> None:
        self.banners.clear(_FAILURE)
        if self.step is Step.FIRST:
            self._tasks.start(self._begin())
        else:
            self._go_to(self.step.next)

    def _open_demo(self) -> None:
        notice = Notice(
            Tone.ACCENT,
            self.tr("The demo workspace opens in a window of its own"),
            self.tr("Look around there as long as you like. Close it to come back to this one."),
            dismissable=True,
        )
        self.banners.show_notice(_DEMO, notice)
        self.demo_asked.emit()

    def _mend(self, side: Side | None, mending: Mending) -> None:
        """Do what the banner of a hindrance offers."""
        if mending is Mending.UNLOCK:
            self._tasks.start(self._handle.look_for_keyring())
        elif mending is Mending.TRY_AGAIN:
            self._tasks.start(self._handle.sync_now())
        elif side is not None:
            self.show_step(Step.SALESFORCE if side is Side.SALESFORCE else Step.INTERCOM)
            self._page_of(side).show_form()

    def _on_submitted(self, side: Side, entry: SalesforceEntry | IntercomEntry) -> None:
        self._tasks.start(self._sign_in(side, entry))

    async def _sign_in(self, side: Side, entry: SalesforceEntry | IntercomEntry) -> None:
        page = self._page_of(side)
        self.banners.clear(_FAILURE)
        try:
            connection = await sign_in(self._handle, page.form, entry, self)
        except SfsyncError as failure:
            self._tell(failure)
            return
        if connection is not None:
            page.show_state(connection, self._handle.snapshot.secrets)
            page.form.hide()
            self._go_to(self.step.next)

    def _page_of(self, side: Side) -> ServicePage:
        return self.salesforce if side is Side.SALESFORCE else self.intercom

    async def _begin(self) -> None:
        self.next_button.setEnabled(False)
        rows = self.mapping.chosen
        try:
            if not self.mapping.boxes:  # the step was passed over
                rows = await self._handle.suggestion()
            await self._handle.begin(rows, self.first.chosen)
        except Exception as failure:
            self._tell(told(failure))
            self.next_button.setEnabled(True)

    def _tell(self, failure: SfsyncError) -> None:
        self.banners.show_notice(_FAILURE, notice_of(failure))

    def _show_hindrance(self, snapshot: Snapshot) -> None:
        """What keeps the set-up from going on, in the service's own words, and a way on."""
        found = hindrance_of(snapshot)
        if found is None:
            self.banners.clear(_HINDRANCE)
            return
        self.banners.show_notice(
            _HINDRANCE, found.notice, lambda: self._mend(found.side, found.mending)
        )
