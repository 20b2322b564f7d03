"""Intercom's data attributes as the product describes them, and lists that get new options."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sfsync_gui.core.schema import IntercomAttribute, IntercomType, Option
from sfsync_gui.services.intercom.records import (
    COMPANY,
    CONTACT,
    CUSTOM_PREFIX,
    NEVER_WRITTEN,
    PLAN,
)

_TYPES = {
    "string": IntercomType.TEXT,
    "options": IntercomType.LIST,
    "integer": IntercomType.INTEGER,
    "float": IntercomType.DECIMAL,
    "boolean": IntercomType.BOOLEAN,
    "date": IntercomType.DATE,
}
_OWNER = "owner_id"
_MONTHLY_SPEND = "monthly_spend"
_CONTACT_ATTRIBUTES = (
    IntercomAttribute("email", "Email", IntercomType.TEXT),
    IntercomAttribute("phone", "Phone", IntercomType.TEXT),
    IntercomAttribute("name", "Name", IntercomType.TEXT),
    IntercomAttribute("external_id", "User ID", IntercomType.TEXT),
    IntercomAttribute(_OWNER, "Owner", IntercomType.OWNER),
    IntercomAttribute("role", "Role", IntercomType.TEXT, writable=False),
)
_COMPANY_ATTRIBUTES = (
    IntercomAttribute("name", "Company name", IntercomType.TEXT),
    IntercomAttribute("company_id", "Company ID", IntercomType.TEXT, writable=False),
    IntercomAttribute("website", "Company website", IntercomType.TEXT),
    IntercomAttribute("industry", "Company industry", IntercomType.TEXT),
    IntercomAttribute("size", "Company size", IntercomType.INTEGER),
    IntercomAttribute(_MONTHLY_SPEND, "Monthly Spend", IntercomType.INTEGER),
    IntercomAttribute(PLAN, "Plan", IntercomType.TEXT, writable=False),
)
_ALWAYS_THERE = {CONTACT: _CONTACT_ATTRIBUTES, COMPANY: _COMPANY_ATTRIBUTES}


def described(
    listed: Iterable[Mapping[str, Any]], model: str = CONTACT
) -> tuple[IntercomAttribute, ...]:
    """The attributes of `GET /data_attributes` for a model, and standard ones that it leaves out.

    Attributes of a type that the product does not know (relationships, files) are left out.
    """
    attributes = {a.name: a for entry in listed if (a := attribute(entry, model)) is not None}
    for standard in _ALWAYS_THERE[model]:
        attributes.setdefault(standard.name, standard)
    return tuple(attributes.values())


def attribute(entry: Mapping[str, Any], model: str = CONTACT) -> IntercomAttribute | None:
    """One attribute of a model (schema `data_attribute`); None for an unknown type."""
    custom = entry.get("custom") is True
    name = _full_name(entry, custom=custom)
    options = _options(entry)
    type_ = _type(name, str(entry.get("data_type")), has_options=bool(options))
    if type_ is None:
        return None
    number = entry.get("id")
    return IntercomAttribute(
        name=name,
        label=str(entry.get("label") or entry.get("name") or name),
        type=type_,
        writable=entry.get("api_writable") is True and name not in NEVER_WRITTEN[model],
        archived=entry.get("archived") is True,
        options=options,
        id=number if custom and isinstance(number, int) else None,
    )


def _full_name(entry: Mapping[str, Any], *, custom: bool) -> str:
    name = str(entry.get("name", ""))
    full_name = entry.get("full_name")
    if isinstance(full_name, str) and full_name:
        return full_name
    return CUSTOM_PREFIX + name if custom else name


def _type(name: str, data_type: str, *, has_options: bool) -> IntercomType | None:
    if name == _OWNER:
        return IntercomType.OWNER
    if name == _MONTHLY_SPEND:
        # Listed as a float, but what is behind the point is cut ("Create or update a company").
        return IntercomType.INTEGER
    if has_options and data_type == "string":
        return IntercomType.LIST
    return _TYPES.get(data_type)


def _options(entry: Mapping[str, Any]) -> tuple[Option, ...]:
    """The options: texts in answers, though requests take objects with a `value`."""
    options = entry.get("options")
    if not isinstance(options, list):
        return ()
    values = [option.get("value") if isinstance(option, dict) else option for option in options]
    return tuple(Option(value, value) for value in values if isinstance(value, str))


def folded(option: str) -> str:
    """What two options have in common that are the same: case and outer space do not count."""
    return option.strip().casefold()


def missing_options(existing: Sequence[Option], wanted: Iterable[str]) -> list[str]:
    """The wanted options, trimmed, that a list does not have yet; blank ones are none."""
    known = {folded(option.value) for option in existing}
    missing: list[str] = []
    for value in wanted:
        key = folded(value)
        if key and key not in known:
            known.add(key)
            missing.append(value.strip())
    return missing
