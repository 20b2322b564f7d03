"""Keeping the sign-in alive with a refresh token, as a public client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sfsync_gui.core.failures import SfsyncError, SignInError, TransientError
from sfsync_gui.core.vocabulary import Side, SignInCause
from sfsync_gui.services.oauth.provider_errors import passes_by_itself, salesforce_refusal
from sfsync_gui.services.salesforce.session import Access, TokenExchange

_PATH = "/services/oauth2/token"
_TITLE = "Signed out of Salesforce"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in yields and what must be kept for the next start. Never shown in texts."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    instance_url: str


class RefreshingTokens:
    """An access that renews itself by its refresh token (OAuth 2.0 Refresh Token Flow).

    `login_url` is where to ask; empty means the instance itself. `save` is called on a worker
    thread with every new set of tokens, before the first of them is used: with rotation the old
    refresh token is worth nothing from then on. Should `save` fail, the new tokens are kept in
    memory and it is tried again at the next call. Without a `refresh_token` the access ends when
    Salesforce ends it, and nothing is asked.
    """

    def __init__(
        self,
        client_id: str,
        *,
        instance_url: str,
        access_token: str,
        refresh_token: str,
        save: Callable[[Tokens], None],
        login_url: str = "",
    ) -> None:
        self._client_id = client_id
        self._login_url = (login_url or instance_url).rstrip("/")
        self._save = save
        self._tokens = Tokens(access_token, refresh_token, instance_url.rstrip("/"))
        self._generation = 0
        self._unsaved: Tokens | None = None
        self._refusal: tuple[str, str] | None = None
        self._lock = threading.Lock()

    @property
    def access_token(self) -> str:
        """The newest access token."""
        return self._tokens.access_token

    @property
    def instance_url(self) -> str:
        """The org's address, without a slash at its end."""
        return self._tokens.instance_url

    @property
    def addresses(self) -> tuple[str, ...]:
        """The base URLs that will be talked to."""
        return (self._login_url, self._tokens.instance_url)

    def current(self) -> Access:
        """The newest access."""
        with self._lock:
            return self._access()

    def refresh(self, refused: Access, exchange: TokenExchange) -> Access:
        """A newer access than the refused one; whoever comes while it is fetched shares it.

        Once Salesforce has said that a person must sign in again, it is not asked any more.
        Raises `SignInError`, or `TransientError` where Salesforce or `save` failed for now.
        """
        with self._lock:
            if refused.generation == self._generation:
                if not self._tokens.refresh_token:
                    raise _not_renewable()
                if self._refusal is not None:
                    raise _refused(*self._refusal)
                if self._unsaved is None:
                    self._unsaved = self._fetch(exchange)
                self._adopt(self._unsaved)
            return self._access()

    def _access(self) -> Access:
        return Access(self._tokens.access_token, self._tokens.instance_url, self._generation)

    def _adopt(self, tokens: Tokens) -> None:
        """Save the tokens, and only then use them."""
        try:
            self._save(tokens)
        except SfsyncError:
            raise
        except Exception as error:
            raise TransientError(
                "Sign-in could not be stored",
                "The renewed Salesforce sign-in could not be stored on this computer.",
                "Unlock the system's password store.",
                side=Side.SALESFORCE,
            ) from error
        self._tokens = tokens
        self._generation += 1
        self._unsaved = None

    def _fetch(self, exchange: TokenExchange) -> Tokens:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._client_id,
            "refresh_token": self._tokens.refresh_token,
        }
        status, answer = exchange(self._login_url + _PATH, form)
        token = answer.get("access_token")
        if status == 200 and isinstance(token, str):
            return Tokens(
                token,
                str(answer.get("refresh_token") or self._tokens.refresh_token),
                self._address_in(answer),
            )
        error, description = _words_of(answer)
        if _passes(status, error, description):
            raise TransientError(
                "Sign-in could not be renewed",
                "Salesforce could not renew the sign-in just now.",
                side=Side.SALESFORCE,
                code=error,
                detail=description,
            )
        self._refusal = (error, description)
        raise _refused(error, description)

    def _address_in(self, answer: Mapping[str, Any]) -> str:
        """The org's address as the answer names it; one without encryption is not adopted."""
        current = self._tokens.instance_url
        named = str(answer.get("instance_url") or current).rstrip("/")
        is_private = named.startswith("https://") or not current.startswith("https://")
        return named if is_private else current


def _words_of(answer: Mapping[str, Any]) -> tuple[str, str]:
    return str(answer.get("error") or ""), str(answer.get("error_description") or "")


def _passes(status: int, error: str, description: str) -> bool:
    """Whether asking again may help: trouble of the server's, or two requests at the same time."""
    if status >= 500 or status == 429 or not error:
        return True
    if "already being processed" in description or passes_by_itself(error, description):
        return True
    return _refused(error, description).cause is SignInCause.SIGN_INS_USED_UP


def _refused(error: str, description: str) -> SignInError:
    return salesforce_refusal(
        error,
        description,
        title=_TITLE,
        otherwise="Salesforce does not renew the sign-in any more.",
    )


def _not_renewable() -> SignInError:
    return SignInError(
        _TITLE,
        "The access token has expired, and it came without a refresh token to renew it by.",
        "Sign in to Salesforce. An access token that was entered by hand lasts a few hours only.",
        side=Side.SALESFORCE,
        cause=SignInCause.TOKEN_REMOVED,
    )
