"""The first run: steps above, the page of the step below, and a way on and back."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.handle import Handle, Phase, Snapshot
from sfsync_gui.ui.accounts.connecting import sign_in
from sfsync_gui.ui.accounts.forms import (
    IntercomEntry,
    IntercomForm,
    SalesforceEntry,
    SalesforceForm,
)
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.texts.status import progress_text
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.banner import Banners, notice_of
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.page import Page
from sfsync_gui.ui.wizard.pages import CheckPage, FirstPage, MappingPage, StepPage, WelcomePage
from sfsync_gui.ui.wizard.rail import StepRail
from sfsync_gui.ui.wizard.steps import Step, is_done, may_enter, resume_at


class ServicePage(StepPage):
    """Signing in to one service, or who is signed in."""

    submitted = Signal(object)

    def __init__(self, side: Side, handle: Handle, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Connect {name}").format(name=SERVICE[side]),
            self.tr("The sign-in is kept in this computer’s password store and goes nowhere else."),
            parent,
        )
        self.form: SalesforceForm | IntercomForm = (
            SalesforceForm(handle.defaults, unfolded=not handle.defaults.salesforce_client_id)
            if side is Side.SALESFORCE
            else IntercomForm(handle.defaults)
        )
        self._who = PlainLabel(wrap=True)
        self._connected = boxed(row(IconLabel("success", Tone.SUCCESS), self._who, None))
        self.body.addWidget(self._connected)
        self.body.addWidget(self.form)
        self.form.submitted.connect(self.submitted)
        self.show_connection(None)

    def show_connection(self, connection: Connection | None) -> None:
        """Show who is signed in, or the form."""
        self._connected.setVisible(connection is not None)
        self.form.setVisible(connection is None)
        if connection is not None:
            self._who.setText(
                self.tr("Connected to {name} as {user}").format(
                    name=connection.account_name or connection.account_id,
                    user=connection.user_name or self.tr("an unnamed user"),
                )
            )


class Wizard(QWidget):
    """Walks through the steps; where it stands is told by the snapshot, so it can be resumed."""

    demo_asked = Signal()
    finished = Signal()

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._handle, self._tasks = handle, tasks
        self.step = Step.WELCOME
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
        head = column(self.rail, self.banners, space=SPACE_SECTION)
        head.setContentsMargins(SPACE_EDGE - SPACE_SECTION // 2, 0, SPACE_EDGE, SPACE_SECTION)
        foot = row(self._working, None, self.back_button, self.next_button)
        foot.setContentsMargins(SPACE_EDGE, SPACE_SECTION, SPACE_EDGE, SPACE_SECTION)
        layout = column(boxed(head), self._stack, boxed(foot), space=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.show_step)
        self.welcome.own_chosen.connect(lambda: self.show_step(Step.SALESFORCE))
        self.welcome.demo_chosen.connect(self.demo_asked)
        for side, page in ((Side.SALESFORCE, self.salesforce), (Side.INTERCOM, self.intercom)):
            page.submitted.connect(partial(self._on_submitted, side))
        self.check.check_asked.connect(lambda: self._tasks.start(self._fill_check()))
        self.back_button.clicked.connect(self._go_back)
        self.next_button.clicked.connect(self._go_on)

    # ------------------------------------------------------------------ what is shown

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Follow how things stand."""
        for side, page in ((Side.SALESFORCE, self.salesforce), (Side.INTERCOM, self.intercom)):
            page.show_connection(snapshot.connections.get(side))
        if not may_enter(self.step, snapshot):
            self.show_step(resume_at(snapshot))
        self._show_buttons(snapshot)
        self._fill(snapshot)

    def show_step(self, step: Step) -> None:
        """Show a step, if everything it rests on is there."""
        snapshot = self._handle.snapshot
        if not may_enter(step, snapshot):
            return
        self.step = step
        self._stack.setCurrentWidget(self._places[step])
        self._filled = None
        self._show_buttons(snapshot)
        self._fill(snapshot)

    def _show_buttons(self, snapshot: Snapshot) -> None:
        self.rail.show_state(self.step, snapshot)
        connecting = snapshot.phase is Phase.CONNECTING
        self.back_button.setVisible(self.step.before is not None)
        self.back_button.setEnabled(not connecting)
        self.next_button.setVisible(self.step is not Step.WELCOME)
        self.next_button.setText(
            self.tr("Start syncing") if self.step is Step.FIRST else self.tr("Continue")
        )
        self.next_button.setEnabled(self._may_go_on(snapshot))
        self._working.setText(self._progress(snapshot))

    def _may_go_on(self, snapshot: Snapshot) -> bool:
        if self.step in (Step.SALESFORCE, Step.INTERCOM):
            return is_done(self.step, snapshot)
        return snapshot.phase is Phase.FIRST_RUN

    def _progress(self, snapshot: Snapshot) -> str:
        if snapshot.phase is Phase.CONNECTING and snapshot.progress is not None:
            return progress_text(snapshot.progress)
        if snapshot.phase is Phase.OPENING:
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
        self.check.show_loading()
        try:
            self.check.show_findings(await self._handle.check_set_up())
        except SfsyncError as failure:
            self.check.show_findings(())
            self._tell(failure)

    async def _fill_mapping(self) -> None:
        try:
            schema = await self._handle.schema()
            self.mapping.show_rows(await self._handle.suggestion(), schema)
        except SfsyncError as failure:
            self._tell(failure)

    # ------------------------------------------------------------------ what a person does

    def _go_back(self) -> None:
        if self.step.before is not None:
            self.show_step(self.step.before)

    def _go_on(self) -> None:
        self.banners.clear_all()
        if self.step is Step.FIRST:
            self._tasks.start(self._begin())
        elif self.step.next is not None:
            self.show_step(self.step.next)

    def _on_submitted(self, side: Side, entry: SalesforceEntry | IntercomEntry) -> None:
        self._tasks.start(self._sign_in(side, entry))

    async def _sign_in(self, side: Side, entry: SalesforceEntry | IntercomEntry) -> None:
        page = self.salesforce if side is Side.SALESFORCE else self.intercom
        self.banners.clear_all()
        try:
            connection = await sign_in(self._handle, page.form, entry, self)
        except SfsyncError as failure:
            self._tell(failure)
            return
        if connection is not None:
            page.show_connection(connection)
            if self.step.next is not None:
                self.show_step(self.step.next)

    async def _begin(self) -> None:
        self.next_button.setEnabled(False)
        rows = self.mapping.chosen
        if not self.mapping.boxes:  # the step was passed over
            rows = await self._handle.suggestion()
        try:
            await self._handle.begin(rows, self.first.chosen)
        except SfsyncError as failure:
            self._tell(failure)
            self.next_button.setEnabled(True)

    @property
    def wants_bulk(self) -> bool:
        """Whether existing values are to be brought in line once everybody is linked."""
        return self.first.chosen is FirstRun.LINK_ALL_AND_BULK

    def _tell(self, failure: SfsyncError) -> None:
        self.banners.show_notice("failure", notice_of(failure))
