"""The panel Connections."""

from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.handle import Handle, HandleEvent, SecretsKept, Snapshot, SnapshotChanged
from sfsync_gui.ui.accounts.connecting import sign_in
from sfsync_gui.ui.accounts.forms import IntercomEntry, SalesforceEntry
from sfsync_gui.ui.panels.connections.card import AccountCard
from sfsync_gui.ui.panels.connections.check import SetUpCheck
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.banner import Notice, notice_of
from sfsync_gui.ui.widgets.dialogs import Question, ask
from sfsync_gui.ui.widgets.page import Page
from sfsync_gui.ui.widgets.surfaces import Divider


class ConnectionsPanel(Panel):
    """Both accounts, one below the other, with what is wrong with each above them."""

    title = "Connections"
    icon_name = "connections"

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self.cards = {side: AccountCard(side, handle) for side in (Side.SALESFORCE, Side.INTERCOM)}
        self.check = SetUpCheck(handle, tasks)
        salesforce, intercom = self.cards.values()
        self.set_content(Page(salesforce, Divider(), intercom, Divider(), self.check))
        for side, card in self.cards.items():
            card.submitted.connect(partial(self._on_submitted, side))
            card.disconnect_asked.connect(partial(self._on_disconnect_asked, side))
        self._show(handle.snapshot)

    def shown(self) -> None:
        """Look whether everything is in place."""
        self.check.come_into_view()

    def hidden(self) -> None:
        """Nobody looks at the check."""
        self.check.go_out_of_view()

    def on_event(self, event: HandleEvent) -> None:
        """Follow the snapshot."""
        if isinstance(event, SnapshotChanged):
            self._show(event.snapshot)

    def _show(self, snapshot: Snapshot) -> None:
        for side, card in self.cards.items():
            card.show_state(snapshot.connections.get(side), snapshot.sides.get(side))
            self._show_reason(side, snapshot)
        self._show_keyring(snapshot.secrets, connected=bool(snapshot.connections))
        self.check.show_snapshot(snapshot)

    def _show_reason(self, side: Side, snapshot: Snapshot) -> None:
        """The banner that names what keeps a side from syncing, in its own words."""
        status, key = snapshot.sides.get(side), f"side:{side}"
        if status is None or status.reason is None or side not in snapshot.connections:
            self.banners.clear(key)
            return
        if status.condition is SideCondition.SIGNED_OUT:
            notice = notice_of(status.reason, action=self.tr("Sign in again"), dismissable=False)
            self.banners.show_notice(key, notice, self.cards[side].sign_in_again)
            return
        notice = notice_of(status.reason, action=self.tr("Try again"), dismissable=False)
        if status.condition is not SideCondition.SETUP_BROKEN:  # it may pass by itself
            notice = replace(notice, tone=Tone.WARNING)
        self.banners.show_notice(key, notice, lambda: self.tasks.start(self.handle.sync_now()))

    def _show_keyring(self, secrets: SecretsKept, *, connected: bool) -> None:
        if secrets is SecretsKept.LOCKED:
            notice = Notice(
                Tone.WARNING,
                self.tr("The password store is locked"),
                self.tr(
                    "SFSync keeps the sign-ins there and cannot read them now. Nothing is lost. "
                    "Unlock it, then try again."
                ),
                self.tr("Try again"),
            )
            self.banners.show_notice("keyring", notice, self._look_for_keyring)
        elif secrets is SecretsKept.IN_MEMORY and connected and not self.handle.snapshot.is_demo:
            notice = Notice(
                Tone.WARNING,
                self.tr("There is no password store"),
                self.tr(
                    "The sign-ins are kept in memory and end when SFSync is quit: they are never "
                    "written to disk in the clear."
                ),
                self.tr("Look again"),
            )
            self.banners.show_notice("keyring", notice, self._look_for_keyring)
        else:
            self.banners.clear("keyring")

    def _look_for_keyring(self) -> None:
        self.tasks.start(self.handle.look_for_keyring())

    # ------------------------------------------------------------------ what a person does

    def _on_submitted(self, side: Side, entry: SalesforceEntry | IntercomEntry) -> None:
        self.tasks.start(self._connect(side, entry))

    async def _connect(self, side: Side, entry: SalesforceEntry | IntercomEntry) -> None:
        card = self.cards[side]
        self.banners.clear(f"connecting:{side}")
        card.set_busy(True)
        try:
            connection = await sign_in(self.handle, card.form, entry, self)
        except SfsyncError as failure:
            self.banners.show_notice(f"connecting:{side}", notice_of(failure))
            return
        finally:
            card.set_busy(False)
        if connection is not None:
            card.close_form()
            self.toast(
                self.tr("{service} is connected: {name}").format(
                    service=SERVICE[side], name=connection.account_name or connection.account_id
                )
            )

    def _on_disconnect_asked(self, side: Side) -> None:
        self.tasks.start(self._disconnect(side))

    async def _disconnect(self, side: Side) -> None:
        name = SERVICE[side]
        question = Question(
            self.tr("Disconnect {name}").format(name=name),
            self.tr(
                "The sync stops until you connect again. Links, history and settings stay, and "
                "nothing is imported anew then."
            ),
            self.tr("Disconnect"),
            danger=True,
        )
        if not await ask(self, question):
            return
        problem = await self.handle.disconnect(side)
        if problem is None:
            self.toast(self.tr("Disconnected from {name}").format(name=name))
            return
        notice = Notice(
            Tone.WARNING,
            self.tr("Disconnected here, but not at {name}").format(name=name),
            self.tr(
                "SFSync has forgotten the sign-in, but {name} could not be told: {why} Remove the "
                "access there, too."
            ).format(name=name, why=problem.message),
            dismissable=True,
        )
        self.banners.show_notice(f"connecting:{side}", notice)
