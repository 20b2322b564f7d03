"""Living through one world of people and companies, from its beginning to its judgement."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.property.company_coverage import coverage_of_companies
from tests.property.company_oracle import judge
from tests.property.company_story import CompanyStory
from tests.property.living import lived
from tests.property.timeline import Lost
from tests.property.verdict import Evidence

ACTIONS = 40


def live_with_companies(seed: int, folder: Path) -> Counter[str]:
    """One world; returns how often what occurred in it. Raises `Lost` where a rule was broken."""
    story = CompanyStory(seed, folder)
    return lived(story, _live(story), "test_company_worlds.py")


async def _live(story: CompanyStory) -> Counter[str]:
    try:
        await story.play(ACTIONS)
        if left := await story.come_to_rest():
            raise Lost(f"{left} writes in a pass over an unchanged world")
        evidence = Evidence(story)
        fates = judge(evidence, story)
        await _compare(story)
        return coverage_of_companies(evidence, fates)
    finally:
        await story.close_connections()


async def _compare(story: CompanyStory) -> None:
    """A full comparison finds nothing of companies that the readings have overlooked."""
    newest = story.newest_entry()
    await story.engine.compare()
    await story.engine.sync_once()
    ours = {row.id for row in story.rows if row.account_field is not None}
    since = [one for one in Evidence(story).history if one.id > newest and one.row_id in ours]
    if found := [one for one in since if one.kind.is_write]:
        raise Lost(f"a comparison found what the readings had overlooked: {found}")
