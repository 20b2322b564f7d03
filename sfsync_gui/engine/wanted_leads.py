"""Creations of leads as they begin: stored in the transaction that decides on them."""

from collections.abc import Mapping
from dataclasses import replace

from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.people import Person
from sfsync_gui.core.schema import LEAD
from sfsync_gui.engine.storage import Creation, UnitOfWork
from sfsync_gui.engine.wanted import anew, retry_creation


def creation_under_way(unit: UnitOfWork, intercom_id: str) -> Creation | None:
    """The creation of a lead for this person that has not come to an end yet."""
    found = unit.state.creations_for(LEAD, [intercom_id])
    return next((one for one in found if one.is_open), None)


def begin_creation(unit: UnitOfWork, person: Person, choices: LeadChoices | None = None) -> None:
    """Store that a lead is to be created for this person, unless that is under way already.

    One that was refused begins again, with the choices made then unless there are others: what it
    may have left in Salesforce is looked up first. What a person chooses takes the place of what
    a rule wanted, as long as nothing was sent.
    """
    under_way = creation_under_way(unit, person.id)
    if under_way is not None:
        by_rule = under_way.state == "wanted" and under_way.by_rule
        if by_rule and choices is not None and choices.by_rule is None:
            unit.state.put_creation(replace(under_way, choices=choices))
        return
    before = unit.state.creations_for(LEAD, [person.id])
    refused = [one for one in before if one.state == "refused"]
    begun = refused[-1] if refused else _fresh(person)
    unit.state.put_creation(anew(begun, begun.choices if choices is None else choices))


def retry_lead(unit: UnitOfWork, intercom_id: str) -> None:
    """A person asks for another attempt: it looks up first, then sends current values."""
    for creation in unit.state.creations_for(LEAD, [intercom_id]):
        retry_creation(unit, creation)


def begin_by_rules(unit: UnitOfWork, wanted: Mapping[str, tuple[Person, str]]) -> None:
    """Store that leads are to be created for people by id, each by the rule of this id."""
    before = unit.state.creations_for(LEAD, wanted)
    under_way = {one.intercom_id for one in before if one.is_open}
    refused = {one.intercom_id: one for one in before if one.state == "refused"}
    for person_id, (person, rule_id) in wanted.items():
        if person_id not in under_way:
            begun = refused.get(person_id) or _fresh(person)
            unit.state.put_creation(anew(begun, LeadChoices(by_rule=rule_id)))


def _fresh(person: Person) -> Creation:
    return Creation(intercom_id=person.id, object=LEAD, values={}, since=0, state="wanted")
