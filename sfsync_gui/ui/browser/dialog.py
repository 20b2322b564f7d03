"""The dialog of a sign-in: a page with its host and padlock above, and a way out below."""

import asyncio
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWebEngineCore import QWebEngineProfile
from PySide6.QtWidgets import QDialog, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.signing_in import SignIn
from sfsync_gui.ui.browser.frame import PageFrame
from sfsync_gui.ui.browser.page import SignInPage
from sfsync_gui.ui.theme.tokens import SPACE_INSET
from sfsync_gui.ui.widgets.buttons import Button, QuietButton
from sfsync_gui.ui.widgets.layouts import boxed, column, row

SIZE = QSize(560, 720)
POPUP_SIZE = QSize(520, 640)
_SHARE = 0.9
"""How much of a small screen the dialog takes at most, so that its buttons are seen."""


class End(Enum):
    """How the dialog ended."""

    REDIRECTED = "redirected"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    OWN_BROWSER = "own_browser"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the dialog ended; `address` is where the sign-in was sent to, and holds its code.

    `failure` is what the service refused with on a page of its own.
    """

    end: End
    address: str = ""
    failure: SfsyncError | None = None

    def __repr__(self) -> str:
        return f"Outcome({self.end})"


class SignInDialog(QDialog):
    """Shows the pages of one sign-in until it ends; `await outcome()` tells how.

    The profile is off the record: nothing of it is kept on disk, and it goes with the dialog.
    """

    def __init__(self, sign_in: SignIn, *, own_browser: bool, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._sign_in = sign_in
        self._outcome: asyncio.Future[Outcome] = asyncio.get_event_loop().create_future()
        self.popups: list[Popup] = []
        self.setWindowTitle(
            self.tr("Sign in to Intercom")
            if sign_in.side is Side.INTERCOM
            else self.tr("Sign in to Salesforce")
        )
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.resize(SIZE.boundedTo(self.screen().availableSize() * _SHARE))
        self._profile = QWebEngineProfile(self)
        self.page = SignInPage(self._profile, sign_in.is_redirect, self)
        self.frame = PageFrame(self.page, self.windowTitle(), QUrl(sign_in.url))
        self.browser_button = QuietButton(self.tr("Use my browser instead"), icon_name="external")
        self.browser_button.setVisible(own_browser)
        self.cancel_button = Button(self.tr("Cancel"))
        foot = row(self.browser_button, None, self.cancel_button, margins=SPACE_INSET)
        self.setLayout(column(self.frame, boxed(foot), space=0))
        self._connect()
        self.frame.load()

    def _connect(self) -> None:
        self.page.redirected.connect(self._on_redirected)
        self.page.opened.connect(self._on_opened)
        self.frame.shown.connect(self._look_for_refusal)
        self.browser_button.clicked.connect(lambda: self._end(Outcome(End.OWN_BROWSER)))
        self.cancel_button.clicked.connect(self.reject)
        # A page keeps the key to itself otherwise.
        QShortcut(QKeySequence.StandardKey.Cancel, self).activated.connect(self.reject)

    async def outcome(self) -> Outcome:
        """Wait for the end. Cancelling the wait closes the dialog."""
        try:
            return await self._outcome
        finally:
            self._dispose()

    # ------------------------------------------------------------------ what happens

    def _on_redirected(self, address: str) -> None:
        self._end(Outcome(End.REDIRECTED, address))

    def _on_opened(self, page: SignInPage) -> None:
        page.opened.connect(self._on_opened)
        popup = Popup(page, self)
        popup.closed.connect(self._on_popup_closed)
        self.popups.append(popup)
        popup.show()

    def _on_popup_closed(self, popup: "Popup") -> None:
        if popup in self.popups:
            self.popups.remove(popup)
            popup.dispose()

    def _look_for_refusal(self) -> None:
        """A request that it does not trust the service refuses on a page, in words for nobody."""
        self.page.toPlainText(self._on_text)

    def _on_text(self, text: str) -> None:
        failure = self._sign_in.refusal(text)
        if failure is not None:
            self._end(Outcome(End.REFUSED, failure=failure))

    # ------------------------------------------------------------------ the end

    def _end(self, outcome: Outcome) -> None:
        self.frame.rest()
        if not self._outcome.done():
            self._outcome.set_result(outcome)
        self.hide()

    def reject(self) -> None:
        """Cancel: by the button, by Esc, or by closing the window."""
        self._end(Outcome(End.CANCELLED))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closing the window cancels."""
        self.reject()
        event.accept()

    def _dispose(self) -> None:
        """Let go of the pages before their profile, which Qt asks for, and of the dialog last."""
        for popup in self.popups:
            popup.dispose()
        self.popups.clear()
        profile = self._profile
        profile.setParent(None)
        self.page.destroyed.connect(profile.deleteLater)
        self.frame.dispose()
        self.hide()
        self.deleteLater()


class Popup(QDialog):
    """A window that a sign-in page opened, as single sign-on does; it may end the sign-in."""

    closed = Signal(object)

    def __init__(self, page: SignInPage, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(parent.windowTitle())
        self.resize(POPUP_SIZE)
        self.frame = PageFrame(page, self.windowTitle())
        self.setLayout(column(self.frame, space=0))
        page.windowCloseRequested.connect(self.reject)
        self.finished.connect(lambda _: self.closed.emit(self))

    def dispose(self) -> None:
        """Let go of its page, and of itself."""
        self.frame.rest()
        self.frame.dispose()
        self.hide()
        self.deleteLater()


async def sign_in_embedded(
    sign_in: SignIn, parent: QWidget | None, *, own_browser: bool
) -> Outcome:
    """Show the sign-in's pages and wait for their end.

    `own_browser` offers the user's own browser in their place.
    """
    dialog = SignInDialog(sign_in, own_browser=own_browser, parent=parent)
    dialog.open()
    return await dialog.outcome()
