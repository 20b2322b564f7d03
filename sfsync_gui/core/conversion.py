"""From a canonical value of one side to the canonical value that the other side's field holds.

A value that the target cannot hold is refused here, before anything is sent: never cut or bent
in silence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sfsync_gui.core.keys import is_email_address
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.options import match_options
from sfsync_gui.core.owners import folded, ids_by_email
from sfsync_gui.core.people import Value
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.values import (
    EMAIL_ATTRIBUTE,
    NUMBER_TYPES,
    canonical_date,
    canonical_datetime,
    canonical_number,
    canonical_text,
    field_scale,
    fold_email,
    intercom_value,
    is_canonical_date,
    is_canonical_datetime,
    salesforce_value,
)
from sfsync_gui.core.vocabulary import Side

_LARGEST_INT = (
    2_147_483_647  # Salesforce's int is a 32-bit number (SOAP API guide, primitive types)
)
_LONGEST_QUOTE = 60
_GROUP = "00G"
NO_OWNER = "no_owner"
"""The code of a refusal because an owner has no counterpart on the other side."""


@dataclass(eq=False)
class ValueRefusedError(Exception):
    """A value that its target cannot hold.

    `code` is one of the product's own codes (see `core.remedies`); `message` says in plain words
    what does not fit, naming field and limit; `remedy` what a person can do.
    """

    code: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return self.message


class Converter:
    """The conversions of one row between its Intercom attribute and one Salesforce field.

    Values in and out are canonical. Both directions are defined for every pair of types; which
    pairs may be mapped stands in `core.compatibility`.
    """

    def __init__(
        self,
        row: AttributeMapping,
        attribute: IntercomAttribute,
        field: SalesforceField,
        schema: Schema,
    ) -> None:
        self.row = row
        self.attribute = attribute
        self.field = field
        self._options = match_options(attribute.options, field.options)
        is_owner = attribute.type is IntercomType.OWNER
        self._users = ids_by_email(schema.users) if is_owner else {}
        self._teammates = ids_by_email(schema.teammates) if is_owner else {}
        self._email_of_user = schema.users
        self._email_of_teammate = schema.teammates
        self._convert_to_salesforce = self._choose_to_salesforce()
        self._convert_to_intercom = self._choose_to_intercom()

    def to_salesforce(self, value: Value) -> Value:
        """What the Salesforce field holds for an Intercom value.

        Raises `ValueRefusedError` where it cannot hold it. A blank is a blank, except that a
        checkbox without a value is not ticked.
        """
        if value is None:
            return False if self.field.type is SalesforceType.BOOLEAN else None
        return self._convert_to_salesforce(value)

    def to_intercom(self, value: Value) -> Value:
        """What the Intercom attribute holds for a Salesforce value.

        Raises `ValueRefusedError` where it cannot hold it. A value that a list does not offer yet,
        but can, is returned as it is: see `missing_intercom_options`.
        """
        blank = self.is_blank(Side.SALESFORCE, value)
        return None if blank else self._convert_to_intercom(value)

    def is_blank(self, side: Side, value: Value) -> bool:
        """Whether a value of that side counts as none: an owner that is a queue is nobody."""
        if value is None:
            return True
        is_owner = self.attribute.type is IntercomType.OWNER
        return is_owner and side is Side.SALESFORCE and is_queue(value)

    def missing_intercom_options(self, value: Value) -> tuple[str, ...]:
        """The options to be added to the Intercom list before `value` can be written.

        `value` may be the Salesforce value or what `to_intercom` made of it.
        """
        text = canonical_text(value)
        if self.attribute.type is not IntercomType.LIST or text is None:
            return ()
        return () if self._options.intercom_for(text) is not None else (text,)

    def _choose_to_salesforce(self) -> Callable[[Value], Value]:
        if self.field.type in NUMBER_TYPES:
            return self._salesforce_number
        if self.attribute.type is IntercomType.OWNER:
            return self._salesforce_owner
        chosen: dict[SalesforceType, Callable[[Value], Value]] = {
            SalesforceType.BOOLEAN: lambda value: _boolean(value, self.field.label),
            SalesforceType.DATE: lambda value: _date(value, self.field.label),
            SalesforceType.DATETIME: lambda value: _datetime(value, self.field.label),
            SalesforceType.PICKLIST: self._salesforce_option,
            SalesforceType.EMAIL: self._salesforce_email,
        }
        return chosen.get(self.field.type, self._salesforce_text)

    def _choose_to_intercom(self) -> Callable[[Value], Value]:
        label = self.attribute.label
        chosen: dict[IntercomType, Callable[[Value], Value]] = {
            IntercomType.TEXT: self._intercom_text,
            IntercomType.LIST: self._intercom_option,
            IntercomType.INTEGER: lambda value: _whole(_number(value, label), label),
            IntercomType.DECIMAL: lambda value: _number(value, label),
            IntercomType.BOOLEAN: lambda value: _boolean(value, label),
            IntercomType.DATE: lambda value: _date(value, label),
            IntercomType.OWNER: self._intercom_owner,
        }
        return chosen[self.attribute.type]

    def _salesforce_text(self, value: Value) -> Value:
        text = canonical_text(salesforce_value(self.field, value))
        return self._fitted(text, self.field.length, self.field.label, Side.INTERCOM)

    def _salesforce_email(self, value: Value) -> Value:
        address = _email(value, self.field.label)
        # A cut address would be somebody else's: it is never shortened.
        return _limited(address, self.field.length, self.field.label, Side.INTERCOM)

    def _salesforce_number(self, value: Value) -> Value:
        label, scale = self.field.label, field_scale(self.field)
        number = _number(value, label)
        if scale == 0:
            _whole(number, label)
        rounded = canonical_number(number, scale)
        largest = _largest(self.field)
        if largest is not None and int(abs(_number(rounded, label))) > largest:
            raise ValueRefusedError(
                "out_of_range",
                f"{label} takes numbers up to {largest:,}, and {_quote(value)} is beyond that.",
                "Change the number in Intercom, then retry.",
            )
        return rounded

    def _salesforce_option(self, value: Value) -> Value:
        text = canonical_text(value) or ""
        option = self._options.salesforce_for(text)
        if option is not None:
            return option
        if self.field.restricted:
            raise ValueRefusedError(
                "no_option",
                f"The picklist {self.field.label} in Salesforce has no value {_quote(text)} and "
                "takes no other values than its own.",
                "Add the value to the picklist in Salesforce, or choose another in Intercom, "
                "then retry.",
            )
        return _limited(text, self.field.length, self.field.label, Side.INTERCOM)

    def _salesforce_owner(self, value: Value) -> Value:
        email = self._email_of_teammate.get(str(value))
        user = self._users.get(folded(email))
        if user is None:
            raise _no_owner(self.field.label, email, str(value), Side.INTERCOM)
        return user

    def _intercom_text(self, value: Value) -> Value:
        label = self.attribute.label
        if self.attribute.name == EMAIL_ATTRIBUTE:
            address = _email(value, label)
            return _limited(address, self.attribute.max_length, label, Side.SALESFORCE)
        text = canonical_text(intercom_value(self.attribute, value))
        return self._fitted(text, self.attribute.max_length, label, Side.SALESFORCE)

    def _intercom_option(self, value: Value) -> Value:
        text = canonical_text(value) or ""
        option = self._options.intercom_for(text)
        if option is not None:
            return option
        label = self.attribute.label
        if not self.attribute.writable:
            raise ValueRefusedError(
                "no_option",
                f"The list {label} in Intercom has no option {_quote(text)}, and none can be "
                "added to it.",
                "Add the option in Intercom, or choose another in Salesforce, then retry.",
            )
        return _limited(text, self.attribute.max_length, label, Side.SALESFORCE)

    def _intercom_owner(self, value: Value) -> Value:
        email = self._email_of_user.get(str(value))
        teammate = self._teammates.get(folded(email))
        if teammate is None:
            raise _no_owner(self.attribute.label, email, str(value), Side.SALESFORCE)
        return teammate

    def _fitted(self, text: str | None, limit: int, label: str, source: Side) -> str | None:
        """Text that fits: cut where the row allows it, refused otherwise."""
        if text is not None and self.row.shorten and 0 < limit < len(text):
            return text[:limit].rstrip()
        return _limited(text, limit, label, source)


def is_queue(owner: Value) -> bool:
    """Whether the owner of a record is a queue: a Group, by its key prefix (Object Reference)."""
    return str(owner).startswith(_GROUP)


def paired_user(
    teammate: Value, teammates: Mapping[str, str], users: Mapping[str, str]
) -> str | None:
    """The id of the Salesforce user with the e-mail address of an Intercom teammate.

    Both are given as e-mail addresses by id; None where nobody has that address.
    """
    email = folded(teammates.get(str(teammate)))
    return ids_by_email(users).get(email) if email else None


def _quote(value: Value) -> str:
    text = canonical_text(value) or ""
    return f"“{text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + '…'}”"


def _service(side: Side) -> str:
    return "Intercom" if side is Side.INTERCOM else "Salesforce"


def _limited(text: str | None, limit: int, label: str, source: Side) -> str | None:
    """The text, unless it is longer than `limit` characters (0: no limit is known)."""
    if text is not None and 0 < limit < len(text):
        raise ValueRefusedError(
            "too_long",
            f"{label} is longer than {limit:,} characters.",
            f"Shorten it in {_service(source)}, then retry.",
        )
    return text


def _email(value: Value, label: str) -> str:
    text = canonical_text(value) or ""
    if not is_email_address(text):
        raise ValueRefusedError(
            "not_an_email",
            f"{label} takes only e-mail addresses, and {_quote(text)} is none.",
            "Correct the address, then retry.",
        )
    return fold_email(text)


def _number(value: Value, label: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueRefusedError(
            "not_a_number",
            f"{label} takes only numbers, and {_quote(value)} is none.",
            "Correct the value, then retry.",
        )
    return value


def _whole(number: int | float, label: str) -> int:
    if isinstance(number, float) and not number.is_integer():
        raise ValueRefusedError(
            "not_whole",
            f"{label} takes only whole numbers, and {_quote(number)} is none.",
            "Correct the value, or map it to a field with decimals, then retry.",
        )
    return int(number)


def _largest(field: SalesforceField) -> int | None:
    """The largest whole part that a number field holds, None where it is not known."""
    if field.type is SalesforceType.INT:
        return _LARGEST_INT
    return 10 ** (field.precision - field.scale) - 1 if field.precision > 0 else None


def _boolean(value: Value, label: str) -> bool:
    if not isinstance(value, bool):
        raise ValueRefusedError(
            "not_a_boolean",
            f"{label} takes only true or false, and {_quote(value)} is neither.",
            "Correct the value, then retry.",
        )
    return value


def _date(value: Value, label: str) -> str:
    day = canonical_date(value) if isinstance(value, str) else None
    if day is None or not is_canonical_date(day):
        raise _no_date(value, label)
    return day


def _datetime(value: Value, label: str) -> str:
    moment = canonical_datetime(value) if isinstance(value, str) else None
    if moment is None or not is_canonical_datetime(moment):
        raise _no_date(value, label)
    return moment


def _no_date(value: Value, label: str) -> ValueRefusedError:
    return ValueRefusedError(
        "not_a_date",
        f"{label} takes only dates, and {_quote(value)} is none.",
        "Correct the value, then retry.",
    )


def _no_owner(label: str, email: str | None, owner: str, source: Side) -> ValueRefusedError:
    target = _service(source.other)
    if email is None:
        return ValueRefusedError(
            NO_OWNER,
            f"{label} cannot be set: the owner {owner} in {_service(source)} is no active person "
            "with an e-mail address.",
            f"Give the record to an active person in {_service(source)}, then retry.",
        )
    return ValueRefusedError(
        NO_OWNER,
        f"{label} cannot be set: nobody in {target} has the e-mail address {email}.",
        f"Add a person with this address in {target}, or change the owner in "
        f"{_service(source)}, then retry.",
    )
