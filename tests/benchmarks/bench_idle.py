"""What the headless engine costs while nothing happens, or only strangers come by."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import jobs
from tests.benchmarks.figures import Figures
from tests.benchmarks.product import MEBIBYTE, Profile, run_in_product
from tests.benchmarks.services import Plan, served, simulated_time

pytestmark = pytest.mark.timeout(7200)

LINKED = 500
POLLS = 100
HOURS = 24
POLLS_A_DAY = 24 * 3600 / 300
"""Checks of Salesforce, one every five minutes."""

OTHERS_A_DAY = 24
"""Salesforce calls of a day beside the checks: the start, the day's comparison and description."""

VISITORS = 10_000
"""An hour."""

VISITED_HOURS = 24


def test_an_idle_poll_writes_nothing_to_disk(tmp_path: Path) -> None:
    figures = Figures(f"Disk, {POLLS} idle polls of both sides")
    time = simulated_time()
    with served(Plan(LINKED, simulated=time)) as services:
        profile = Profile(tmp_path, services.accounts, time)
        run_in_product(jobs.connect, profile)
        time.value += jobs.HOUR
        poll = run_in_product(jobs.poll_idly, profile, POLLS)
    figures.at_most("files of the database that changed", poll.files, 0)
    figures.at_most("bytes that the process wrote to storage", poll.written, 0)
    figures.check()


def test_an_idle_day(tmp_path: Path) -> None:
    figures = Figures(f"A simulated day of {HOURS} hours, {LINKED} linked people, nothing happens")
    time = simulated_time()
    with served(Plan(LINKED, simulated=time)) as services:
        profile = Profile(tmp_path, services.accounts, time)
        run_in_product(jobs.connect, profile)
        time.value += jobs.HOUR
        services.ask("forget")
        day = run_in_product(jobs.live, profile, HOURS)
        told = services.ask("counted")
        writes = services.ask("requests", "PUT", "")
    figures.at_most("CPU, share of one core", day.cpu / (HOURS * jobs.HOUR) * 100, 0.1, "%")
    figures.note("memory after the first hour", day.first, "MiB")
    figures.at_most("growth of memory after the first hour", day.last - day.first, 5, "MiB")
    calls = told["salesforce"][0]
    figures.at_most("Salesforce calls", calls, POLLS_A_DAY + OTHERS_A_DAY)
    figures.note("Intercom calls", told["intercom"][0])
    figures.at_most("writes to Intercom", writes, 0)
    figures.check()


def test_a_day_of_visitors(tmp_path: Path) -> None:
    figures = Figures(f"{VISITED_HOURS} simulated hours with {VISITORS:,} visitors an hour")
    time = simulated_time()
    with served(Plan(LINKED, simulated=time)) as services:
        profile = Profile(tmp_path, services.accounts, time)
        run_in_product(jobs.connect, profile)
        time.value += jobs.HOUR
        before = profile.stored_bytes()
        services.ask("send_visitors", VISITORS, VISITED_HOURS)
        services.ask("forget")
        day = run_in_product(jobs.live, profile, VISITED_HOURS)
        told = services.ask("counted")
        reads = services.ask("requests", None, r"^/contacts/\w{20}")
    hours = VISITED_HOURS
    expected = POLLS_A_DAY * hours / 24 + OTHERS_A_DAY
    figures.at_most("Salesforce calls", told["salesforce"][0], expected)
    figures.at_most("requests for single visitors", reads, 0)
    figures.note("Intercom calls", told["intercom"][0])
    figures.note("CPU, share of one core", day.cpu / (hours * jobs.HOUR) * 100, "%")
    stored = profile.stored_bytes() - before
    figures.note("CPU a visitor", day.cpu / (VISITORS * hours) * 1e6, "µs")
    figures.note("database", stored / MEBIBYTE, "MiB")
    figures.note("database a visitor", stored / (VISITORS * hours), "bytes")
    figures.note("memory after the first hour", day.first, "MiB")
    figures.at_most("growth of memory after the first hour", day.last - day.first, 20, "MiB")
    figures.check()
