"""The sentences about links that the window is not made to play: merges in Intercom, companies."""

from __future__ import annotations

import pytest

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import HistoryKind, PersonKind, Trigger
from sfsync_gui.ui.texts.history import change_text

LEAD, ACCOUNT = PersonKind.LEAD, PersonKind.ACCOUNT
MOVED, ENDED = HistoryKind.MOVED, HistoryKind.UNLINKED


def entry(kind: HistoryKind, trigger: Trigger, record: PersonKind, note: str = "") -> HistoryEntry:
    return HistoryEntry(kind, 1, trigger, "c", "s", record, note=note)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (
            entry(MOVED, Trigger.INTERCOM_MERGED, LEAD),
            "Merged into a user in Intercom: the link moved to the user",
        ),
        (
            entry(ENDED, Trigger.INTERCOM_MERGED, LEAD, "already_linked"),
            "Merged into a user in Intercom who is linked already: this link ended",
        ),
        (
            entry(ENDED, Trigger.SALESFORCE_CONVERTED, LEAD, "gone_or_hidden"),
            "Lead converted to a contact that was deleted: the link ended",
        ),
        (
            entry(MOVED, Trigger.SALESFORCE_MERGED, ACCOUNT),
            "Merged into another account: the link moved to it",
        ),
        (
            entry(ENDED, Trigger.SALESFORCE_DELETED, ACCOUNT),
            "Account deleted in Salesforce: the link ended, the company in Intercom stays",
        ),
        (
            entry(ENDED, Trigger.INTERCOM_DELETED, ACCOUNT),
            "Company deleted in Intercom: the link ended, the account in Salesforce stays",
        ),
        (
            entry(ENDED, Trigger.UNLINKED_BY_HAND, LEAD),
            "Link to the lead ended; both records stay",
        ),
        (
            entry(HistoryKind.LINKED, Trigger.INTERCOM_KEY_UPDATED, ACCOUNT),
            "Linked to an account in Salesforce",
        ),
        (
            entry(HistoryKind.CREATED, Trigger.LEAD_CREATED_FROM_INTERCOM, LEAD),
            "Lead created in Salesforce",
        ),
    ],
)
def test_each_fate_of_a_link_has_its_sentence(told: HistoryEntry, sentence: str) -> None:
    assert change_text(told) == sentence
