"""All scenes, a module for each panel.

A scene is a function that is given the stage, opens a window there and brings it into one state.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from tests.screenshots.stage import Stage

Play = Callable[[Stage], Awaitable[object]]


@dataclass(frozen=True)
class Scene:
    """One state of one panel."""

    panel: str
    name: str
    play: Play

    @property
    def title(self) -> str:
        """Panel and name."""
        return f"{self.panel}/{self.name}"

    @property
    def about(self) -> str:
        """What is to be seen."""
        return self.play.__doc__ or ""


class Scenes:
    """The scenes of one module, in their order: `@scenes.add` puts a function among them."""

    def __init__(self, panel: str) -> None:
        self.panel = panel
        self.all: list[Scene] = []

    def add(self, play: Play) -> Play:
        """The function's name is that of the scene; its docstring says what is to be seen."""
        name = play.__name__.replace("_", "-").strip("-")
        self.all.append(Scene(self.panel, name, play))
        return play


def all_scenes() -> Iterator[Scene]:
    """Every scene of every module of this package."""
    for module in iter_modules(__path__):
        yield from import_module(f"{__name__}.{module.name}").scenes.all
