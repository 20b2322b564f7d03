"""The data attributes of the simulated workspace: standard ones, custom ones, and their values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeGuard

from sfsync_gui.sandbox.intercom.errors import ApiError, parameter_invalid
from sfsync_gui.sandbox.intercom.model import Value

TEXT_LENGTH = 255
"""The longest text that a custom attribute holds, in characters."""

CREATABLE_TYPES = ("options", "string", "integer", "float", "boolean", "datetime", "date")
MODELS = ("contact", "company")
_LARGEST_NUMBER = 2**63
_INVALID_NAME = re.compile(r"[^\w\s\-$€£¥]")


@dataclass(frozen=True, slots=True)
class DataAttribute:
    """A data attribute. Standard ones have no id; a list is a string with `options`.

    `within` is what a standard one is a member of.
    """

    name: str
    label: str
    data_type: str
    model: str = "contact"
    id: int | None = None
    description: str = ""
    api_writable: bool = True
    ui_writable: bool = False
    messenger_writable: bool = False
    archived: bool = False
    options: tuple[str, ...] = ()
    admin_id: str | None = None
    created_at: int = 0
    updated_at: int = 0
    within: str = ""

    @property
    def custom(self) -> bool:
        """Tell whether the workspace made this attribute itself."""
        return self.id is not None

    @property
    def full_name(self) -> str:
        """Return the name that is unique among standard and custom attributes."""
        within = "custom_attributes" if self.custom else self.within
        return f"{within}.{self.name}" if within else self.name


def _standard(name: str, label: str, data_type: str, *, writable: bool = False) -> DataAttribute:
    return DataAttribute(name, label, data_type, api_writable=writable, messenger_writable=True)


STANDARD_ATTRIBUTES = (
    _standard("name", "Name", "string", writable=True),
    _standard("email", "Email", "string", writable=True),
    _standard("phone", "Phone", "string", writable=True),
    _standard("external_id", "User ID", "string", writable=True),
    _standard("role", "Role", "string", writable=True),
    _standard("owner_id", "Owner", "integer", writable=True),
    _standard("id", "ID", "string"),
    _standard("workspace_id", "Workspace ID", "string"),
    _standard("avatar", "Avatar", "string", writable=True),
    _standard("signed_up_at", "Signed up", "date", writable=True),
    _standard("last_seen_at", "Last seen", "date", writable=True),
    _standard("created_at", "First seen", "date"),
    _standard("updated_at", "Updated at", "date"),
    _standard("last_contacted_at", "Last contacted", "date"),
    _standard("last_replied_at", "Last heard from", "date"),
    _standard("last_email_opened_at", "Last opened email", "date"),
    _standard("last_email_clicked_at", "Last clicked on link in email", "date"),
    _standard("unsubscribed_from_emails", "Unsubscribed from Emails", "boolean", writable=True),
    _standard("marked_email_as_spam", "Marked email as spam", "boolean"),
    _standard("has_hard_bounced", "Has hard bounced", "boolean"),
    _standard("language_override", "Language Override", "string"),
    _standard("browser", "Browser", "string"),
    _standard("browser_version", "Browser Version", "string"),
    _standard("browser_language", "Browser Language", "string"),
    _standard("os", "OS", "string"),
    _standard("location.country", "Country", "string"),
    _standard("location.region", "Region", "string"),
    _standard("location.city", "City", "string"),
)


def _company(
    name: str, label: str, data_type: str, *, writable: bool = False, ui: bool = False
) -> DataAttribute:
    return DataAttribute(
        name, label, data_type, model="company", api_writable=writable, ui_writable=ui
    )


# As the reference showed them while it had an example ("List Company Data Attributes", 1.4).
_COMPANY_ATTRIBUTES = (
    _company("name", "Company name", "string", writable=True, ui=True),
    _company("company_id", "Company ID", "string"),
    _company("last_request_at", "Company last seen", "date"),
    _company("remote_created_at", "Company created at", "date", writable=True),
    _company("user_count", "People", "integer"),
    _company("session_count", "Company web sessions", "integer"),
    replace(_company("name", "Plan", "string"), within="plan"),
    _company("monthly_spend", "Monthly Spend", "float", writable=True),
    _company("size", "Company size", "integer", writable=True, ui=True),
    _company("industry", "Company industry", "string", writable=True, ui=True),
    _company("website", "Company website", "string", writable=True, ui=True),
)


class AttributeCatalogue:
    """All data attributes of the workspace. Methods raise ApiError where the service refuses."""

    def __init__(self, admin_id: str) -> None:
        self._admin_id = admin_id
        self._custom: dict[int, DataAttribute] = {}

    def listed(self, model: str | None, *, include_archived: bool) -> Iterator[DataAttribute]:
        """Yield the attributes of a model (None: of both), standard ones first."""
        for attribute in (*STANDARD_ATTRIBUTES, *_COMPANY_ATTRIBUTES, *self._custom.values()):
            if model in (None, attribute.model) and (include_archived or not attribute.archived):
                yield attribute

    def custom(self, name: str, model: str = "contact") -> DataAttribute | None:
        """Return the custom attribute of this exact name, archived or not."""
        for attribute in self._custom.values():
            if attribute.model == model and attribute.name == name:
                return attribute
        return None

    def create(
        self,
        name: str,
        data_type: str,
        now: int,
        *,
        model: str = "contact",
        options: tuple[str, ...] = (),
        description: str = "",
        api_writable: bool = True,
        messenger_writable: bool = False,
    ) -> DataAttribute:
        """Add a custom attribute. `data_type` "options" makes a string with options."""
        self._check_new(name, data_type, model, options)
        attribute = DataAttribute(
            name=name,
            label=name,
            data_type="string" if data_type == "options" else data_type,
            model=model,
            id=len(self._custom) + 1,
            description=description,
            api_writable=api_writable,
            ui_writable=True,
            messenger_writable=messenger_writable,
            options=options,
            admin_id=self._admin_id,
            created_at=now,
            updated_at=now,
        )
        return self._store(attribute)

    def _check_new(self, name: str, data_type: str, model: str, options: tuple[str, ...]) -> None:
        if model not in MODELS:
            raise parameter_invalid(
                "The Data Attribute model field must be either contact or company"
            )
        if not name.strip() or _INVALID_NAME.search(name):
            raise parameter_invalid(
                "Your name for this attribute must only contain alphanumeric characters, "
                "currency symbols, and hyphens"
            )
        if data_type not in CREATABLE_TYPES:
            raise parameter_invalid("Data Type isn't an option")
        if data_type == "options":
            _check_options(options)
        for other in self._custom.values():
            if other.name.casefold() == name.casefold():
                raise parameter_invalid(
                    f"You already have '{name}' in your {_data(other.model)} data. "
                    f"To save this as new {_data(model)} data, use a different name."
                )

    def update(
        self,
        attribute_id: int,
        now: int,
        *,
        options: tuple[str, ...] | None = None,
        archived: bool | None = None,
        description: str | None = None,
        messenger_writable: bool | None = None,
    ) -> DataAttribute:
        """Change a custom attribute. `options` replaces the whole list; None leaves things."""
        attribute = self._custom.get(attribute_id)
        if attribute is None:
            raise ApiError(404, "field_not_found", "We couldn't find that data attribute to update")
        if options is not None:
            if attribute.data_type != "string":
                raise parameter_invalid("Options can only be set for a list")
            _check_options(options)
        changed = replace(
            attribute,
            options=attribute.options if options is None else options,
            archived=attribute.archived if archived is None else archived,
            description=attribute.description if description is None else description,
            messenger_writable=(
                attribute.messenger_writable if messenger_writable is None else messenger_writable
            ),
        )
        return attribute if changed == attribute else self._store(replace(changed, updated_at=now))

    def _store(self, attribute: DataAttribute) -> DataAttribute:
        assert attribute.id is not None  # noqa: S101 - only custom attributes are stored
        self._custom[attribute.id] = attribute
        return attribute

    def checked_value(self, name: str, value: object, model: str = "contact") -> Value:
        """Return a value as it is stored when an API client writes it, or refuse it."""
        attribute = self.custom(name, model)
        if attribute is None or attribute.archived:
            raise parameter_invalid(f"Custom attribute '{name}' does not exist")
        if not attribute.api_writable:
            raise parameter_invalid(f"Custom attribute '{name}' is not writable via the API")
        if value is None:
            return None
        return _checked(attribute, value)


def _data(model: str) -> str:
    return "people" if model == "contact" else "company"


def _check_options(options: tuple[str, ...]) -> None:
    if len(options) < 2:
        raise parameter_invalid("The list needs at least two options")
    if len(set(options)) < len(options):
        raise parameter_invalid("The options of a list must be unique")


def _checked(attribute: DataAttribute, value: object) -> Value:
    """Return a value that is not null, of the attribute's type, or refuse it."""
    match attribute.data_type:
        case "string":
            return _checked_text(attribute, value)
        case "boolean" if isinstance(value, bool):
            return value
        case "integer" if _is_number(value) and float(value) == int(value):
            return int(value)
        case "float" if _is_number(value):
            return value
        case "date" | "datetime" if isinstance(value, int) and not isinstance(value, bool):
            return value
    raise parameter_invalid(
        f"Custom attribute '{attribute.name}' must be of type {attribute.data_type}"
    )


def _is_number(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < _LARGEST_NUMBER


def _checked_text(attribute: DataAttribute, value: object) -> str:
    if not isinstance(value, str):
        raise parameter_invalid(f"Custom attribute '{attribute.name}' must be of type string")
    if len(value) > TEXT_LENGTH:
        raise parameter_invalid(
            f"Custom attribute '{attribute.name}' is too long (maximum is 255 characters)"
        )
    if attribute.options and value and value not in attribute.options:
        raise parameter_invalid(
            f"Custom attribute '{attribute.name}' must be one of: {', '.join(attribute.options)}"
        )
    return value
