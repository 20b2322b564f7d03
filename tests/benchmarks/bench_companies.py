"""What companies and accounts cost: to begin with, in a sweep without news, and for changes."""

from __future__ import annotations

from math import ceil
from pathlib import Path

import pytest

from sfsync_gui.core.mapping import AttributeMapping, MappingKey, Settings
from sfsync_gui.core.vocabulary import Direction
from tests.benchmarks import jobs
from tests.benchmarks.figures import Figures
from tests.benchmarks.product import Profile, run_in_product
from tests.benchmarks.services import Plan, served, simulated_time

pytestmark = pytest.mark.timeout(1800)

PEOPLE = 100
SIZES = (1_000, 12_000)
"""The second is more than Intercom's list shows."""

SWEEPS = 5
CHANGED = 300
SCROLL_PAGE = 100
KEY = MappingKey.of_companies("AccountNumber")
ROWS = (AttributeMapping("site", "website", Direction.TO_SALESFORCE, account_field="Website"),)
UNGUARDED = Settings(guard_share=2.0)


@pytest.mark.parametrize("companies", SIZES)
def test_companies(tmp_path: Path, companies: int) -> None:
    figures = Figures(f"{companies:,} companies, each with its account")
    time = simulated_time()
    pages = ceil(companies / SCROLL_PAGE)
    with served(Plan(PEOPLE, simulated=time, companies=companies)) as services:

        def counted() -> tuple[int, int]:
            told = services.ask("counted")
            services.ask("forget")
            return told["intercom"][0], told["salesforce"][0]

        profile = Profile(tmp_path, services.accounts, time, ROWS, UNGUARDED)
        run_in_product(jobs.connect, profile)
        time.value += jobs.HOUR
        off = run_in_product(jobs.poll_idly, profile, SWEEPS)
        figures.at_most("switched off, an idle poll: bytes written to storage", off.written, 0)
        assert services.ask("requests", None, "^/companies") == 0
        services.ask("forget")
        joining, links = run_in_product(jobs.join_companies, profile, KEY)
        assert links == companies
        intercom, salesforce = counted()
        figures.at_most("switched on and linked: Intercom calls", intercom, pages + 15)
        budget = ceil(companies / 2000) + ceil(companies / 150) + 15
        figures.at_most("the same: Salesforce calls", salesforce, budget)
        figures.note("the same: CPU a company", joining.cpu / companies * 1000, "ms")
        figures.note("the same: memory at most", joining.peak, "MiB")
        time.value += jobs.HOUR
        run_in_product(jobs.sync, profile)
        polled, _ = run_in_product(jobs.sync, profile)
        figures.at_most("idle: Salesforce calls a poll", polled, 1)
        services.ask("forget")
        cost, poll = run_in_product(jobs.sweep_companies, profile, SWEEPS)
        scrolled = services.ask("requests", "GET", "^/companies/scroll") / (SWEEPS + 1)
        single = services.ask("requests", "GET", r"^/companies/\w{20}")
        figures.at_most("a sweep without news: pages of Intercom", scrolled, pages + 1)
        figures.at_most("the same: companies asked for by themselves", single, 0)
        figures.at_most("the same: files of the database that changed", poll.files, 0)
        figures.at_most("the same: bytes that the process wrote to storage", poll.written, 0)
        figures.note("the same: CPU a company", cost.cpu / SWEEPS / companies * 1e6, "µs")
        figures.note("the same: memory at most", cost.peak, "MiB")
        longest, most = run_in_product(jobs.check_people_during_a_sweep, profile, pages + 5)
        figures.at_most("people wait for a check during a sweep: pages of companies", most, 1)
        figures.note("the same: time", longest, "s")
        services.ask("edit_companies", CHANGED, "https://changed.example")
        time.value += jobs.HOUR
        calls, _ = run_in_product(jobs.sync, profile)
        assert services.ask("websites", CHANGED) == {"https://changed.example"}
        figures.at_most(
            f"{CHANGED} companies changed: Salesforce calls beside the poll",
            calls - polled,
            ceil(CHANGED / 200),
        )
    figures.check()
