"""`sfsync settings`: what the engine works with, checked before it is stored."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sfsync_gui.app.orders import Order
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output, UsageError
from sfsync_gui.cli.progress import progress_of
from sfsync_gui.cli.stored import glanced
from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.mapping import MappingKey, MatchingOrder, Settings
from sfsync_gui.core.setting_amounts import read_amount, whole_unit
from sfsync_gui.core.setting_limits import (
    LIMITS,
    SWITCHES,
    TEXT_LIMITS,
    refusal_of,
    text_refusal_of,
)
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.storage import UnitOfWork

_YES = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}

KEY = "key"
SALESFORCE_ORDER = "salesforce_order"
INTERCOM_ORDER = "intercom_order"
STRICT = "strict"

_MATCHING_WORDS = {
    KEY: "what people are matched by: email, or external_id:LeadField:ContactField",
    SALESFORCE_ORDER: "which record is preferred of several: contact,lead or lead,contact",
    INTERCOM_ORDER: "which person is preferred of several: user,lead or lead,user",
    STRICT: "leave people with more than one candidate unlinked: yes or no",
}


@dataclass(frozen=True, slots=True)
class _Stored:
    """What is in force."""

    settings: Settings
    key: MappingKey
    order: MatchingOrder


def get_settings(data_dir: Path, output: Output, name: str | None) -> ExitCode:
    """All settings with what they mean, or the value of one."""
    texts = _texts(_stored(data_dir))
    if name is not None:
        found = _known_name(name)
        output.document({found: texts[found]})
        output.line(texts[found])
        return ExitCode.FINE
    output.document(texts)
    words = {name: limit.words for name, limit in LIMITS.items()}
    words |= {name: limit.words for name, limit in TEXT_LIMITS.items()}
    words |= {**SWITCHES, **_MATCHING_WORDS}
    for setting, text in texts.items():
        output.line(f"{setting:<20}  {text:<28}  {words[setting]}")
    return ExitCode.FINE


async def set_setting(data_dir: Path, output: Output, name: str, text: str) -> ExitCode:
    """Change one setting. The key and the order of matching need both services."""
    setting = _known_name(name)
    stored = _stored(data_dir)
    if setting in LIMITS:
        value = parse_setting(setting, text)
        order = Order("settings.change", {"settings": {setting: value}})
    elif setting in TEXT_LIMITS:
        order = Order("settings.change", {"settings": {setting: parse_text(setting, text)}})
    elif setting in SWITCHES:
        switched = parse_switch(setting, text)
        order = Order("settings.change", {"settings": {setting: switched}})
    else:
        key, matching = _changed_matching(stored, setting, text)
        if (key, matching) == (stored.key, stored.order):
            return _tell(output, stored, setting, changed=False)
        order = Order("key.change", {"key": asdict(key), "order": asdict(matching)})
    with progress_of(output) as emit:
        await give(data_dir, order, emit)
    return _tell(output, _stored(data_dir), setting, changed=True)


def _tell(output: Output, stored: _Stored, setting: str, *, changed: bool) -> ExitCode:
    text = _texts(stored)[setting]
    output.document({setting: text, "changed": changed})
    output.line(f"{setting} is {text}{'' if changed else ' already'}.")
    return ExitCode.FINE


def _stored(data_dir: Path) -> _Stored:
    if not database_path(data_dir).exists():
        return _Stored(Settings(), MappingKey(), MatchingOrder())
    return glanced(data_dir, _read)


def _read(unit: UnitOfWork) -> _Stored:
    return _Stored(unit.state.settings(), unit.state.key(), unit.state.order())


def _known_name(name: str) -> str:
    wanted = name.strip().replace("-", "_")
    known = [*LIMITS, *TEXT_LIMITS, *SWITCHES, *_MATCHING_WORDS]
    if wanted not in known:
        names = ", ".join(known)
        raise UsageError("Not understood", f"There is no setting {name}.", f"There are: {names}.")
    return wanted


# ---------------------------------------------------------------------- values


def parse_setting(name: str, text: str) -> float | int | None:
    """The value of a setting: `90`, `5 min`, `2 h`, `10 %`, `none`. Raises `SetupError`."""
    limit = LIMITS[name]
    try:
        value = read_amount(text, limit.unit, may_be_none=limit.may_be_none)
        reason = refusal_of(name, value)
    except ValueError:
        value, reason = None, _not_understood(name, limit.unit)
    if reason is not None:
        raise _cannot_be_used(name, reason)
    return value


def parse_text(name: str, text: str) -> str:
    """The text of a setting; `none` is none. Raises `SetupError`."""
    value = "" if text.strip().casefold() == "none" else text.strip()
    reason = text_refusal_of(name, value)
    if reason is not None:
        raise _cannot_be_used(name, reason)
    return value


def parse_switch(name: str, text: str) -> bool:
    """Whether a setting is to be on: `yes` or `no`. Raises `UsageError`."""
    switched = _YES.get(text.strip().casefold())
    if switched is None:
        raise UsageError("Not understood", f"{name} is yes or no.")
    return switched


def _cannot_be_used(name: str, reason: str) -> SetupError:
    return SetupError(
        "The setting cannot be used",
        reason,
        "Choose another value. Nothing was changed.",
        subject=name,
        code="setting",
    )


def _not_understood(name: str, unit: str) -> str:
    example = {"seconds": "90, 5 min or 2 h", "share": "10 % or 0.1"}.get(unit, "a whole number")
    return f"{name} is not understood; write {example}."


def _changed_matching(stored: _Stored, setting: str, text: str) -> tuple[MappingKey, MatchingOrder]:
    key, order = stored.key, stored.order
    if setting == KEY:
        return _parse_key(text), order
    if setting == STRICT:
        strict = parse_switch(setting, text)
        return key, MatchingOrder(order.salesforce, order.intercom, strict)
    if setting == SALESFORCE_ORDER:
        kinds = _parse_kinds(text, _SALESFORCE_KINDS)
        return key, MatchingOrder(kinds, order.intercom, order.strict)
    return key, MatchingOrder(order.salesforce, _parse_kinds(text, _INTERCOM_KINDS), order.strict)


_SALESFORCE_KINDS = {"contact": PersonKind.CONTACT, "lead": PersonKind.LEAD}
_INTERCOM_KINDS = {"user": PersonKind.USER, "lead": PersonKind.INTERCOM_LEAD}


def _parse_key(text: str) -> MappingKey:
    attribute, *fields = [part.strip() for part in text.split(":")]
    if attribute == "email" and not fields:
        return MappingKey()
    if attribute == "external_id" and len(fields) == 2 and any(fields):
        return MappingKey("external_id", fields[0] or None, fields[1] or None)
    raise UsageError(
        "Not understood",
        "The key is email, or external_id with the Lead's and the Contact's field.",
        "For example: `sfsync settings set key external_id:External_Id__c:External_Id__c`. "
        "Leave a field empty where that object is not matched.",
    )


def _parse_kinds(text: str, kinds: Mapping[str, PersonKind]) -> tuple[PersonKind, ...]:
    names = [part.strip().casefold() for part in text.split(",")]
    if sorted(names) != sorted(kinds):
        choices = " or ".join((",".join(kinds), ",".join([*kinds][::-1])))
        raise UsageError("Not understood", f"The order is {choices}.")
    return tuple(kinds[name] for name in names)


def _texts(stored: _Stored) -> dict[str, str]:
    values: dict[str, Any] = asdict(stored.settings)
    texts = {name: _TEXT_OF[limit.unit](values[name]) for name, limit in LIMITS.items()}
    texts |= {name: values[name] or "none" for name in TEXT_LIMITS}
    texts |= {name: "yes" if values[name] else "no" for name in SWITCHES}
    texts[KEY] = _key_text(stored.key)
    texts[SALESFORCE_ORDER] = ",".join(kind.lower() for kind in stored.order.salesforce)
    texts[INTERCOM_ORDER] = ",".join(kind.lower() for kind in stored.order.intercom)
    texts[STRICT] = "yes" if stored.order.strict else "no"
    return texts


def _key_text(key: MappingKey) -> str:
    if key.is_email:
        return key.intercom_attribute
    return f"{key.intercom_attribute}:{key.lead_field or ''}:{key.contact_field or ''}"


def _duration(seconds: float) -> str:
    number, unit = whole_unit(seconds)
    return f"{number:g} {_UNITS[unit]}"


_UNITS = {"day": "d", "hour": "h", "minute": "min", "second": "s"}


_TEXT_OF: Mapping[str, Callable[[Any], str]] = {
    "seconds": _duration,
    "calls": lambda value: "none" if value is None else f"{value:,}",
    "share": lambda value: f"{value * 100:g} %",
    "people": lambda value: f"{value:,}",
    "days": lambda value: "none" if value is None else f"{value:,}",
}
