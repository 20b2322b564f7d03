"""Which Intercom attribute may be mapped to which Salesforce field, and which way.

`TABLE` is the whole rule by type; `check` adds what describes the two particular fields: whether
the target may be written, and what a person should know before mapping them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sfsync_gui.core.options import match_options
from sfsync_gui.core.schema import IntercomAttribute, IntercomType, SalesforceField, SalesforceType
from sfsync_gui.core.values import field_scale
from sfsync_gui.core.vocabulary import Direction, Side

_TEXTS = frozenset(
    {
        SalesforceType.STRING,
        SalesforceType.TEXTAREA,
        SalesforceType.EMAIL,
        SalesforceType.PHONE,
        SalesforceType.URL,
        SalesforceType.COMBOBOX,
        SalesforceType.ENCRYPTED,
    }
)
_READ_AS_TEXT = frozenset(
    {
        SalesforceType.ID,
        SalesforceType.REFERENCE,
        SalesforceType.PICKLIST,
        SalesforceType.MULTIPICKLIST,
        SalesforceType.TIME,
    }
)
_DECIMALS = frozenset({SalesforceType.DOUBLE, SalesforceType.CURRENCY, SalesforceType.PERCENT})
_NUMBERS = _DECIMALS | {SalesforceType.INT}
_PICKLIST = frozenset({SalesforceType.PICKLIST})
_BOOLEAN = frozenset({SalesforceType.BOOLEAN})
_DAYS = frozenset({SalesforceType.DATE, SalesforceType.DATETIME})
_REFERENCE = frozenset({SalesforceType.REFERENCE})


@dataclass(frozen=True, slots=True)
class TypeRule:
    """The Salesforce types that an Intercom type is written to and read from.

    The flags narrow it: numbers without (`reads_whole_only`) or with decimals
    (`writes_decimals_only`), references to users only, and types not offered two-way.
    """

    to_salesforce: frozenset[SalesforceType]
    to_intercom: frozenset[SalesforceType]
    reads_whole_only: bool = False
    writes_decimals_only: bool = False
    users_only: bool = False
    one_way: frozenset[SalesforceType] = frozenset()


TABLE: Mapping[IntercomType, TypeRule] = {
    IntercomType.TEXT: TypeRule(_TEXTS, _TEXTS | _READ_AS_TEXT),
    IntercomType.LIST: TypeRule(_PICKLIST, _PICKLIST),
    IntercomType.INTEGER: TypeRule(_NUMBERS, _NUMBERS, reads_whole_only=True),
    IntercomType.DECIMAL: TypeRule(_DECIMALS, _NUMBERS, writes_decimals_only=True),
    IntercomType.BOOLEAN: TypeRule(_BOOLEAN, _BOOLEAN),
    IntercomType.DATE: TypeRule(_DAYS, _DAYS, one_way=frozenset({SalesforceType.DATETIME})),
    IntercomType.OWNER: TypeRule(_REFERENCE, _REFERENCE, users_only=True),
}
"""The compatibility table, by Intercom type."""

_INTERCOM_WORDS = {
    IntercomType.TEXT: "text",
    IntercomType.LIST: "a list",
    IntercomType.INTEGER: "a whole number",
    IntercomType.DECIMAL: "a decimal number",
    IntercomType.BOOLEAN: "true or false",
    IntercomType.DATE: "a date",
    IntercomType.OWNER: "a teammate",
}
_SALESFORCE_WORDS = {
    SalesforceType.STRING: "text",
    SalesforceType.TEXTAREA: "a text area",
    SalesforceType.EMAIL: "an e-mail address",
    SalesforceType.PHONE: "a phone number",
    SalesforceType.URL: "a web address",
    SalesforceType.COMBOBOX: "a combo box",
    SalesforceType.ENCRYPTED: "encrypted text",
    SalesforceType.ID: "a record id",
    SalesforceType.REFERENCE: "a lookup",
    SalesforceType.PICKLIST: "a picklist",
    SalesforceType.MULTIPICKLIST: "a multi-select picklist",
    SalesforceType.TIME: "a time of day",
    SalesforceType.INT: "a whole number",
    SalesforceType.DOUBLE: "a number",
    SalesforceType.CURRENCY: "an amount of money",
    SalesforceType.PERCENT: "a percentage",
    SalesforceType.BOOLEAN: "a checkbox",
    SalesforceType.DATE: "a date",
    SalesforceType.DATETIME: "a date and time",
}
_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Compatibility:
    """Whether a pair may be mapped: the reason where not, and what to know where it may."""

    ok: bool
    reason: str = ""
    warnings: tuple[str, ...] = field(default_factory=tuple)


def check(
    attribute: IntercomAttribute,
    target: SalesforceField,
    direction: Direction,
    *,
    shorten: bool = False,
) -> Compatibility:
    """Whether the attribute and the field may be mapped this way. Two-way needs both ways.

    `shorten`: texts that are too long are cut, and not reported.
    """
    reason = refusal(attribute, target, direction)
    if reason is not None:
        return Compatibility(False, reason)
    return Compatibility(True, warnings=_warnings(attribute, target, direction, shorten))


def may_shorten(attribute: IntercomAttribute, target: SalesforceField) -> bool:
    """Whether the pair has texts that could be cut; a cut address would be somebody else's."""
    if attribute.type is not IntercomType.TEXT or attribute.name == "email":
        return False
    return target.type in _TEXTS | _READ_AS_TEXT and target.type is not SalesforceType.EMAIL


def refusal(
    attribute: IntercomAttribute, target: SalesforceField, direction: Direction
) -> str | None:
    """Why the pair may not be mapped this way, in one sentence; None where it may."""
    if target.type is SalesforceType.OTHER:
        return f"{target.label} is of a kind that cannot be synced ({target.type_name or 'other'})."
    if attribute.archived:
        return f"{attribute.label} is archived in Intercom."
    if direction.writes(Side.SALESFORCE):
        reason = _to_salesforce(attribute, target) or _not_writable_field(target)
        if reason is not None:
            return reason
    if direction.writes(Side.INTERCOM):
        reason = _to_intercom(attribute, target) or _not_writable_attribute(attribute)
        if reason is not None:
            return reason
    if direction is Direction.TWO_WAY and target.type in TABLE[attribute.type].one_way:
        return (
            f"{target.label} holds {_words(target)}, of which {attribute.label} keeps only the "
            "day: they can be mapped one way only."
        )
    return None


def _to_salesforce(attribute: IntercomAttribute, target: SalesforceField) -> str | None:
    rule = TABLE[attribute.type]
    if target.type not in rule.to_salesforce or _is_no_user(rule, target):
        return _mismatch(attribute.label, _INTERCOM_WORDS[attribute.type], target, to=True)
    if rule.writes_decimals_only and field_scale(target) == 0:
        return f"{target.label} takes only whole numbers, and {attribute.label} has decimals."
    return None


def _to_intercom(attribute: IntercomAttribute, target: SalesforceField) -> str | None:
    rule = TABLE[attribute.type]
    if target.type not in rule.to_intercom or _is_no_user(rule, target):
        return _mismatch(attribute.label, _INTERCOM_WORDS[attribute.type], target, to=False)
    if rule.reads_whole_only and field_scale(target) > 0:
        return f"{attribute.label} takes only whole numbers, and {target.label} has decimals."
    return None


def _is_no_user(rule: TypeRule, target: SalesforceField) -> bool:
    return rule.users_only and "User" not in target.reference_to


def _mismatch(label: str, words: str, target: SalesforceField, *, to: bool) -> str:
    if to:
        return f"{label} is {words}, and {target.label} takes {_words(target)}."
    return f"{target.label} is {_words(target)}, and {label} takes {words}."


def _words(target: SalesforceField) -> str:
    if target.type is SalesforceType.REFERENCE and "User" in target.reference_to:
        return "a user"
    return _SALESFORCE_WORDS[target.type]


def _not_writable_field(target: SalesforceField) -> str | None:
    if target.calculated:
        return f"{target.label} is calculated by Salesforce and cannot be written."
    if target.compound:
        return f"{target.label} is put together from other fields and cannot be written."
    if not target.updateable:
        return f"{target.label} is read-only in Salesforce."
    return None


def _not_writable_attribute(attribute: IntercomAttribute) -> str | None:
    if not attribute.writable:
        return f"{attribute.label} is read-only in Intercom."
    return None


def _warnings(
    attribute: IntercomAttribute, target: SalesforceField, direction: Direction, shorten: bool
) -> tuple[str, ...]:
    found: list[str | None] = []
    fate = "cut" if shorten and may_shorten(attribute, target) else "reported"
    if direction.writes(Side.SALESFORCE):
        found += [
            _too_short(target.label, target.length, "the attribute", attribute.max_length, fate)
            if target.type in _TEXTS
            else None,
            _takes_addresses(attribute, target),
            _rounds(attribute, target),
            _only_existing(target),
        ]
    if direction.writes(Side.INTERCOM):
        found += [
            _too_short(attribute.label, attribute.max_length, "the field", target.length, fate)
            if attribute.type is IntercomType.TEXT
            else None,
            _keeps_the_day(attribute, target),
            _is_formula(target),
        ]
    told = tuple(warning for warning in found if warning is not None)
    return told + option_warnings(attribute, target, direction)


def option_warnings(
    attribute: IntercomAttribute, target: SalesforceField, direction: Direction
) -> tuple[str, ...]:
    """What becomes of options without a counterpart; these are among the warnings of `check`."""
    found = [
        _lacks_options(attribute, target) if direction.writes(Side.SALESFORCE) else None,
        _gets_options(attribute, target) if direction.writes(Side.INTERCOM) else None,
    ]
    return tuple(warning for warning in found if warning is not None)


def _too_short(label: str, limit: int, source: str, longest: int, fate: str) -> str | None:
    if not 0 < limit < longest:
        return None
    return (
        f"{label} holds {limit:,} characters, {source} up to {longest:,}: "
        f"longer values will be {fate}."
    )


def _takes_addresses(attribute: IntercomAttribute, target: SalesforceField) -> str | None:
    if target.type is not SalesforceType.EMAIL or attribute.name == "email":
        return None
    return f"{target.label} takes only e-mail addresses: other values will be reported."


def _rounds(attribute: IntercomAttribute, target: SalesforceField) -> str | None:
    if attribute.type is not IntercomType.DECIMAL:
        return None
    decimals = field_scale(target)
    return (
        f"{target.label} keeps {decimals} decimal{'s' if decimals > 1 else ''}: more are rounded."
    )


def _lacks_options(attribute: IntercomAttribute, target: SalesforceField) -> str | None:
    if target.type is not SalesforceType.PICKLIST or not target.restricted:
        return None
    missing = match_options(attribute.options, target.options).missing_in_salesforce
    if not missing:
        return None
    names = _enumerate([option.label or option.value for option in missing])
    return f"{target.label} takes only its own values and lacks {names}: these will be reported."


def _gets_options(attribute: IntercomAttribute, target: SalesforceField) -> str | None:
    if attribute.type is not IntercomType.LIST:
        return None
    missing = match_options(attribute.options, target.options).missing_in_intercom
    if not missing:
        return None
    names = _enumerate([option.value for option in missing])
    return f"{attribute.label} lacks {names}: added when first needed."


def _enumerate(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMED_AT_MOST])
    more = len(names) - _NAMED_AT_MOST
    return f"{shown} and {more:,} more" if more > 0 else shown


def _only_existing(target: SalesforceField) -> str | None:
    if target.createable:
        return None
    return f"{target.label} cannot be set when a record is created, only afterwards."


def _keeps_the_day(attribute: IntercomAttribute, target: SalesforceField) -> str | None:
    if target.type is not SalesforceType.DATETIME:
        return None
    if attribute.type is not IntercomType.DATE:
        return None
    return f"{attribute.label} keeps only the day, in UTC, of {target.label}."


def _is_formula(target: SalesforceField) -> str | None:
    if not target.calculated:
        return None
    return f"{target.label} is a formula: its changes arrive up to a day late."
