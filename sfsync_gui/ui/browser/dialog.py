"""The dialog of a sign-in: a page with its host and padlock above, and a way out below."""

import asyncio
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QCloseEvent
from PySide6.QtWebEngineCore import QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QDialog, QProgressBar, QStackedWidget, QWidget

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.signing_in import SignIn
from sfsync_gui.ui.browser.page import SignInPage, is_private
from sfsync_gui.ui.theme.tokens import (
    SPACE_GROUP,
    SPACE_HAIR,
    SPACE_INSET,
    SPACE_SECTION,
    Tone,
)
from sfsync_gui.ui.widgets.buttons import Button, IconButton, QuietButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.states import EmptyState

SIZE = QSize(560, 720)
POPUP_SIZE = QSize(520, 640)
_DONE = 100


class End(Enum):
    """How the dialog ended."""

    REDIRECTED = "redirected"
    CANCELLED = "cancelled"
    OWN_BROWSER = "own_browser"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the dialog ended; `address` is where the sign-in was sent to, and holds its code."""

    end: End
    address: str = ""

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
        self._popups: list[QDialog] = []
        self.setWindowTitle(
            self.tr("Sign in to Intercom")
            if sign_in.side is Side.INTERCOM
            else self.tr("Sign in to Salesforce")
        )
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.resize(SIZE)
        self._profile = QWebEngineProfile(self)
        self.page = SignInPage(self._profile, sign_in.is_redirect, self)
        self.view = QWebEngineView(self)
        self.view.setPage(self.page)
        self.view.setAccessibleName(self.windowTitle())
        self._arrange(own_browser)
        self._connect()
        self.page.setUrl(QUrl(sign_in.url))

    def _arrange(self, own_browser: bool) -> None:
        self._padlock = IconLabel("lock", Tone.MUTED)
        self._host = ElidedLabel(size=Text.STRONG, middle=True)
        self._host.setAccessibleDescription(self.tr("The host that shows this page"))
        self.reload_button = IconButton("retry", self.tr("Load the page again"))
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(SPACE_HAIR)
        self._progress.setAccessibleName(self.tr("Loading"))
        self._trouble = EmptyState()
        self._places = QStackedWidget()
        self._places.addWidget(self.view)
        self._places.addWidget(self._trouble)
        self.browser_button = QuietButton(self.tr("Use my browser instead"), icon_name="external")
        self.browser_button.setVisible(own_browser)
        self.cancel_button = Button(self.tr("Cancel"))
        head = row(self._padlock, self._host, self.reload_button)
        head.setContentsMargins(SPACE_SECTION, SPACE_GROUP, SPACE_GROUP, SPACE_GROUP)
        foot = row(self.browser_button, None, self.cancel_button, margins=SPACE_INSET)
        self.setLayout(column(boxed(head), self._progress, self._places, boxed(foot), space=0))

    def _connect(self) -> None:
        self.page.redirected.connect(self._on_redirected)
        self.page.refused.connect(self._on_refused)
        self.page.opened.connect(self._on_opened)
        self.page.urlChanged.connect(self._show_host)
        self.page.loadProgress.connect(self._show_progress)
        self.page.loadFinished.connect(self._on_loaded)
        self.page.renderProcessTerminated.connect(lambda *_: self._on_loaded(False))
        self.reload_button.clicked.connect(self._load_again)
        self._trouble.acted.connect(self._load_again)
        self.browser_button.clicked.connect(lambda: self._end(Outcome(End.OWN_BROWSER)))
        self.cancel_button.clicked.connect(self.reject)

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
        popup = _Popup(page, self)
        self._popups.append(popup)
        popup.show()

    def _on_refused(self, host: str) -> None:
        self._say(
            self.tr("This page is not safe to show"),
            self.tr(
                "{host} is not protected by a valid certificate, so what you type there could be "
                "read on the way."
            ).format(host=host),
        )

    def _on_loaded(self, ok: bool) -> None:
        self._progress.setVisible(False)
        if not ok and not self._outcome.done() and self._places.currentWidget() is self.view:
            self._say(
                self.tr("The sign-in page cannot be shown"),
                self.tr("Check the network connection and the address, then try again."),
            )

    def _say(self, title: str, detail: str) -> None:
        self._trouble.say(
            "warning", title, detail=detail, action=self.tr("Try again"), tone=Tone.WARNING
        )
        self._places.setCurrentWidget(self._trouble)

    def _load_again(self) -> None:
        self._places.setCurrentWidget(self.view)
        self.page.setUrl(QUrl(self._sign_in.url))

    def _show_host(self, url: QUrl) -> None:
        encrypted = url.scheme() == "https"
        self._host.setText(url.host() if url.host() else url.scheme())
        if encrypted:
            self._padlock.set_icon("lock", Tone.SUCCESS, self.tr("The connection is encrypted"))
        elif is_private(url):
            self._padlock.set_icon("lock", Tone.MUTED, self.tr("This page is on this computer"))
        else:
            self._padlock.set_icon("warning", Tone.WARNING, self.tr("Not encrypted"))

    def _show_progress(self, percent: int) -> None:
        self._progress.setVisible(percent < _DONE)
        self._progress.setValue(percent)

    # ------------------------------------------------------------------ the end

    def _end(self, outcome: Outcome) -> None:
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
        for popup in self._popups:
            popup.close()
        self.view.setParent(None)
        self.view.deleteLater()
        profile = self._profile
        profile.setParent(None)
        for page in self.findChildren(SignInPage):
            if page is not self.page:
                page.deleteLater()
        self.page.destroyed.connect(profile.deleteLater)
        self.page.deleteLater()
        self.hide()
        self.deleteLater()


class _Popup(QDialog):
    """A window that a sign-in page opened."""

    def __init__(self, page: SignInPage, parent: QWidget) -> None:
        super().__init__(parent)
        self.resize(POPUP_SIZE)
        self._host = PlainLabel(size=Text.STRONG)
        self._view = QWebEngineView(self)
        self._view.setPage(page)
        head = row(IconLabel("lock", Tone.MUTED), self._host, None, margins=SPACE_GROUP)
        self.setLayout(column(boxed(head), self._view, space=0))
        page.titleChanged.connect(self.setWindowTitle)
        page.urlChanged.connect(lambda url: self._host.setText(url.host()))
        page.windowCloseRequested.connect(self.close)


async def sign_in_embedded(
    sign_in: SignIn, parent: QWidget | None, *, own_browser: bool
) -> Outcome:
    """Show the sign-in's pages and wait for their end.

    `own_browser` offers the user's own browser in their place.
    """
    dialog = SignInDialog(sign_in, own_browser=own_browser, parent=parent)
    dialog.open()
    return await dialog.outcome()
