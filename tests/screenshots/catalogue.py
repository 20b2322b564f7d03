"""The catalogue: every scene in both schemes, at 1x and 2x, wide and narrow, and a page of them.

`python -m tests.screenshots.catalogue FOLDER [WORD...]` renders the scenes whose title has all
these words (all without any) to PNG files and writes `index.html`.
"""

import html
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSettings

from sfsync_gui.ui.application import Application, make_application
from sfsync_gui.ui.loop import run
from sfsync_gui.ui.theme.scheme import SchemeChoice, SchemeFollower
from sfsync_gui.ui.theme.tokens import WINDOW, WINDOW_LEAST
from tests.screenshots.programs import Programs, programs
from tests.screenshots.scenes import Scene, all_scenes
from tests.screenshots.stage import Stage

SIZES = {"wide": WINDOW, "narrow": WINDOW_LEAST}
RATIOS = (1, 2)
SCHEMES = (SchemeChoice.LIGHT, SchemeChoice.DARK)

_PAGE = """<!doctype html>
<meta charset="utf-8"><title>SFSync: screenshots</title>
<style>
 body {{ font: 14px sans-serif; margin: 24px; background: #eee; }}
 figure {{ display: inline-block; margin: 0 12px 12px 0; vertical-align: top; }}
 img {{ max-width: 560px; border: 1px solid #999; display: block; }}
</style>
{body}
"""


def chosen(words: Sequence[str]) -> list[Scene]:
    """The scenes whose title has all these words."""
    return [scene for scene in all_scenes() if all(word in scene.title for word in words)]


def file_name(scene: Scene, size: str, scheme: SchemeChoice, ratio: int) -> str:
    """The name of one picture."""
    return f"{scene.panel}-{scene.name}-{size}-{scheme.value}-{ratio}x.png"


async def _render_all(
    application: Application, both: Programs, folder: Path, scenes: Sequence[Scene], ratio: int
) -> None:
    with tempfile.TemporaryDirectory() as kept:
        for scheme in SCHEMES:
            SchemeFollower.of(application).choose(scheme)
            for size, measures in SIZES.items():
                for scene in scenes:
                    stage = Stage(application, both, Path(kept), measures)
                    await scene.play(stage)
                    picture = await stage.at_rest()
                    picture.save(str(folder / file_name(scene, size, scheme, ratio)))
                    await stage.clear()


def render(folder: Path, words: Sequence[str], ratio: int) -> None:
    """Render at one pixel ratio; Qt reads it at the start of a process."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    with tempfile.TemporaryDirectory() as profiles, programs(Path(profiles)) as both:
        application = make_application(["screenshots"], SchemeChoice.LIGHT)
        run(application, _render_all(application, both, folder, chosen(words), ratio))


def write_index(folder: Path, scenes: Sequence[Scene]) -> None:
    """The page: a heading for each scene, its pictures side by side."""
    parts = []
    for scene in scenes:
        parts.append(f"<h2>{html.escape(scene.title)}</h2>")
        parts.append(f"<p>{html.escape(scene.about)}</p>")
        for scheme in SCHEMES:
            for size in SIZES:
                for ratio in RATIOS:
                    name = file_name(scene, size, scheme, ratio)
                    words = f"{size}, {scheme.value}, {ratio}x"
                    parts.append(
                        f'<figure><a href="{name}"><img src="{name}" loading="lazy"></a>'
                        f"<figcaption>{words}</figcaption></figure>"
                    )
    (folder / "index.html").write_text(_PAGE.format(body="\n".join(parts)), encoding="utf-8")


def main() -> None:
    """Render all, one process for each pixel ratio, and write the page."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    words = sys.argv[2:]
    if "SFSYNC_RATIO" in os.environ:
        render(folder, words, int(os.environ["SFSYNC_RATIO"]))
        return
    for ratio in RATIOS:
        surroundings = {
            **os.environ,
            "SFSYNC_RATIO": str(ratio),
            "QT_SCALE_FACTOR": str(ratio),
            "QT_QPA_PLATFORM": "offscreen",
        }
        command = [sys.executable, "-m", "tests.screenshots.catalogue", str(folder), *words]
        subprocess.run(command, check=True, env=surroundings)
    write_index(folder, chosen(words))


if __name__ == "__main__":
    main()
