"""Every scene of the screenshot catalogue, once: nothing is shortened, hidden or without a name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sfsync_gui.ui.application import Application
from sfsync_gui.ui.theme.tokens import WINDOW, WINDOW_LEAST
from tests.gui.conftest import Run
from tests.screenshots.inspection import ShownAlone, faults
from tests.screenshots.programs import Programs, programs
from tests.screenshots.scenes import Scene, all_scenes
from tests.screenshots.stage import Stage

SCENES = list(all_scenes())


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    with programs(tmp_path_factory.mktemp("programs")) as both:
        yield both


@pytest.mark.parametrize("scene", SCENES, ids=[scene.title for scene in SCENES])
def test_everything_has_room_and_a_name(
    scene: Scene, both: Programs, application: Application, run: Run, tmp_path: Path
) -> None:
    async def look() -> list[str]:
        found = []
        alone = ShownAlone()
        application.installEventFilter(alone)
        stage = Stage(application, both, tmp_path, WINDOW)
        await scene.play(stage)
        for size in (WINDOW, WINDOW_LEAST):
            stage.window.resize(*size)
            await stage.at_rest()
            if stage.window.size().toTuple() != size:
                found.append(f"the window is {stage.window.size()}, wanted {size}")
            for top in (stage.window, *stage.above):
                found += [f"{size[0]} px wide: {fault}" for fault in faults(top)]
        await stage.clear()
        application.removeEventFilter(alone)
        return [*found, *alone.faults]

    found = run(look())
    assert not found, "\n".join(found)
