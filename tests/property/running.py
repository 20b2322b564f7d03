"""Living through one world, from its beginning to its judgement."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from sfsync_gui.core.vocabulary import HistoryKind
from tests.property.coverage import coverage_of
from tests.property.deeds import Deeds
from tests.property.invariants import Invariants
from tests.property.lead_oracle import LeadOracle
from tests.property.living import lived
from tests.property.oracle import Oracle
from tests.property.revert_oracle import TakingsBack
from tests.property.story import Story
from tests.property.timeline import Lost
from tests.property.verdict import Evidence

ACTIONS = 60


def live(seed: int, folder: Path) -> Counter[str]:
    """One world; returns how often what occurred in it.

    Raises `Lost` where a rule was broken, and tells the story in the exception's notes.
    """
    story = Story(seed, folder)
    return lived(story, _live(story), "test_worlds.py")


async def _live(story: Story) -> Counter[str]:
    try:
        await story.play(ACTIONS)
        if left := await story.come_to_rest():
            raise Lost(f"{left} writes in a pass over an unchanged world")
        evidence = Evidence(story)
        Invariants(evidence).check()
        Deeds(evidence).check()
        fates = Oracle(evidence).judge() + TakingsBack(evidence).judge()
        fates += LeadOracle(evidence).judge()
        return coverage_of(await _compared(story), fates)
    finally:
        await story.close_connections()


async def _compared(story: Story) -> Evidence:
    """A full comparison finds nothing that the feeds have overlooked, but people who vanished.

    Whom a merged contact was linked to is written, since the link moves.
    """
    newest = story.newest_entry()
    await story.engine.compare()
    await story.engine.sync_once()
    evidence = Evidence(story)
    since = [entry for entry in evidence.history if entry.id > newest]
    moved = {one.salesforce_id for one in since if one.kind is HistoryKind.MOVED}
    found = [one for one in since if one.kind.is_write]
    if overlooked := [one for one in found if one.salesforce_id not in moved]:
        raise Lost(f"a comparison found what the feeds had overlooked: {overlooked}")
    Invariants(evidence).check_after_comparison()
    return evidence
