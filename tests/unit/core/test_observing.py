"""What a reading means: a person's change, our own write coming back, or one that arrives late."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.observing import (
    LateWrite,
    absorb,
    add_due,
    forget_old_doubts,
    note_doubt,
    rows_in_scope,
    settle,
)
from sfsync_gui.core.people import Due, IdentityMapping, InDoubt, Observation, Pair, Value
from sfsync_gui.core.planner import RowWrite
from sfsync_gui.core.triggers import Scope
from sfsync_gui.core.vocabulary import Direction, PersonKind, Side, Trigger

IC, SF = Side.INTERCOM, Side.SALESFORCE
TO_SF, TO_IC = frozenset({SF}), frozenset({IC})
IC_UPDATED, SF_UPDATED = Trigger.INTERCOM_UPDATED, Trigger.SALESFORCE_UPDATED


def row(name: str, direction: Direction, attribute: str, field: str) -> AttributeMapping:
    """A row for leads."""
    return AttributeMapping(name, attribute, direction, field)


# A → F → B, and a row of its own both ways.
ROWS = {
    one.id: one
    for one in (
        row("a", Direction.TO_SALESFORCE, "A", "F"),
        row("b", Direction.TO_INTERCOM, "B", "F"),
        row("two", Direction.TWO_WAY, "T", "T"),
        row("down", Direction.TO_INTERCOM, "D", "D"),
    )
}
LINK = IdentityMapping(
    "i", PersonKind.LEAD, "s", "k", "k", Trigger.LINKED_BY_HAND, 0,
    intercom=Observation({"A": "1", "B": "1", "T": "1", "D": "1"}, 1, 1),
    salesforce=Observation({"F": "1", "T": "1", "D": "1"}, 1, 1),
    synced={name: Pair("1", "1") for name in ROWS},
)  # fmt: skip


def see(link: IdentityMapping, side: Side, version: int = 2, **values: Value) -> IdentityMapping:
    """The link after a reading of one side that shows these values."""
    seen = Observation(values, version, version)
    return absorb(link, side, seen, ROWS, in_error={}).link


def holds(link: IdentityMapping, **values: Value) -> IdentityMapping:
    """The link whose contact holds these values."""
    assert link.intercom is not None
    return replace(link, intercom=Observation({**link.intercom.values, **values}, 1, 1))


def settled(*arguments: Any) -> IdentityMapping:
    """The link after accepted writes."""
    return settle(*arguments).link


def write(row_id: str, side: Side, value: Value) -> RowWrite:
    """A write of a value to a row's field."""
    name = ROWS[row_id].field_for(side, PersonKind.LEAD)
    assert name is not None
    two_way = ROWS[row_id].direction is Direction.TWO_WAY
    return RowWrite(row_id, side, name, value, "1", value, IC_UPDATED, two_way)


def test_a_moved_timestamp_makes_nothing_due_but_is_remembered() -> None:
    after = see(LINK, SF, version=9, F="1", T="1", D="1")
    assert after.due == {}
    assert after.salesforce is not None
    assert after.salesforce.version == 9


def test_an_update_in_intercom_makes_due_the_rows_that_changed() -> None:
    assert see(LINK, IC, A="2", T="1").due == {"a": Due(TO_SF, IC_UPDATED)}
    assert see(LINK, IC, B="2").due == {}  # nothing is written from there


def test_an_update_in_salesforce_makes_all_rows_due_to_intercom() -> None:
    due = Due(TO_IC, SF_UPDATED)
    assert see(LINK, SF, D="2").due == {"b": due, "two": due, "down": due}


def test_a_field_that_was_not_read_before_is_new_to_the_mapping_and_not_changed() -> None:
    unread = replace(LINK, salesforce=Observation({"F": "1"}, 1, 1))
    assert see(unread, SF, F="1", D="2").due == {}


def test_an_attribute_that_appears_on_a_contact_was_set() -> None:
    bare = replace(LINK, intercom=Observation({}, 1, 1))
    assert see(bare, IC, A="2").due == {"a": Due(TO_SF, IC_UPDATED)}
    assert see(bare, IC, A=None).due == {}


def test_what_a_reading_did_not_show_stays_as_known() -> None:
    after = see(LINK, SF, F="2")
    assert after.salesforce is not None
    assert after.salesforce.values == {"F": "2", "T": "1", "D": "1"}


def test_the_first_reading_makes_nothing_due() -> None:
    assert see(replace(LINK, salesforce=None), SF, F="2").due == {}


def test_our_own_write_coming_back_makes_due_only_other_rows_of_that_field() -> None:
    seen = Observation({"F": "2", "T": "1", "D": "1"}, 2, 2)
    after = settled(holds(LINK, A="2"), SF, [write("a", SF, "2")], None, seen, ROWS, {})
    assert after.due == {"b": Due(TO_IC, Trigger.CHAIN)}
    assert after.synced["a"] == Pair("2", "2")


def test_a_persons_change_seen_with_our_own_write_is_an_update() -> None:
    seen = Observation({"F": "2", "T": "1", "D": "theirs"}, 2, 2)
    after = settled(holds(LINK, A="2"), SF, [write("a", SF, "2")], None, seen, ROWS, {})
    assert after.due["down"] == Due(TO_IC, SF_UPDATED)


def test_an_overwritten_two_way_write_is_a_change_of_the_target() -> None:
    seen = Observation({"F": "1", "T": "theirs", "D": "1"}, 2, 2)
    after = settled(holds(LINK, T="2"), SF, [write("two", SF, "2")], None, seen, ROWS, {})
    assert after.due["two"] == Due(TO_IC, SF_UPDATED)
    assert after.synced["two"] == Pair("2", "2")


def test_an_overwritten_one_way_write_is_not_fought_for() -> None:
    seen = Observation({"F": "theirs", "T": "1", "D": "1"}, 2, 2)
    after = settled(holds(LINK, A="2"), SF, [write("a", SF, "2")], None, seen, ROWS, {})
    assert "a" not in after.due


def test_a_change_seen_just_before_the_write_is_not_lost() -> None:
    before = Observation({"F": "1", "T": "1", "D": "theirs"}, 2, 2)
    after = Observation({"F": "2", "T": "1", "D": "theirs"}, 3, 3)
    link = settled(holds(LINK, A="2"), SF, [write("a", SF, "2")], before, after, ROWS, {})
    assert link.due["down"] == Due(TO_IC, SF_UPDATED)


def test_one_row_never_settles_another() -> None:
    link = replace(LINK, due={"down": Due(TO_IC, SF_UPDATED)})
    after = settled(holds(link, A="2"), SF, [write("a", SF, "2")], None, None, ROWS, {})
    assert after.due["down"] == Due(TO_IC, SF_UPDATED)
    assert after.synced["b"] == after.synced["down"] == Pair("1", "1")


def test_a_row_whose_source_changed_since_it_was_planned_stays_due() -> None:
    link = replace(LINK, due={"b": Due(TO_IC, SF_UPDATED)})
    seen = Observation({"A": "1", "B": "2", "T": "1", "D": "1"}, 2, 2)
    after = settled(
        replace(link, salesforce=Observation({"F": "3", "T": "1", "D": "1"}, 2, 2)),
        IC,
        [write("b", IC, "2")],
        None,
        seen,
        ROWS,
        {},
    )
    assert after.due == {"b": Due(TO_IC, SF_UPDATED)}
    assert after.synced["b"] == Pair("2", "2")


def test_a_write_that_could_not_be_read_back_settles_at_what_was_sent() -> None:
    after = settled(holds(LINK, T="2"), SF, [write("two", SF, "2")], None, None, ROWS, {})
    assert after.synced["two"] == Pair("2", "2")
    assert after.due == {}
    assert after.salesforce is not None
    assert after.salesforce.values["T"] == "2"


def test_a_write_of_unknown_outcome_that_arrives_is_no_persons_change() -> None:
    doubtful = note_doubt(LINK, [write("two", SF, "2")], now=10)
    after = see(doubtful, SF, F="1", T="2", D="1")
    assert after.synced["two"] == Pair("2", "2")
    assert after.in_doubt == {}
    assert set(after.due) == {"two"}
    assert after.due["two"].towards == TO_SF


def test_a_late_arrival_is_told_as_the_write_that_it_was() -> None:
    overruling = replace(write("two", SF, "2"), overrules=True)
    doubtful = note_doubt(LINK, [overruling], now=10)
    seen = Observation({"F": "1", "T": "2", "D": "1"}, 2, 2)
    assert absorb(doubtful, SF, seen, ROWS, in_error={}).late == (LateWrite(overruling, 10),)


def test_what_the_reading_before_a_write_shows_may_have_come_late() -> None:
    older = write("two", SF, "2")
    doubtful = note_doubt(holds(LINK, T="3"), [older], now=10)
    before = Observation({"F": "1", "T": "2", "D": "1"}, 2, 2)
    assert settle(doubtful, SF, [write("two", SF, "3")], before, None, ROWS, {}).late == (
        LateWrite(older, 10),
    )


def test_another_value_than_the_doubtful_one_is_a_persons_change() -> None:
    doubtful = note_doubt(LINK, [write("two", SF, "2")], now=10)
    after = see(doubtful, SF, F="1", T="theirs", D="1")
    assert after.due["two"] == Due(TO_IC, SF_UPDATED)
    assert set(after.in_doubt) == {"two"}  # it may still arrive


def test_an_accepted_write_resolves_its_own_doubt_only() -> None:
    doubtful = note_doubt(LINK, [write("two", SF, "2")], now=10)
    doubtful = note_doubt(doubtful, [write("two", SF, "3")], now=20)
    after = settled(holds(doubtful, T="3"), SF, [write("two", SF, "3")], None, None, ROWS, {})
    assert after.in_doubt == {"two": (InDoubt(SF, "2", "2", 10, "1", IC_UPDATED),)}


def test_old_doubts_are_forgotten() -> None:
    doubtful = note_doubt(LINK, [write("two", SF, "2")], now=10)
    assert forget_old_doubts(doubtful, 10).in_doubt == doubtful.in_doubt
    assert forget_old_doubts(doubtful, 11).in_doubt == {}


def test_a_row_in_error_is_planned_again_when_its_target_changes() -> None:
    seen = Observation({"F": "fixed", "T": "1", "D": "1"}, 2, 2)
    after = absorb(LINK, SF, seen, ROWS, in_error={"a": SF}).link
    assert after.due["a"] == Due(TO_SF, SF_UPDATED)
    untouched = Observation({"F": "1", "T": "1", "D": "2"}, 2, 2)
    assert "a" not in absorb(LINK, SF, untouched, ROWS, in_error={"a": SF}).link.due


def test_an_event_is_the_newest_word_on_a_row_and_our_own_causes_are_not() -> None:
    due = {"two": Due(TO_SF, IC_UPDATED)}
    add_due(due, [ROWS["two"]], IC, Trigger.COMPARISON)
    assert due["two"] == Due(frozenset(Side), IC_UPDATED)
    add_due(due, [ROWS["two"]], IC, SF_UPDATED)
    assert due["two"] == Due(frozenset(Side), SF_UPDATED)


def test_a_scope_names_rows_that_write_to_the_side_and_apply_to_the_record() -> None:
    def names(side: Side, scope: Scope, updated: set[str] | None) -> list[str]:
        return [one.id for one in rows_in_scope(ROWS, PersonKind.LEAD, side, scope, updated)]

    assert names(SF, Scope.ALL, set()) == ["a", "two"]
    assert names(IC, Scope.ALL, set()) == ["b", "two", "down"]
    assert names(SF, Scope.UPDATED, {"A", "B"}) == ["a"]
    assert names(SF, Scope.UPDATED, None) == ["a", "two"]
    assert names(SF, Scope.NONE, None) == []
    assert rows_in_scope(ROWS, PersonKind.CONTACT, SF, Scope.ALL, None) == []
