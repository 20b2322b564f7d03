"""The one exception tree. Vendor errors are turned into it at the edge of each service.

SfsyncError
├── TransientError        network, 5xx, 429, time-out, lock: retried by itself
│   └── OutcomeUnknownError      the request may have been applied, or may still be
├── SignInError           the sign-in was refused and refreshing it did not help
├── OrgError              the whole org or workspace refuses: limit reached, API disabled
├── SetupError            a field, object or permission is not as the mapping needs it
│   └── MissingPermissionError   the app in Intercom may not do this, though it is signed in
├── RecordError           this one record was refused
└── StoreError            the local database cannot be used
"""

from dataclasses import dataclass, field, replace
from typing import Self

from sfsync_gui.core.permissions import BREAKS, Permission, how_to_give
from sfsync_gui.core.remedies import SERVICES, explain
from sfsync_gui.core.vocabulary import ErrorClass, Side, SignInCause

_SAID_FIRST, _SAID_LAST = 400, 300

PERMISSION_MISSING = "permission_missing"
"""`SfsyncError.code` where the app in Intercom lacks a permission."""


REQUEST_REFUSED = "request_refused"
"""`RecordError.code` where Intercom refused a request about one record, and said nothing that
could be acted upon."""


@dataclass(eq=False)
class SfsyncError(Exception):
    """Something that went wrong, in words for a person.

    `title` is a short heading, `message` says what happened, `remedy` what to do, `subject`
    to whom or what (a record id, a field, a host; never a secret). `code` and `detail` are the
    service's own words. What is not given follows from the code, the class and the side: every
    failure that has a side says what to do, and to whom it happened.
    """

    title: str
    message: str
    remedy: str = ""
    subject: str = ""
    side: Side | None = None
    code: str = ""
    detail: str = ""

    error_class = ErrorClass.RECORD

    def __post_init__(self) -> None:
        if self.side is None:
            return
        self.subject = self.subject or SERVICES[self.side]
        if not self.remedy:
            fields = getattr(self, "fields", ())
            found = explain(self.error_class, self.code, self.message, fields, self.side)
            self.remedy = found.remedy

    def anew(self) -> Self:
        """The same failure, to be raised once more.

        An exception that is raised again gathers the stacks of all its raisings, and keeps hold
        of everything that they refer to.
        """
        return replace(self)

    def __str__(self) -> str:
        return f"{self.title}: {self.message}"


@dataclass(eq=False)
class TransientError(SfsyncError):
    """Passes by itself. `retry_after` is in seconds, None where the service named no time."""

    retry_after: float | None = None

    error_class = ErrorClass.TRANSIENT


@dataclass(eq=False)
class OutcomeUnknownError(TransientError):
    """The connection ended after sending: the write may have been applied, or may be later."""


@dataclass(eq=False)
class SignInError(SfsyncError):
    """The access was refused, and refreshing it did not help: a person must sign in again.

    `cause` is what the service's answer tells of the reason, None where it tells nothing.
    """

    cause: SignInCause | None = None

    error_class = ErrorClass.SIGN_IN


@dataclass(eq=False)
class OrgError(SfsyncError):
    """The whole side refuses for now, such as the daily limit reached or the API disabled."""

    error_class = ErrorClass.ORG


@dataclass(eq=False)
class SetupError(SfsyncError):
    """A mapped field or object is not there, not readable or not writable.

    `fields` names those at fault where the service named them; `object` the Salesforce object.
    """

    fields: tuple[str, ...] = ()
    object: str = ""

    error_class = ErrorClass.SETUP


@dataclass(eq=False)
class MissingPermissionError(SetupError):
    """The app in Intercom lacks a permission. It keeps only what needs it from being done."""

    permission: Permission = Permission.READ_PEOPLE


def readable(said: str) -> str:
    """What is said of a failure, without its middle where it goes on for pages."""
    if len(said) <= _SAID_FIRST + _SAID_LAST:
        return said
    return f"{said[:_SAID_FIRST]} … {said[-_SAID_LAST:]}"


def not_permitted(permission: Permission, detail: str = "") -> MissingPermissionError:
    """The failure for what Intercom refuses to an app that lacks this permission."""
    return MissingPermissionError(
        "Intercom lacks a permission",
        f"The app in Intercom lacks the permission “{permission}”. {BREAKS[permission]}",
        how_to_give(permission),
        subject=permission,
        side=Side.INTERCOM,
        code=PERMISSION_MISSING,
        detail=detail,
        permission=permission,
    )


@dataclass(eq=False)
class RecordError(SfsyncError):
    """One record was refused. `fields` names those at fault where the service named them."""

    fields: tuple[str, ...] = ()

    error_class = ErrorClass.RECORD


@dataclass(eq=False)
class StoreError(SfsyncError):
    """The local database cannot be opened or used; it was left as it is."""

    error_class = ErrorClass.ORG


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """A service's refusal of one record within a batch, by fields where it named them."""

    error_class: ErrorClass
    code: str
    message: str
    fields: tuple[str, ...] = field(default_factory=tuple)


def refusal_of(failure: RecordError) -> RowRefusal:
    """The failure about one record as what is kept of it."""
    return RowRefusal(failure.error_class, failure.code, failure.message, failure.fields)
