"""The two trigger tables: what each event asks for, with and without an identity mapping.

Each table can be read top to bottom; a cell is a `Reaction`. Whatever is not in a table asks for
nothing. The order within one check is `CHECK_ORDER`: otherwise a conversion would look like a new
contact and a dead lead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sfsync_gui.core.vocabulary import Trigger


class LinkStep(StrEnum):
    """What happens to the identity mapping."""

    KEEP = "keep"
    END = "end"
    MOVE = "move"
    """To the record that this one was merged into or converted to."""


class Scope(StrEnum):
    """Which rows become due towards a side."""

    NONE = "none"
    UPDATED = "updated"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Reaction:
    """One cell of a trigger table.

    `match` asks to look for a partner (after `link` was done); the scopes apply to the mapping
    that there is then, and to nothing if there is none. `create` asks for a new Salesforce lead
    where no partner is found.
    """

    link: LinkStep = LinkStep.KEEP
    match: bool = False
    to_salesforce: Scope = Scope.NONE
    to_intercom: Scope = Scope.NONE
    create: bool = False


NOTHING = Reaction()
LINKED = True
UNLINKED = False

# A mapping that an Intercom trigger makes is due to Intercom for all rows, in the same cycle.
_MATCH_WRITE_UPDATED = Reaction(match=True, to_salesforce=Scope.UPDATED, to_intercom=Scope.ALL)
_MATCH_WRITE_ALL = Reaction(match=True, to_salesforce=Scope.ALL, to_intercom=Scope.ALL)
_MATCH_WRITE_TO_INTERCOM = Reaction(match=True, to_intercom=Scope.ALL)

INTERCOM_TO_SALESFORCE: Mapping[tuple[Trigger, bool], Reaction] = {
    (Trigger.INTERCOM_UPDATED, LINKED): Reaction(to_salesforce=Scope.UPDATED),
    (Trigger.INTERCOM_UPDATED, UNLINKED): _MATCH_WRITE_UPDATED,
    (Trigger.INTERCOM_KEY_UPDATED, LINKED): Reaction(
        link=LinkStep.END, match=True, to_salesforce=Scope.UPDATED, to_intercom=Scope.ALL
    ),
    (Trigger.INTERCOM_KEY_UPDATED, UNLINKED): _MATCH_WRITE_UPDATED,
    (Trigger.INTERCOM_CREATED, LINKED): NOTHING,
    (Trigger.INTERCOM_CREATED, UNLINKED): _MATCH_WRITE_ALL,
    (Trigger.INTERCOM_DELETED, LINKED): Reaction(link=LinkStep.END),
    (Trigger.INTERCOM_DELETED, UNLINKED): NOTHING,
    (Trigger.INTERCOM_MERGED, LINKED): Reaction(
        link=LinkStep.MOVE, to_salesforce=Scope.UPDATED, to_intercom=Scope.ALL
    ),
    (Trigger.INTERCOM_MERGED, UNLINKED): NOTHING,
    (Trigger.LEAD_CREATED_FROM_INTERCOM, LINKED): NOTHING,
    (Trigger.LEAD_CREATED_FROM_INTERCOM, UNLINKED): Reaction(
        match=True, create=True, to_salesforce=Scope.ALL, to_intercom=Scope.ALL
    ),
}

SALESFORCE_TO_INTERCOM: Mapping[tuple[Trigger, bool], Reaction] = {
    (Trigger.SALESFORCE_UPDATED, LINKED): Reaction(to_intercom=Scope.ALL),
    (Trigger.SALESFORCE_UPDATED, UNLINKED): _MATCH_WRITE_TO_INTERCOM,
    (Trigger.SALESFORCE_KEY_UPDATED, LINKED): Reaction(
        link=LinkStep.END, match=True, to_intercom=Scope.ALL
    ),
    (Trigger.SALESFORCE_KEY_UPDATED, UNLINKED): _MATCH_WRITE_TO_INTERCOM,
    (Trigger.SALESFORCE_CREATED, LINKED): NOTHING,
    (Trigger.SALESFORCE_CREATED, UNLINKED): _MATCH_WRITE_TO_INTERCOM,
    (Trigger.SALESFORCE_DELETED, LINKED): Reaction(link=LinkStep.END),
    (Trigger.SALESFORCE_DELETED, UNLINKED): NOTHING,
    (Trigger.SALESFORCE_CONVERTED, LINKED): Reaction(link=LinkStep.MOVE, to_intercom=Scope.ALL),
    (Trigger.SALESFORCE_CONVERTED, UNLINKED): _MATCH_WRITE_TO_INTERCOM,
    (Trigger.SALESFORCE_MERGED, LINKED): Reaction(link=LinkStep.MOVE, to_intercom=Scope.ALL),
    (Trigger.SALESFORCE_MERGED, UNLINKED): NOTHING,
}

CHECK_ORDER: tuple[tuple[Trigger, ...], ...] = (
    (Trigger.SALESFORCE_CONVERTED, Trigger.SALESFORCE_MERGED, Trigger.INTERCOM_MERGED),
    (Trigger.SALESFORCE_DELETED, Trigger.INTERCOM_DELETED),
    (Trigger.SALESFORCE_KEY_UPDATED, Trigger.INTERCOM_KEY_UPDATED),
    (
        Trigger.LEAD_CREATED_FROM_INTERCOM,
        Trigger.SALESFORCE_CREATED,
        Trigger.INTERCOM_CREATED,
    ),
    (Trigger.SALESFORCE_UPDATED, Trigger.INTERCOM_UPDATED),
)
"""Conversions and merges, deletions, key changes, creations, updates."""

_RANK = {trigger: rank for rank, group in enumerate(CHECK_ORDER) for trigger in group}


def reaction(trigger: Trigger, *, linked: bool) -> Reaction:
    """The cell of the trigger tables for this event."""
    for table in (INTERCOM_TO_SALESFORCE, SALESFORCE_TO_INTERCOM):
        cell = table.get((trigger, linked))
        if cell is not None:
            return cell
    return NOTHING


def stronger(first: Trigger | None, second: Trigger) -> Trigger:
    """Of two triggers that wait for the same person, the one that is acted upon."""
    if first is None or _RANK[second] <= _RANK[first]:
        return second
    return first
