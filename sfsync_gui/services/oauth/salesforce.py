"""Salesforce: the web server flow with PKCE as a public client, who signed in, and revoking.

Salesforce Help, "OAuth 2.0 Web Server Flow for Web App Integration", "Query for User Information"
and "Revoke OAuth Tokens Programmatically".
"""

from collections.abc import Mapping
from typing import Any

from sfsync_gui.core.failures import SetupError, SfsyncError, SignInError
from sfsync_gui.core.vocabulary import Side, SignInCause
from sfsync_gui.engine.signing_in import Grant, Identity
from sfsync_gui.services.http import Transport, checked_base_url
from sfsync_gui.services.oauth.endpoint import Endpoint, Said, endpoint
from sfsync_gui.services.oauth.login_urls import is_sandbox, my_domain, salesforce_login_url
from sfsync_gui.services.oauth.protocol import Authorization, Pkce
from sfsync_gui.services.oauth.provider_errors import (
    passes_by_itself,
    refusal_on_page,
    salesforce_refusal,
    service_busy,
)
from sfsync_gui.services.salesforce.session import API_VERSION

SCOPE = "api refresh_token"
"""What the External Client App has to allow (“OAuth Tokens and Scopes”)."""

_AUTHORIZE = "/services/oauth2/authorize"
_TOKEN = "/services/oauth2/token"  # noqa: S105 - a path
_REVOKE = "/services/oauth2/revoke"
_USERINFO = "/services/oauth2/userinfo"
_QUERY = f"/services/data/v{API_VERSION}/query"
_ORGANIZATION = "SELECT Name, IsSandbox FROM Organization"


class SalesforceSignIn:
    """One sign-in to Salesforce (`engine.signing_in.SignIn`)."""

    side = Side.SALESFORCE

    def __init__(
        self, client_id: str, login_url: str, redirect_uri: str, transport: Transport | None
    ) -> None:
        self._client_id = client_id
        self._login_url = login_url
        self._endpoint = Endpoint(login_url, self.side, transport=transport)
        self._pkce = Pkce.new()
        self._authorization = Authorization.request(
            self.side,
            login_url + _AUTHORIZE,
            client_id,
            redirect_uri,
            scope=SCOPE,
            code_challenge=self._pkce.challenge,
            code_challenge_method="S256",
        )

    @property
    def url(self) -> str:
        """The page to open."""
        return self._authorization.url

    @property
    def redirect_uri(self) -> str:
        """The address to which Salesforce sends the browser at the end, without its query."""
        return self._authorization.redirect_uri

    def is_redirect(self, url: str) -> bool:
        """Whether this is the end: scheme, host, port and path are those of `redirect_uri`."""
        return self._authorization.is_redirect(url)

    def is_answer(self, url: str) -> bool:
        """Whether this is the end and carries this sign-in's state: for a listener."""
        return self._authorization.is_answer(url)

    def refusal(self, page: str) -> SfsyncError | None:
        """What Salesforce refuses on a page of its own: an app or an address it does not know."""
        said = refusal_on_page(page)
        return None if said is None else _refusal(*said)

    async def finish(self, redirected_to: str) -> Grant:
        """Exchange the code of the redirected address for the access.

        Raises `SignInError` with its `cause`, or `TransientError`.
        """
        answer = self._authorization.answer(redirected_to)
        if not answer.code:
            raise _refusal(answer.error, answer.description)
        said = await self._endpoint.post(
            _TOKEN,
            {
                "grant_type": "authorization_code",
                "code": answer.code,
                "client_id": self._client_id,
                "redirect_uri": self.redirect_uri,
                "code_verifier": self._pkce.verifier,
            },
        )
        if not said.accepted or not said.get("access_token"):
            raise _refusal(said.get("error"), said.get("error_description"))
        return Grant(
            self.side,
            said.get("access_token"),
            said.get("refresh_token"),
            instance_url=_instance_url(said.get("instance_url"), self._login_url),
            login_url=self._login_url,
            client_id=self._client_id,
        )

    async def close(self) -> None:
        """Close all connections; may be called at any time, and more than once."""
        await self._endpoint.aclose()


def salesforce_sign_in(
    client_id: str, login_url: str, redirect_uri: str, *, transport: Transport | None = None
) -> SalesforceSignIn:
    """Begin to sign in with the consumer key of the user's External Client App.

    `login_url` is what a person entered (see `login_urls`). Raises `SetupError` in words where
    the address or the consumer key cannot be right.
    """
    key = client_id.strip()
    if not key or not key.isascii() or any(sign.isspace() for sign in key):
        raise SetupError(
            "Check the consumer key",
            "The consumer key is empty or has characters that none has.",
            "Copy it again from the External Client App's OAuth settings.",
            side=Side.SALESFORCE,
            code="client_id",
        )
    return SalesforceSignIn(key, salesforce_login_url(login_url), redirect_uri, transport)


async def identify_salesforce(grant: Grant, *, transport: Transport | None = None) -> Identity:
    """Who signed in to which org.

    Asks userinfo, and for the org's name, which takes an API call: so it is found out here that
    the user may not use the API or has to change the password. Raises as `finish` does.
    """
    async with endpoint(grant.instance_url, Side.SALESFORCE, transport=transport) as asked:
        user = await asked.get(_USERINFO, token=grant.access_token)
        if not user.accepted or not user.get("organization_id"):
            raise _api_refusal(user)
        organization = await _organization(asked, grant)
    return Identity(
        Side.SALESFORCE,
        account_id=user.get("organization_id"),
        account_name=str(organization.get("Name") or my_domain(grant.instance_url)),
        user_id=user.get("user_id"),
        user_name=user.get("preferred_username") or user.get("name"),
        is_sandbox=bool(organization.get("IsSandbox", is_sandbox(grant.instance_url))),
    )


async def revoke_salesforce(grant: Grant, *, transport: Transport | None = None) -> None:
    """Take the access back: the refresh token with all its access tokens.

    A token that Salesforce does not know any more is no failure. Raises `TransientError` where
    it could not be asked.
    """
    token = grant.refresh_token or grant.access_token
    async with endpoint(
        grant.login_url or grant.instance_url, Side.SALESFORCE, transport=transport
    ) as asked:
        said = await asked.post(_REVOKE, {"token": token})
    if not said.accepted and said.get("error") not in ("invalid_token", "unsupported_token_type"):
        raise _refusal(said.get("error"), said.get("error_description"))


async def _organization(asked: Endpoint, grant: Grant) -> Mapping[str, Any]:
    """Name and kind of the org; empty where the user may not read them."""
    said = await asked.get(_QUERY, token=grant.access_token, params={"q": _ORGANIZATION})
    if said.status in (401, 403):
        raise _api_refusal(said)
    records = said.body.get("records") if isinstance(said.body, Mapping) else None
    first = records[0] if isinstance(records, list) and records else {}
    return first if isinstance(first, Mapping) else {}


def _api_refusal(said: Said) -> SignInError:
    """The failure for a refusal of the REST API: `[{errorCode, message}]`, or bare words."""
    entries = said.body if isinstance(said.body, list) else [said.body]
    first = entries[0] if entries else {}
    if isinstance(first, Mapping):
        error, description = str(first.get("errorCode") or ""), str(first.get("message") or "")
    else:
        error, description = str(first), ""
    return salesforce_refusal(
        error, description, otherwise="Salesforce does not accept the access it has just given."
    )


def _refusal(error: str, description: str) -> SfsyncError:
    if passes_by_itself(error, description):
        return service_busy(Side.SALESFORCE, "Salesforce", error, description)
    return salesforce_refusal(error, description)


def _instance_url(named: str, login_url: str) -> str:
    """The org's address, which must be as private as the one that was signed in at."""
    url = named or login_url
    try:
        checked, host, loopback = checked_base_url(url, Side.SALESFORCE)
    except SetupError:
        checked, host, loopback = "", url, False
    if not checked or (loopback and login_url.startswith("https://")):
        raise SignInError(
            "Salesforce sign-in failed",
            "Salesforce named an address that is not safe to talk to.",
            "Sign in at the org's My Domain.",
            subject=host,
            side=Side.SALESFORCE,
            cause=SignInCause.NETWORK,
        )
    return checked
