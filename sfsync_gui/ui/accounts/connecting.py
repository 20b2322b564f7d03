"""From what was entered to a connection: the sign-in, and what a person must decide on the way."""

import asyncio

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.failures import SetupError, SfsyncError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.desktop.embedded_browser import refuses_to_start
from sfsync_gui.desktop.opening import open_page
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.handle import BrowserSignIn, Handle
from sfsync_gui.engine.signing_in import Grant, SignIn
from sfsync_gui.ui.accounts.forms import (
    IntercomEntry,
    IntercomForm,
    SalesforceEntry,
    SalesforceForm,
)
from sfsync_gui.ui.theme.tokens import SPACE_SECTION
from sfsync_gui.ui.widgets.buttons import Button, CopyButton
from sfsync_gui.ui.widgets.dialogs import Dialog, Question, ask
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import row


async def sign_in(
    handle: Handle,
    form: SalesforceForm | IntercomForm,
    entry: SalesforceEntry | IntercomEntry,
    parent: QWidget,
) -> Connection | None:
    """Do what was entered in a form; None where nothing came of it and there is nothing to say.

    What is wrong with a field is shown there; any other failure is raised, with the form ready for
    another try. Raises `SfsyncError`.
    """
    form.set_busy(True)
    try:
        connection = await _connect(handle, entry, parent)
    except SfsyncError as failure:
        _hand_back(form)
        if form.show_failure(failure):
            return None
        raise
    finally:
        form.set_busy(False)
    if connection is None:
        _hand_back(form)
    if connection is not None and isinstance(form, IntercomForm):
        form.forget()
    return connection


def _hand_back(form: SalesforceForm | IntercomForm) -> None:
    """It can be tried again, with the focus where it was tried: it went on while nothing could."""
    form.set_busy(False)
    form.submit_button.setFocus()


async def _connect(
    handle: Handle, entry: SalesforceEntry | IntercomEntry, parent: QWidget
) -> Connection | None:
    if isinstance(entry, SalesforceEntry):
        return await _connect_salesforce(handle, entry, parent)
    return await _connect_intercom(handle, entry, parent)


async def _connect_salesforce(
    handle: Handle, entry: SalesforceEntry, parent: QWidget
) -> Connection | None:
    if not entry.own_browser:
        sign_in = await handle.begin_salesforce(entry.login_url, entry.client_id)
        grant, own_browser = await _in_dialog(sign_in, parent, own_browser=True)
        if not own_browser:
            return await _keep(handle, grant, parent)
    in_browser = await handle.begin_salesforce_in_browser(entry.login_url, entry.client_id)
    return await _keep(handle, await _in_own_browser(in_browser, parent), parent)


async def _connect_intercom(
    handle: Handle, entry: IntercomEntry, parent: QWidget
) -> Connection | None:
    if entry.token:
        grant = Grant(Side.INTERCOM, entry.token, region=entry.region, api_url=entry.api_url)
        return await _keep(handle, grant, parent)
    sign_in = await handle.begin_intercom(
        entry.region, entry.client_id, entry.client_secret, entry.api_url
    )
    grant_or_none, _ = await _in_dialog(sign_in, parent, own_browser=False)
    return await _keep(handle, grant_or_none, parent)


async def _in_dialog(
    sign_in: SignIn, parent: QWidget, *, own_browser: bool
) -> tuple[Grant | None, bool]:
    """The grant, or None where it was cancelled; and whether their own browser was asked for."""
    try:
        if refuses_to_start():
            raise _no_embedded_browser(sign_in.side)
        # Loaded when somebody signs in: the browser's engine takes its time and its memory.
        from sfsync_gui.ui.browser.dialog import End, sign_in_embedded

        outcome = await sign_in_embedded(sign_in, parent, own_browser=own_browser)
        if outcome.failure is not None:
            raise outcome.failure
        if outcome.end is not End.REDIRECTED:
            return None, outcome.end is End.OWN_BROWSER
        return await sign_in.finish(outcome.address), False
    finally:
        await sign_in.close()


def _no_embedded_browser(side: Side) -> SetupError:
    translate = QCoreApplication.translate
    other = translate("connecting", "Choose “Use my browser instead”")
    if side is Side.INTERCOM:
        other = translate("connecting", "Sign in with an access token")
    return SetupError(
        translate("connecting", "The sign-in page cannot be shown in SFSync"),
        translate("connecting", "SFSync runs as root, where its browser could not protect itself."),
        translate("connecting", "{other}, or start SFSync as an ordinary user.").format(
            other=other
        ),
        side=side,
        code="browser_as_root",
    )


async def _in_own_browser(sign_in: BrowserSignIn, parent: QWidget) -> Grant | None:
    """Open the page in the user's own browser and wait for it to come back."""
    waiting = WaitingDialog(sign_in.url, parent)
    open_page(sign_in.url)
    came_back = asyncio.ensure_future(sign_in.redirected())
    cancelled = asyncio.ensure_future(waiting.answered())
    try:
        await asyncio.wait({came_back, cancelled}, return_when=asyncio.FIRST_COMPLETED)
        if not came_back.done():
            return None
        return await sign_in.finish(came_back.result())
    finally:
        for task in (came_back, cancelled):
            task.cancel()
        await asyncio.gather(came_back, cancelled, return_exceptions=True)
        await sign_in.close()


async def _keep(handle: Handle, grant: Grant | None, parent: QWidget) -> Connection | None:
    """Connect with the grant; another account than before takes a person's say."""
    if grant is None:
        return None
    try:
        return await handle.connect(grant)
    except SetupError as refused:
        if refused.code != "other_account":
            raise
        question = Question(refused.title, f"{refused.message} {refused.remedy}", _afresh())
        if not await ask(parent, question):
            return None
    return await handle.connect(grant, start_afresh=True)


def _afresh() -> str:
    return QCoreApplication.translate("connecting", "Start afresh")


class WaitingDialog(Dialog):
    """Says that the sign-in goes on in the user's own browser."""

    def __init__(self, url: str, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("connecting", "Sign in"), parent)
        title = PlainLabel(self.tr("Finish in your browser"), size=Text.SECTION)
        text = PlainLabel(
            self.tr(
                "The sign-in page has been opened there. SFSync goes on by itself when you have "
                "allowed the access. If no page has opened, copy its address into a browser on "
                "this computer."
            ),
            wrap=True,
        )
        self.body.addWidget(title)
        self.body.addWidget(text)
        self.body.addSpacing(SPACE_SECTION)
        self.copy_button = CopyButton(url, self.tr("address of the sign-in page"))
        self.body.addLayout(row(PlainLabel(self.tr("Address of the page")), self.copy_button, None))
        self.add_button(Button(self.tr("Cancel")), accepts=False, default=True)
