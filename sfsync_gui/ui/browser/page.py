"""A page of a sign-in: it goes where the service leads, and stops before the end is requested.

Qt asks `acceptNavigationRequest` before it sends a request, server redirects included, so the
address with the code is never sent to anybody (tried for 302, POST followed by 302, script, https
and loopback). Certificates that do not hold are refused, as Qt does by itself.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtNetwork import QHostAddress
from PySide6.QtWebEngineCore import QWebEngineCertificateError, QWebEnginePage, QWebEngineProfile

_INNER_SCHEMES = frozenset({"about", "blob", "data"})
_Action = QWebEnginePage.WebAction
_HIDDEN = (
    _Action.OpenLinkInNewWindow,
    _Action.OpenLinkInNewTab,
    _Action.OpenLinkInNewBackgroundTab,
    _Action.DownloadLinkToDisk,
    _Action.DownloadImageToDisk,
    _Action.DownloadMediaToDisk,
    _Action.SavePage,
    _Action.ViewSource,
    _Action.InspectElement,
)
"""What the menu of a right click does not offer: a sign-in page is filled in, and never kept."""


class SignInPage(QWebEnginePage):
    """One page of a sign-in.

    `redirected` carries the whole address at which the sign-in ends. `opened` carries the page of
    a pop-up, which shares the profile and may end the sign-in as well. `refused` carries the host
    of a page that is not safe to show.
    """

    redirected = Signal(str)
    opened = Signal(object)
    refused = Signal(str)

    def __init__(
        self,
        profile: QWebEngineProfile,
        is_redirect: Callable[[str], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(profile, parent)
        self._is_redirect = is_redirect
        self._is_over = False
        self.certificateError.connect(self._on_certificate_error)
        for action in _HIDDEN:
            self.action(action).setVisible(False)

    def acceptNavigationRequest(  # noqa: N802 - Qt's name
        self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        """Whether the page may go there."""
        target = QUrl(url)
        address = bytes(target.toEncoded().data()).decode("ascii")
        if self._is_redirect(address):
            if not self._is_over:
                self._is_over = True
                self.redirected.emit(address)
            return False
        if self._is_over:
            return False
        if is_private(target):
            return True
        if is_main_frame:
            self.refused.emit(target.host() or target.scheme())
        return False

    def createWindow(self, kind: QWebEnginePage.WebWindowType) -> QWebEnginePage:  # noqa: N802
        """A pop-up, as single sign-on pages open them: on the same profile."""
        page = SignInPage(self.profile(), self._is_redirect, self.parent())
        page.redirected.connect(self.redirected)
        self.opened.emit(page)
        return page

    def javaScriptConsoleMessage(  # noqa: N802 - Qt's name
        self,
        level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        message: str,
        line: int,
        source: str,
    ) -> None:
        """Drop what the page tells its console: Qt would log it, and with it what it quotes."""

    def _on_certificate_error(self, error: QWebEngineCertificateError) -> None:
        error.rejectCertificate()
        if error.isMainFrame():
            self.refused.emit(error.url().host())


def is_private(url: QUrl) -> bool:
    """Whether nobody on the way can read or change the page: https, or this computer itself."""
    if url.scheme() == "http":
        return url.host() == "localhost" or QHostAddress(url.host()).isLoopback()
    return url.scheme() == "https" or url.scheme() in _INNER_SCHEMES
