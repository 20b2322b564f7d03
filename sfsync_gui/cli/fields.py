"""`sfsync fields`: the fields of a side, and which of them fit a field of the other."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typer

from sfsync_gui.app import LocalClock
from sfsync_gui.app.wiring import intercom_port, salesforce_port
from sfsync_gui.cli.output import ExitCode, Output, UsageError
from sfsync_gui.cli.session import sign_ins
from sfsync_gui.cli.wording import counted, plain
from sfsync_gui.core.mapping import OBJECTS
from sfsync_gui.core.offers import CUSTOM_ATTRIBUTES, Offer, attribute_offers, offers
from sfsync_gui.core.schema import (
    ACCOUNT,
    PERSON_OBJECTS,
    IntercomAttribute,
    SalesforceField,
    Schema,
)
from sfsync_gui.core.vocabulary import Direction, Family, Side

_OPTIONS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Question:
    """Which fields are asked for. `compatible_with` is a field or attribute of the other side.

    Where they are those of Account, Intercom's are those of companies.
    """

    side: Side
    objects: tuple[str, ...] = PERSON_OBJECTS
    compatible_with: str = ""
    direction: Direction = Direction.TWO_WAY
    why_not: bool = False

    @property
    def family(self) -> Family:
        """Whose fields are asked for."""
        return Family.COMPANIES if ACCOUNT in self.objects else Family.PEOPLE


async def show_fields(data_dir: Path, output: Output, question: Question) -> ExitCode:
    """Print the fields of a side; where asked, those that fit a field of the other side."""
    sides = set(Side) if question.compatible_with else {question.side}
    schema = await _described(data_dir, sides, question)
    if question.compatible_with:
        _show_offers(output, question, schema)
        return ExitCode.FINE
    items: list[IntercomAttribute | SalesforceField] = (
        sorted(schema.attributes(question.family).values(), key=_place)
        if question.side is Side.INTERCOM
        else [
            f for o in question.objects for f in sorted(schema.salesforce[o].values(), key=_place)
        ]
    )
    output.document([_item_json(item) for item in items])
    for item in items:
        output.line(_item_text(item))
    return ExitCode.FINE


async def _described(data_dir: Path, sides: Iterable[Side], question: Question) -> Schema:
    """The fields of these sides as the services describe them now."""
    clock = LocalClock(time.time)
    attributes: tuple[IntercomAttribute, ...] = ()
    fields: Mapping[str, Mapping[str, SalesforceField]] = {}
    async with sign_ins(data_dir) as accounts:
        if Side.INTERCOM in sides:
            intercom = intercom_port(await accounts.intercom(), clock)
            try:
                if question.family is Family.PEOPLE:
                    attributes = await intercom.attributes()
                else:
                    attributes = await intercom.company_attributes()
            finally:
                await intercom.close()
        if Side.SALESFORCE in sides:
            salesforce = salesforce_port(await accounts.salesforce(), clock)
            try:
                fields = await salesforce.describe(OBJECTS[question.family])
            finally:
                await salesforce.close()
    named = {one.name: one for one in attributes}
    if question.family is Family.PEOPLE:
        return Schema(intercom=named, salesforce=fields)
    return Schema(companies=named, salesforce=fields)


# ---------------------------------------------------------------------- what fits


_Offered = tuple[str, Offer[IntercomAttribute] | Offer[SalesforceField]]
"""The object that is asked about, and an offer."""


def _show_offers(output: Output, question: Question, schema: Schema) -> None:
    found = list(_offered(question, schema))
    shown = [(name, offer) for name, offer in found if offer.ok or question.why_not]
    output.document(
        [
            {
                **_item_json(offer.item),
                "for": object_name,
                "fits": offer.ok,
                "reason": offer.reason,
                "warnings": list(offer.warnings),
            }
            for object_name, offer in shown
        ]
    )
    for object_name, offer in shown:
        for_object = f"  for {object_name}" if question.side is Side.INTERCOM else ""
        output.line(
            f"{_item_text(offer.item)}{for_object}", colour=None if offer.ok else typer.colors.RED
        )
        for text in (offer.reason, *offer.warnings):
            if text:
                output.line(f"    {plain(text)}", dim=True)
    hidden = len(found) - len(shown)
    if hidden:
        output.note(f"{counted(hidden, 'field')} more do not fit; --why-not says why.")


def _offered(question: Question, schema: Schema) -> Iterator[_Offered]:
    """The offers for the field that was named, for each object that is asked about."""
    if question.side is Side.SALESFORCE:
        attribute = find_attribute(schema, question.compatible_with, question.family)
        for name in question.objects:
            for offer in offers(attribute, schema.salesforce[name].values(), question.direction):
                yield name, offer
        return
    attributes = schema.attributes(question.family).values()
    for name in question.objects:
        field = schema.salesforce_field(name, question.compatible_with)
        if field is None:
            continue
        for other in attribute_offers(field, attributes, question.direction):
            yield name, other
    if not any(schema.salesforce_field(o, question.compatible_with) for o in question.objects):
        raise _unknown(question.compatible_with, "Salesforce", "sfsync fields salesforce")


def find_attribute(schema: Schema, text: str, family: Family = Family.PEOPLE) -> IntercomAttribute:
    """The attribute of this name, with or without `custom_attributes.`. Raises `UsageError`."""
    described = schema.attributes(family)
    for name in (text, CUSTOM_ATTRIBUTES + text):
        if name in described:
            return described[name]
    raise _unknown(text, "Intercom", "sfsync fields intercom")


def _unknown(name: str, service: str, command: str) -> UsageError:
    return UsageError(
        "Not understood",
        f"{service} has no field {name}.",
        f"`{command}` lists the names. Upper and lower case count.",
    )


# ---------------------------------------------------------------------- one field


def _place(item: IntercomAttribute | SalesforceField) -> tuple[bool, str, str]:
    is_custom = item.name.startswith(CUSTOM_ATTRIBUTES) or item.name.endswith("__c")
    return is_custom, item.label.casefold(), item.name


def _item_text(item: IntercomAttribute | SalesforceField) -> str:
    name = f"{item.object}.{item.name}" if isinstance(item, SalesforceField) else item.name
    marks = [_type_text(item)]
    if not item.writable:
        marks.append("read-only")
    if isinstance(item, IntercomAttribute) and item.archived:
        marks.append("archived")
    if item.options:
        labels = [plain(option.label or option.value) for option in item.options]
        more = f" and {len(labels) - _OPTIONS_SHOWN} more" if len(labels) > _OPTIONS_SHOWN else ""
        marks.append(f"options: {', '.join(labels[:_OPTIONS_SHOWN])}{more}")
    return f"{plain(name):<44}  {plain(item.label)}  ({'; '.join(marks)})"


def _type_text(item: IntercomAttribute | SalesforceField) -> str:
    if isinstance(item, IntercomAttribute):
        return item.type.value
    name = item.type_name or item.type.value
    return f"{name}, up to {item.length:,} characters" if item.length else name


def _item_json(item: IntercomAttribute | SalesforceField) -> dict[str, Any]:
    return {**asdict(item), "writable": item.writable}
