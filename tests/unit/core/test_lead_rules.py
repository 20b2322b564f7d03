"""Rules for leads: who fits, which rule wins, and who comes to qualify."""

import pytest

from sfsync_gui.core.lead_rules import (
    ROLE,
    SEGMENT,
    TAG,
    Comparison,
    Condition,
    LeadRule,
    comes_to_qualify,
    first_fitting,
    mark_name,
    marks,
    needs_labels,
    problem_of,
)
from sfsync_gui.core.people import Labels, Value
from sfsync_gui.core.vocabulary import PersonKind

USER, LEAD = PersonKind.USER, PersonKind.INTERCOM_LEAD


def holds(value: Value, test: Comparison, wanted: str = "") -> bool:
    return Condition("a", test, wanted).holds(USER, {"a": value})


@pytest.mark.parametrize(
    ("value", "test", "wanted", "expected"),
    [
        ("Pro", Comparison.IS, "pro", True),
        ("Pro ", Comparison.IS, " PRO", True),
        ("Pro", Comparison.IS, "Pr", False),
        (5, Comparison.IS, "5", True),
        (5, Comparison.IS, "5.0", True),
        (5, Comparison.IS, "five", False),
        (5.5, Comparison.IS, "5.5", True),
        (True, Comparison.IS, "yes", True),
        (True, Comparison.IS, "true", True),
        (False, Comparison.IS, "true", False),
        (False, Comparison.IS, "No", True),
        (1, Comparison.IS, "true", False),
        ("2026-01-31", Comparison.IS, "2026-01-31", True),
        (None, Comparison.IS, "", False),
        ("Pro", Comparison.IS_NOT, "free", True),
        ("Pro", Comparison.IS_NOT, "pro", False),
        (None, Comparison.IS_NOT, "free", True),
        ("Head of Sales", Comparison.CONTAINS, "sales", True),
        ("Head of Sales", Comparison.CONTAINS, "support", False),
        (None, Comparison.CONTAINS, "sales", False),
        ("x", Comparison.IS_SET, "", True),
        (0, Comparison.IS_SET, "", True),
        (False, Comparison.IS_SET, "", True),
        (None, Comparison.IS_SET, "", False),
        (None, Comparison.IS_BLANK, "", True),
        ("x", Comparison.IS_BLANK, "", False),
        (10, Comparison.MORE_THAN, "9", True),
        (10, Comparison.MORE_THAN, "10", False),
        (10, Comparison.LESS_THAN, "10.5", True),
        ("10", Comparison.MORE_THAN, "9", True),
        ("ten", Comparison.MORE_THAN, "9", False),
        ("ten", Comparison.LESS_THAN, "9", False),
        (True, Comparison.MORE_THAN, "0", False),
        (None, Comparison.LESS_THAN, "9", False),
        ("2026-02-01", Comparison.MORE_THAN, "2026-01-31", True),
        ("2026-02-01T08:00:00Z", Comparison.MORE_THAN, "2026-02-01", False),
        ("2026-01-30", Comparison.LESS_THAN, "2026-01-31", True),
        ("2026-01-30", Comparison.LESS_THAN, "3000", False),
        (3000, Comparison.MORE_THAN, "2026-01-31", False),
    ],
)
def test_a_condition(value: Value, test: Comparison, wanted: str, expected: bool) -> None:
    assert holds(value, test, wanted) is expected


def test_an_attribute_that_is_not_there_is_blank() -> None:
    assert Condition("b", Comparison.IS_BLANK).holds(USER, {})
    assert not Condition("b", Comparison.IS_SET).holds(USER, {})


@pytest.mark.parametrize(
    ("kind", "test", "wanted", "expected"),
    [
        (USER, Comparison.IS, "user", True),
        (LEAD, Comparison.IS, "user", False),
        (LEAD, Comparison.IS, "Lead", True),
        (USER, Comparison.IS_NOT, "lead", True),
    ],
)
def test_a_condition_on_the_role(
    kind: PersonKind, test: Comparison, wanted: str, expected: bool
) -> None:
    assert Condition(ROLE, test, wanted).holds(kind, {"role": "nonsense"}) is expected


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition("a", Comparison.IS), "nothing to compare"),
        (Condition("a", Comparison.CONTAINS, "  "), "nothing to compare"),
        (Condition("a", Comparison.MORE_THAN, "many"), "neither a number"),
        (Condition("a", Comparison.LESS_THAN, "nan"), "neither a number"),
        (Condition("a", Comparison.LESS_THAN, "1e999"), "neither a number"),
        (Condition(ROLE, Comparison.IS, "admin"), "user or lead"),
        (Condition(ROLE, Comparison.CONTAINS, "user"), "user or lead"),
    ],
)
def test_conditions_that_cannot_be(condition: Condition, words: str) -> None:
    assert words in (problem_of(condition) or "")


@pytest.mark.parametrize(
    "condition",
    [
        Condition("a", Comparison.IS_SET),
        Condition("a", Comparison.MORE_THAN, "2026-01-31"),
        Condition("a", Comparison.LESS_THAN, "-3.5"),
        Condition(ROLE, Comparison.IS, "User"),
    ],
)
def test_conditions_that_can_be(condition: Condition) -> None:
    assert problem_of(condition) is None


PRO = LeadRule("pro", (Condition("plan", Comparison.IS, "pro"),))
BIG = LeadRule(
    "big", (Condition("seats", Comparison.MORE_THAN, "9"), Condition(ROLE, Comparison.IS, "user"))
)


def test_all_conditions_must_hold_and_the_first_rule_wins() -> None:
    assert first_fitting([PRO, BIG], USER, {"plan": "Pro", "seats": 10}) is PRO
    assert first_fitting([BIG, PRO], USER, {"plan": "Pro", "seats": 10}) is BIG
    assert first_fitting([BIG, PRO], LEAD, {"plan": "Pro", "seats": 10}) is PRO
    assert first_fitting([BIG], LEAD, {"seats": 10}) is None
    assert first_fitting([], USER, {"plan": "Pro"}) is None
    assert first_fitting([LeadRule("none", ())], USER, {"plan": "Pro"}) is None


FITS, FREE = {"plan": "pro"}, {"plan": "free"}


def qualifies(
    before: dict[str, str], values: dict[str, Value], *rules: LeadRule, is_new: bool = False
) -> LeadRule | None:
    return comes_to_qualify(rules, before, marks(rules, USER, values), is_new=is_new)


def test_who_changes_so_that_a_rule_fits_comes_to_qualify_once() -> None:
    free, pro = marks([PRO], USER, FREE), marks([PRO], USER, FITS)
    assert qualifies(free, {"plan": "pro"}, PRO) is PRO
    assert qualifies(pro, {"plan": "pro"}, PRO) is None
    assert qualifies(pro, {"plan": "free"}, PRO) is None


def test_who_is_new_qualifies_at_once() -> None:
    assert qualifies({}, {"plan": "pro"}, PRO, is_new=True) is PRO
    assert qualifies({}, {"plan": "free"}, PRO, is_new=True) is None


def test_who_fitted_when_the_rule_was_made_qualifies_only_where_everybody_is_wanted() -> None:
    wide = LeadRule("wide", PRO.conditions, everybody=True)
    assert qualifies({}, {"plan": "pro"}, PRO) is None
    assert qualifies({}, {"plan": "pro"}, wide) is wide
    assert qualifies(marks([wide], USER, FITS), {"plan": "pro"}, wide) is None


def test_the_first_rule_that_fits_decides_even_if_a_later_one_fits_newly() -> None:
    known = marks([PRO, BIG], USER, {"plan": "pro", "seats": 1})
    assert qualifies(known, {"plan": "pro", "seats": 20}, PRO, BIG) is None
    assert qualifies(known, {"plan": "free", "seats": 20}, PRO, BIG) is BIG


# ---------------------------------------------------------------------- tags and segments

TAGGED = LeadRule(
    "t", (Condition("plan", Comparison.IS, "pro"), Condition(TAG, Comparison.IS, " VIP "))
)


@pytest.mark.parametrize(
    ("plan", "tags", "fits"),
    [
        ("pro", frozenset({"vip"}), True),
        ("pro", frozenset({"other"}), False),
        ("pro", frozenset(), False),
        ("pro", None, None),
        ("free", None, False),
        ("free", frozenset({"vip"}), False),
    ],
)
def test_tags_decide_where_the_rest_holds(
    plan: str, tags: frozenset[str] | None, fits: bool | None
) -> None:
    assert TAGGED.fits(PersonKind.USER, {"plan": plan}, Labels(tags)) is fits


def test_labels_are_needed_only_where_they_decide() -> None:
    rules = [TAGGED, LeadRule("s", (Condition(SEGMENT, Comparison.IS_NOT, "x"),))]
    assert needs_labels(rules, PersonKind.USER, {"plan": "pro"}) == {TAG, SEGMENT}
    assert needs_labels(rules, PersonKind.USER, {"plan": "free"}) == {SEGMENT}
    assert needs_labels([TAGGED], PersonKind.USER, {"plan": "free"}) == frozenset()


def test_what_is_not_known_keeps_its_mark() -> None:
    name = mark_name(TAGGED)
    before = {name: "fits"}
    assert marks([TAGGED], PersonKind.USER, {"plan": "pro"}, Labels(), before) == before
    assert marks([TAGGED], PersonKind.USER, {"plan": "pro"}) == {}
    assert marks([TAGGED], PersonKind.USER, {"plan": "free"}, Labels(), before) == {name: "no"}


def test_a_tag_is_or_is_not_and_nothing_else() -> None:
    assert problem_of(Condition(TAG, Comparison.IS, "vip")) is None
    assert problem_of(Condition(SEGMENT, Comparison.CONTAINS, "vip")) is not None
    assert problem_of(Condition(TAG, Comparison.IS, "  ")) is not None
