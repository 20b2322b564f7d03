"""Both records of a link side by side, and a real person to show while mapping."""

from collections.abc import Mapping
from urllib.parse import quote

from sfsync_gui.core.conversion import Converter, ValueRefusedError
from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.mapping import OBJECTS, AttributeMapping
from sfsync_gui.core.people import (
    Gone,
    IdentityMapping,
    Pair,
    Person,
    PersonRecord,
    Value,
    partner_kind,
)
from sfsync_gui.core.value_names import described_field, named_value
from sfsync_gui.core.values import same
from sfsync_gui.core.vocabulary import Family, PersonKind, Side, Trigger
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.handle import PairField, PairView, SamplePerson
from sfsync_gui.engine.loop import Engine
from sfsync_gui.engine.questions import LinkQuery, LinkRow, Questions
from sfsync_gui.engine.reading import observation_of, read_for_a_person
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.services.intercom.regions import Region

_Found = tuple[IdentityMapping, Person | None, Person | None]


async def view(
    context: Context, connections: Mapping[Side, Connection], link_id: int
) -> PairView | None:
    """The link with both records as last observed, None where it has ended."""

    def work(unit: UnitOfWork) -> _Found | None:
        link = unit.links.get(link_id)
        if link is None:
            return None
        intercom = unit.directory.get(Side.INTERCOM, link.intercom_id)
        return link, intercom, unit.directory.get(Side.SALESFORCE, link.salesforce_id)

    found = await context.store.run(work)
    return None if found is None else _pair(context, connections, *found)


async def compare(
    context: Context,
    connections: Mapping[Side, Connection],
    intercom_id: str,
    record: tuple[PersonKind, str],
) -> PairView:
    """Two people as they are now, as if they were linked. Raises `RecordError` where one is gone.

    `record` is Salesforce's, with its kind.
    """
    read = await read_for_a_person(context, [record, (partner_kind(record[0]), intercom_id)])
    observed = []
    for side, person_id in ((Side.INTERCOM, intercom_id), (Side.SALESFORCE, record[1])):
        one = read.records.get(person_id)
        if one is None or one.deleted or one.converted:
            raise _is_gone(side, person_id)
        observed.append(observation_of(context.lookups, one))

    def work(unit: UnitOfWork) -> tuple[Person | None, Person | None]:
        contact = unit.directory.get(Side.INTERCOM, intercom_id)
        return contact, unit.directory.get(Side.SALESFORCE, record[1])

    people = await context.store.run(work)
    link = IdentityMapping(
        intercom_id=intercom_id,
        salesforce_kind=record[0],
        salesforce_id=record[1],
        intercom_key=people[0].key if people[0] else None,
        salesforce_key=people[1].key if people[1] else None,
        trigger=Trigger.LINKED_BY_HAND,
        created_at=context.now(),
        intercom=observed[0],
        salesforce=observed[1],
    )
    return _pair(context, connections, link, *people)


def _is_gone(side: Side, person_id: str) -> RecordError:
    service = "Intercom" if side is Side.INTERCOM else "Salesforce"
    return RecordError(
        "This person is not there any more",
        f"{service} does not show {person_id}: deleted, converted, merged, or hidden from you.",
        "Choose somebody else.",
        subject=person_id,
        code="person_gone",
    )


def _pair(
    context: Context,
    connections: Mapping[Side, Connection],
    link: IdentityMapping,
    intercom: Person | None,
    salesforce: Person | None,
) -> PairView:
    return PairView(
        link=link,
        intercom_name=intercom.name if intercom else "",
        salesforce_name=salesforce.name if salesforce else "",
        fields=tuple(_fields(context, link)),
        intercom_url=intercom_page(connections.get(Side.INTERCOM), link.family, link.intercom_id),
        salesforce_url=salesforce_page(
            connections.get(Side.SALESFORCE), link.salesforce_kind, link.salesforce_id
        ),
    )


def _fields(context: Context, link: IdentityMapping) -> list[PairField]:
    found = []
    for row in context.rules.active_rows():
        name = row.salesforce_field(link.salesforce_kind.value)
        if name is None:
            continue
        pair = Pair(
            _observed(link, Side.INTERCOM, row.intercom_attribute),
            _observed(link, Side.SALESFORCE, name),
        )
        converter = context.lookups.converters[link.salesforce_kind].get(row.id)
        found.append(
            PairField(
                row=row,
                intercom_label=_attribute_label(context, row),
                salesforce_label=_field_label(context, link.salesforce_kind, name),
                intercom_value=_named(context, link, Side.INTERCOM, row, pair.intercom),
                salesforce_value=_named(context, link, Side.SALESFORCE, row, pair.salesforce),
                differs=_differs(row, converter, pair),
                waits=row.id in link.due,
            )
        )
    return found


def _named(
    context: Context, link: IdentityMapping, side: Side, row: AttributeMapping, value: Value
) -> Value:
    """The value as people know it: an owner's address, an option's label."""
    kind = link.salesforce_kind
    attribute, field = row.intercom_attribute, row.salesforce_field(kind.value)
    name = attribute if side is Side.INTERCOM else field or ""
    return named_value(described_field(context.schema, side, kind, name), value, context.schema)


def _observed(link: IdentityMapping, side: Side, name: str) -> Value:
    observed = link.observed(side)
    return None if observed is None else observed.values.get(name)


def _attribute_label(context: Context, row: AttributeMapping) -> str:
    attribute = row.attribute_in(context.schema)
    return attribute.label if attribute else row.intercom_attribute


def _field_label(context: Context, kind: PersonKind, name: str) -> str:
    field = context.schema.salesforce_field(kind.value, name)
    return field.label if field else name


def _differs(row: AttributeMapping, converter: Converter | None, pair: Pair) -> bool:
    """Whether the two values are not each other's counterpart, in a direction of the row."""
    if converter is None:
        return not same(pair.intercom, pair.salesforce)
    try:
        if row.direction.writes(Side.SALESFORCE):
            return not same(converter.to_salesforce(pair.intercom), pair.salesforce)
        return not same(converter.to_intercom(pair.salesforce), pair.intercom)
    except ValueRefusedError:
        return True


def intercom_page(connection: Connection | None, family: Family, record_id: str) -> str:
    """Where a contact or company is seen in Intercom; empty where the workspace is not known.

    Not documented; other integrations link to these addresses.
    """
    if connection is None or connection.address:
        return ""  # a simulated workspace has no pages of people
    region = Region(connection.region or Region.US)
    app = f"{region.sign_in_url}/a/apps/{quote(connection.account_id)}"
    return f"{app}/{'users' if family is Family.PEOPLE else 'companies'}/{quote(record_id)}"


def salesforce_page(connection: Connection | None, kind: PersonKind, record_id: str) -> str:
    """Where a record is seen in Salesforce (Lightning URL Format v2.0, `standard__recordPage`)."""
    if connection is None:
        return ""
    return f"{connection.address}/lightning/r/{kind.value}/{quote(record_id)}/view"


async def sample(
    engine: Engine, questions: Questions, query: LinkQuery, after: int
) -> tuple[SamplePerson, ...]:
    """Both records of the next link that the query finds, the first again beyond the last."""
    context = engine.context
    found = _next_link(questions, query, after) or _next_link(questions, query, 0)
    if found is None:
        return ()
    fields = {
        name: tuple(one.name for one in context.schema.salesforce.get(name, {}).values())
        for name in OBJECTS[found.salesforce_kind.family]
    }
    records = await context.salesforce.read([(found.salesforce_kind, found.salesforce_id)], fields)
    contact = await context.intercom.read(found.intercom_kind, found.intercom_id)
    people: list[SamplePerson] = []
    if not isinstance(contact, Gone):
        people.append(_sample(contact, found.intercom_name, found.id))
    record = records.get(found.salesforce_id)
    if record is not None:
        people.append(_sample(record, found.salesforce_name, found.id))
    return tuple(people)


def _next_link(questions: Questions, query: LinkQuery, after: int) -> LinkRow | None:
    begin = questions.link(after) if after else None
    return next(iter(questions.links_page(query, begin, 1)), None)


def _sample(record: PersonRecord, name: str, link_id: int) -> SamplePerson:
    return SamplePerson(record.side, record.kind, record.id, name, record.raw, link_id)
