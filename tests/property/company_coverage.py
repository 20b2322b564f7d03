"""What really occurred in a world with companies: told by the history and the sandboxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.people import IdentityMapping
from sfsync_gui.core.vocabulary import HistoryKind, Side, Trigger
from tests.property.mishaps import FAULTS
from tests.property.verdict import Evidence

EDITS = (
    "arrived",
    "overtaken",
    "in the errors",
    "the loser, in history",
    "a blank that is not copied",
)
LINKS = (
    "by key",
    "by another key",
    "by hand",
    "none, unlinked by hand",
    "none, nobody belongs to the company",
)
DEEDS = (
    (HistoryKind.LINKED, Trigger.LINKED_AT_CONNECTING),
    (HistoryKind.LINKED, Trigger.INTERCOM_CREATED),
    (HistoryKind.LINKED, Trigger.SALESFORCE_CREATED),
    (HistoryKind.LINKED, Trigger.SALESFORCE_UPDATED),
    (HistoryKind.LINKED, Trigger.SALESFORCE_KEY_UPDATED),
    (HistoryKind.LINKED, Trigger.LINKED_BY_HAND),
    (HistoryKind.UNLINKED, Trigger.INTERCOM_DELETED),
    (HistoryKind.UNLINKED, Trigger.SALESFORCE_DELETED),
    (HistoryKind.UNLINKED, Trigger.SALESFORCE_MERGED),
    (HistoryKind.UNLINKED, Trigger.SALESFORCE_KEY_UPDATED),
    (HistoryKind.UNLINKED, Trigger.UNLINKED_BY_HAND),
    (HistoryKind.MOVED, Trigger.SALESFORCE_MERGED),
    (HistoryKind.WRITTEN, Trigger.INTERCOM_UPDATED),
    (HistoryKind.WRITTEN, Trigger.SALESFORCE_UPDATED),
)
"""What the history must tell of companies."""

SWITCHES = ("switch_on", "switch_off", "switch_key", "come_back", "go_on")
"""What people and the schedule do that leaves no trace in the history."""


def expected_of_companies() -> list[str]:
    """Everything that a run with companies has to see often enough."""
    return [
        *(f"edit: {name}" for name in EDITS),
        *(f"link: {name}" for name in LINKS),
        *(f"deed: {kind}, {trigger}" for kind, trigger in DEEDS),
        *(f"fault: {side} {kind}" for side in Side for kind in FAULTS[side]),
        *(f"action: {name}" for name in SWITCHES),
        "the process died",
        "ambiguous",
    ]


def coverage_of_companies(evidence: Evidence, fates: Counter[str]) -> Counter[str]:
    """How often what occurred in one world; `fates` are those that the oracle told."""
    story = evidence.story
    found = Counter({"worlds": 1}) + fates
    found.update(_deeds(evidence))
    for side, service in ((Side.INTERCOM, story.intercom), (Side.SALESFORCE, story.salesforce)):
        found.update({f"fault: {side} {kind}": n for kind, n in service.faults.fired.items()})
    found["the process died"] += sum(story.crashes.happened.values())
    found["ambiguous"] += sum(link.ambiguous for link in evidence.links if _is_ours(link))
    found.update({f"action: {name}": number for name, number in story.done.items()})
    return found


def _deeds(evidence: Evidence) -> Iterator[str]:
    for entry in evidence.history:
        if _is_ours(entry):
            yield f"deed: {entry.kind}, {entry.trigger}"


def _is_ours(one: HistoryEntry | IdentityMapping) -> bool:
    return (one.salesforce_id or "").startswith("001")
