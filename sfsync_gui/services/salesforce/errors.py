"""The edge: what simple-salesforce, requests and Salesforce say, turned into core.failures."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NewConnectionError,
    ProxyError,
)

from sfsync_gui.core.failures import (
    OrgError,
    OutcomeUnknownError,
    RecordError,
    RowRefusal,
    SetupError,
    SfsyncError,
    SignInError,
    TransientError,
)
from sfsync_gui.core.vocabulary import ErrorClass, Side, SignInCause
from sfsync_gui.services.oauth.provider_errors import salesforce_refusal
from sfsync_gui.services.salesforce.lean_client import SalesforceError
from sfsync_gui.services.salesforce.refusals import named_object, refusals_of

_OAUTH_REFUSALS = ("Bad_OAuth_Token", "Missing_OAuth_Token", "INVALID_SESSION_ID")
_EXPIRED_PASSWORD = "INVALID_OPERATION_WITH_EXPIRED_PASSWORD"  # noqa: S105 - a code
_DETAIL_LENGTH = 2_000


class SessionRefusedError(Exception):
    """The access token was refused; the request was not applied. Handled within the adapter."""


@contextmanager
def salesforce_failures(*, writes: bool, object_name: str = "") -> Iterator[None]:
    """Turn the errors of one request into the product's own.

    `writes` tells whether an answer that got lost leaves open what happened. Raises
    `SessionRefusedError` where the access token was refused, else `core.failures.SfsyncError`.
    """
    try:
        yield
    except SalesforceError as error:
        raise failure_of(
            error.status, error.content, writes=writes, object_name=object_name
        ) from None
    except requests.exceptions.JSONDecodeError as error:
        raise _interrupted("Salesforce's answer cannot be read.", writes, error) from error
    except requests.RequestException as error:
        raise connection_failure(error, writes=writes) from error


def failure_of(
    status: int, content: object, *, writes: bool, object_name: str = ""
) -> SfsyncError | SessionRefusedError:
    """The failure that an answer with an error status stands for.

    A 5xx answer to a write tells nothing: the write may have been applied before it failed.
    """
    refusals = refusals_of(content)
    first = refusals[0] if refusals else RowRefusal(ErrorClass.RECORD, "", _text(content))
    if _is_session_refused(status, first, content):
        return SessionRefusedError()
    if status >= 500:
        return _server_failure(status, first, writes)
    if first.code == _EXPIRED_PASSWORD:
        return salesforce_refusal(first.code, first.message, title="Signed out of Salesforce")
    if first.error_class is ErrorClass.TRANSIENT or status == 429:
        return TransientError(
            "Salesforce is busy",
            "Salesforce could not handle the request just now.",
            side=Side.SALESFORCE,
            code=first.code,
            detail=first.message,
        )
    if status < 400:
        return SignInError(
            "Salesforce has moved",
            "Salesforce answers at another address than it did at sign-in.",
            "Sign in to Salesforce again.",
            side=Side.SALESFORCE,
            detail=first.message,
            cause=SignInCause.OTHER,
        )
    if first.error_class is ErrorClass.ORG or (status == 403 and not first.code):
        return org_failure(first)
    if first.error_class is ErrorClass.SETUP or status in (403, 404):
        return setup_failure(first, object_name)
    return RecordError(
        "Salesforce refused the request",
        first.message or "Salesforce gave no reason.",
        side=Side.SALESFORCE,
        subject=object_name,
        code=first.code,
        detail=first.message,
        fields=first.fields,
    )


def connection_failure(error: requests.RequestException, *, writes: bool) -> TransientError:
    """The failure of a request without an answer: never sent, or sent with unknown outcome."""
    if never_sent(error):
        certificate = isinstance(_cause(error), ssl.SSLCertVerificationError)
        return TransientError(
            "Salesforce cannot be reached",
            "The identity of Salesforce could not be verified."
            if certificate
            else "No connection to Salesforce could be made.",
            "Check the computer's date, and whether the network asks for a sign-in."
            if certificate
            else "Check the computer's network connection.",
            side=Side.SALESFORCE,
            detail=_text(error),
        )
    if isinstance(error, requests.Timeout):
        return _interrupted("Salesforce did not answer in time.", writes, error)
    return _interrupted("The connection to Salesforce broke.", writes, error)


def never_sent(error: requests.RequestException) -> bool:
    """Whether the connection was never made, so that nothing can have been sent."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    if isinstance(error, (requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL)):
        return True
    never = (NewConnectionError, ConnectTimeoutError, ProxyError, ssl.SSLCertVerificationError)
    return isinstance(_cause(error), never)


def _cause(error: requests.RequestException) -> object:
    """What is behind an exception of requests, where it tells."""
    reason = error.args[0] if error.args else None
    if isinstance(reason, MaxRetryError):
        reason = reason.reason
    if isinstance(reason, (NewConnectionError, ConnectTimeoutError, ProxyError)):
        return reason
    return reason.args[0] if isinstance(reason, HTTPError) and reason.args else reason


def org_failure(refusal: RowRefusal) -> OrgError:
    """The failure that concerns the whole org, in words."""
    if refusal.code == "REQUEST_LIMIT_EXCEEDED":
        title = "Salesforce API limit reached"
        message = "The org's API requests of the last 24 hours are used up."
        remedy = "Syncing goes on by itself when Salesforce allows requests again."
    elif refusal.code in ("API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"):
        title = "Salesforce API not available"
        message = "This org or user may not use the Salesforce API."
        remedy = "Have an administrator turn on “API Enabled” for the user that is signed in."
    else:
        title = "Salesforce refuses access"
        message = "Salesforce refuses all requests of the user that is signed in."
        remedy = "Have an administrator check the user's permissions and login restrictions."
    return OrgError(
        title, message, remedy, side=Side.SALESFORCE, code=refusal.code, detail=refusal.message
    )


def setup_failure(refusal: RowRefusal, object_name: str = "") -> SetupError:
    """The failure that a field or object which is not as the mapping needs it stands for."""
    object_name = named_object(refusal.message) or object_name
    if refusal.fields:
        names = ", ".join(refusal.fields)
        place = f" of {object_name}" if object_name else ""
        title = "Field not available"
        message = f"The user that is signed in cannot use the field {names}{place}."
        remedy = (
            "Make the field visible and editable in Salesforce, or change the attribute mapping."
        )
    else:
        title = "Object not available"
        message = f"The user that is signed in cannot use {object_name or 'an object'}."
        remedy = "Have an administrator give the user access to this object."
    return SetupError(
        title,
        message,
        remedy,
        subject=", ".join(refusal.fields) or object_name,
        side=Side.SALESFORCE,
        code=refusal.code,
        detail=refusal.message,
        fields=refusal.fields,
        object=object_name,
    )


def outcome_unknown(detail: str = "") -> OutcomeUnknownError:
    """The failure of a write about which nothing can be said."""
    return OutcomeUnknownError(
        "Outcome unknown",
        "Salesforce did not say whether the change was made.",
        side=Side.SALESFORCE,
        detail=detail,
    )


def not_understood() -> TransientError:
    """The failure of a reading whose answer is not what Salesforce's documentation says."""
    return TransientError(
        "Salesforce is not available",
        "Salesforce's answer cannot be understood.",
        side=Side.SALESFORCE,
    )


def _server_failure(status: int, refusal: RowRefusal, writes: bool) -> TransientError:
    message = "Salesforce is having trouble and could not answer."
    detail = f"{status} {refusal.message}"
    if writes:
        return OutcomeUnknownError(
            "Outcome unknown",
            f"{message} It is not known whether the change was made.",
            side=Side.SALESFORCE,
            code=refusal.code,
            detail=detail,
        )
    return TransientError(
        "Salesforce is not available",
        message,
        side=Side.SALESFORCE,
        code=refusal.code,
        detail=detail,
    )


def _interrupted(message: str, writes: bool, error: Exception) -> TransientError:
    detail = _text(error)
    if writes:
        return OutcomeUnknownError(
            "Outcome unknown",
            f"{message} It is not known whether the change was made.",
            side=Side.SALESFORCE,
            detail=detail,
        )
    return TransientError(
        "Salesforce is not available", message, side=Side.SALESFORCE, detail=detail
    )


def _is_session_refused(status: int, refusal: RowRefusal, content: object) -> bool:
    """Whether the access token was refused; userinfo says so with 403 and a bare text."""
    if status == 401 or refusal.error_class is ErrorClass.SIGN_IN:
        return True
    return (
        status == 403 and isinstance(content, str) and content.strip().startswith(_OAUTH_REFUSALS)
    )


def _text(content: object) -> str:
    return str(content)[:_DETAIL_LENGTH]
