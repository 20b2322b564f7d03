"""Accounts that the environment names: for services on computers without a password store."""

from collections.abc import Mapping

from sfsync_gui.app import IntercomAccount, SalesforceAccount
from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.desktop.redaction import process_redactor

INTERCOM_TOKEN = "SFSYNC_INTERCOM_TOKEN"  # noqa: S105 - the name of a variable
INTERCOM_REGION = "SFSYNC_INTERCOM_REGION"
INTERCOM_URL = "SFSYNC_INTERCOM_URL"
SALESFORCE_URL = "SFSYNC_SALESFORCE_URL"
SALESFORCE_TOKEN = "SFSYNC_SALESFORCE_TOKEN"  # noqa: S105 - the name of a variable

WHAT = {
    INTERCOM_TOKEN: "the access token of your Intercom app (Developer Hub → Authentication)",
    SALESFORCE_URL: "the address of your Salesforce org, https://….my.salesforce.com",
    SALESFORCE_TOKEN: "an access token of that org",
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

    Raises `SetupError` where only one of address and token is set.
    """
    url, token = environment.get(SALESFORCE_URL), environment.get(SALESFORCE_TOKEN)
    if not url and not token:
        return None
    if not url or not token:
        absent = SALESFORCE_TOKEN if url else SALESFORCE_URL
        raise SetupError(
            "The environment names half an account",
            f"{absent} is not set.",
            f"Set it to {WHAT[absent]}, or unset the other.",
            subject=absent,
            side=Side.SALESFORCE,
            code="environment",
        )
    process_redactor.remember(token)
    return SalesforceAccount(url, token)
