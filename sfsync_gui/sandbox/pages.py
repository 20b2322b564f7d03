"""What the pages of both simulated services share: HTML without script, marked as simulated."""

from __future__ import annotations

import html
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

_HEADERS = {
    "Cache-Control": "no-cache, no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
* {{ box-sizing: border-box; }}
body {{ margin: 0; min-height: 100vh; display: flex; flex-direction: column;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; color: #1f2933;
  background: {background}; }}
.simulated {{ padding: .4rem 1rem; font-size: .85rem; text-align: center; color: #5c3d00;
  background: #fff3d6; border-bottom: 1px solid #f0d9a6; }}
main {{ width: 100%; max-width: 26rem; margin: auto; padding: 1.5rem; }}
.brand {{ margin: 0 0 1.25rem; text-align: center; font-size: 1.35rem; font-weight: 600;
  color: {accent}; }}
.card {{ padding: 1.75rem; background: #fff; border: 1px solid #dfe3e8; border-radius: 8px;
  box-shadow: 0 2px 10px rgba(31, 41, 51, .06); }}
h1 {{ margin: 0 0 .75rem; font-size: 1.15rem; font-weight: 600; }}
p {{ margin: 0 0 1rem; }}
ul {{ margin: 0 0 1.25rem; padding-left: 1.2rem; }}
label {{ display: block; margin: 0 0 1rem; font-size: .85rem; color: #52606d; }}
input[type=text], input[type=password], select {{ display: block; width: 100%; margin-top: .25rem;
  padding: .55rem .7rem; font: inherit; color: #1f2933; background: #fff;
  border: 1px solid #b8c1cc; border-radius: 4px; }}
button {{ padding: .6rem 1.1rem; font: inherit; font-weight: 600; border-radius: 4px;
  border: 1px solid {accent}; color: #fff; background: {accent}; cursor: pointer; }}
button.plain {{ color: {accent}; background: #fff; border-color: #b8c1cc; }}
input:focus-visible, select:focus-visible, button:focus-visible {{ outline: 3px solid {accent};
  outline-offset: 2px; }}
.actions {{ display: flex; gap: .75rem; justify-content: flex-end; }}
.wide button {{ width: 100%; }}
.error {{ padding: .6rem .8rem; color: #8a1f11; background: #fdecea; border-radius: 4px; }}
.fine {{ margin: 1rem 0 0; font-size: .8rem; color: #52606d; }}
</style>
</head>
<body>
<div class="simulated" role="note">Simulated {service}: a demonstration on this computer.
Nothing here is real.</div>
<main>
<p class="brand">{service}</p>
<div class="card">
{body}
</div>
</main>
</body>
</html>
"""


class Look:
    """The name and colours of one service's pages."""

    def __init__(self, service: str, accent: str, background: str) -> None:
        self._values = {"service": service, "accent": accent, "background": background}

    def page(self, title: str, body: str, status: int = 200) -> Response:
        """Return a page; `body` is HTML, `title` is not."""
        text = _PAGE.format(title=html.escape(title), body=body, **self._values)
        return HTMLResponse(text, status, _HEADERS)

    def problem(self, title: str, text: str, status: int = 400) -> Response:
        """Return a page that says why it does not go on."""
        return self.page(title, f"<h1>{html.escape(title)}</h1><p>{html.escape(text)}</p>", status)


def escaped(text: str) -> str:
    """Return text for HTML, within quotes too."""
    return html.escape(text)


def hidden(fields: Mapping[str, str]) -> str:
    """Return hidden fields of a form."""
    return "".join(
        f'<input type="hidden" name="{escaped(name)}" value="{escaped(value)}">'
        for name, value in fields.items()
    )


def form_of(body: bytes) -> dict[str, str]:
    """Return the fields of a posted form."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def cookie_of(request: Request, name: str) -> str:
    """Return a cookie's value, empty if there is none."""
    try:
        morsel = SimpleCookie(request.headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return "" if morsel is None else morsel.value


def with_cookie(response: Response, name: str, value: str) -> Response:
    """Set a cookie that no script and no foreign form sees; return the response."""
    response.set_cookie(name, value, path="/", httponly=True, samesite="lax")
    return response


def redirect(url: str, status: int = 302) -> Response:
    """Return a redirect that is not kept anywhere."""
    return RedirectResponse(url, status, {"Cache-Control": "no-cache, no-store"})


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """Return a URL with parameters added to its query."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"


def same(one: str, other: str) -> bool:
    """Compare secrets; empty ones are never the same."""
    return bool(one) and secrets.compare_digest(one.encode(), other.encode())
