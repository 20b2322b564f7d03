"""Living through one world of people and companies, from its beginning to its judgement."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from unittest.mock import patch

from sfsync_gui.core.vocabulary import HistoryKind
from sfsync_gui.sandbox.salesforce import cursors
from sfsync_gui.services.intercom import feed
from tests.property.company_coverage import coverage_of_companies
from tests.property.company_oracle import judge
from tests.property.company_story import CompanyStory
from tests.property.timeline import Lost
from tests.property.verdict import Evidence
from tests.support.fragile import StuckError

ACTIONS = 40


def live_with_companies(seed: int, folder: Path) -> Counter[str]:
    """One world; returns how often what occurred in it. Raises `Lost` where a rule was broken."""
    story = CompanyStory(seed, folder)
    small_pages = (
        patch.object(cursors, "SMALLEST_PAGE", 3),
        patch.object(feed, "FIRST_PAGE", 2),
        patch.object(feed, "FULL_PAGE", 3),
    )
    with small_pages[0], small_pages[1], small_pages[2]:
        try:
            return asyncio.run(_live(story))
        except StuckError as stuck:
            failure = Lost(str(stuck))
            failure.add_note(_told(story))
            raise failure from stuck
        except Exception as failure:
            failure.add_note(_told(story))
            raise


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
    if found := [one for one in since if one.kind is HistoryKind.WRITTEN]:
        raise Lost(f"a comparison found what the readings had overlooked: {found}")


def _told(story: CompanyStory) -> str:
    lines = "\n".join(story.story)
    again = f"tests/property/test_company_worlds.py --worlds 1 --first-seed {story.seed}"
    return f"The story of world {story.seed}:\n{lines}\n\nOnce more: python -m pytest {again}"
