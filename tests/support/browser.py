"""A browser without script: follows links and redirects, keeps cookies, fills in forms."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from urllib.parse import urljoin

import httpx

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LIMIT = 15


@dataclass
class Form:
    """A form as it stands on a page; `buttons` maps ids to what they add."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class Page:
    """What the browser shows; `status` 0: it stopped before going to `url`."""

    url: str
    status: int = 0
    text: str = ""
    forms: list[Form] = field(default_factory=list)


class Browser:
    """One profile with its cookies. It stops before an address for which `stops` is true."""

    def __init__(self, stops: Callable[[str], bool] = lambda url: False) -> None:
        self._stops = stops
        # Only loopback is visited: no certificates need to be loaded, which takes its time.
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._http = httpx.Client(timeout=10, trust_env=False, verify=tls)
        self.visited: list[str] = []
        self.page = Page("about:blank")

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def open(self, url: str) -> Page:
        """Go to an address."""
        return self._go("GET", url, None)

    def press(self, button: str, **values: str) -> Page:
        """Fill in the form that has the button, by field names, and press it."""
        form = next(form for form in self.page.forms if button in form.buttons)
        unknown = set(values) - set(form.fields)
        assert not unknown, f"the form has no {unknown}"
        name, value = form.buttons[button]
        fields = {**form.fields, **values, **({name: value} if name else {})}
        return self._go(form.method, urljoin(self.page.url, form.action), fields)

    def _go(self, method: str, url: str, fields: dict[str, str] | None) -> Page:
        for _hop in range(_LIMIT):
            if self._stops(url):
                self.page = Page(url)
                return self.page
            self.visited.append(url)
            response = self._http.request(method, url, data=fields)
            if response.status_code not in _REDIRECTS:
                self.page = _shown(url, response)
                return self.page
            url, method, fields = urljoin(url, response.headers["location"]), "GET", None
        raise AssertionError(f"more than {_LIMIT} redirects")


class _Reader(HTMLParser):
    """Finds the forms of a page. Script would be a mistake: an embedded page must not need it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of a tag."""
        assert tag != "script"
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(has.get("action", ""), has.get("method", "get").upper()))
        elif tag == "input":
            self.forms[-1].fields[has["name"]] = has.get("value", "")
        elif tag == "select":
            self._select = has["name"]
        elif tag == "option" and ("selected" in has or self._select not in self.forms[-1].fields):
            self.forms[-1].fields[self._select] = has["value"]
        elif tag == "button":
            self.forms[-1].buttons[has["id"]] = (has.get("name", ""), has.get("value", ""))


def _shown(url: str, response: httpx.Response) -> Page:
    reader = _Reader()
    if response.headers.get("content-type", "").startswith("text/html"):
        reader.feed(response.text)
    return Page(url, response.status_code, response.text, reader.forms)
