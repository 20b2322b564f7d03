"""Intercom's refusals, made into the product's own failures.

An error answer is `{type: "error.list", request_id, errors: [{code, message, field?}]}`; the
codes are listed at "Error codes" in Intercom's developer documentation.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sfsync_gui.core.failures import (
    REQUEST_REFUSED,
    MissingPermissionError,
    OrgError,
    OutcomeUnknownError,
    RecordError,
    SetupError,
    SfsyncError,
    SignInError,
    TransientError,
    not_permitted,
    readable,
)
from sfsync_gui.core.permissions import Permission
from sfsync_gui.core.vocabulary import Side, SignInCause
from sfsync_gui.services.intercom.records import CUSTOM_PREFIX
from sfsync_gui.services.intercom.regions import Region

_SIGN_IN_CAUSES = {
    "token_blocked": SignInCause.DENIED,
    "token_suspended": SignInCause.DENIED,
    "token_unauthorized": SignInCause.OTHER,
    "missing_authorization": SignInCause.OTHER,
}
"""Causes of a 401 by its code; with any other code the token is not, or no longer, known."""

_NOT_PERMITTED = frozenset({"token_unauthorized", "action_forbidden", "forbidden"})
"""Codes of a 401 or 403 for what the app may not do, though its token is good: "The token or API
Key is not allowed to access the resource", "The action is not authorized", "The request is not
allowed" ("Error codes"). No other code says so."""

RATE_LIMITED = "rate_limit_exceeded"
"""`TransientError.code` of every 429: the request was refused before it was applied."""

_NO_SUCH_ATTRIBUTE = re.compile(
    r"does not exist|doesn't exist|not found|archived|not writ[ea]+ble|read[- ]only", re.IGNORECASE
)
# Words by which messages name an attribute otherwise than by its name.
_SPOKEN = {"owner": "owner_id", "user id": "external_id", "user_id": "external_id"}


@dataclass(frozen=True, slots=True)
class ServiceError:
    """One entry of an error list; `field` is empty where none is named."""

    code: str
    message: str
    field: str = ""


def error_list(body: object) -> tuple[ServiceError, ...] | None:
    """The entries of an error list; None where the body is something else."""
    if not isinstance(body, dict) or body.get("type") != "error.list":
        return None
    entries = body.get("errors")
    if not isinstance(entries, list):
        return None
    return tuple(
        ServiceError(
            str(entry.get("code") or ""),
            readable(str(entry.get("message") or "")),
            str(entry.get("field") or ""),
        )
        for entry in entries
        if isinstance(entry, dict)
    )


def says_gone(status: int, errors: Iterable[ServiceError]) -> bool:
    """Whether Intercom itself says that a record is not there (404), or was merged (410)."""
    return status == 410 or (
        status == 404 and any(error.code.endswith("not_found") for error in errors)
    )


def sign_in_refused(
    errors: Iterable[ServiceError], region: Region | None, host: str
) -> SignInError:
    """The failure for a 401: who refused what, and why."""
    first = _first(errors)
    where = f"Intercom ({region.label})" if region is not None else f"Intercom at {host}"
    message, remedy = {
        "token_revoked": ("The access was revoked in Intercom.", "Connect Intercom again."),
        "token_expired": ("The access token has expired.", "Connect Intercom again."),
        "token_blocked": (
            "Intercom has blocked this app's access.",
            "Ask Intercom's support why, then connect again.",
        ),
        "token_suspended": (
            "Intercom has suspended this app.",
            "Ask Intercom's support why, then connect again.",
        ),
        "token_unauthorized": (
            "The app does not have the permissions that are needed.",
            "In Intercom's Developer Hub, open the app's Authentication page, allow reading and "
            "writing people and reading admins, then connect again.",
        ),
        "missing_authorization": ("No access token was sent.", "Connect Intercom again."),
    }.get(
        first.code,
        (
            f"{where} does not know this access token. It was mistyped or removed, or it belongs "
            "to a workspace in another region.",
            "Check the region, then connect Intercom again.",
        ),
    )
    return SignInError(
        "Signed out of Intercom",
        message,
        remedy,
        host,
        Side.INTERCOM,
        first.code,
        first.message,
        cause=_SIGN_IN_CAUSES.get(first.code, SignInCause.TOKEN_REMOVED),
    )


def permission_refused(
    errors: Iterable[ServiceError], permission: Permission, status: int
) -> MissingPermissionError | None:
    """The failure for a 401 or 403 that refuses what the app may not do; None for any other."""
    first = _first(errors)
    if first.code not in _NOT_PERMITTED:
        return None
    return not_permitted(permission, _detail(status, first))


def temporary(
    status: int, errors: Iterable[ServiceError], host: str, *, write: bool, seconds: float
) -> TransientError:
    """The failure for 408, 429 and 5xx. `seconds` is when the rate limit allows calls again.

    A 5xx or 408 to a write leaves open whether it was applied: a gateway may have given up on
    a request that went on behind it.
    """
    first = _first(errors)
    if status == 429:
        return TransientError(
            "Intercom asks to wait",
            "The workspace has used up its Intercom calls for the moment.",
            "This is tried again by itself.",
            subject=host,
            side=Side.INTERCOM,
            code=RATE_LIMITED,
            detail=first.message,
            retry_after=seconds,
        )
    failure = OutcomeUnknownError if write else TransientError
    return failure(
        "Intercom has a problem",
        f"{host} could not handle the request.",
        "Whether the change was made is looked up before anything is sent again."
        if write
        else "This is tried again by itself.",
        subject=host,
        side=Side.INTERCOM,
        code=first.code,
        detail=_detail(status, first),
    )


def forbidden(status: int, errors: Iterable[ServiceError], host: str) -> OrgError:
    """The failure for 402 and 403: the plan does not include the call, or a firewall refuses it."""
    first = _first(errors)
    plan = first.code == "api_plan_restricted"
    return OrgError(
        "Intercom does not allow this",
        "The workspace's plan does not include this part of Intercom."
        if plan
        else "The app may not do this in the workspace.",
        "Ask Intercom's support about the plan."
        if plan
        else "In Intercom's Developer Hub, open the app's Authentication page, allow reading and "
        "writing people and reading admins, then connect again.",
        subject=host,
        side=Side.INTERCOM,
        code=first.code,
        detail=_detail(status, first),
    )


def unexpected(status: int, errors: Iterable[ServiceError], what: str) -> OrgError:
    """The failure for a refusal that no person can mend: what the app asked was not accepted."""
    first = _first(errors)
    return OrgError(
        "Intercom refused a request",
        f"Intercom did not accept the request {what}: {first.message or 'no reason was given'}.",
        "If this lasts, send the log to the app's makers.",
        subject=what,
        side=Side.INTERCOM,
        code=first.code,
        detail=_detail(status, first),
    )


def refused_about(
    status: int, errors: Iterable[ServiceError], record_id: str, what: str
) -> RecordError:
    """The failure for a refusal to show one record: nothing is said by it of any other.

    `what` was asked for. What concerns the app or the workspace comes with 401, 402 or 403.
    """
    first = _first(errors)
    said = first.message or "no reason was given"
    return RecordError(
        "Intercom refused a request about one record",
        f"Intercom did not accept the request {what}: {said} ({_detail(status, first)}).",
        side=Side.INTERCOM,
        subject=record_id,
        code=REQUEST_REFUSED,
        detail=_detail(status, first),
    )


def record_refused(
    status: int, errors: Iterable[ServiceError], contact_id: str, values: Mapping[str, Any]
) -> SfsyncError:
    """The failure for a refused write of `values` (by full name) to one contact.

    `SetupError` where an attribute is not there, archived or not writable; `RecordError`
    otherwise. `fields` names the sent attributes that the answer blames; empty where it blames
    none that was sent.
    """
    entries = tuple(errors)
    first = _first(entries)
    fields = tuple(dict.fromkeys(f for e in entries for f in _blamed(e, status, values)))
    message = " ".join(e.message for e in entries if e.message) or "No reason was given."
    if fields and any(_NO_SUCH_ATTRIBUTE.search(e.message) for e in entries):
        return SetupError(
            "An attribute cannot be written",
            f"Intercom does not accept {', '.join(fields)}: {message}",
            "Check the attribute in Intercom's data settings, or remove its row from the attribute "
            "mapping.",
            subject=", ".join(fields),
            side=Side.INTERCOM,
            code=first.code,
            detail=_detail(status, first),
            fields=fields,
        )
    return RecordError(
        "Intercom refused the change",
        message,
        "Another person in Intercom has the same ID. Merge the two, or change one of them."
        if status == 409
        else "Change the value, then retry.",
        subject=contact_id,
        side=Side.INTERCOM,
        code=first.code,
        detail=_detail(status, first),
        fields=fields,
    )


def _blamed(error: ServiceError, status: int, values: Mapping[str, Any]) -> list[str]:
    """The sent attributes that an entry blames."""
    if error.field:
        for name in (error.field, CUSTOM_PREFIX + error.field):
            if name in values:
                return [name]
    # Longest first, each taken out: "plan" must not be found in "plan type".
    text, found = error.message, []
    for name in sorted(values, key=len, reverse=True):
        mention = _mention(name)
        if mention.search(text):
            found.append(name)
            text = mention.sub("\0", text)
    if not found:
        found = [n for word, n in _SPOKEN.items() if n in values and word in text.casefold()]
    if not found and status == 409:
        # A PUT conflicts on the external id, not on the e-mail (seen in recorded answers).
        found = [name for name in ("external_id",) if name in values]
    return found


def _mention(name: str) -> re.Pattern[str]:
    """How a message mentions an attribute: full name, or quoted; a standard one also bare."""
    bare = re.escape(name.removeprefix(CUSTOM_PREFIX))
    quoted = rf"['\"‘“`\[]{bare}['\"’”`\]]"
    if name.startswith(CUSTOM_PREFIX):
        return re.compile(rf"{re.escape(name)}(?!\w)|{quoted}")
    return re.compile(rf"{quoted}|(?<![\w.]){bare}(?![\w.])", re.IGNORECASE)


def _first(errors: Iterable[ServiceError]) -> ServiceError:
    return next(iter(errors), ServiceError("", ""))


def _detail(status: int, error: ServiceError) -> str:
    return f"HTTP {status} {error.code} {error.message}".strip()
