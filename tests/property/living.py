"""Living through a world: its small pages, and its story where a rule was broken."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import ExitStack
from typing import Any, Protocol
from unittest.mock import patch

from sfsync_gui.sandbox.intercom import company_endpoints
from sfsync_gui.sandbox.salesforce import cursors
from sfsync_gui.services.intercom import feed
from tests.property.timeline import Lost
from tests.support.fragile import StuckError


class Told(Protocol):
    """A world that tells what happened in it."""

    seed: int
    story: list[str]


def lived(world: Told, life: Coroutine[Any, Any, Counter[str]], test: str) -> Counter[str]:
    """Live through a world; returns how often what occurred in it.

    Raises `Lost` where a rule was broken, with the story and how to live through it once more in
    the exception's notes. `test` is the file of the test.
    """
    with ExitStack() as small_pages:
        # Few people must fill several pages, or no reading could be interrupted between two.
        small_pages.enter_context(patch.object(cursors, "SMALLEST_PAGE", 3))
        small_pages.enter_context(patch.object(company_endpoints, "SCROLL_PER_PAGE", 2))
        small_pages.enter_context(patch.object(feed, "FIRST_PAGE", 2))
        small_pages.enter_context(patch.object(feed, "FULL_PAGE", 3))
        try:
            return asyncio.run(life)
        except StuckError as stuck:
            failure = Lost(str(stuck))
            failure.add_note(_told(world, test))
            raise failure from stuck
        except Exception as failure:
            failure.add_note(_told(world, test))
            raise


def _told(world: Told, test: str) -> str:
    lines = "\n".join(world.story)
    again = f"python -m pytest tests/property/{test} --worlds 1 --first-seed {world.seed}"
    return f"The story of world {world.seed}:\n{lines}\n\nOnce more: {again}"
