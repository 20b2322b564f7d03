"""Random worlds of people and companies: nothing that a person typed is lost, nothing echoes."""

from __future__ import annotations

from pathlib import Path

from tests.property.company_running import live_with_companies
from tests.property.worlds_run import WorldsRun


def test_nothing_of_companies_is_lost_and_nothing_echoes(
    company_seed: int, tmp_path: Path, worlds_run: WorldsRun
) -> None:
    worlds_run.add_companies(live_with_companies(company_seed, tmp_path))
