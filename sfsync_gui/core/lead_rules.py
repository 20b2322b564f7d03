"""Rules by which leads are created for people of Intercom: who qualifies, decided by values alone.

Rules are ordered, and the first that fits wins. All conditions of a rule must hold. They look at
the person's role, attributes, tags and segments. Tags and segments are asked for only where all
other conditions hold, since that may cost a call: see `needs_labels`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sfsync_gui.core.people import Labels, Value
from sfsync_gui.core.vocabulary import PersonKind

ROLE = "role"
"""What stands for an attribute in a condition on the role: 'user' or 'lead'."""

TAG, SEGMENT = "tag", "segment"
"""What stands for an attribute in a condition on a tag or a segment, by its name."""

LABELS = (TAG, SEGMENT)


class Comparison(StrEnum):
    """How a value is tested. Texts are compared without regard to case and outer space."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    IS_SET = "is_set"
    IS_BLANK = "is_blank"
    MORE_THAN = "more_than"
    """A larger number, or a later day."""
    LESS_THAN = "less_than"
    """A smaller number, or an earlier day."""

    @property
    def takes_value(self) -> bool:
        """Whether there is something to compare with."""
        return self not in (Comparison.IS_SET, Comparison.IS_BLANK)


@dataclass(frozen=True, slots=True)
class Condition:
    """One test of one attribute, by its full name; `value` is as a person wrote it.

    A day is written YYYY-MM-DD. A blank attribute fails every test but IS_BLANK and IS_NOT.
    """

    attribute: str
    test: Comparison
    value: str = ""

    @property
    def is_on_label(self) -> bool:
        """Whether it looks at tags or segments."""
        return self.attribute in LABELS

    def holds_for(self, labels: Labels) -> bool | None:
        """Whether it holds for a person with these tags and segments; None if not known."""
        names = labels.tags if self.attribute == TAG else labels.segments
        if names is None:
            return None
        has = self.value.strip().casefold() in {name.strip().casefold() for name in names}
        return has if self.test is Comparison.IS else not has

    def holds(self, kind: PersonKind, values: Mapping[str, Value]) -> bool:
        """Whether it holds for a person with these canonical values."""
        value = kind.value if self.attribute == ROLE else values.get(self.attribute)
        if value is None:
            return self.test in (Comparison.IS_BLANK, Comparison.IS_NOT)
        return _TESTS[self.test](value, self.value.strip())


@dataclass(frozen=True, slots=True)
class LeadRule:
    """People for whom all `conditions` hold get a lead.

    Only those who come to qualify after the rule was made, unless `everybody`.
    """

    id: str
    conditions: tuple[Condition, ...]
    everybody: bool = False

    def may_fit(self, kind: PersonKind, values: Mapping[str, Value]) -> bool:
        """Whether a person qualifies as far as values tell. Without conditions nobody does."""
        return bool(self.conditions) and all(
            one.holds(kind, values) for one in self.conditions if not one.is_on_label
        )

    def fits(
        self,
        kind: PersonKind,
        values: Mapping[str, Value],
        labels: Labels = Labels(),  # noqa: B008 - frozen
    ) -> bool | None:
        """Whether a person qualifies; None where tags or segments decide that are not known."""
        if not self.may_fit(kind, values):
            return False
        held = [one.holds_for(labels) for one in self.conditions if one.is_on_label]
        if False in held:
            return False
        return None if None in held else True


RuleChange = Callable[[tuple[LeadRule, ...]], Sequence[LeadRule]]
"""Makes other rules of those in force."""


def lead_rule(fields: Mapping[str, Any]) -> LeadRule:
    """A rule from its plain values, such as `dataclasses.asdict` makes."""
    conditions = tuple(
        Condition(one["attribute"], Comparison(one["test"]), one["value"])
        for one in fields["conditions"]
    )
    return LeadRule(fields["id"], conditions, bool(fields["everybody"]))


def first_fitting(
    rules: Sequence[LeadRule], kind: PersonKind, values: Mapping[str, Value]
) -> LeadRule | None:
    """The rule by which a person gets a lead, None where none fits."""
    return next((rule for rule in rules if rule.fits(kind, values)), None)


def needs_labels(
    rules: Sequence[LeadRule], kind: PersonKind, values: Mapping[str, Value]
) -> frozenset[str]:
    """Which of `LABELS` decide whether a person with these values qualifies."""
    return frozenset(
        one.attribute
        for rule in rules
        if rule.may_fit(kind, values)
        for one in rule.conditions
        if one.is_on_label
    )


def problem_of(condition: Condition) -> str | None:
    """Why a condition cannot be, in one sentence; None where it can."""
    if condition.test.takes_value and not condition.value.strip():
        return f"{condition.attribute}: there is nothing to compare with."
    if (
        condition.test in (Comparison.MORE_THAN, Comparison.LESS_THAN)
        and _measure(condition.value) is None
    ):
        return f"{condition.attribute}: {condition.value} is neither a number nor YYYY-MM-DD."
    if condition.is_on_label and condition.test not in (Comparison.IS, Comparison.IS_NOT):
        return f"{condition.attribute}: it is, or is not, one of that name."
    roles = (PersonKind.USER.value, PersonKind.INTERCOM_LEAD.value)
    wanted = condition.value.strip().casefold()
    if condition.attribute == ROLE and (
        condition.test not in (Comparison.IS, Comparison.IS_NOT) or wanted not in roles
    ):
        return "role: it is, or is not, user or lead."
    return None


def _is(value: Value, wanted: str) -> bool:
    number = _number(wanted)
    if isinstance(value, bool):
        return wanted.casefold() in (("true", "yes") if value else ("false", "no"))
    if isinstance(value, int | float):
        return number is not None and value == number
    return str(value).strip().casefold() == wanted.casefold()


def _contains(value: Value, wanted: str) -> bool:
    return wanted.casefold() in str(value).casefold()


def _compared(value: Value, wanted: str) -> int:
    """-1, 0 or 1 as the value is less than what is wanted, like it, or more; 0 where they cannot
    be compared."""
    left, right = _measure(value), _measure(wanted)
    if left is None or right is None or isinstance(left, str) is not isinstance(right, str):
        return 0
    return (left > right) - (left < right)  # type: ignore[operator]  # both are of one type


def _measure(value: Value) -> float | str | None:
    """A number, or a day as text that sorts; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value)
    day = value.strip()[:10]
    if len(day) == 10 and day[4] == day[7] == "-" and day.replace("-", "").isdigit():
        return day
    return _number(value)


def _number(text: str) -> float | None:
    try:
        number = float(text.strip())
    except ValueError:
        return None
    return number if abs(number) != float("inf") and number == number else None


_TESTS: Mapping[Comparison, Callable[[Value, str], bool]] = {
    Comparison.IS: _is,
    Comparison.IS_NOT: lambda value, wanted: not _is(value, wanted),
    Comparison.CONTAINS: _contains,
    Comparison.IS_SET: lambda _value, _wanted: True,
    Comparison.IS_BLANK: lambda _value, _wanted: False,
    Comparison.MORE_THAN: lambda value, wanted: _compared(value, wanted) > 0,
    Comparison.LESS_THAN: lambda value, wanted: _compared(value, wanted) < 0,
}


# ---------------------------------------------------------------------- what was known before


def mark_name(rule: LeadRule) -> str:
    """Under what a person's baseline says whether the rule fitted at the last observation."""
    return f"lead_rule {rule.id}"


def marks(
    rules: Sequence[LeadRule],
    kind: PersonKind,
    values: Mapping[str, Value],
    labels: Labels = Labels(),  # noqa: B008 - frozen
    before: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """The marks of all rules for a person with these values.

    Where tags or segments decide that nobody asked for, what was known `before` stays.
    """
    found = {}
    for rule in rules:
        name, fits = mark_name(rule), rule.fits(kind, values, labels)
        if fits is not None:
            found[name] = "fits" if fits else "no"
        elif name in before:
            found[name] = before[name]
    return found


def comes_to_qualify(
    rules: Sequence[LeadRule],
    before: Mapping[str, str],
    now: Mapping[str, str],
    *,
    is_new: bool,
) -> LeadRule | None:
    """The rule by which a person is to get a lead because of this observation.

    `before` and `now` are baselines with marks. Of a rule that was made since the last
    observation nothing is known from before: whoever fits it then has not come to qualify by a
    change, unless everybody is wanted.
    """
    for rule in rules:
        name = mark_name(rule)
        if now.get(name) != "fits":
            continue
        known = before.get(name)
        return rule if is_new or known == "no" or (known is None and rule.everybody) else None
    return None
