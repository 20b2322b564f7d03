"""New leads in words: where a value comes from, who is to own the lead, why there is none."""

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.lead_rules import ROLE, SEGMENT, TAG, Comparison, Condition, LeadRule
from sfsync_gui.core.new_leads import BY_RULES, BY_SIGN_IN, BY_TEAMMATE, Origin
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import MatchOutcome
from sfsync_gui.engine.lead_views import LeadField

translate = QCoreApplication.translate


def origin_text(field: LeadField) -> str:
    """Where a value comes from: 'Name in Intercom', 'The settings'."""
    words = {
        Origin.ROW: translate("leads", "Mapped from {source}"),
        Origin.KEY: translate("leads", "{source} in Intercom"),
        Origin.NAME: translate("leads", "Part of {source} in Intercom"),
        Origin.COMPANY: translate("leads", "The person’s company in Intercom"),
        Origin.TEAMMATE: translate("leads", "The person’s owner in Intercom"),
        Origin.IDENTITY: translate("leads", "There is no last name in Intercom"),
        Origin.SETTING: translate("leads", "Your settings"),
        Origin.CHOICE: translate("leads", "Chosen here"),
    }
    return words[field.origin].format(source=field.source)


def owner_text(owner: str) -> str:
    """Who is to own new leads, for what is no User Id."""
    return {
        BY_RULES: translate("leads", "Salesforce’s assignment rules decide"),
        BY_TEAMMATE: translate("leads", "The person’s owner in Intercom"),
        BY_SIGN_IN: translate("leads", "The user signed in to Salesforce"),
    }.get(owner, owner)


def why_none_text(why: MatchOutcome | None) -> str:
    """Why somebody is neither linked nor gets a lead."""
    if why is MatchOutcome.KEPT_APART:
        return translate(
            "leads",
            "Whoever carries this key in Salesforce was unlinked by hand. A lead would be a "
            "duplicate: link the two again, or change a key first.",
        )
    if why is MatchOutcome.AMBIGUOUS:
        return translate(
            "leads",
            "Several in Salesforce carry this key, and matching is set to be strict. A lead would "
            "be a duplicate: choose whom to link.",
        )
    return translate(
        "leads",
        "Whoever carries this key in Salesforce is linked to somebody else. A lead would be a "
        "duplicate: merge the two people in Intercom, or link by hand.",
    )


def comparison_text(test: Comparison) -> str:
    """How a value is tested: 'is more than'."""
    return {
        Comparison.IS: translate("leads", "is"),
        Comparison.IS_NOT: translate("leads", "is not"),
        Comparison.CONTAINS: translate("leads", "contains"),
        Comparison.IS_SET: translate("leads", "is set"),
        Comparison.IS_BLANK: translate("leads", "is blank"),
        Comparison.MORE_THAN: translate("leads", "is more than"),
        Comparison.LESS_THAN: translate("leads", "is less than"),
    }[test]


def attribute_text(name: str, schema: Schema) -> str:
    """What a condition looks at: 'Role', or the attribute's label."""
    words = {
        ROLE: translate("leads", "Role"),
        TAG: translate("leads", "Tag"),
        SEGMENT: translate("leads", "Segment"),
    }
    if name in words:
        return words[name]
    attribute = schema.intercom.get(name)
    return attribute.label if attribute else name


def rule_text(rule: LeadRule, schema: Schema) -> str:
    """A rule as a sentence: 'Plan is pro, and Role is user'."""
    parts = [_condition_text(one, schema) for one in rule.conditions]
    return translate("leads", ", and ").join(parts)


def _condition_text(one: Condition, schema: Schema) -> str:
    """A condition in words: 'Plan is pro', 'Tag is vip', 'Segment is not Active'."""
    parts = (
        attribute_text(one.attribute, schema),
        comparison_text(one.test),
        one.value if one.test.takes_value else "",
    )
    return " ".join(part for part in parts if part)
