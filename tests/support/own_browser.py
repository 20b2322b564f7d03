"""The user's own browser, as the system starts it, and a person who sits before it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from tests.support.browser import Browser
from tests.support.sign_in_world import decide


@dataclass
class Visit:
    """A person in a browser of their own, who decides when the page is there."""

    allow: bool = True
    shown: list[str] = field(default_factory=list)

    def take_place(self, url: str) -> None:
        """Log in, decide, and read the page at the end."""
        with Browser() as browser:
            browser.open(url)
            decide(browser, allow=self.allow)
            self.shown.append(browser.page.text)


class OwnBrowser(QObject):
    """What the system opens pages with: it takes the address, and perhaps somebody is there."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.visit: Visit | None = None
        self._threads: list[threading.Thread] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        """Take an address."""
        self.opened.append(url.toString())
        if self.visit is not None:
            thread = threading.Thread(target=self.visit.take_place, args=(self.opened[-1],))
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Wait for whoever is still before the page."""
        for thread in self._threads:
            thread.join(10)


@contextmanager
def own_browser() -> Iterator[OwnBrowser]:
    """Take the addresses that Qt would hand to another program."""
    receiver = OwnBrowser()
    QDesktopServices.setUrlHandler("http", receiver, "open")  # type: ignore[arg-type]
    try:
        yield receiver
    finally:
        QDesktopServices.unsetUrlHandler("http")
        receiver.close()
