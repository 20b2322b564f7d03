"""Pages of lists and searches: their size, and the cursor from one to the next ("Pagination")."""

from __future__ import annotations

import base64
import json
from typing import Any

from sfsync_gui.sandbox.intercom.errors import ApiError, parameter_invalid

MAX_PER_PAGE = 150


def per_page(value: object, default: int) -> int:
    """Return the size of a page; it comes as text in a query and as a number in a body."""
    if value is None:
        return default
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_PER_PAGE:
        raise parameter_invalid(f"Per Page must be a number between 1 and {MAX_PER_PAGE}")
    return value


def encoded(parts: list[Any]) -> str:
    """Return a cursor that holds these parts."""
    return base64.b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode()


def decoded(text: object) -> list[Any]:
    """Return the parts of a cursor; raise ApiError for what is none."""
    try:
        parts = json.loads(base64.b64decode(str(text), validate=True))
    except ValueError:
        raise invalid_cursor() from None
    if not isinstance(parts, list):
        raise invalid_cursor()
    return parts


def page_position(text: object) -> tuple[Any, str, int] | None:
    """Return the position behind which to go on: sort value, id, number of the page."""
    if text is None:
        return None
    match decoded(text):
        case [value, str(record_id), int(number)]:
            return value, record_id, number
    raise invalid_cursor()


def invalid_cursor() -> ApiError:
    """Return the refusal of a cursor."""
    return ApiError(
        400,
        "client_error",
        "Invalid starting_after param. Please try again using a starting_after value "
        "from a paginated response",
    )
