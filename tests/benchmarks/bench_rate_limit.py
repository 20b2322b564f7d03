"""How much of what Intercom's rate limit allows is used, by real time and real sockets."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sfsync_gui.core.mapping import AttributeMapping, Settings
from sfsync_gui.core.vocabulary import Direction
from tests.benchmarks import jobs
from tests.benchmarks.figures import Figures
from tests.benchmarks.product import Profile, run_in_product
from tests.benchmarks.services import Plan, served

pytestmark = pytest.mark.timeout(1800)

LIMIT = 100
"""Calls in ten seconds."""

CHANGED = 520
WINDOW = 10

DOWN = AttributeMapping(
    "nick", "custom_attributes.Nickname", Direction.TO_INTERCOM, "Nickname__c", "Nickname__c"
)


def test_throughput_under_a_rate_limit(tmp_path: Path) -> None:
    figures = Figures(f"{CHANGED} changes for Intercom, which takes {LIMIT} calls in {WINDOW} s")
    with served(Plan(CHANGED)) as services:
        profile = Profile(
            tmp_path, services.accounts, rows=(DOWN,), settings=Settings(guard_share=2.0)
        )
        run_in_product(jobs.connect, profile)
        services.ask("limit_rate", LIMIT)
        services.ask("edit_salesforce", CHANGED, "changed")
        services.ask("forget")
        run_in_product(jobs.sync, profile)
        times = services.ask("answered_at", "intercom")
        _, _, refused = services.ask("counted")["intercom"]
        assert services.ask("nicknames", CHANGED) == ({"changed"}, {"changed"})
    windows = Counter(int(moment) // WINDOW for moment in times)
    last = max(windows)
    whole = [windows[one] for one in range(min(windows) + 1, last)]
    figures.note("whole windows", len(whole))
    used = sum(whole) / (LIMIT * len(whole)) * 100
    figures.at_least("used of what the limit allows", used, 95, "%")
    figures.at_most("answers 429", refused, 0)
    figures.check()
