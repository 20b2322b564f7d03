"""Keeping secrets out of text that is kept: those that are known, and whatever looks like one."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

HIDDEN = "[hidden]"
HIDDEN_EMAIL = "[e-mail]"

SHORTEST = 6
"""Characters: a shorter text is no secret, and would be found in half of all words."""

_KEY = (
    r"(?:token|secret|password|passwd|passphrase|verifier|assertion|signature"
    r"|api[_-]?key|session[_-]?id)"
)
_QUOTED = r"""\\?"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?"""

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # A header in any notation: `Authorization: Bearer x`, {'Cookie': 'x'}, (b'Cookie', b'x').
        r"""(?P<kept>(?:proxy-)?authorization["']?\s*[:=,]\s*b?["']?)[^"'\r\n]+""",
        r"""(?P<kept>(?:set-)?cookie["']?\s*[:=,]\s*b?["']?)[^"'\r\n]+""",
        r"""(?P<kept>x-sfdc-session["']?\s*[:=,]\s*b?["']?)[^"'\r\n]+""",
        r"""(?P<kept>\b(?:bearer|basic)\s+)[\w.~+/!%-]{8,}=*""",
        # A named value in a form, an address, JSON, a repr or XML.
        rf"""(?P<kept>{_KEY}\\?["']?\s*[:=]\s*b?)(?:{_QUOTED}|[^\s"'&,;<>(){{}}\[\]]+)""",
        rf"""(?P<kept><[\w:]{{0,40}}{_KEY}>)[^<]+""",
        # The code and the state of a sign-in: in an address or a form only, as both words are
        # used for much else.
        r"""(?P<kept>[?&#](?:code|state)=)[^\s"'&#<>]+""",
        r"""(?P<kept>\bcode=)[^\s"'&#<>]+(?=&\w+=)""",
        # A password within an address.
        r"""(?P<kept>\b[a-z][a-z0-9+.-]{1,30}://[^\s/:@"']{0,200}:)[^\s/@"']{1,400}(?=@)""",
        # Access and refresh tokens of Salesforce, tokens of Intercom ("tok:..." in base64).
        r"""(?P<kept>)\b00D\w{9,15}![\w.]+""",
        r"""(?P<kept>)\b5Aep861[\w.=-]{10,}""",
        r"""(?P<kept>)\bdG9r[\w+/-]{16,}=*""",
    )
)

_EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")


class Redactor:
    """Masks secrets in text. May be used on any thread."""

    def __init__(self, *, hides_emails: bool = True) -> None:
        self._hides_emails = hides_emails
        self._lock = threading.Lock()
        self._forms: set[str] = set()
        self._known: re.Pattern[str] | None = None

    def __repr__(self) -> str:
        return f"<Redactor {len(self._forms)} forms>"

    def remember(self, secret: str) -> None:
        """Mask this text from now on, also as it is written in addresses, JSON and reprs."""
        if len(secret) < SHORTEST:
            return
        with self._lock:
            if secret in self._forms:
                return
            self._forms.update(_forms_of(secret))
            longest_first = sorted(self._forms, key=len, reverse=True)
            self._known = re.compile("|".join(map(re.escape, longest_first)))

    def clean(self, text: str) -> str:
        """The text with every secret masked."""
        known = self._known
        if known is not None:
            text = known.sub(HIDDEN, text)
        for pattern in _PATTERNS:
            text = pattern.sub(rf"\g<kept>{HIDDEN}", text)
        return _EMAIL.sub(HIDDEN_EMAIL, text) if self._hides_emails else text


def _forms_of(secret: str) -> Iterator[str]:
    """How a text appears in what is logged."""
    yield secret
    encodable = secret.encode("utf-8", "replace").decode()
    for quoted in (quote(encodable, safe=""), quote(encodable), quote_plus(encodable)):
        yield quoted
        yield re.sub("%..", lambda found: found.group().lower(), quoted)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield ascii(secret)[1:-1]


process_redactor = Redactor()
"""The redactor of this process: logging is one for the whole process, and so is what it hides."""
