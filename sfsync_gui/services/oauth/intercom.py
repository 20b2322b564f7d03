"""Intercom: OAuth with the user's own app, or an access token; who it is, and revoking.

Intercom's developer documentation: "Setting up OAuth", "Installing & uninstalling apps", "REST
APIs" (regional hosting). Intercom has no PKCE, no refresh token, no expiry and no scope parameter.
"""

from collections.abc import Mapping
from typing import Any

from sfsync_gui.core.failures import SetupError, SignInError
from sfsync_gui.core.vocabulary import Side, SignInCause
from sfsync_gui.engine.signing_in import Grant, Identity
from sfsync_gui.services.http import Transport, checked_base_url
from sfsync_gui.services.intercom.errors import error_list, sign_in_refused
from sfsync_gui.services.intercom.gateway import API_VERSION
from sfsync_gui.services.intercom.regions import Region
from sfsync_gui.services.oauth.endpoint import Endpoint, Said, endpoint
from sfsync_gui.services.oauth.protocol import Authorization
from sfsync_gui.services.oauth.provider_errors import (
    code_refused,
    intercom_refusal,
    passes_by_itself,
    service_busy,
)

INTERCOM_REDIRECT_URI = "https://localhost/callback"
"""The redirect URL that the user enters in the Developer Hub. Intercom wants https, and nothing
listens there: the embedded browser stops before it goes there, and no other host sees the code."""

_EXCHANGE = "/auth/eagle/token"
_UNINSTALL = "/auth/uninstall"
_HEADERS = {"Intercom-Version": API_VERSION}


class IntercomSignIn:
    """One sign-in to Intercom (`engine.signing_in.SignIn`)."""

    side = Side.INTERCOM

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        region: Region,
        api_url: str,
        redirect_uri: str,
        transport: Transport | None,
    ) -> None:
        self._client_id = client_id
        self._client_secret = client_secret
        self._region = region
        self._api_url = api_url
        self._transport = transport
        self._endpoint = _asked(region, api_url, transport)
        self._authorization = Authorization.request(
            self.side, f"{api_url or region.sign_in_url}/oauth", client_id, redirect_uri
        )

    @property
    def url(self) -> str:
        """The page to open."""
        return self._authorization.url

    @property
    def redirect_uri(self) -> str:
        """The address to which Intercom sends the browser at the end, without its query."""
        return self._authorization.redirect_uri

    def is_redirect(self, url: str) -> bool:
        """Whether this is the end: scheme, host, port and path are those of `redirect_uri`."""
        return self._authorization.is_redirect(url)

    def is_answer(self, url: str) -> bool:
        """Whether this is the end and carries this sign-in's state."""
        return self._authorization.is_answer(url)

    def refusal(self, page: str) -> None:
        """Nothing: how Intercom's pages refuse an application is not documented."""

    async def finish(self, redirected_to: str) -> Grant:
        """Exchange the code of the redirected address, and find the workspace's region.

        Raises `SignInError` with its `cause`, or `TransientError`.
        """
        answer = self._authorization.answer(redirected_to)
        if not answer.code:
            if passes_by_itself(answer.error, answer.description):
                raise service_busy(self.side, "Intercom", answer.error, answer.description)
            raise intercom_refusal(answer.error, answer.description)
        said = await self._endpoint.post(
            _EXCHANGE,
            {
                "code": answer.code,
                "client_id": self._client_id,
                "client_secret": self._client_secret,
            },
        )
        token = said.get("access_token") or said.get("token")
        if not said.accepted or not token:
            code, message = _refusal(said)
            raise code_refused(said.status, code, message, self._endpoint.host)
        region, _me = await _located(token, self._region, self._api_url, self._transport)
        return Grant(
            self.side,
            token,
            client_id=self._client_id,
            client_secret=self._client_secret,
            region=region.value,
            api_url=self._api_url,
        )

    async def close(self) -> None:
        """Close all connections; may be called at any time, and more than once."""
        await self._endpoint.aclose()


def intercom_sign_in(
    client_id: str,
    client_secret: str,
    *,
    region: str = Region.US,
    api_url: str = "",
    redirect_uri: str = INTERCOM_REDIRECT_URI,
    transport: Transport | None = None,
) -> IntercomSignIn:
    """Begin to sign in with client id and secret of the user's own app.

    `region` is `US`, `EU` or `AU`; `api_url` stands for API and sign-in page of a simulated
    Intercom. Raises `SetupError` in words.
    """
    key, secret = client_id.strip(), client_secret.strip()
    if not key or not secret:
        raise SetupError(
            "Check the client ID and secret",
            "The client ID or the client secret is empty.",
            "Copy both from the app's Basic information page in Intercom's Developer Hub.",
            side=Side.INTERCOM,
            code="client_id",
        )
    return IntercomSignIn(key, secret, Region(region), _checked(api_url), redirect_uri, transport)


async def intercom_with_token(
    access_token: str,
    *,
    region: str = Region.US,
    api_url: str = "",
    transport: Transport | None = None,
) -> Grant:
    """The grant for an access token copied from the Developer Hub; it is tried out.

    A workspace in another region than `region` is found. Raises `SignInError` or
    `TransientError`, `SetupError` for a token that cannot be one.
    """
    token = _checked_token(access_token)
    where = _checked(api_url)
    found, _me = await _located(token, Region(region), where, transport)
    return Grant(Side.INTERCOM, token, region=found.value, api_url=where)


async def identify_intercom(grant: Grant, *, transport: Transport | None = None) -> Identity:
    """Who signed in to which workspace (`GET /me`), wherever that is.

    Raises as `finish` does, and `SetupError` for a token that cannot be one.
    """
    token = _checked_token(grant.access_token)
    region, me = await _located(token, Region(grant.region or Region.US), grant.api_url, transport)
    app = me["app"]
    return Identity(
        Side.INTERCOM,
        account_id=str(app["id_code"]),
        account_name=str(app.get("name") or app["id_code"]),
        user_id=str(me.get("id") or ""),
        user_name=str(me.get("email") or me.get("name") or ""),
        region=region.value,
    )


async def revoke_intercom(grant: Grant, *, transport: Transport | None = None) -> None:
    """Take back an access that was given by signing in: the app is uninstalled.

    A token that was copied from the Developer Hub (no `client_id`) is left alone: the app is the
    user's own and may serve others. A token that Intercom does not know any more is no failure.
    Raises `TransientError` where it could not be asked.
    """
    if not grant.client_id:
        return
    asked = _asked(Region(grant.region or Region.US), grant.api_url, transport)
    try:
        said = await asked.post(_UNINSTALL, {}, token=grant.access_token)
    finally:
        await asked.aclose()
    if not said.accepted and said.status != 401:
        code, message = _refusal(said)
        raise SignInError(
            "Intercom did not take the access back",
            "The app stays installed in the workspace.",
            "Uninstall the app in Intercom's settings under Integrations.",
            subject=asked.host,
            side=Side.INTERCOM,
            code=code,
            detail=message,
            cause=SignInCause.OTHER,
        )


async def _located(
    token: str, region: Region, api_url: str, transport: Transport | None
) -> tuple[Region, Mapping[str, Any]]:
    """The region that knows the token, and what its `GET /me` says.

    The chosen region is asked first, the others only where it does not know the token: each
    keeps its own. Only `api.intercom.io` routes requests to where a workspace is ("REST APIs"),
    so the answer's own word for the region counts.
    """
    if api_url:
        me = await _me(token, region, api_url, transport)
        return _region_in(me, region), me
    try:
        me = await _me(token, region, "", transport)
        return _region_in(me, region), me
    except SignInError as error:
        if error.code not in _UNKNOWN:
            raise
        for other in (candidate for candidate in Region if candidate is not region):
            try:
                me = await _me(token, other, "", transport)
            except SignInError:
                continue
            return _region_in(me, other), me
        raise _unknown_everywhere(error) from None


async def _me(
    token: str, region: Region, api_url: str, transport: Transport | None
) -> Mapping[str, Any]:
    where = api_url or region.api_url
    async with endpoint(where, Side.INTERCOM, headers=_HEADERS, transport=transport) as asked:
        said = await asked.get("/me", token=token)
    errors = error_list(said.body) or ()
    if said.status == 401:
        raise sign_in_refused(errors, None if api_url else region, asked.host)
    app = said.body.get("app") if isinstance(said.body, Mapping) else None
    if not said.accepted or not isinstance(app, Mapping) or not app.get("id_code"):
        code, message = _refusal(said)
        raise SignInError(
            "Intercom connection failed",
            "The access does not belong to a workspace, or may not read who it belongs to.",
            "In Intercom's Developer Hub, open the app's Authentication page, allow reading "
            "admins, then connect again.",
            subject=asked.host,
            side=Side.INTERCOM,
            code=code,
            detail=message,
            cause=SignInCause.OTHER,
        )
    me: Mapping[str, Any] = said.body
    return me


def _region_in(me: Mapping[str, Any], asked: Region) -> Region:
    named = str(me["app"].get("region") or "")
    return Region(named) if named in set(Region) else asked


def _refusal(said: Said) -> tuple[str, str]:
    """Code and message of an error list; of anything else what there is."""
    errors = error_list(said.body) or ()
    if errors:
        return errors[0].code, errors[0].message
    return said.get("error"), said.get("error_description") or said.get("message")


def _asked(region: Region, api_url: str, transport: Transport | None) -> Endpoint:
    where = api_url or region.api_url
    return Endpoint(where, Side.INTERCOM, headers=_HEADERS, transport=transport)


def _checked(api_url: str) -> str:
    return checked_base_url(api_url, Side.INTERCOM)[0] if api_url else ""


def _checked_token(access_token: str) -> str:
    token = access_token.strip()
    if not token or not token.isascii() or any(sign.isspace() for sign in token):
        raise SetupError(
            "Check the access token",
            "The access token is empty or has characters that none has.",
            "Copy it again from the app's Authentication page in Intercom's Developer Hub.",
            side=Side.INTERCOM,
            code="access_token",
        )
    return token


def _unknown_everywhere(error: SignInError) -> SignInError:
    return SignInError(
        error.title,
        "No region of Intercom knows this access token: it was mistyped, replaced or removed.",
        "Copy it again from the app's Authentication page in Intercom's Developer Hub, or have a "
        "new one made there.",
        side=Side.INTERCOM,
        code=error.code,
        detail=error.detail,
        cause=SignInCause.TOKEN_REMOVED,
    )


_UNKNOWN = frozenset({"unauthorized", "token_not_found", ""})
"""Codes of a 401 that a region may give for a token which it does not know."""
