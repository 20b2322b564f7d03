"""Random worlds from one seed each: nothing that a person typed is lost, nothing echoes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.property.actions import Story
from tests.property.oracle import Lost, Verdict

ACTIONS = 40
SEEDS = range(60)


async def live(seed: int, folder: Path) -> None:
    """One world from its beginning to its judgement."""
    story = Story(seed, folder)
    try:
        await story.play(ACTIONS)
        await story._guarded(story.settle)
        left = await story.settle()
        if left:
            raise Lost(f"{left} writes in a pass over an unchanged world")
        await Verdict(story).judge()
    finally:
        await story.close_connections()


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_and_nothing_echoes(seed: int, tmp_path: Path) -> None:
    asyncio.run(live(seed, tmp_path))
