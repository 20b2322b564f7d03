"""Orders about leads that are to be created in Salesforce, by hand or by rule; see `orders`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from sfsync_gui.app.desk import Desk, Result
from sfsync_gui.core.failures import RecordError, SetupError
from sfsync_gui.core.lead_rules import LeadRule, lead_rule
from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.engine import leads
from sfsync_gui.engine.lead_rule_edits import change_lead_rules


async def preview(desk: Desk, given: Mapping[str, Any]) -> Result:
    """What asking for a lead would do."""
    choices = LeadChoices(**given["choices"])
    return asdict(await leads.preview_lead(desk.context, given["id"], choices))


async def create(desk: Desk, given: Mapping[str, Any]) -> Result:
    """Have a lead created; tells what came of it, and the link or the sync error."""
    if desk.engine is None:
        raise SetupError(
            "Nothing can be created here", "Only the store is at hand.", "Connect both sides first."
        )
    choices = LeadChoices(**given["choices"])
    outcome = await leads.have_lead(desk.engine, given["id"], choices)
    link = outcome.link
    return {
        "ending": outcome.ending,
        "link_id": link.id if link else None,
        "salesforce_kind": link.salesforce_kind if link else None,
        "salesforce_id": link.salesforce_id if link else None,
        "error": asdict(outcome.error) if outcome.error else None,
    }


async def add_rule(desk: Desk, given: Mapping[str, Any]) -> Result:
    """Put a new rule into force, at the end or before all others."""
    rule = lead_rule({**given, "id": uuid4().hex})

    def change(rules: tuple[LeadRule, ...]) -> list[LeadRule]:
        return [rule, *rules] if given["first"] else [*rules, rule]

    return await _changed(desk, change)


async def remove_rule(desk: Desk, given: Mapping[str, Any]) -> Result:
    """Take a rule out by its number, counted from 1."""

    def change(rules: tuple[LeadRule, ...]) -> list[LeadRule]:
        place = _place(rules, given["number"])
        return [*rules[:place], *rules[place + 1 :]]

    return await _changed(desk, change)


async def move_rule(desk: Desk, given: Mapping[str, Any]) -> Result:
    """Give a rule another place; both are numbers counted from 1."""

    def change(rules: tuple[LeadRule, ...]) -> list[LeadRule]:
        place, to = _place(rules, given["number"]), _place(rules, given["to"])
        rest = [*rules[:place], *rules[place + 1 :]]
        return [*rest[:to], rules[place], *rest[to:]]

    return await _changed(desk, change)


async def _changed(desk: Desk, change: Callable[[tuple[LeadRule, ...]], list[LeadRule]]) -> Result:
    rules = await change_lead_rules(desk.context, change)
    desk.go_on()
    return {"rules": [asdict(rule) for rule in rules]}


def _place(rules: Sequence[LeadRule], number: int) -> int:
    if not 1 <= number <= len(rules):
        raise RecordError(
            "No such rule",
            f"There is no rule with the number {number}.",
            "`sfsync leads rules list` shows the numbers.",
            subject=str(number),
            code="unknown_rule",
        )
    return number - 1
