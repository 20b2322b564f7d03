"""The refusals of the simulated Intercom, in the words of the real service.

The codes are those of Intercom's reference, "Error codes"; the messages are those of the examples
in its OpenAPI description where there is one.
"""

from __future__ import annotations

from collections.abc import Mapping


class ApiError(Exception):
    """A request was refused: HTTP status, Intercom's error code and message, extra headers."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def not_permitted() -> ApiError:
    """Return the refusal of a request beyond the permissions of the app.

    `token_unauthorized` is told by Intercom's support for it; "Error codes" lists it as 401.
    """
    return ApiError(401, "token_unauthorized", "Not authorized to access resource")


def parameter_invalid(message: str) -> ApiError:
    """Return the refusal of a value."""
    return ApiError(400, "parameter_invalid", message)


def type_mismatch(field: str, expected: str) -> ApiError:
    """Return the refusal of a value of the wrong JSON type."""
    return ApiError(400, "type_mismatch", f"{field} must be a {expected}")


def contact_not_found() -> ApiError:
    """Return the answer for a contact that is not, or no longer, there."""
    return ApiError(404, "not_found", "User Not Found")


def company_not_found() -> ApiError:
    """Return the answer for a company that is not, or no longer, there."""
    return ApiError(404, "company_not_found", "Company Not Found")


def contact_merged(winner_id: str) -> ApiError:
    """Return the answer for a contact that was merged into another (2.16 and later).

    Documented at "Get a contact": 410 with a `Link` to the final target of the merges.
    """
    return ApiError(
        410,
        "contact_merged",
        "This contact has been merged. See the 'Link' header for the canonical contact.",
        {"link": f'</contacts/{winner_id}>; rel="canonical"'},
    )


def conflict(contact_id: str, *, archived: bool) -> ApiError:
    """Return the refusal to create a contact which is there already, archived or deleted."""
    which = "An archived contact" if archived else "A contact"
    return ApiError(
        409, "conflict", f"{which} matching those details already exists with id={contact_id}"
    )
