"""Leads for Intercom people: what one would be like, whether there is one, and having it made."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from sfsync_gui.core.new_leads import LeadChoices, LeadValue
from sfsync_gui.core.people import Gone
from sfsync_gui.core.remedies import explain
from sfsync_gui.core.schema import LEAD, Option, SalesforceField, SalesforceType
from sfsync_gui.core.values import salesforce_value
from sfsync_gui.core.vocabulary import MatchOutcome, PersonKind, Side, Trigger
from sfsync_gui.engine.commands import create_lead, known_contact, unknown_contact
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.lead_values import LeadDraft, draft_lead
from sfsync_gui.engine.lead_views import (
    Ending,
    LeadField,
    LeadMatch,
    LeadOffers,
    LeadOutcome,
    LeadPreview,
    Standing,
)
from sfsync_gui.engine.loop import Engine
from sfsync_gui.engine.partners import Nearby, find_partner
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.troubles import errors_of_contact
from sfsync_gui.engine.wanted_leads import creation_under_way

# ---------------------------------------------------------------------- preview


async def preview_lead(
    context: Context, intercom_id: str, choices: LeadChoices | None = None
) -> LeadPreview:
    """What asking for the lead of this person would do now; writes nothing.

    Reads the person from Intercom. Raises `RecordError` for somebody who is not there.
    """
    contact = await context.intercom.read(PersonKind.USER, intercom_id)
    if isinstance(contact, Gone):
        raise unknown_contact(intercom_id)
    preview = await context.store.run(lambda unit: _standing(context, unit, intercom_id))
    if preview.standing is not Standing.NEW:
        return preview
    draft = await draft_lead(context, contact, choices or LeadChoices())
    return _with_values(context, preview, draft)


def _standing(context: Context, unit: UnitOfWork, intercom_id: str) -> LeadPreview:
    person = known_contact(unit, intercom_id)
    preview = LeadPreview(intercom_id, person.name, person.key, Standing.NEW)
    link = unit.links.of(Side.INTERCOM, [intercom_id]).get(intercom_id)
    if link is not None:
        matches = _matches(unit, [link.salesforce_id])
        return replace(preview, standing=Standing.LINKED, matches=matches)
    if creation_under_way(unit, intercom_id) is not None:
        return replace(preview, standing=Standing.UNDER_WAY)
    match = find_partner(context, Nearby(unit, [person]), person)
    if match.partner is not None:
        return replace(
            preview, standing=Standing.MATCHED, matches=_matches(unit, [match.partner.id])
        )
    if match.outcome is MatchOutcome.NONE:
        return preview
    candidates = _matches(unit, match.candidates)
    return replace(preview, standing=Standing.UNDECIDED, why=match.outcome, matches=candidates)


def _matches(unit: UnitOfWork, ids: Sequence[str]) -> tuple[LeadMatch, ...]:
    people = unit.directory.get_many(Side.SALESFORCE, ids)
    links = unit.links.of(Side.SALESFORCE, ids)
    found = (people[one] for one in ids if one in people)
    return tuple(
        LeadMatch(one.kind, one.id, one.name, links[one.id].id if one.id in links else None)
        for one in found
    )


def _with_values(context: Context, preview: LeadPreview, draft: LeadDraft) -> LeadPreview:
    if draft.refusal is not None:
        refusal = draft.refusal
        labels = [_label(context, name) for name in refusal.fields]
        explained = explain(
            refusal.error_class, refusal.code, refusal.message, labels, Side.SALESFORCE
        )
        return replace(preview, problem=refusal.message, remedy=explained.remedy)
    fields = context.schema.salesforce.get(LEAD, {})
    return replace(
        preview,
        fields=tuple(_shown(context, one) for one in draft.values),
        assigned=draft.options.assign,
        missing=missing_labels(fields, {one.field for one in draft.values}),
    )


def _shown(context: Context, one: LeadValue) -> LeadField:
    field = context.schema.salesforce_field(LEAD, one.field)
    value = one.value if field is None else salesforce_value(field, one.value)
    if field is not None and field.type is SalesforceType.REFERENCE:
        value = context.schema.users.get(str(value), value)
    attribute = context.schema.intercom.get(one.source)
    source = attribute.label if attribute else one.source
    return LeadField(one.field, _label(context, one.field), value, one.origin, source)


def _label(context: Context, name: str) -> str:
    field = context.schema.salesforce_field(LEAD, name)
    return field.label if field else name


def missing_labels(fields: Mapping[str, SalesforceField], given: Set[str]) -> tuple[str, ...]:
    """Labels of what Salesforce requires of a new record beside what is given."""
    return tuple(
        field.label
        for field in fields.values()
        if field.createable
        and not field.nillable
        and not field.defaulted_on_create
        and field.type is not SalesforceType.BOOLEAN
        and field.name not in given
    )


async def lead_offers(context: Context) -> LeadOffers:
    """What can be chosen for a new lead; asks for the users where they are not known."""
    fields = context.schema.salesforce.get(LEAD, {})

    def options(name: str) -> tuple[Option, ...]:
        return fields[name].options if name in fields else ()

    owners = context.schema.users or await context.salesforce.users()
    return LeadOffers(options("LeadSource"), options("Status"), owners)


# ---------------------------------------------------------------------- creation


async def have_lead(
    engine: Engine, intercom_id: str, choices: LeadChoices | None = None
) -> LeadOutcome:
    """Ask for a lead and act upon it at once, unless the sync is paused; returns what came of it.

    Whoever matches is linked instead. Raises `RecordError` for somebody who is not known.
    """
    await create_lead(engine.context, intercom_id, choices)
    if not engine.paused:
        await engine.check(())
    return await engine.context.store.run(lambda unit: _outcome(unit, intercom_id))


def _outcome(unit: UnitOfWork, intercom_id: str) -> LeadOutcome:
    link = unit.links.of(Side.INTERCOM, [intercom_id]).get(intercom_id)
    if link is not None:
        is_ours = link.trigger is Trigger.LEAD_CREATED_FROM_INTERCOM
        ours = is_ours and bool(unit.state.made([link.salesforce_id]))
        return LeadOutcome(Ending.CREATED if ours else Ending.LINKED, link)
    error = next((one for one in errors_of_contact(unit, intercom_id) if one.holds), None)
    return LeadOutcome(Ending.REFUSED if error else Ending.WAITING, error=error)
