"""Long lists of ids in pieces that every database takes as parameters."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

CHUNK = 500


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The distinct items in lists of at most 500, in their order."""
    rest = iter(dict.fromkeys(items))
    while piece := list(islice(rest, CHUNK)):
        yield piece
