"""What the history tells, as sentences of the window."""

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.schema import TASK
from sfsync_gui.core.vocabulary import HistoryKind, Trigger
from sfsync_gui.ui.texts.fields import FieldTexts
from sfsync_gui.ui.texts.link_stories import link_story
from sfsync_gui.ui.texts.services import SERVICE

translate = QCoreApplication.translate
_PLAIN = FieldTexts()


def change_text(entry: HistoryEntry, fields: FieldTexts = _PLAIN) -> str:
    """What happened, without who and when: 'Phone: 123 → 456'."""
    label, before, after = changed_label(entry, fields), *changed_values(entry, fields)
    if entry.kind is HistoryKind.WRITTEN:
        return f"{label}: {before} → {after}"
    if entry.kind is HistoryKind.OVERRULED:
        template = translate("history", "{field}: {lost} gave way to {won}")
        return template.format(field=label, lost=before, won=after)
    if entry.kind is HistoryKind.OPTION_ADDED:
        template = translate("history", "{field}: option “{value}” added")
        return template.format(field=label, value=after)
    if entry.field == TASK:
        template = translate("history", "Task “{subject}” created in Salesforce")
        return template.format(subject=after)
    return link_story(entry)


def changed_label(entry: HistoryEntry, fields: FieldTexts) -> str:
    """What the field is called that was changed."""
    return fields.label(entry.side, entry.salesforce_kind, entry.field)


def changed_values(entry: HistoryEntry, fields: FieldTexts) -> tuple[str, str]:
    """The value before and the one after; a blank is a dash."""
    place = (entry.side, entry.salesforce_kind, entry.field)
    return fields.value(*place, entry.before) or "–", fields.value(*place, entry.after) or "–"


def kind_text(kind: HistoryKind) -> str:
    """What kind of thing happened, as a choice of a filter."""
    return translate("history", _KINDS[kind])


_KINDS = {
    HistoryKind.WRITTEN: "Values written",
    HistoryKind.OVERRULED: "Values that gave way",
    HistoryKind.LINKED: "Links made",
    HistoryKind.UNLINKED: "Links ended",
    HistoryKind.MOVED: "Links moved",
    HistoryKind.CREATED: "Records created",
    HistoryKind.OPTION_ADDED: "Options added",
    HistoryKind.HELD: "Changes held back",
}


def way_text(entry: HistoryEntry) -> str:
    """Where a value went; empty for what went nowhere."""
    if entry.side is None or not entry.kind.is_write:
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
    Trigger.REVERTED: "Taken back by hand",
    Trigger.TASK_FROM_INTERCOM: "Task asked for by hand",
    Trigger.CONVERSATION_CLOSED: "Conversation closed in Intercom",
}


def person_text(name: str, *ids: str | None) -> str:
    """A person's name, or the first id there is where the name is blank."""
    return name.strip() or next((one for one in ids if one), translate("history", "Somebody"))
