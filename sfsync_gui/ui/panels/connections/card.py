"""One side's card: who is signed in to what, or the form to sign in."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.events import SideCondition, SideStatus
from sfsync_gui.engine.handle import Handle
from sfsync_gui.ui.accounts.forms import IntercomForm, SalesforceEntry, SalesforceForm
from sfsync_gui.ui.accounts.unfold import bring_into_view
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import ICON_LARGE, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.buttons import Button, DangerButton, QuietButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.key_values import KeyValueTable
from sfsync_gui.ui.widgets.labels import PlainLabel, RelativeTime
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.page import Section

_SIGNS = {
    SideCondition.READY: ("success", Tone.SUCCESS),
    SideCondition.OFFLINE: ("offline", Tone.WARNING),
    SideCondition.SIGNED_OUT: ("signed-out", Tone.DANGER),
    SideCondition.ORG_PAUSED: ("paused", Tone.WARNING),
    SideCondition.SETUP_BROKEN: ("warning", Tone.DANGER),
}


class AccountCard(Section):
    """The account of one side.

    `submitted` carries what was entered; `disconnect_asked` asks to forget the sign-in.
    """

    submitted = Signal(object)
    disconnect_asked = Signal()

    def __init__(self, side: Side, handle: Handle, parent: QWidget | None = None) -> None:
        super().__init__(SERVICE[side], parent=parent)
        self.side = side
        self._handle = handle
        self._connection: Connection | None = None
        self._sign = IconLabel(size=ICON_LARGE)
        self._sentence = PlainLabel(wrap=True)
        self._facts = KeyValueTable()
        self.reconnect_button = Button(self.tr("Sign in again"), icon_name="sign-in")
        self.disconnect_button = DangerButton(self.tr("Disconnect"))
        self.other_button = QuietButton("")
        self.other_button.setCheckable(True)
        self.form: IntercomForm | SalesforceForm = (
            IntercomForm(handle.defaults)
            if side is Side.INTERCOM
            else SalesforceForm(handle.defaults)
        )
        state = row(self._sign, self._sentence)
        state.setStretch(1, 1)
        self._connected = boxed(
            column(
                self._facts,
                row(self.reconnect_button, self.disconnect_button, self.other_button, None),
                space=SPACE_SECTION,
            )
        )
        self.content.addLayout(state)
        self.add(self._connected)
        self.add(self.form)
        self.form.submitted.connect(self.submitted)
        self.reconnect_button.clicked.connect(self.sign_in_again)
        self.disconnect_button.clicked.connect(self.disconnect_asked)
        self.other_button.toggled.connect(self._unfold_form)
        self._arrange(False)
        self.show_state(None, None)

    def sign_in_again(self) -> None:
        """Begin to sign in as before where that takes nothing to be entered; else show the form."""
        connection = self._connection
        if connection is None or self.side is Side.INTERCOM or not connection.client_id:
            self.show_form()
            return
        self.submitted.emit(SalesforceEntry(connection.login_url, connection.client_id))

    def show_form(self) -> None:
        """Offer to sign in, beginning with the account as it was."""
        self.other_button.setChecked(True)

    def close_form(self) -> None:
        """The sign-in has been made: nothing of it stays on the screen."""
        self.other_button.setChecked(False)

    def set_busy(self, busy: bool) -> None:
        """While a sign-in is under way no other is begun."""
        for button in (self.reconnect_button, self.disconnect_button, self.other_button):
            button.setEnabled(not busy)

    def show_state(self, connection: Connection | None, status: SideStatus | None) -> None:
        """Show the account and how its side is."""
        if connection != self._connection:
            self.form.fill(connection or self._connection)
            self._connection = connection
            self._facts.set_facts([] if connection is None else self._told(connection))
            self._arrange(connection is not None)
        if connection is None:
            self._say("connections", Tone.MUTED, self.tr("Not connected"))
            return
        condition = status.condition if status is not None else SideCondition.READY
        icon_name, tone = _SIGNS[condition]
        reason = status.reason if status is not None else None
        self._say(icon_name, tone, reason.title if reason else self.tr("Connected"))

    def _arrange(self, connected: bool) -> None:
        self._connected.setVisible(connected)
        self.other_button.setChecked(False)
        self._unfold_form(False)

    def _unfold_form(self, unfolded: bool) -> None:
        self.form.setVisible(unfolded or self._connection is None)
        self.other_button.setText(
            self.tr("Keep this account") if unfolded else self.tr("Use another account")
        )
        if unfolded:
            self.form.first_field.setFocus()
            bring_into_view(self.form)

    def _say(self, icon_name: str, tone: Tone, sentence: str) -> None:
        self._sign.set_icon(icon_name, tone)
        self._sentence.setText(sentence)

    def _told(self, connection: Connection) -> list[tuple[str, str | QWidget]]:
        since = RelativeTime(connection.since, tone=Tone.TEXT, now=self._handle.now)
        facts: list[tuple[str, str | QWidget]] = []
        if self.side is Side.INTERCOM:
            facts += [
                (self.tr("Workspace"), f"{connection.account_name} ({connection.account_id})"),
                (self.tr("Region"), _region(connection.region)),
            ]
        else:
            kind = self.tr("Sandbox") if connection.is_sandbox else self.tr("Production")
            facts += [
                (self.tr("Org"), f"{connection.account_name} ({connection.account_id})"),
                (self.tr("Kind"), kind),
                (self.tr("Address"), connection.address),
            ]
        return [
            *facts,
            (self.tr("Signed in as"), connection.user_name or self.tr("not known")),
            (self.tr("Since"), since),
        ]


def _region(code: str) -> str:
    return {"US": "United States", "EU": "Europe", "AU": "Australia"}.get(code, code)
