"""What really occurred in a world: told by the history, the store and the sandboxes.

Nothing is counted because an action meant it to happen: a cell of the trigger tables counts when
the history shows what it did, a fault when the sandbox says that it struck.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.people import Person
from sfsync_gui.core.triggers import (
    INTERCOM_TO_SALESFORCE,
    LINKED,
    SALESFORCE_TO_INTERCOM,
    UNLINKED,
)
from sfsync_gui.core.vocabulary import ErrorClass, HistoryKind, Side, Trigger
from tests.property.mishaps import FAULTS
from tests.property.verdict import Evidence
from tests.support.fragile import POINTS

NEVER = {
    (Trigger.INTERCOM_CREATED, LINKED): "nobody is linked before being known",
    (Trigger.SALESFORCE_CREATED, LINKED): "nobody is linked before being known",
}
"""The cells that cannot occur, and why."""

_KEYS = (Trigger.INTERCOM_KEY_UPDATED, Trigger.SALESFORCE_KEY_UPDATED)
_GONE = {
    Trigger.INTERCOM_DELETED: (Side.INTERCOM, False),
    Trigger.INTERCOM_MERGED: (Side.INTERCOM, True),
    Trigger.SALESFORCE_DELETED: (Side.SALESFORCE, False),
    Trigger.SALESFORCE_MERGED: (Side.SALESFORCE, True),
}
_UPDATED = {
    Trigger.INTERCOM_UPDATED: Side.SALESFORCE,
    Trigger.SALESFORCE_UPDATED: Side.INTERCOM,
}

FATES = (
    "arrived",
    "overtaken",
    "in the errors",
    "the loser, in history",
    "a blank that is not copied",
)
WISHES = ("created", "somebody was matched instead", "somebody else carries the key")
TAKINGS = ("done, and stays", "done", "a later change wins", "refused")
STRUCK = (
    "partial batch failure",
    "a row is locked",
    "a lead is created, and the answer lost",
    "a lead is asked for, and nobody knows",
    "a lead is asked for, and the process dies",
    "a rule is changed while a lead waits",
    "daily limit reached",
    "daily limit lifted",
)
OUTCOMES = (
    "a chain is written",
    "a blank is copied",
    "Intercom loses a conflict",
    "Salesforce loses a conflict",
    "refused by the service",
    "refused before it is sent",
    "an option is added",
    "a key change finds another partner",
    "a lead is created by hand",
    "a lead is created by rule",
    "a lead is refused",
    "instead of a new lead somebody is matched",
    "converted to a contact that is linked",
    "merged into a record that is linked",
    "merged into a contact that is linked",
    "ambiguous",
    "linked by hand",
    "unlinked by hand",
)


def cell(trigger: Trigger, *, linked: bool) -> str:
    """The name of a cell of the trigger tables."""
    return f"cell: {trigger}, {'linked' if linked else 'not linked'}"


def expected() -> list[str]:
    """Everything that a full run has to see often enough."""
    cells = [*INTERCOM_TO_SALESFORCE, *SALESFORCE_TO_INTERCOM]
    return [
        *(
            cell(trigger, linked=linked)
            for trigger, linked in cells
            if (trigger, linked) not in NEVER
        ),
        *(f"outcome: {name}" for name in OUTCOMES),
        *(f"fault: {side} {kind}" for side in Side for kind in FAULTS[side]),
        *(f"fault: {name}" for name in STRUCK),
        *(f"crash: {name}" for name in POINTS),
        *(f"edit: {name}" for name in FATES),
        *(f"lead by rule: {name}" for name in WISHES),
        *(f"taken back: {name}" for name in TAKINGS),
    ]


def coverage_of(evidence: Evidence, fates: Counter[str]) -> Counter[str]:
    """How often what occurred in one world; `fates` are those that the oracles told."""
    story = evidence.story
    found: Counter[str] = Counter({"worlds": 1})
    found.update(_cells(evidence))
    found.update(f"outcome: {name}" for name in _outcomes(evidence))
    for side, service in ((Side.INTERCOM, story.intercom), (Side.SALESFORCE, story.salesforce)):
        found.update({f"fault: {side} {kind}": n for kind, n in service.faults.fired.items()})
    found.update({f"fault: {name}": number for name, number in story.struck.items()})
    found.update({f"crash: {name}": number for name, number in story.crashes.happened.items()})
    found.update(fates)
    found.update({f"action: {name}": number for name, number in story.done.items()})
    return found


# ---------------------------------------------------------------------- cells


def _cells(evidence: Evidence) -> Iterator[str]:
    unlinked_by: dict[str, Trigger] = {}
    for entry in evidence.history:
        person = _subject(entry)
        if (
            entry.kind.is_write and _UPDATED.get(entry.trigger) is entry.side
        ) or entry.kind is HistoryKind.MOVED:
            yield cell(entry.trigger, linked=True)
        elif entry.kind is HistoryKind.UNLINKED and entry.trigger.side is not None:
            yield cell(entry.trigger, linked=True)
            unlinked_by[person] = entry.trigger
        elif entry.kind is HistoryKind.LINKED and entry.trigger.side is not None:
            follows = unlinked_by.pop(person, None) is entry.trigger
            if follows and entry.trigger in _KEYS:
                yield "outcome: a key change finds another partner"
            else:
                yield cell(entry.trigger, linked=False)
    yield from _gone_without_link(evidence)
    for _ in range(evidence.story.done["a lead for somebody linked"]):
        yield cell(Trigger.LEAD_CREATED_FROM_INTERCOM, linked=LINKED)


def _subject(entry: HistoryEntry) -> str:
    """The id of the person to whom it happened."""
    person = entry.intercom_id if entry.trigger.side is Side.INTERCOM else entry.salesforce_id
    return person or ""


def _gone_without_link(evidence: Evidence) -> Iterator[str]:
    """People who are known to be gone, and were not linked when they went."""
    ended = {
        (entry.trigger, person)
        for entry in evidence.history
        if entry.kind in (HistoryKind.UNLINKED, HistoryKind.MOVED)
        for person in (entry.intercom_id, entry.salesforce_id)
    }
    moved_from = {
        span.on(side) for life in evidence.lives for span in life.spans[:-1] for side in Side
    }
    for person in _everybody(evidence):
        for trigger, (side, merged) in _GONE.items():
            is_it = person.side is side and (person.merged_into is not None) is merged
            was_linked = person.id in moved_from or (trigger, person.id) in ended
            if is_it and person.deleted and not was_linked:
                yield cell(trigger, linked=UNLINKED)


def _everybody(evidence: Evidence) -> Iterator[Person]:
    story = evidence.story
    ids = {
        Side.INTERCOM: list(story.intercom.workspace.contacts),
        Side.SALESFORCE: [
            record_id
            for name in ("Lead", "Contact")
            for record_id in story.salesforce.org.store.tables[name].rows
        ],
    }
    for side in Side:
        yield from story.known(side, ids[side]).values()


# ---------------------------------------------------------------------- outcomes


def _outcomes(evidence: Evidence) -> Iterator[str]:
    created = {
        one.salesforce_id: one for one in evidence.story.creations() if one.state == "created"
    }
    for entry in evidence.history:
        yield from _of_entry(entry)
        if entry.kind is HistoryKind.CREATED:
            by_rule = created[entry.salesforce_id].choices.by_rule is not None
            yield f"a lead is created by {'rule' if by_rule else 'hand'}"
        asked_for = entry.trigger is Trigger.LEAD_CREATED_FROM_INTERCOM
        is_link = entry.kind is HistoryKind.LINKED
        if asked_for and is_link and entry.salesforce_id not in created:
            yield "instead of a new lead somebody is matched"
    for error in evidence.opened:
        if error.code in ("too_long", "no_option"):
            yield "refused before it is sent"
        elif error.code == "FIELD_CUSTOM_VALIDATION_EXCEPTION":
            yield "refused by the service"
        if error.link_id is None and error.error_class is ErrorClass.RECORD:
            yield "a lead is refused"
    yield from ("ambiguous" for link in evidence.links if link.ambiguous)


_ALREADY_LINKED = {
    Trigger.SALESFORCE_CONVERTED: "converted to a contact that is linked",
    Trigger.SALESFORCE_MERGED: "merged into a record that is linked",
    Trigger.INTERCOM_MERGED: "merged into a contact that is linked",
}


def _of_entry(entry: HistoryEntry) -> Iterator[str]:
    match entry.kind:
        case HistoryKind.WRITTEN | HistoryKind.OVERRULED:
            if entry.trigger is Trigger.CHAIN:
                yield "a chain is written"
            if entry.after is None and entry.before is not None:
                yield "a blank is copied"
            if entry.kind is HistoryKind.OVERRULED:
                loser = "Intercom" if entry.side is Side.INTERCOM else "Salesforce"
                yield f"{loser} loses a conflict"
        case HistoryKind.OPTION_ADDED:
            yield "an option is added"
        case HistoryKind.LINKED if entry.trigger is Trigger.LINKED_BY_HAND:
            yield "linked by hand"
        case HistoryKind.UNLINKED if entry.trigger is Trigger.UNLINKED_BY_HAND:
            yield "unlinked by hand"
        case HistoryKind.UNLINKED if entry.note == "already_linked":
            yield _ALREADY_LINKED[entry.trigger]
        case _:
            pass
