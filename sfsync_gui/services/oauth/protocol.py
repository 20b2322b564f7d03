"""The protocol parts of OAuth 2.0, by Authlib; this is the only place that imports it.

RFC 6749 (authorization code), RFC 7636 (PKCE). No request is made here. Authlib is loaded when
somebody signs in: it takes 15 MB, and a program that is signed in needs none of it.
"""

import hmac
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, urlsplit

from sfsync_gui.core.failures import SignInError
from sfsync_gui.core.vocabulary import Side, SignInCause
from sfsync_gui.services.oauth.provider_errors import in_bounds

_STATE_LENGTH = 43
_VERIFIER_LENGTH = 96
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LABELS = {Side.INTERCOM: "Intercom", Side.SALESFORCE: "Salesforce"}


@dataclass(frozen=True, slots=True)
class Pkce:
    """A proof key: the `verifier` is a secret until the exchange, the `challenge` is none."""

    verifier: str = field(repr=False)
    challenge: str

    @classmethod
    def new(cls) -> "Pkce":
        """A fresh pair (S256).

        The verifier is of letters and digits only: Salesforce refuses one with a tilde, which RFC
        7636 allows (cognizant-ai-lab/nsflow, issue 249).
        """
        from authlib.common.security import generate_token  # type: ignore[import-untyped]
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

        verifier = str(generate_token(_VERIFIER_LENGTH))
        return cls(verifier, str(create_s256_code_challenge(verifier)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a redirect carries: a code, or the service's `error` with its words for it."""

    code: str = field(default="", repr=False)
    error: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """One authorization request: the page to open, and how its answer is recognised."""

    side: Side
    url: str
    redirect_uri: str
    state: str

    @classmethod
    def request(
        cls, side: Side, endpoint: str, client_id: str, redirect_uri: str, **parameters: str
    ) -> "Authorization":
        """A request with a fresh `state`; `parameters` are those of the service's own."""
        from authlib.common.security import generate_token
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]

        state = str(generate_token(_STATE_LENGTH))
        url = prepare_grant_uri(
            endpoint, client_id, "code", redirect_uri=redirect_uri, state=state, **parameters
        )
        return cls(side, str(url), redirect_uri, state)

    def is_redirect(self, url: str) -> bool:
        """Whether scheme, host, port and path are those of `redirect_uri`."""
        address = _address(url)
        return address is not None and address == _address(self.redirect_uri)

    def is_answer(self, url: str) -> bool:
        """Whether this is a redirect that carries the `state` of this request."""
        if not self.is_redirect(url):
            return False
        state = dict(parse_qsl(urlsplit(url).query)).get("state", "")
        return hmac.compare_digest(state.encode(), self.state.encode())

    def answer(self, redirected_to: str) -> Answer:
        """What the redirected address says. Raises `SignInError` where it is not the answer."""
        from authlib.oauth2.rfc6749.errors import MissingCodeException  # type: ignore[import-untyped]
        from authlib.oauth2.rfc6749.parameters import parse_authorization_code_response

        if not self.is_answer(redirected_to):
            raise _of_another(_LABELS[self.side], self.side)
        try:
            parameters = parse_authorization_code_response(redirected_to, state=self.state)
        except MissingCodeException:
            said = dict(parse_qsl(urlsplit(redirected_to).query))
            return Answer(
                error=in_bounds(said.get("error", "")),
                description=in_bounds(said.get("error_description", "")),
            )
        return Answer(code=str(parameters["code"]))


def _address(url: str) -> tuple[str, str, int | None, str] | None:
    """Scheme, host, port and path; None for a URL that cannot be read or names a user."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if "@" in parts.netloc or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or _DEFAULT_PORTS.get(parts.scheme), _path(parts)


def _path(parts: SplitResult) -> str:
    return parts.path or "/"


def _of_another(label: str, side: Side) -> SignInError:
    return SignInError(
        f"{label} sign-in failed",
        "The answer belongs to another sign-in than the one that was begun.",
        "Begin again, and finish in the window that opens.",
        side=side,
        cause=SignInCause.WRONG_STATE,
    )
