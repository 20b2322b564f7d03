"""What a table is told by its panel: columns, cells, the question behind the rows, row actions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sfsync_gui.ui.theme.tokens import SPACE_EDGE, SPACE_GROUP, Tone

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of the table: a text, with an icon before it or alone.

    `tooltip` takes the place of the full text, which is shown where the text was shortened.
    """

    text: str = ""
    icon_name: str = ""
    tone: Tone = Tone.TEXT
    icon_tone: Tone = Tone.MUTED
    tooltip: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column. `width` is what it begins with, in pixels; `stretch` takes what is left over.
    Where room lacks it gives way down to `least`; left out, it stays as wide as it begins.

    `middle` shortens long text in the middle, as e-mails and ids want it. A `sortable` column is
    sorted by its `key`: the fetching side does that, the last first to begin with where
    `last_first`. Columns that are not `shown` wait in the column chooser; the first is always shown
    and stays in view. It begins at the panel's edge, unless its table is not `at_edge`.
    """

    key: str
    title: str
    cell: Callable[[R], Cell | str]
    width: int = 160
    least: int | None = None
    stretch: bool = False
    right: bool = False
    middle: bool = False
    sortable: bool = False
    shown: bool = True
    last_first: bool = False
    at_edge: bool = True

    @property
    def left(self) -> int:
        """Before its text where it is the first column, in pixels."""
        return SPACE_EDGE if self.at_edge else SPACE_GROUP

    def cell_of(self, row: R) -> Cell:
        """What to show of a row."""
        found = self.cell(row)
        return Cell(found) if isinstance(found, str) else found


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for: a search text, the column to sort by, and filters of the panel's own."""

    search: str = ""
    sort: str = ""
    descending: bool = False
    filters: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether rows are left out, so that finding none does not mean that there are none."""
        return bool(self.search or any(value is not None for value in self.filters.values()))


@dataclass(frozen=True)
class RowAction(Generic[R]):
    """Something to do with one row, or with all that are selected where `many` is true.

    The first two of a row stand on it while it is hovered or focused, all of them in its menu.
    """

    name: str
    icon_name: str
    run: Callable[[Sequence[R]], object]
    many: bool = False
    danger: bool = False
    enabled: bool = True
