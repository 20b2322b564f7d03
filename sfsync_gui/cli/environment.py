"""Accounts that the environment names: for services on computers without a password store."""

from collections.abc import Mapping

import typer

from sfsync_gui.app import IntercomAccount, SalesforceAccount
from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.desktop.redaction import process_redactor
from sfsync_gui.services.salesforce.tokens import Tokens

INTERCOM_TOKEN = "SFSYNC_INTERCOM_TOKEN"  # noqa: S105 - the name of a variable
INTERCOM_REGION = "SFSYNC_INTERCOM_REGION"
INTERCOM_URL = "SFSYNC_INTERCOM_URL"
SALESFORCE_URL = "SFSYNC_SALESFORCE_URL"
SALESFORCE_TOKEN = "SFSYNC_SALESFORCE_TOKEN"  # noqa: S105 - the name of a variable
SALESFORCE_REFRESH_TOKEN = "SFSYNC_SALESFORCE_REFRESH_TOKEN"  # noqa: S105 - as above
SALESFORCE_CLIENT_ID = "SFSYNC_SALESFORCE_CLIENT_ID"

WHAT = {
    INTERCOM_TOKEN: "the access token of your Intercom app (Developer Hub → Authentication)",
    SALESFORCE_URL: "the address of your Salesforce org, https://….my.salesforce.com",
    SALESFORCE_TOKEN: "an access token of that org",
    SALESFORCE_CLIENT_ID: "the consumer key of the app to which the refresh token was given",
}
"""The variables that a service must have, and what each holds."""

VARIABLES = {Side.INTERCOM: (INTERCOM_TOKEN,), Side.SALESFORCE: (SALESFORCE_URL, SALESFORCE_TOKEN)}
"""Those of each side."""


def intercom_of(environment: Mapping[str, str]) -> IntercomAccount | None:
    """The Intercom account of the environment, None where it names none."""
    token, url = environment.get(INTERCOM_TOKEN), environment.get(INTERCOM_URL)
    if not token:
        return None
    process_redactor.remember(token)
    # An address takes the place of a region.
    if url:
        return IntercomAccount(token, api_url=url)
    return IntercomAccount(token, environment.get(INTERCOM_REGION) or "US")


def salesforce_of(environment: Mapping[str, str]) -> SalesforceAccount | None:
    """The Salesforce account of the environment, None where it names none.

    With a refresh token and a consumer key the access renews itself, and the access token may be
    left out. Raises `SetupError` where only half of what is needed is set.
    """
    url, token = environment.get(SALESFORCE_URL), environment.get(SALESFORCE_TOKEN, "")
    refresh = environment.get(SALESFORCE_REFRESH_TOKEN, "")
    client_id = environment.get(SALESFORCE_CLIENT_ID, "")
    if not url and not token and not refresh:
        return None
    if not url:
        raise _half(SALESFORCE_URL)
    if not token and not refresh:
        raise _half(SALESFORCE_TOKEN)
    if refresh and not client_id:
        raise _half(SALESFORCE_CLIENT_ID)
    for secret in (token, refresh):
        if secret:
            process_redactor.remember(secret)
    return SalesforceAccount(url, token, refresh, client_id, _Unkept(refresh))


def _half(absent: str) -> SetupError:
    return SetupError(
        "The environment names half an account",
        f"{absent} is not set.",
        f"Set it to {WHAT[absent]}, or unset the others.",
        subject=absent,
        side=Side.SALESFORCE,
        code="environment",
    )


class _Unkept:
    """Says, once, that a renewed refresh token can be kept nowhere."""

    def __init__(self, refresh_token: str) -> None:
        self._known = refresh_token
        self._told = False

    def __call__(self, tokens: Tokens) -> None:
        """Take note of renewed tokens; called on worker threads."""
        process_redactor.remember(tokens.access_token)
        process_redactor.remember(tokens.refresh_token)
        if tokens.refresh_token != self._known and not self._told:
            self._told = True
            typer.echo(
                f"Salesforce has replaced the token of {SALESFORCE_REFRESH_TOKEN}. The new one "
                "ends with this process: turn refresh token rotation off in the app's OAuth "
                "settings, and put a new token there.",
                err=True,
            )
