"""What the history tells, as sentences of the window."""

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.people import Value
from sfsync_gui.core.vocabulary import HistoryKind, Trigger
from sfsync_gui.ui.texts.numbers import locale
from sfsync_gui.ui.texts.services import KIND, SERVICE

translate = QCoreApplication.translate
_CUSTOM_ATTRIBUTE = "custom_attributes."
_CUSTOM_FIELD = "__c"


def value_text(value: Value) -> str:
    """A canonical value as people read it; a blank is a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return translate("history", "Yes") if value else translate("history", "No")
    if isinstance(value, int):
        return locale().toString(value)
    return str(value)


def field_label(name: str | None) -> str:
    """A field's or attribute's API name as people read it: `custom_attributes.plan` is Plan."""
    words = (name or "").removeprefix(_CUSTOM_ATTRIBUTE)
    if words.endswith(_CUSTOM_FIELD):
        words = words.removesuffix(_CUSTOM_FIELD).replace("_", " ")
    return words[:1].upper() + words[1:]


def change_text(entry: HistoryEntry) -> str:
    """What happened, without who and when: 'Phone: 123 → 456'."""
    label = field_label(entry.field)
    if entry.kind is HistoryKind.WRITTEN:
        return f"{label}: {value_text(entry.before)} → {value_text(entry.after)}"
    if entry.kind is HistoryKind.OVERRULED:
        template = translate("history", "{field}: {lost} gave way to {won}")
        return template.format(
            field=label, lost=value_text(entry.before), won=value_text(entry.after)
        )
    if entry.kind is HistoryKind.OPTION_ADDED:
        template = translate("history", "{field}: option “{value}” added")
        return template.format(field=label, value=value_text(entry.after))
    kind = KIND[entry.salesforce_kind].lower() if entry.salesforce_kind else ""
    return _LINK_TEXTS[entry.kind].format(kind=kind or translate("history", "record"))


_LINK_TEXTS = {
    HistoryKind.LINKED: "Linked to a {kind} in Salesforce",
    HistoryKind.UNLINKED: "Link to the {kind} ended; both records stay",
    HistoryKind.MOVED: "Link moved to a {kind} in Salesforce",
    HistoryKind.CREATED: "{kind} created in Salesforce",
    HistoryKind.HELD: "Change held back until you decide",
}


def way_text(entry: HistoryEntry) -> str:
    """Where a value went; empty for what went nowhere."""
    if entry.side is None or entry.kind is not HistoryKind.WRITTEN:
        return ""
    return f"{SERVICE[entry.side.other]} → {SERVICE[entry.side]}"


def reason_text(trigger: Trigger) -> str:
    """By which trigger it happened."""
    return _REASONS[trigger]


_REASONS = {
    Trigger.INTERCOM_UPDATED: "Updated in Intercom",
    Trigger.INTERCOM_KEY_UPDATED: "Key changed in Intercom",
    Trigger.INTERCOM_CREATED: "Created in Intercom",
    Trigger.INTERCOM_DELETED: "Deleted in Intercom",
    Trigger.INTERCOM_MERGED: "Merged in Intercom",
    Trigger.LEAD_CREATED_FROM_INTERCOM: "Lead created from Intercom",
    Trigger.SALESFORCE_UPDATED: "Updated in Salesforce",
    Trigger.SALESFORCE_KEY_UPDATED: "Key changed in Salesforce",
    Trigger.SALESFORCE_CREATED: "Created in Salesforce",
    Trigger.SALESFORCE_DELETED: "Deleted in Salesforce",
    Trigger.SALESFORCE_CONVERTED: "Lead converted in Salesforce",
    Trigger.SALESFORCE_MERGED: "Merged in Salesforce",
    Trigger.LINKED_AT_CONNECTING: "Matched at connecting",
    Trigger.LINKED_BY_HAND: "Linked by hand",
    Trigger.UNLINKED_BY_HAND: "Unlinked by hand",
    Trigger.BULK_SYNC: "Bulk sync",
    Trigger.RETRY: "Retried",
    Trigger.COMPARISON: "Found by the daily comparison",
    Trigger.CHAIN: "Follows another change",
}


def person_text(name: str, *ids: str | None) -> str:
    """A person's name, or the first id there is where the name is blank."""
    return name.strip() or next((one for one in ids if one), translate("history", "Somebody"))
