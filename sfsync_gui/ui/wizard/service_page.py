"""The page on which one service is connected."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.handle import Handle, SecretsKept
from sfsync_gui.ui.accounts.forms import IntercomForm, SalesforceForm
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import QuietButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.wizard.pages import StepPage


class ServicePage(StepPage):
    """Signing in to one service, or who is signed in."""

    submitted = Signal(object)

    def __init__(self, side: Side, handle: Handle, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Connect {name}").format(name=SERVICE[side]), " ", parent)
        self.form: SalesforceForm | IntercomForm = (
            SalesforceForm(handle.defaults, unfolded=not handle.defaults.salesforce_client_id)
            if side is Side.SALESFORCE
            else IntercomForm(handle.defaults)
        )
        self._connection: Connection | None = None
        self._who = PlainLabel(wrap=True)
        self.again_button = QuietButton(self.tr("Sign in again"), icon_name="sign-in")
        line = row(IconLabel("success", Tone.SUCCESS), self._who)
        line.setStretch(1, 1)
        self._connected = boxed(column(line, row(self.again_button, None), space=SPACE_GROUP))
        self.body.addWidget(self._connected)
        self.body.addWidget(self.form)
        self.form.submitted.connect(self.submitted)
        self.again_button.clicked.connect(self.show_form)
        self._show()

    def show_state(self, connection: Connection | None, secrets: SecretsKept) -> None:
        """Show who is signed in, or the form; and where the sign-in is kept."""
        self.text.setText(self._kept(secrets))
        if connection != self._connection:
            self._connection = connection
            self._show()

    def show_form(self) -> None:
        """Offer to sign in, also where somebody is signed in already."""
        if self._connection is not None:
            self.form.fill(self._connection)
        self.form.setVisible(True)
        self.form.first_field.setFocus()

    def _show(self) -> None:
        connection = self._connection
        self._connected.setVisible(connection is not None)
        self.form.setVisible(connection is None)
        if connection is not None:
            self._who.setText(
                self.tr("Connected to {name} as {user}").format(
                    name=connection.account_name or connection.account_id,
                    user=connection.user_name or self.tr("an unnamed user"),
                )
            )

    def _kept(self, secrets: SecretsKept) -> str:
        if secrets is SecretsKept.IN_MEMORY:
            return self.tr(
                "This computer has no password store. The sign-in is kept in memory until you "
                "quit SFSync, and never written to disk."
            )
        return self.tr(
            "The sign-in is kept in this computer’s password store and goes nowhere else."
        )
