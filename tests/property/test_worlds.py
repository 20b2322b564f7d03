"""Random worlds from one seed each: nothing that a person typed is lost, nothing echoes."""

from __future__ import annotations

from pathlib import Path

from tests.property.running import live
from tests.property.worlds_run import WorldsRun


def test_nothing_is_lost_and_nothing_echoes(
    seed: int, tmp_path: Path, worlds_run: WorldsRun
) -> None:
    worlds_run.add(live(seed, tmp_path))
