"""What a planted bug is, and how it is planted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

Patch = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class PlantedBug:
    """A bug: which rule it breaks, how it is planted, and from which seed on worlds are tried."""

    rule: str
    plant: Patch
    first_seed: int = 0

    @property
    def name(self) -> str:
        """For the name of the test."""
        return self.rule.replace(" ", "-")


def wrapped(module: object, name: str, make: Callable[[Any], Any]) -> Patch:
    """Replace a function of a module by what `make` makes of it."""
    return lambda: patch.object(module, name, make(getattr(module, name)))
