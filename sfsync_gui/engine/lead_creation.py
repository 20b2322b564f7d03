"""Creating a lead for an Intercom person, and linking the two."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sfsync_gui.core.failures import RowRefusal
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.lead_rules import LeadRule, mark_name
from sfsync_gui.core.matching import is_candidate
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.values import canonical_record
from sfsync_gui.core.vocabulary import HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.creation_kinds import Prepared, RefusedError
from sfsync_gui.engine.lead_values import draft_lead
from sfsync_gui.engine.linking import Proposal, link_people
from sfsync_gui.engine.reading import Read, observe_reading
from sfsync_gui.engine.storage import Creation, UnitOfWork
from sfsync_gui.engine.troubles import report_contact


class LeadCreation:
    """Implements `engine.creation_kinds.CreationKind` for leads."""

    async def find(self, context: Context, creation: Creation) -> Sequence[str]:
        """Leads of ours with these values."""
        return await context.salesforce.find_created(
            PersonKind.LEAD, creation.values, since=creation.since
        )

    def may_be(self, unit: UnitOfWork, creation: Creation, found: Sequence[str]) -> Sequence[str]:
        """Those that are not linked to somebody else of the same name."""
        linked = unit.links.of(Side.SALESFORCE, found)
        return [
            lead
            for lead in found
            if lead not in linked or linked[lead].intercom_id == creation.intercom_id
        ]

    def give_up(self, unit: UnitOfWork, creation: Creation) -> bool:
        """Whether the person was linked, or could be, or is gone, while the creation waited.

        Whom somebody else brought to Salesforce meanwhile is matched in the ordinary way.
        """
        person = unit.directory.get(Side.INTERCOM, creation.intercom_id)
        linked = bool(unit.links.of(Side.INTERCOM, [creation.intercom_id]))
        keys = [person.key] if person is not None and person.key is not None else []
        others = unit.directory.with_keys(Side.SALESFORCE, keys) if keys else {}
        found = [one for key in keys for one in others.get(key, ())]
        if person is None:
            return False
        if not (linked or person.deleted or any(is_candidate(person, one) for one in found)):
            return False
        unit.state.put_creation(replace(creation, state="refused"))
        if not (linked or person.deleted):
            trigger = Trigger.LEAD_CREATED_FROM_INTERCOM
            unit.directory.put([replace(person, due=trigger, due_attributes=None)])
        return True

    async def prepare(self, context: Context, creation: Creation) -> Prepared | None:
        """The values of the contact as it is now; None where it is gone, is matched instead, or
        the rule that wanted the lead does not any more."""
        rule = _rule_of(context, creation)
        if rule is None and _may_be_withdrawn(creation):
            await context.store.run(partial(_withdraw, creation))
            return None
        contact = await context.intercom.read(PersonKind.USER, creation.intercom_id)
        if not isinstance(contact, PersonRecord):
            read = Read({}, [contact])

            def give_up(unit: UnitOfWork) -> None:
                observe_reading(context, unit, read)
                unit.errors.close_person(Side.INTERCOM, creation.intercom_id)
                unit.state.put_creation(replace(creation, state="refused"))

            await context.store.run(give_up)
            return None
        if await context.store.run(partial(self._matches_now, context, creation, contact)):
            return None
        if rule is not None and await context.store.run(
            partial(_fits_no_more, context, creation, rule, contact)
        ):
            return None
        draft = await draft_lead(context, contact, creation.lead_choices)
        if draft.refusal is not None:
            raise RefusedError(draft.refusal)
        since = creation.since or await context.salesforce.server_time()
        values = draft.wire()
        return Prepared(replace(creation, values=values, since=since), values, draft.options)

    def _matches_now(
        self, context: Context, creation: Creation, contact: PersonRecord, unit: UnitOfWork
    ) -> bool:
        """Whether the creation is given up for what was just read: another key, say, than known."""
        observe_reading(context, unit, Read({contact.id: contact}))
        return self.give_up(unit, creation)

    async def settle(self, context: Context, creation: Creation, salesforce_id: str) -> None:
        """Link the two, and tell of the lead."""
        proposal = Proposal(
            creation.intercom_id,
            PersonKind.LEAD,
            salesforce_id,
            Trigger.LEAD_CREATED_FROM_INTERCOM,
            created=True,
        )
        await link_people(context, [proposal])

        def work(unit: UnitOfWork) -> None:
            unit.state.put_creation(replace(creation, state="created", salesforce_id=salesforce_id))
            unit.errors.close_person(Side.INTERCOM, creation.intercom_id)
            unit.history.add([_entry(context, unit, creation, salesforce_id)])

        await context.store.run(work)

    def report(
        self, context: Context, unit: UnitOfWork, creation: Creation, refusal: RowRefusal
    ) -> None:
        """List it; whose lead was refused waits for nothing more."""
        person = unit.directory.get(Side.INTERCOM, creation.intercom_id)
        if person is not None and creation.state == "refused":
            unit.directory.put([person.at_rest()])
        report_contact(context, unit, creation.intercom_id, PersonKind.LEAD, refusal)


def _rule_of(context: Context, creation: Creation) -> LeadRule | None:
    """The rule that wants the lead, as it is now; None where there is none any more."""
    by_rule = creation.choices.by_rule
    return next((rule for rule in context.rules.lead_rules if rule.id == by_rule), None)


def _may_be_withdrawn(creation: Creation) -> bool:
    """Whether a rule wants the lead, and nothing of it can be on its way to Salesforce."""
    return creation.by_rule and creation.state == "wanted"


def _fits_no_more(
    context: Context,
    creation: Creation,
    rule: LeadRule,
    contact: PersonRecord,
    unit: UnitOfWork,
) -> bool:
    """Whether the lead is withdrawn, since its rule does not fit the contact as it was just read.

    Where tags or segments decide, what was known of them last counts.
    """
    if not _may_be_withdrawn(creation):
        return False
    schema = context.schema
    values = canonical_record(contact, schema, schema.attributes(contact.kind.family))
    fits = rule.fits(contact.kind, values)
    if fits is None:
        person = unit.directory.get(Side.INTERCOM, contact.id)
        fits = person is None or person.baseline.get(mark_name(rule)) != "no"
    if not fits:
        _withdraw(creation, unit)
    return not fits


def _withdraw(creation: Creation, unit: UnitOfWork) -> None:
    """Give the lead up; an error that tells of an attempt before has nothing to be mended for."""
    unit.state.put_creation(replace(creation, state="refused"))
    unit.errors.close_person(Side.INTERCOM, creation.intercom_id)


def _entry(
    context: Context, unit: UnitOfWork, creation: Creation, salesforce_id: str
) -> HistoryEntry:
    person = unit.directory.get(Side.INTERCOM, creation.intercom_id)
    return HistoryEntry(
        kind=HistoryKind.CREATED,
        at=context.now(),
        trigger=Trigger.LEAD_CREATED_FROM_INTERCOM,
        intercom_id=creation.intercom_id,
        salesforce_id=salesforce_id,
        salesforce_kind=PersonKind.LEAD,
        person_name=person.name if person else "",
        side=Side.SALESFORCE,
    )
