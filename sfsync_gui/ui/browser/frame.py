"""A page with its host and padlock above it, or what keeps it from being shown."""

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QWidget

from sfsync_gui.ui.browser.page import SignInPage, is_private
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, SPACE_HAIR, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.buttons import IconButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.states import EmptyState

_DONE = 100
_Status = QWebEngineLoadingInfo.LoadStatus
_UNSAFE = QWebEngineLoadingInfo.ErrorDomain.CertificateErrorDomain


class PageFrame(QWidget):
    """Shows one page, which begins anew at `start`, or without one where it is.

    `shown` tells that a page has arrived.
    """

    shown = Signal()

    def __init__(self, page: SignInPage, name: str, start: QUrl | None = None) -> None:
        super().__init__()
        self.page = page
        self._start = start
        self._rests = False
        self.view = QWebEngineView(self)
        self.view.setPage(page)
        self.view.setAccessibleName(name)
        self.padlock = IconLabel("lock", Tone.MUTED)
        self.host = ElidedLabel(size=Text.STRONG, middle=True)
        self.host.setAccessibleDescription(self.tr("The host that shows this page"))
        self.reload_button = IconButton("retry", self.tr("Load the page again"))
        self.trouble = EmptyState()
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(SPACE_HAIR)
        self._progress.setAccessibleName(self.tr("Loading"))
        self._places = QStackedWidget()
        self._places.addWidget(self.view)
        self._places.addWidget(self.trouble)
        head = row(self.padlock, self.host, self.reload_button)
        head.setContentsMargins(SPACE_SECTION, SPACE_GROUP, SPACE_GROUP, SPACE_GROUP)
        self.setLayout(column(boxed(head), self._progress, self._places, space=0))
        self._connect()
        self._show_host(page.url())

    def _connect(self) -> None:
        self.page.refused.connect(self._on_refused)
        self.page.urlChanged.connect(self._show_host)
        self.page.loadProgress.connect(self._show_progress)
        self.page.loadingChanged.connect(self._on_loading)
        self.page.renderProcessTerminated.connect(lambda *_: self._say_missing())
        self.reload_button.clicked.connect(self.load)
        self.trouble.acted.connect(self.load)

    def load(self) -> None:
        """Load the page, from the beginning."""
        self._places.setCurrentWidget(self.view)
        self.page.setUrl(self.page.url() if self._start is None else self._start)
        self.view.setFocus()

    def rest(self) -> None:
        """Say nothing more: the sign-in has come to its end, and the page is stopped on its way."""
        self._rests = True

    def dispose(self) -> None:
        """Let go of the view, and then of its page."""
        self.view.setParent(None)
        self.view.deleteLater()
        self.page.deleteLater()

    def _on_refused(self, host: str) -> None:
        self._say(
            self.tr("This page is not safe to show"),
            self.tr(
                "{host} is not protected by a valid certificate, so what you type there could be "
                "read on the way."
            ).format(host=host),
        )

    def _on_loading(self, loading: QWebEngineLoadingInfo) -> None:
        """A page with which the service refuses something is one to read, whatever its status."""
        status = loading.status()
        if status is _Status.LoadStartedStatus:
            return
        self._progress.setVisible(False)
        if status is _Status.LoadStoppedStatus or loading.errorDomain() is _UNSAFE:
            return  # another page is on its way, or what is wrong has been said
        # Of a page that has come Qt says at times that it is an error page, since one came before.
        if status is _Status.LoadFailedStatus and loading.isErrorPage():
            self._say_missing()
        else:
            self._places.setCurrentWidget(self.view)
            self.shown.emit()

    def _say_missing(self) -> None:
        if not self._rests and self._places.currentWidget() is self.view:
            self._say(
                self.tr("The sign-in page cannot be shown"),
                self.tr("Check the network connection and the address, then try again."),
            )

    def _say(self, title: str, detail: str) -> None:
        self.trouble.say(
            "warning", title, detail=detail, action=self.tr("Try again"), tone=Tone.WARNING
        )
        self._places.setCurrentWidget(self.trouble)

    def _show_host(self, url: QUrl) -> None:
        self.host.setText(url.host() or url.scheme())
        if url.scheme() == "https":
            self.padlock.set_icon("lock", Tone.SUCCESS, self.tr("The connection is encrypted"))
        elif is_private(url):
            self.padlock.set_icon("lock", Tone.MUTED, self.tr("This page is on this computer"))
        else:
            self.padlock.set_icon("warning", Tone.WARNING, self.tr("Not encrypted"))

    def _show_progress(self, percent: int) -> None:
        self._progress.setVisible(percent < _DONE)
        self._progress.setValue(percent)
