"""Which fields of contacts can be searched, and how ("Search contacts").

Up to 2.16 a date in a filter means a day of the workspace's time zone; Preview compares standard
timestamps by the second.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sfsync_gui.sandbox.intercom.attributes import AttributeCatalogue
from sfsync_gui.sandbox.intercom.errors import ApiError, parameter_invalid
from sfsync_gui.sandbox.intercom.search import QueryParser

_DATES = frozenset(
    [
        "created_at",
        "signed_up_at",
        "updated_at",
        "last_seen_at",
        "last_contacted_at",
        "last_replied_at",
        "last_email_opened_at",
        "last_email_clicked_at",
        "ios_last_seen_at",
        "android_last_seen_at",
    ]
)
_BOOLEANS = frozenset({"unsubscribed_from_emails", "marked_email_as_spam", "has_hard_bounced"})
_TEXTS = frozenset(
    [
        "id",
        "role",
        "name",
        "avatar",
        "owner_id",
        "email",
        "email_domain",
        "phone",
        "formatted_phone",
        "external_id",
        "language_override",
        "browser",
        "browser_language",
        "os",
        "location.country",
        "location.region",
        "location.city",
        "ios_app_version",
        "ios_device",
        "ios_app_device",
        "ios_os_version",
        "ios_app_name",
        "ios_sdk_version",
        "android_app_version",
        "android_device",
        "android_app_name",
        "andoid_sdk_version",
        "segment_id",
        "tag_id",
    ]
)
_KINDS = {
    "string": "string",
    "boolean": "boolean",
    "integer": "number",
    "float": "number",
    "date": "day",
    "datetime": "day",
}


class ContactQueryParser(QueryParser):
    """The query of "Search contacts"; a date is a day unless `by_second`."""

    def __init__(self, zone: ZoneInfo, catalogue: AttributeCatalogue, *, by_second: bool) -> None:
        super().__init__(zone)
        self._catalogue = catalogue
        self._by_second = by_second

    def _kind(self, field: str) -> str:
        if field in _DATES:
            return "second" if self._by_second else "day"
        if field in _BOOLEANS:
            return "boolean"
        if field in _TEXTS:
            return "string"
        prefix, _dot, name = field.partition(".")
        attribute = self._catalogue.custom(name) if prefix == "custom_attributes" else None
        if attribute is None or attribute.archived:
            raise parameter_invalid(f"Field '{field}' is not a searchable field")
        return _KINDS[attribute.data_type]


def is_sortable(field: str) -> bool:
    """Tell whether results can be sorted by a field."""
    return field in _DATES or field in _TEXTS


def checked_sort(sort: object) -> tuple[str, bool]:
    """Return the field to sort by and whether descending; the default is the latest update."""
    if sort is None:
        return "updated_at", True
    if not isinstance(sort, dict):
        raise parameter_invalid("sort must be an object")
    field, order = sort.get("field", "updated_at"), sort.get("order", "descending")
    if order not in ("ascending", "descending"):
        raise ApiError(
            400,
            "invalid_sort_order",
            f"Invalid sort order '{order}'. Must be one of: ascending, descending",
        )
    if not isinstance(field, str) or not is_sortable(field):
        raise ApiError(400, "invalid_sort_field", f"Invalid sort field '{field}'")
    return field, order == "descending"
