"""The trigger tables as data: which cells there are, and which of two waiting triggers counts."""

import itertools

import pytest

from sfsync_gui.core.triggers import (
    CHECK_ORDER,
    INTERCOM_TO_SALESFORCE,
    NOTHING,
    SALESFORCE_TO_INTERCOM,
    LinkStep,
    Reaction,
    Scope,
    reaction,
    stronger,
)
from sfsync_gui.core.vocabulary import Side, Trigger

TABLES = {**INTERCOM_TO_SALESFORCE, **SALESFORCE_TO_INTERCOM}
ORDER = [trigger for group in CHECK_ORDER for trigger in group]


def test_each_event_of_a_service_stands_in_the_table_of_its_side_with_both_cells() -> None:
    for side, table in (
        (Side.INTERCOM, INTERCOM_TO_SALESFORCE),
        (Side.SALESFORCE, SALESFORCE_TO_INTERCOM),
    ):
        events = {trigger for trigger in Trigger if trigger.side is side}
        assert set(table) == set(itertools.product(events, (True, False)))


@pytest.mark.parametrize(
    ("trigger", "linked"),
    [
        (Trigger.INTERCOM_CREATED, True),
        (Trigger.INTERCOM_DELETED, False),
        (Trigger.INTERCOM_MERGED, False),
        (Trigger.LEAD_CREATED_FROM_INTERCOM, True),
        (Trigger.SALESFORCE_CREATED, True),
        (Trigger.SALESFORCE_DELETED, False),
        (Trigger.SALESFORCE_MERGED, False),
    ],
)
def test_the_empty_cells_ask_for_nothing(trigger: Trigger, linked: bool) -> None:
    assert reaction(trigger, linked=linked) == NOTHING


def test_all_other_cells_ask_for_something() -> None:
    assert sum(cell == NOTHING for cell in TABLES.values()) == 7


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("trigger", [one for one in Trigger if one.side is None])
def test_our_own_causes_stand_in_no_table(trigger: Trigger, linked: bool) -> None:
    assert reaction(trigger, linked=linked) == NOTHING


def test_only_a_lead_created_from_intercom_creates() -> None:
    creating = [place for place, cell in TABLES.items() if cell.create]
    assert creating == [(Trigger.LEAD_CREATED_FROM_INTERCOM, False)]


def test_nothing_from_salesforce_is_written_back_to_salesforce() -> None:
    assert {cell.to_salesforce for cell in SALESFORCE_TO_INTERCOM.values()} == {Scope.NONE}


def test_every_new_mapping_is_due_to_intercom_for_all_rows() -> None:
    assert {cell.to_intercom for cell in TABLES.values() if cell.match} == {Scope.ALL}


def test_mappings_end_on_deletions_and_key_changes_and_move_on_merges_and_conversions() -> None:
    ends = {trigger for (trigger, _), cell in TABLES.items() if cell.link is LinkStep.END}
    moves = {trigger for (trigger, _), cell in TABLES.items() if cell.link is LinkStep.MOVE}
    assert ends == {
        Trigger.INTERCOM_DELETED,
        Trigger.INTERCOM_KEY_UPDATED,
        Trigger.SALESFORCE_DELETED,
        Trigger.SALESFORCE_KEY_UPDATED,
    }
    assert moves == set(CHECK_ORDER[0])
    assert TABLES[Trigger.SALESFORCE_CONVERTED, False] == Reaction(
        match=True, to_intercom=Scope.ALL
    )


def test_one_check_acts_in_the_order_of_the_law() -> None:
    names = [{trigger.value.split("_", 1)[1] for trigger in group} for group in CHECK_ORDER]
    assert names == [
        {"converted", "merged"},
        {"deleted"},
        {"key_updated"},
        {"created", "created_from_intercom"},
        {"updated"},
    ]


@pytest.mark.parametrize(("first", "second"), list(itertools.product(ORDER, ORDER)))
def test_of_two_waiting_triggers_the_one_that_comes_earlier_in_a_check_counts(
    first: Trigger, second: Trigger
) -> None:
    ranks = {trigger: rank for rank, group in enumerate(CHECK_ORDER) for trigger in group}
    kept = stronger(first, second)
    assert kept in (first, second)
    assert ranks[kept] == min(ranks[first], ranks[second])
    if ranks[first] == ranks[second]:
        assert kept is second


def test_a_trigger_counts_where_none_waits() -> None:
    assert stronger(None, Trigger.INTERCOM_UPDATED) is Trigger.INTERCOM_UPDATED
