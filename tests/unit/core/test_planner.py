"""The planner: what a due row comes to, over directions, rules, pairs and triggers."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from sfsync_gui.core.conversion import Converter
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import Due, IdentityMapping, Observation, Pair, Value
from sfsync_gui.core.planner import LinkPlan, changed_since_synced, plan_link
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import (
    BlankRule,
    ConflictRule,
    Direction,
    PersonKind,
    Side,
    Trigger,
)

I, S = Side.INTERCOM, Side.SALESFORCE  # noqa: E741
BOTH = frozenset(Side)
KEEP, COPY = BlankRule.KEEP, BlankRule.COPY
UP, DOWN, TWO = Direction.TO_SALESFORCE, Direction.TO_INTERCOM, Direction.TWO_WAY
ATTRIBUTE = IntercomAttribute("phone", "Phone", IntercomType.TEXT)
FIELD = SalesforceField("Lead", "Phone", "Phone", SalesforceType.STRING, length=10)
OLD = Pair("old", "old")


def plan(
    direction: Direction,
    values: tuple[Value, Value],
    pair: Pair | None = OLD,
    *,
    towards: frozenset[Side] = BOTH,
    trigger: Trigger = Trigger.INTERCOM_UPDATED,
    blank: BlankRule = KEEP,
    conflict: ConflictRule = ConflictRule.SALESFORCE,
    times: tuple[int, int] = (1, 1),
    refused: dict[tuple[str, Side], Value] | None = None,
) -> LinkPlan:
    """Plan one due row; `values` and `times` are Intercom's and Salesforce's."""
    row = AttributeMapping("r", "phone", direction, "Phone", None, blank, conflict)
    link = IdentityMapping(
        "i", PersonKind.LEAD, "s", "k", "k", Trigger.LINKED_BY_HAND, 0,
        intercom=Observation({"phone": values[0]}, 1, times[0]),
        salesforce=Observation({"Phone": values[1]}, 1, times[1]),
        synced={} if pair is None else {"r": pair},
        due={"r": Due(towards, trigger)},
    )  # fmt: skip
    return plan_link(
        link, {"r": row}, {"r": Converter(row, ATTRIBUTE, FIELD, Schema())}, refused or {}
    )


def outcome(planned: LinkPlan) -> tuple[Side, Value] | str:
    """The write that comes out, or 'settled', 'refused', 'idle' (exactly one of them)."""
    found: list[tuple[Side, Value] | str] = [(one.side, one.value) for one in planned.writes]
    found += ["settled" for _ in planned.settled]
    found += ["refused" for _ in planned.refused]
    found += ["idle" for _ in planned.idle]
    (only,) = found
    return only


# One way to Salesforce: the updated attribute, whatever Salesforce holds.
@pytest.mark.parametrize(
    ("values", "pair", "blank", "expected"),
    [
        (("new", "old"), OLD, KEEP, (S, "new")),
        (("new", "other"), OLD, KEEP, (S, "new")),
        (("new", "new"), OLD, KEEP, "settled"),
        (("old", "other"), OLD, KEEP, "settled"),  # not updated: Salesforce's own change stays
        ((None, "old"), OLD, KEEP, "settled"),
        ((None, "old"), OLD, COPY, (S, None)),
        (("new", None), OLD, KEEP, (S, "new")),
        (("new", "old"), None, KEEP, (S, "new")),
        (("new", None), None, COPY, (S, "new")),
        ((None, "old"), None, KEEP, "settled"),
        ((None, "old"), None, COPY, (S, None)),
        (("same", "same"), None, KEEP, "settled"),
    ],
)
def test_a_row_to_salesforce_writes_the_updated_attribute(
    values: tuple[Value, Value], pair: Pair | None, blank: BlankRule, expected: object
) -> None:
    assert outcome(plan(UP, values, pair, towards=frozenset({S}), blank=blank)) == expected


# One way to Intercom: whatever differs, updated or not.
@pytest.mark.parametrize(
    ("values", "pair", "blank", "expected"),
    [
        (("old", "new"), OLD, KEEP, (I, "new")),
        (("other", "old"), OLD, KEEP, (I, "old")),
        (("new", "new"), OLD, KEEP, "settled"),
        (("old", None), OLD, KEEP, "settled"),
        (("old", None), OLD, COPY, (I, None)),
        (("old", "new"), None, KEEP, (I, "new")),
        (("old", None), None, KEEP, "settled"),
        (("old", None), None, COPY, (I, None)),
    ],
)
def test_a_row_to_intercom_writes_whatever_differs(
    values: tuple[Value, Value], pair: Pair | None, blank: BlankRule, expected: object
) -> None:
    trigger = Trigger.SALESFORCE_UPDATED
    planned = plan(DOWN, values, pair, towards=frozenset({I}), blank=blank, trigger=trigger)
    assert outcome(planned) == expected


@pytest.mark.parametrize(("direction", "towards"), [(UP, I), (DOWN, S)])
def test_a_one_way_row_never_writes_against_its_direction(
    direction: Direction, towards: Side
) -> None:
    planned = plan(direction, ("old", "old"), OLD, towards=frozenset({towards}))
    assert planned.settled == {"r": OLD}
    assert planned.writes == ()


@pytest.mark.parametrize(("direction", "towards"), [(UP, I), (DOWN, S)])
def test_a_row_that_was_turned_while_due_the_other_way_passes_on_what_waits(
    direction: Direction, towards: Side
) -> None:
    planned = plan(direction, ("a", "b"), OLD, towards=frozenset({towards}))
    assert [(write.side, write.value) for write in planned.writes] == [
        (towards.other, "a" if direction is UP else "b")
    ]


@pytest.mark.parametrize(
    ("pair", "trigger", "writes"),
    [
        (OLD, Trigger.BULK_SYNC, True),
        (OLD, Trigger.COMPARISON, False),
        (OLD, Trigger.RETRY, False),
        (None, Trigger.COMPARISON, True),
    ],
)
def test_only_a_bulk_sync_sends_to_salesforce_what_was_not_updated(
    pair: Pair | None, trigger: Trigger, writes: bool
) -> None:
    planned = plan(UP, ("old", "other"), pair, towards=frozenset({S}), trigger=trigger)
    assert outcome(planned) == ((S, "old") if writes else "settled")


# Two-way with a pair, changed on one side only: that side is copied, whatever rule and trigger.
@pytest.mark.parametrize(
    ("conflict", "trigger", "towards"),
    [
        *itertools.product(
            ConflictRule,
            (
                Trigger.INTERCOM_UPDATED,
                Trigger.SALESFORCE_UPDATED,
                Trigger.COMPARISON,
                Trigger.RETRY,
            ),
            (frozenset({I}), frozenset({S}), BOTH),
        )
    ],
)
def test_two_way_a_change_on_one_side_is_copied(
    conflict: ConflictRule, trigger: Trigger, towards: frozenset[Side]
) -> None:
    up = plan(TWO, ("new", "old"), trigger=trigger, conflict=conflict, towards=towards)
    down = plan(TWO, ("old", "new"), trigger=trigger, conflict=conflict, towards=towards)
    assert outcome(up) == (S, "new")
    assert outcome(down) == (I, "new")
    assert not up.writes[0].overrules
    assert not down.writes[0].overrules


# Two-way with a pair, changed on both to different values: the rule decides.
@pytest.mark.parametrize(
    ("conflict", "times", "loser"),
    [
        (ConflictRule.SALESFORCE, (9, 1), I),
        (ConflictRule.SALESFORCE, (1, 9), I),
        (ConflictRule.INTERCOM, (9, 1), S),
        (ConflictRule.INTERCOM, (1, 9), S),
        (ConflictRule.NEWER, (9, 1), S),
        (ConflictRule.NEWER, (1, 9), I),
        (ConflictRule.NEWER, (5, 5), I),  # a tie: Salesforce
    ],
)
@pytest.mark.parametrize("trigger", [Trigger.INTERCOM_UPDATED, Trigger.SALESFORCE_UPDATED])
def test_two_way_a_conflict_is_decided_by_the_rows_rule(
    conflict: ConflictRule, times: tuple[int, int], loser: Side, trigger: Trigger
) -> None:
    planned = plan(TWO, ("mine", "theirs"), trigger=trigger, conflict=conflict, times=times)
    assert outcome(planned) == (loser, "theirs" if loser is I else "mine")
    assert planned.writes[0].overrules  # the losing value is kept in history
    assert planned.writes[0].before == ("mine" if loser is I else "theirs")


@pytest.mark.parametrize("conflict", ConflictRule)
def test_two_way_changed_on_both_to_the_same_value_is_no_conflict(conflict: ConflictRule) -> None:
    planned = plan(TWO, ("new", "new"), conflict=conflict)
    assert planned.settled == {"r": Pair("new", "new")}


@pytest.mark.parametrize("conflict", ConflictRule)
def test_two_way_a_blank_that_may_not_be_copied_never_wins(conflict: ConflictRule) -> None:
    assert outcome(plan(TWO, (None, "new"), conflict=conflict)) == (I, "new")
    assert outcome(plan(TWO, ("new", None), conflict=conflict)) == (S, "new")


@pytest.mark.parametrize("values", [(None, "old"), ("old", None)])
def test_two_way_a_blank_that_may_not_be_copied_settles_its_own_side_and_is_not_refilled(
    values: tuple[Value, Value],
) -> None:
    planned = plan(TWO, values)
    assert planned.settled == {"r": Pair(*values)}
    again = plan(TWO, values, Pair(*values), trigger=Trigger.SALESFORCE_UPDATED)
    assert again.settled == {"r": Pair(*values)}


@pytest.mark.parametrize(
    ("values", "settled", "expected"),
    [
        ((None, "new"), Pair(None, "old"), (I, "new")),
        (("new", None), Pair("old", None), (S, "new")),
    ],
)
def test_two_way_a_blank_is_refilled_once_the_other_side_changes(
    values: tuple[Value, Value], settled: Pair, expected: object
) -> None:
    assert outcome(plan(TWO, values, settled)) == expected


def test_two_way_copied_blanks_are_changes_like_others() -> None:
    assert outcome(plan(TWO, (None, "old"), blank=COPY)) == (S, None)
    assert outcome(plan(TWO, ("old", None), blank=COPY)) == (I, None)
    assert outcome(plan(TWO, ("new", None), blank=COPY)) == (I, None)  # a conflict: Salesforce
    rule = ConflictRule.INTERCOM
    assert outcome(plan(TWO, (None, "new"), blank=COPY, conflict=rule)) == (S, None)


# Two-way without a pair: the trigger's side wins, a blank never beats a value.
@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        (Trigger.INTERCOM_UPDATED, (S, "mine")),
        (Trigger.INTERCOM_CREATED, (S, "mine")),
        (Trigger.INTERCOM_KEY_UPDATED, (S, "mine")),
        (Trigger.SALESFORCE_UPDATED, (I, "theirs")),
        (Trigger.SALESFORCE_CREATED, (I, "theirs")),
        (Trigger.SALESFORCE_CONVERTED, (I, "theirs")),
    ],
)
@pytest.mark.parametrize("conflict", ConflictRule)
def test_two_way_without_a_pair_the_triggers_side_wins(
    trigger: Trigger, expected: object, conflict: ConflictRule
) -> None:
    planned = plan(
        TWO,
        ("mine", "theirs"),
        None,
        trigger=trigger,
        conflict=conflict,
        towards=frozenset({trigger.side.other}) if trigger.side else frozenset(),
        times=(9, 1),
    )
    assert outcome(planned) == expected
    assert not planned.writes[0].overrules


@pytest.mark.parametrize(
    ("conflict", "times", "expected"),
    [
        (ConflictRule.SALESFORCE, (9, 1), (I, "theirs")),
        (ConflictRule.INTERCOM, (1, 9), (S, "mine")),
        (ConflictRule.NEWER, (9, 1), (S, "mine")),
        (ConflictRule.NEWER, (1, 9), (I, "theirs")),
    ],
)
@pytest.mark.parametrize("trigger", [Trigger.INTERCOM_CREATED, Trigger.SALESFORCE_CREATED])
def test_two_way_without_a_pair_and_changed_on_both_sides_the_rule_decides(
    conflict: ConflictRule, times: tuple[int, int], expected: object, trigger: Trigger
) -> None:
    values = ("mine", "theirs")
    planned = plan(TWO, values, None, trigger=trigger, conflict=conflict, times=times)
    assert outcome(planned) == expected
    assert planned.writes[0].overrules  # the loser is kept in history


@pytest.mark.parametrize(("blank", "trigger"), list(itertools.product(BlankRule, Trigger)))
def test_two_way_without_a_pair_a_blank_never_beats_a_value(
    blank: BlankRule, trigger: Trigger
) -> None:
    assert outcome(plan(TWO, (None, "v"), None, trigger=trigger, blank=blank)) == (I, "v")
    assert outcome(plan(TWO, ("v", None), None, trigger=trigger, blank=blank)) == (S, "v")


@pytest.mark.parametrize(
    ("conflict", "times", "expected"),
    [
        (ConflictRule.SALESFORCE, (9, 1), (I, "theirs")),
        (ConflictRule.INTERCOM, (1, 9), (S, "mine")),
        (ConflictRule.NEWER, (9, 1), (S, "mine")),
        (ConflictRule.NEWER, (1, 9), (I, "theirs")),
    ],
)
@pytest.mark.parametrize("pair", [None, Pair("mine", "theirs")])
def test_two_way_in_a_bulk_sync_the_rule_decides(
    conflict: ConflictRule, times: tuple[int, int], expected: object, pair: Pair | None
) -> None:
    trigger = Trigger.BULK_SYNC
    values = ("mine", "theirs")
    planned = plan(TWO, values, pair, trigger=trigger, conflict=conflict, times=times)
    assert outcome(planned) == expected
    assert planned.writes[0].overrules


def test_a_value_that_does_not_fit_is_refused_before_anything_is_sent() -> None:
    planned = plan(UP, ("x" * 11, "old"), towards=frozenset({S}))
    (refused,) = planned.refused
    assert (refused.side, refused.field, refused.source) == (S, "Phone", "x" * 11)
    assert planned.writes == ()


def test_exactly_the_refused_value_is_left_out() -> None:
    held: dict[tuple[str, Side], Value] = {("r", S): "new"}
    assert outcome(plan(UP, ("new", "old"), refused=held)) == "idle"
    assert outcome(plan(UP, ("newer", "old"), refused=held)) == (S, "newer")
    other: dict[tuple[str, Side], Value] = {("r", I): "new"}
    assert outcome(plan(UP, ("new", "old"), refused=other)) == (S, "new")


def test_a_field_absent_from_the_answer_is_unknown_and_never_null() -> None:
    row = AttributeMapping("r", "phone", UP, "Phone", blank_rule=COPY)
    link = IdentityMapping(
        "i", PersonKind.LEAD, "s", "k", "k", Trigger.LINKED_BY_HAND, 0,
        intercom=Observation({}, 1, 1), salesforce=Observation({"Phone": "old"}, 1, 1),
        synced={"r": OLD}, due={"r": Due(BOTH, Trigger.INTERCOM_UPDATED)},
    )  # fmt: skip
    converters = {"r": Converter(row, ATTRIBUTE, FIELD, Schema())}
    assert plan_link(link, {"r": row}, converters, {}).idle == {"r"}


def test_a_row_that_is_switched_off_goes_on_waiting() -> None:
    planned = plan(UP, ("new", "old"))
    assert plan_link(planned.link, {}, {}, {}) == LinkPlan(planned.link)


def test_the_pair_of_a_write_is_source_and_value_on_their_sides() -> None:
    (up,) = plan(TWO, ("new", "old")).writes
    (down,) = plan(TWO, ("old", "new")).writes
    assert up.pair() == Pair(intercom="new", salesforce="new")
    assert (down.source, down.value, down.before) == ("new", "new", "old")


def test_changed_since_synced_names_attributes_mapped_to_salesforce() -> None:
    link = plan(UP, ("new", "old")).link
    row = AttributeMapping("r", "phone", UP, "Phone")
    assert changed_since_synced(link, {"r": row}) == {"phone"}
    down = AttributeMapping("r", "phone", DOWN, "Phone")
    assert changed_since_synced(link, {"r": down}) == frozenset()
    assert changed_since_synced(plan(UP, ("old", "other")).link, {"r": row}) == frozenset()


@pytest.mark.parametrize(
    ("direction", "pair", "expected"),
    [
        (TWO, None, (I, "new")),
        (TWO, Pair(None, "old"), (I, "new")),
        (TWO, OLD, "idle"),
        (DOWN, OLD, (I, "new")),
        (UP, None, "idle"),
    ],
)
@pytest.mark.parametrize("blank", BlankRule)
def test_an_attribute_that_was_never_set_is_blank_as_a_target_only(
    direction: Direction, pair: Pair | None, expected: object, blank: BlankRule
) -> None:
    row = AttributeMapping("r", "phone", direction, "Phone", blank_rule=blank)
    link = replace(
        plan(direction, ("x", "new"), pair, trigger=Trigger.SALESFORCE_UPDATED).link,
        intercom=Observation({}, 1, 1),
    )
    converters = {"r": Converter(row, ATTRIBUTE, FIELD, Schema())}
    assert outcome(plan_link(link, {"r": row}, converters, {})) == expected
