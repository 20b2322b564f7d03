"""What became of a link, as one sentence: the story of a conversion, a merge, a deletion."""

from collections.abc import Mapping

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import Family, HistoryKind, Trigger
from sfsync_gui.ui.texts.services import KIND

translate = QCoreApplication.translate

_TAKEN = "already_linked"
_GONE = "gone_or_hidden"
"""The notes of a link that ended where it would have moved (`HistoryEntry.note`)."""


def link_story(entry: HistoryEntry) -> str:
    """What happened to the link that the entry tells of, and why; the names are elsewhere."""
    kind = KIND[entry.salesforce_kind].lower() if entry.salesforce_kind else ""
    kind = kind or translate("history", "record")
    here = translate("history", "person")
    if entry.salesforce_kind is not None and entry.salesforce_kind.family is Family.COMPANIES:
        here = translate("history", "company")
    text = _stories(entry.kind).get((entry.trigger, entry.note)) or _OTHERS[entry.kind]
    said = translate("history", text).format(kind=kind, one=_with_article(kind), here=here)
    return said[:1].upper() + said[1:]


def _stories(kind: HistoryKind) -> Mapping[tuple[Trigger, str], str]:
    return {HistoryKind.MOVED: _MOVED, HistoryKind.UNLINKED: _ENDED}.get(kind, {})


def _with_article(kind: str) -> str:
    return f"an {kind}" if kind.startswith("a") else f"a {kind}"


_MOVED: Mapping[tuple[Trigger, str], str] = {
    (Trigger.SALESFORCE_CONVERTED, ""): "Lead converted: the link moved to the contact",
    (Trigger.SALESFORCE_MERGED, ""): "Merged into another {kind}: the link moved to it",
    (Trigger.INTERCOM_MERGED, ""): "Merged into a user in Intercom: the link moved to the user",
}

_ENDED: Mapping[tuple[Trigger, str], str] = {
    (Trigger.SALESFORCE_CONVERTED, _TAKEN): (
        "Lead converted to a contact that is linked already: the lead’s link ended"
    ),
    (Trigger.SALESFORCE_MERGED, _TAKEN): (
        "Merged into another {kind} that is linked already: this link ended"
    ),
    (Trigger.INTERCOM_MERGED, _TAKEN): (
        "Merged into a user in Intercom who is linked already: this link ended"
    ),
    (Trigger.SALESFORCE_CONVERTED, _GONE): (
        "Lead converted to a contact that was deleted: the link ended"
    ),
    (Trigger.SALESFORCE_MERGED, _GONE): "Merged into another {kind} that is gone: the link ended",
    (Trigger.INTERCOM_MERGED, _GONE): "Merged into a user who is gone: the link ended",
    (Trigger.SALESFORCE_DELETED, ""): (
        "{kind} deleted in Salesforce: the link ended, the {here} in Intercom stays"
    ),
    (Trigger.INTERCOM_DELETED, ""): (
        "{here} deleted in Intercom: the link ended, the {kind} in Salesforce stays"
    ),
    (Trigger.SALESFORCE_KEY_UPDATED, ""): (
        "Key changed in Salesforce: the link to the {kind} ended; both records stay"
    ),
    (Trigger.INTERCOM_KEY_UPDATED, ""): (
        "Key changed in Intercom: the link to the {kind} ended; both records stay"
    ),
}

_OTHERS: Mapping[HistoryKind, str] = {
    HistoryKind.LINKED: "Linked to {one} in Salesforce",
    HistoryKind.UNLINKED: "Link to the {kind} ended; both records stay",
    HistoryKind.MOVED: "Link moved to {one} in Salesforce",
    HistoryKind.CREATED: "{kind} created in Salesforce",
    HistoryKind.HELD: "Change held back until you decide",
}
