"""`sfsync leads rules`: by which leads are created for people of Intercom, in order."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sfsync_gui.app.orders import Order
from sfsync_gui.cli.giving import give
from sfsync_gui.cli.output import ExitCode, Output, UsageError
from sfsync_gui.cli.stored import glanced
from sfsync_gui.cli.wording import counted, plain
from sfsync_gui.core.lead_rules import Comparison, Condition, LeadRule, lead_rule

_WORDS = {
    Comparison.IS: "is",
    Comparison.IS_NOT: "is not",
    Comparison.CONTAINS: "contains",
    Comparison.IS_SET: "is set",
    Comparison.IS_BLANK: "is blank",
    Comparison.MORE_THAN: "is more than",
    Comparison.LESS_THAN: "is less than",
}
_CONDITION = re.compile(rf"\s*(\S.*?)\s+({'|'.join(Comparison)})(?:\s+(.*))?", re.DOTALL)


def parse_condition(text: str) -> Condition:
    """A condition as it is written: 'custom_attributes.plan is pro'. Raises `UsageError`."""
    found = _CONDITION.fullmatch(text.rstrip())
    test = Comparison(found[2]) if found else Comparison.IS
    if found is None or bool(found[3]) is not test.takes_value:
        raise UsageError(
            "Not understood",
            f"“{plain(text)}” is no condition.",
            "Write ATTRIBUTE TEST VALUE in quotes, such as “custom_attributes.plan is pro”. The "
            f"tests are {', '.join(Comparison)}; is_set and is_blank take no value.",
        )
    return Condition(found[1], test, (found[3] or "").strip())


def list_rules(data_dir: Path, output: Output) -> ExitCode:
    """The rules in their order."""
    rules = glanced(data_dir, lambda unit: unit.state.lead_rules())
    output.document([asdict(rule) for rule in rules])
    _print(output, rules)
    return ExitCode.FINE


async def add_rule(
    data_dir: Path, output: Output, conditions: list[Condition], *, everybody: bool, first: bool
) -> ExitCode:
    """Add a rule at the end, or before all others."""
    asked = {
        "conditions": [asdict(one) for one in conditions],
        "everybody": everybody,
        "first": first,
    }
    rules = await _change(data_dir, output, "leads.rules.add", asked)
    _print(output, rules)
    whom = "Everybody who qualifies" if everybody else "Whoever comes to qualify from now on"
    output.line(f"{whom} gets a lead, unless linked or matched. Everybody is read once first.")
    return ExitCode.FINE


async def remove_rule(data_dir: Path, output: Output, number: int) -> ExitCode:
    """Remove a rule by its number."""
    rules = await _change(data_dir, output, "leads.rules.remove", {"number": number})
    output.line(f"Rule {number} removed. Leads that it created stay.")
    _print(output, rules)
    return ExitCode.FINE


async def move_rule(data_dir: Path, output: Output, number: int, to: int) -> ExitCode:
    """Give a rule another place."""
    rules = await _change(data_dir, output, "leads.rules.move", {"number": number, "to": to})
    _print(output, rules)
    return ExitCode.FINE


async def _change(
    data_dir: Path, output: Output, name: str, asked: dict[str, Any]
) -> tuple[LeadRule, ...]:
    result = await give(data_dir, Order(name, asked))
    output.document(result["rules"])
    return tuple(lead_rule(rule) for rule in result["rules"])


def _print(output: Output, rules: tuple[LeadRule, ...]) -> None:
    if not rules:
        output.line("No lead is created by rule.")
    for number, rule in enumerate(rules, start=1):
        conditions = ", and ".join(_text(condition) for condition in rule.conditions)
        mark = "  (everybody)" if rule.everybody else ""
        output.line(f"{number:>3}  {conditions}{mark}")
    if len(rules) > 1:
        output.line(f"Of {counted(len(rules), 'rule')} the first that fits wins.", dim=True)


def _text(condition: Condition) -> str:
    value = f" {plain(condition.value)}" if condition.test.takes_value else ""
    return f"{plain(condition.attribute)} {_WORDS[condition.test]}{value}"
