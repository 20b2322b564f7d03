"""What lists are filtered by, as one small number a row: its facets.

All rows with the same facets lie together in an index, in each order in which a list can be
sorted. Whatever is asked for is then a few such stretches, merged, and no row is read in vain.
"""

from itertools import product
from typing import TypeVar

from sfsync_gui.core.vocabulary import Family, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.questions import HistoryQuery, LinkQuery

T = TypeVar("T")

# The places of these are stored: new members go to the end.
_SIDES = (None, Side.INTERCOM, Side.SALESFORCE)
_HISTORY_KINDS = (
    HistoryKind.WRITTEN,
    HistoryKind.OVERRULED,
    HistoryKind.LINKED,
    HistoryKind.UNLINKED,
    HistoryKind.MOVED,
    HistoryKind.CREATED,
    HistoryKind.OPTION_ADDED,
    HistoryKind.HELD,
)
_TRIGGERS = (
    Trigger.INTERCOM_UPDATED,
    Trigger.INTERCOM_KEY_UPDATED,
    Trigger.INTERCOM_CREATED,
    Trigger.INTERCOM_DELETED,
    Trigger.INTERCOM_MERGED,
    Trigger.LEAD_CREATED_FROM_INTERCOM,
    Trigger.SALESFORCE_UPDATED,
    Trigger.SALESFORCE_KEY_UPDATED,
    Trigger.SALESFORCE_CREATED,
    Trigger.SALESFORCE_DELETED,
    Trigger.SALESFORCE_CONVERTED,
    Trigger.SALESFORCE_MERGED,
    Trigger.LINKED_AT_CONNECTING,
    Trigger.LINKED_BY_HAND,
    Trigger.UNLINKED_BY_HAND,
    Trigger.BULK_SYNC,
    Trigger.RETRY,
    Trigger.COMPARISON,
    Trigger.CHAIN,
    Trigger.REVERTED,
    Trigger.TASK_FROM_INTERCOM,
    Trigger.CONVERSATION_CLOSED,
)

KIND_BITS = {Side.INTERCOM: 1, Side.SALESFORCE: 2}
"""The bit of a link's facets that tells a side's kind of person."""

KINDS_BITS = {
    Side.INTERCOM: {PersonKind.USER: 0, PersonKind.INTERCOM_LEAD: 1, PersonKind.COMPANY: 0},
    Side.SALESFORCE: {PersonKind.LEAD: 0, PersonKind.CONTACT: 2, PersonKind.ACCOUNT: 0},
}
"""How each kind sets it."""

_LINK_OF_COMPANY = 32
_HISTORY_OF_COMPANY = 1 << 16
_KEPT = 3 | _LINK_OF_COMPANY
"""The bits that do not change as long as the people are the same."""

_SIDE_PLACES = {side: place for place, side in enumerate(_SIDES)}
_KIND_PLACES = {kind: place for place, kind in enumerate(_HISTORY_KINDS)}
_TRIGGER_PLACES = {trigger: place for place, trigger in enumerate(_TRIGGERS)}
_BOTH = (False, True)


def link_facets(
    intercom_kind: PersonKind,
    salesforce_kind: PersonKind,
    *,
    ambiguous: bool,
    with_errors: bool,
    waiting: bool,
) -> int:
    """The facets of a link."""
    kinds = KINDS_BITS[Side.INTERCOM][intercom_kind] | KINDS_BITS[Side.SALESFORCE][salesforce_kind]
    if salesforce_kind.family is Family.COMPANIES:
        kinds |= _LINK_OF_COMPANY
    return with_flags(kinds, ambiguous=ambiguous, with_errors=with_errors, waiting=waiting)


def with_flags(facets: int, *, ambiguous: bool, with_errors: bool, waiting: bool) -> int:
    """The facets with the kinds of these, and other flags."""
    return (facets & _KEPT) + 4 * ambiguous + 8 * with_errors + 16 * waiting


def facets_of_links(query: LinkQuery) -> frozenset[int]:
    """The facets of all links that the query may find."""
    choices = product(
        _chosen(query.intercom_kind, tuple(KINDS_BITS[Side.INTERCOM])),
        _chosen(query.salesforce_kind, tuple(KINDS_BITS[Side.SALESFORCE])),
        (True,) if query.ambiguous else _BOTH,
        (True,) if query.with_errors else _BOTH,
        (True,) if query.waiting else _BOTH,
    )
    return frozenset(
        link_facets(
            intercom, salesforce, ambiguous=ambiguous, with_errors=with_errors, waiting=waiting
        )
        for intercom, salesforce, ambiguous, with_errors, waiting in choices
        if intercom.family is salesforce.family and query.family in (None, salesforce.family)
    )


def history_facets(
    kind: HistoryKind, side: Side | None, trigger: Trigger, family: Family = Family.PEOPLE
) -> int:
    """The facets of an entry of the history."""
    facets = (_KIND_PLACES[kind] * 4 + _SIDE_PLACES[side]) * 64 + _TRIGGER_PLACES[trigger]
    return facets | _HISTORY_OF_COMPANY if family is Family.COMPANIES else facets


def facets_of_history(query: HistoryQuery) -> frozenset[int]:
    """The facets of all entries that the query may find."""
    choices = product(
        query.kinds or _HISTORY_KINDS,
        _SIDES if query.to_side is None else (query.to_side,),
        _chosen(query.trigger, _TRIGGERS),
        _chosen(query.family, tuple(Family)),
    )
    return frozenset(history_facets(*choice) for choice in choices)


def _chosen(wanted: T | None, everything: tuple[T, ...]) -> tuple[T, ...]:
    return everything if wanted is None else (wanted,)
