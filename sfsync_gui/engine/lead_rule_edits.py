"""Changing the rules by which leads are created, between two batches."""

from dataclasses import replace

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.lead_rules import ROLE, SEGMENT, TAG, LeadRule, RuleChange, problem_of
from sfsync_gui.core.schema import Schema
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.marks import LAST_COMPARISON
from sfsync_gui.engine.storage import UnitOfWork


async def change_lead_rules(context: Context, change: RuleChange) -> tuple[LeadRule, ...]:
    """Put other rules into force and return them.

    With a new rule everybody in Intercom is read once, by the comparison, which begins with the
    next check: from then on it is known who fitted it already. Raises `SetupError` for a rule that
    cannot be.
    """
    async with context.between_batches:
        before = context.rules.lead_rules
        rules = tuple(change(before))
        for rule in rules:
            if rule not in before:
                _check(rule, context.schema)
                await _check_labels(context, rule)
        added = {rule.id for rule in rules} - {rule.id for rule in before}

        def work(unit: UnitOfWork) -> None:
            unit.state.put_lead_rules(rules)
            if added:
                unit.state.put_mark(LAST_COMPARISON, 0.0)

        await context.store.run(work)
        context.change_rules(replace(context.rules, lead_rules=rules))
    return rules


def _check(rule: LeadRule, schema: Schema) -> None:
    if not rule.conditions:
        raise _cannot_be("A rule without conditions would concern everybody.")
    for condition in rule.conditions:
        is_attribute = condition.attribute != ROLE and not condition.is_on_label
        if is_attribute and condition.attribute not in schema.intercom:
            raise _cannot_be(f"Intercom has no attribute {condition.attribute}.")
        problem = problem_of(condition)
        if problem is not None:
            raise _cannot_be(problem)


async def _check_labels(context: Context, rule: LeadRule) -> None:
    """Look up the tags and segments that a rule names: one call for each kind."""
    intercom = context.intercom
    for kind, ask in ((TAG, intercom.tags), (SEGMENT, intercom.segments)):
        wanted = [one.value.strip() for one in rule.conditions if one.attribute == kind]
        if not wanted:
            continue
        known = {name.strip().casefold() for name in (await ask()).values()}
        for name in wanted:
            if name.casefold() not in known:
                raise _cannot_be(f"Intercom has no {kind} named {name}.")


def _cannot_be(reason: str) -> SetupError:
    return SetupError(
        "The rule cannot be used",
        reason,
        "Correct the condition. Nothing was changed.",
        subject="lead rule",
        code="lead_rule",
    )
