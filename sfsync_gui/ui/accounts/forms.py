"""What a person enters to sign in to each service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from sfsync_gui.core.failures import SfsyncError, SignInError
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.handle import SignInDefaults
from sfsync_gui.ui.accounts.guide_view import GuideView
from sfsync_gui.ui.accounts.guides import (
    intercom_app_steps,
    intercom_token_steps,
    salesforce_steps,
)
from sfsync_gui.ui.accounts.unfold import Unfold
from sfsync_gui.ui.theme.tokens import SPACE_SECTION
from sfsync_gui.ui.widgets.buttons import PrimaryButton, QuietButton
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.page import FormRow
from sfsync_gui.ui.widgets.segmented import Option, Segmented


class Where(Enum):
    """Where one signs in to Salesforce; the value is what the sign-in is begun with."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"
    MY_DOMAIN = ""


_LOGIN = {
    Where.PRODUCTION: "https://login.salesforce.com",
    Where.SANDBOX: "https://test.salesforce.com",
}
_FIELDS = {
    "access_token": "access_token",
    "client_id": "client_id",
    "invalid_client_id": "client_id",
    "login_url": "login_url",
}
"""Codes of failures that belong to a field, and what the field is called."""


@dataclass(frozen=True, slots=True)
class SalesforceEntry:
    """What was entered for Salesforce."""

    login_url: str
    client_id: str
    own_browser: bool = False


@dataclass(frozen=True, slots=True)
class IntercomEntry:
    """What was entered for Intercom: a token, or client id and secret of the user's own app."""

    region: str
    token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    api_url: str = ""


class SignInForm(QWidget):
    """What both forms have in common. `submitted` carries what was entered.

    `rows` are the rows of fields that can be wrong, by the code of the failure that says so.
    """

    submitted = Signal(object)
    rows: Mapping[str, FormRow]
    submit_button: PrimaryButton

    @property
    def first_field(self) -> QWidget:
        """Where a person goes on: the first field that is empty, or the last."""
        fields = [one.control for one in self.rows.values() if one.isVisibleTo(self)]
        empty = (one for one in fields if isinstance(one, QLineEdit) and not one.text())
        return next(empty, fields[-1])

    def fill(self, connection: Connection | None) -> None:
        """Offer what a connection was made with; secrets are entered again."""
        self.clear_problems()
        if connection is not None:
            self.fill_from(connection)

    def fill_from(self, connection: Connection) -> None:
        """The part of each form."""

    def show_failure(self, failure: SfsyncError) -> bool:
        """Show a failure at the field that it is about; whether there is one to be seen."""
        at = _FIELDS.get(failure.code, "")
        if at not in self.rows or not self.rows[at].isVisibleTo(self):
            return False
        self.show_problem(at, f"{failure.message} {failure.remedy}".strip())
        return True

    def show_problem(self, at: str, problem: str) -> None:
        """Say what is wrong with a field, and go there."""
        self.clear_problems()
        self.rows[at].set_problem(problem)
        self.rows[at].control.setFocus()

    def clear_problems(self) -> None:
        """Nothing is wrong any more."""
        for field_row in self.rows.values():
            field_row.set_problem("")


class SalesforceForm(SignInForm):
    """Which org, and the consumer key of its External Client App."""

    def __init__(
        self, defaults: SignInDefaults, *, unfolded: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        where = Where.MY_DOMAIN if defaults.salesforce_login_url else Where.PRODUCTION
        self.where = Segmented(
            self.tr("Which org"),
            (
                Option(Where.PRODUCTION, self.tr("Production")),
                Option(Where.SANDBOX, self.tr("Sandbox")),
                Option(Where.MY_DOMAIN, self.tr("My Domain")),
            ),
            where,
        )
        self.address = QLineEdit(defaults.salesforce_login_url)
        self.address.setPlaceholderText("https://yourcompany.my.salesforce.com")
        self.client_id = QLineEdit(defaults.salesforce_client_id)
        self.client_id.setPlaceholderText("3MVG9…")
        self._address_row = FormRow(
            self.tr("My Domain"),
            self.address,
            hint=self.tr("The address that your browser shows while you work in Salesforce."),
        )
        self._client_row = FormRow(
            self.tr("Consumer key"),
            self.client_id,
            hint=self.tr("From the External Client App that you make once for this org."),
        )
        self.submit_button = PrimaryButton(self.tr("Sign in to Salesforce"))
        self.browser_button = QuietButton(self.tr("Use my browser instead"), icon_name="external")
        self.rows = {"login_url": self._address_row, "client_id": self._client_row}
        guide = Unfold(
            self.tr("How to make the External Client App"),
            GuideView(salesforce_steps(defaults)),
            unfolded=unfolded,
        )
        self.setLayout(
            column(
                FormRow(self.tr("Which org"), boxed(row(self.where, None))),
                self._address_row,
                self._client_row,
                row(self.submit_button, self.browser_button, None),
                guide,
                space=SPACE_SECTION,
            )
        )
        self.where.chosen.connect(lambda _: self._show_address())
        self.submit_button.clicked.connect(lambda: self._submit(own_browser=False))
        self.browser_button.clicked.connect(lambda: self._submit(own_browser=True))
        self.client_id.returnPressed.connect(self.submit_button.click)
        self._show_address()

    def set_busy(self, busy: bool) -> None:
        """While a sign-in is under way nothing can be entered."""
        for widget in (self.where, self.address, self.client_id, self.submit_button):
            widget.setEnabled(not busy)
        self.browser_button.setEnabled(not busy)

    def fill_from(self, connection: Connection) -> None:
        """Org and consumer key."""
        where = next((one for one, url in _LOGIN.items() if url == connection.login_url), None)
        self.where.set_value(where or Where.MY_DOMAIN)
        self.address.setText("" if where else connection.login_url)
        self.client_id.setText(connection.client_id or self.client_id.text())
        self._show_address()

    def _show_address(self) -> None:
        self._address_row.setVisible(self.where.value is Where.MY_DOMAIN)

    def _submit(self, *, own_browser: bool) -> None:
        self.clear_problems()
        where, key = self.where.value, self.client_id.text().strip()
        address = self.address.text().strip() if where is Where.MY_DOMAIN else where.value
        if not address:
            self.show_problem("login_url", self.tr("Enter the address of your org."))
        elif not key:
            self.show_problem("client_id", self.tr("Enter the consumer key."))
        else:
            self.submitted.emit(SalesforceEntry(address, key, own_browser))


class IntercomForm(SignInForm):
    """Which region, and an access token or the user's own app."""

    def __init__(
        self, defaults: SignInDefaults, *, unfolded: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._api_url = defaults.intercom_api_url
        self.region = Segmented(
            self.tr("Region"),
            (
                Option("US", self.tr("United States")),
                Option("EU", self.tr("Europe")),
                Option("AU", self.tr("Australia")),
            ),
            "US",
        )
        has_app = bool(defaults.intercom_client_id)
        self.method = Segmented(
            self.tr("How to sign in"),
            (Option(False, self.tr("Access token")), Option(True, self.tr("My own app"))),
            has_app,
        )
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.client_id = QLineEdit(defaults.intercom_client_id)
        self.client_secret = QLineEdit(defaults.intercom_client_secret)
        self.client_secret.setEchoMode(QLineEdit.EchoMode.Password)
        self._token_row = FormRow(
            self.tr("Access token"),
            self.token,
            hint=self.tr("It is never written to disk in the clear."),
        )
        self._client_row = FormRow(self.tr("Client ID"), self.client_id)
        self._secret_row = FormRow(
            self.tr("Client secret"),
            self.client_secret,
            hint=self.tr("Used once, to exchange the sign-in for an access token."),
        )
        self.rows = {
            "access_token": self._token_row,
            "client_id": self._client_row,
            "client_secret": self._secret_row,
        }
        token_guide = Unfold(
            self.tr("How to get an access token"),
            GuideView(intercom_token_steps()),
            unfolded=unfolded,
        )
        app_guide = Unfold(
            self.tr("How to set up the app"),
            GuideView(intercom_app_steps(defaults)),
            unfolded=unfolded,
        )
        self._ways: dict[bool, tuple[QWidget, ...]] = {
            False: (self._token_row, token_guide),
            True: (self._client_row, self._secret_row, app_guide),
        }
        self.submit_button = PrimaryButton(self.tr("Connect Intercom"))
        self.setLayout(
            column(
                FormRow(self.tr("Region"), boxed(row(self.region, None))),
                FormRow(self.tr("How to sign in"), boxed(row(self.method, None))),
                self._token_row,
                self._client_row,
                self._secret_row,
                row(self.submit_button, None),
                token_guide,
                app_guide,
                space=SPACE_SECTION,
            )
        )
        self.method.chosen.connect(self._show_way)
        self.submit_button.clicked.connect(self._submit)
        for line in (self.token, self.client_secret):
            line.returnPressed.connect(self.submit_button.click)
        self._show_way(has_app)

    def set_busy(self, busy: bool) -> None:
        """While a sign-in is under way nothing can be entered."""
        fields = (self.token, self.client_id, self.client_secret)
        for widget in (self.region, self.method, *fields, self.submit_button):
            widget.setEnabled(not busy)

    def fill_from(self, connection: Connection) -> None:
        """Region, way and client id."""
        self.region.set_value(connection.region or "US")
        by_app = connection.method == "oauth"
        self.method.set_value(by_app)
        self.client_id.setText(connection.client_id or self.client_id.text())
        self._show_way(by_app)

    def show_failure(self, failure: SfsyncError) -> bool:
        """A token that is not accepted is shown at its field."""
        if isinstance(failure, SignInError) and not self.method.value:
            self.show_problem("access_token", f"{failure.message} {failure.remedy}".strip())
            return True
        return super().show_failure(failure)

    def forget(self) -> None:
        """Clear the secrets: they are of no use here once they are kept."""
        self.token.clear()
        self.client_secret.clear()

    def _show_way(self, own_app: bool) -> None:
        for way, widgets in self._ways.items():
            for widget in widgets:
                widget.setVisible(way is own_app)
        self.submit_button.setText(
            self.tr("Sign in to Intercom") if own_app else self.tr("Connect Intercom")
        )

    def _submit(self) -> None:
        self.clear_problems()
        where = {"region": self.region.value, "api_url": self._api_url}
        token, key = self.token.text().strip(), self.client_id.text().strip()
        secret = self.client_secret.text().strip()
        if not self.method.value and not token:
            self.show_problem("access_token", self.tr("Paste the access token."))
        elif not self.method.value:
            self.submitted.emit(IntercomEntry(token=token, **where))
        elif not key:
            self.show_problem("client_id", self.tr("Enter the client ID."))
        elif not secret:
            self.show_problem("client_secret", self.tr("Enter the client secret."))
        else:
            self.submitted.emit(IntercomEntry(client_id=key, client_secret=secret, **where))
