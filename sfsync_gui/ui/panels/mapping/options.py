"""The options of a list and a picklist side by side, and what becomes of those without another."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.options import match_options
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    Option,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import Direction, Side
from sfsync_gui.ui.texts.numbers import counted, grouped
from sfsync_gui.ui.texts.services import joined

translate = QCoreApplication.translate

_NAMED_AT_MOST = 3


class Fate(StrEnum):
    """What becomes of an option."""

    MATCHED = "matched"
    ADDED_TO_INTERCOM = "added_to_intercom"
    ADDED_TO_SALESFORCE = "added_to_salesforce"
    REFUSED = "refused"
    """The picklist is restricted: a person with this value becomes a sync error."""
    UNUSED = "unused"
    """The row does not copy it: it has no counterpart, and needs none."""


@dataclass(frozen=True, slots=True)
class OptionLine:
    """An option on each side, empty where it has no counterpart."""

    intercom: str
    salesforce: str
    fate: Fate


def pairs_of(
    row: AttributeMapping, schema: Schema
) -> list[tuple[IntercomAttribute, SalesforceField]]:
    """The list and each picklist that the row maps to it, the lead's before the contact's."""
    attribute = row.attribute_in(schema)
    if attribute is None or attribute.type is not IntercomType.LIST:
        return []
    fields = [schema.salesforce_field(o, row.salesforce_field(o)) for o in row.objects]
    return [(attribute, f) for f in fields if f is not None and f.type is SalesforceType.PICKLIST]


def option_lines(
    attribute: IntercomAttribute, field: SalesforceField, direction: Direction
) -> list[OptionLine]:
    """Those that match first, then what is missing in Salesforce, then what in Intercom."""
    found = match_options(attribute.options, field.options)
    lines = [OptionLine(_name(a), _name(b), Fate.MATCHED) for a, b in found.pairs]
    fate = Fate.REFUSED if field.restricted else Fate.ADDED_TO_SALESFORCE
    if not direction.writes(Side.SALESFORCE):
        fate = Fate.UNUSED
    lines += [OptionLine(_name(one), "", fate) for one in found.missing_in_salesforce]
    fate = Fate.ADDED_TO_INTERCOM if direction.writes(Side.INTERCOM) else Fate.UNUSED
    return lines + [OptionLine("", _name(one), fate) for one in found.missing_in_intercom]


def _name(option: Option) -> str:
    return option.label or option.value


def summary(lines: Sequence[OptionLine]) -> str:
    """What becomes of the options: '4 options match, Trial will be added to Intercom'."""
    told = []
    for fate in Fate:
        names = [line.intercom or line.salesforce for line in lines if line.fate is fate]
        if names:
            told.append(_told(fate, names))
    return ", ".join(told)


def _told(fate: Fate, names: list[str]) -> str:
    if fate is Fate.MATCHED:
        return counted(len(names), "option matches", "options match")
    if fate is Fate.UNUSED:
        return translate("mapping", "{n} without a counterpart").format(n=len(names))
    shown = joined(names) if len(names) <= _NAMED_AT_MOST else grouped(len(names))
    return {
        Fate.ADDED_TO_INTERCOM: translate("mapping", "{names} will be added to Intercom"),
        Fate.ADDED_TO_SALESFORCE: translate("mapping", "{names} will be added to Salesforce"),
        Fate.REFUSED: translate("mapping", "{names} cannot be added to Salesforce"),
    }[fate].format(names=shown)
