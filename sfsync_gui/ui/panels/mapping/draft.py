"""The draft of a mapping: rows as a person edits them, with undo and redo. Nothing of it is synced.

Pure: no Qt and no program behind it. A row that is being put together has an empty
`intercom_attribute`, or no field yet.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from sfsync_gui.core.mapping import AttributeMapping, MappingKey
from sfsync_gui.core.mapping_change import MappingChange, compare_rows, with_switches
from sfsync_gui.core.rows import check_rows
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Direction, Family

Rows = tuple[AttributeMapping, ...]


def is_blank(row: AttributeMapping) -> bool:
    """Whether nothing of the row has been chosen yet."""
    return not (row.intercom_attribute or any(row.places[1:]))


def is_complete(row: AttributeMapping) -> bool:
    """Whether both sides of the row have been chosen."""
    return bool(row.intercom_attribute and any(row.places[1:]))


def problems_of(
    rows: Iterable[AttributeMapping],
    key: MappingKey,
    schema: Schema,
    company_key: MappingKey | None = None,
    awaited_key: MappingKey | None = None,
) -> Mapping[str, tuple[str, ...]]:
    """Why complete rows cannot be applied, by row id."""
    found: dict[str, tuple[str, ...]] = {}
    complete = [row for row in rows if is_complete(row)]
    for problem in check_rows(complete, key, schema, company_key, awaited_key):
        found[problem.row_id] = (*found.get(problem.row_id, ()), problem.reason)
    return found


@dataclass(frozen=True, slots=True)
class _Step:
    """Rows as they were, and what was done to them then."""

    rows: Rows
    what: str


class Draft:
    """Rows beside those in force (`base`), and the way back and forth between their versions."""

    def __init__(
        self,
        base: Iterable[AttributeMapping] = (),
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self.base: Rows = tuple(base)
        self.rows: Rows = self.base
        self._new_id = new_id
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []

    # ------------------------------------------------------------------ looking

    @property
    def complete_rows(self) -> Rows:
        """The rows that have both sides."""
        return tuple(row for row in self.rows if is_complete(row))

    @property
    def started_rows(self) -> Rows:
        """The rows of which one side is still to be chosen."""
        return tuple(row for row in self.rows if not is_complete(row) and not is_blank(row))

    @property
    def change(self) -> MappingChange:
        """What the complete rows mean beside those in force."""
        return compare_rows(self.base, self.complete_rows)

    @property
    def changes(self) -> int:
        """How many rows are not as they are in force; blank rows are none."""
        change = self.change
        touched = (*change.added, *change.removed, *change.replaced, *change.altered)
        return len({row.id for row in (*touched, *self.started_rows)})

    @property
    def undo_text(self) -> str:
        """What undo would take back, empty where there is nothing."""
        return self._undo[-1].what if self._undo else ""

    @property
    def redo_text(self) -> str:
        """What redo would do again, empty where there is nothing."""
        return self._redo[-1].what if self._redo else ""

    def of(self, family: Family) -> Rows:
        """The rows of a family."""
        return tuple(row for row in self.rows if row.family is family)

    def row(self, row_id: str) -> AttributeMapping | None:
        """The row of that id."""
        return next((row for row in self.rows if row.id == row_id), None)

    def state_of(self, row: AttributeMapping) -> str:
        """'added', 'replaced', 'altered', or nothing where the row is as it is in force."""
        before = [one for one in self.base if one.id == row.id]
        change = compare_rows(before, (row,))
        named = {"added": change.added, "replaced": change.replaced, "altered": change.altered}
        return next((name for name, rows in named.items() if rows), "")

    # ------------------------------------------------------------------ editing

    def add_blank(self, what: str, family: Family = Family.PEOPLE) -> AttributeMapping:
        """Add a row to be put together; one that is there already is taken instead."""
        present = next((row for row in self.of(family) if is_blank(row)), None)
        if present is not None:
            return present
        account_field = "" if family is Family.COMPANIES else None
        row = AttributeMapping(self._new_id(), "", Direction.TWO_WAY, account_field=account_field)
        self._become((*self.rows, row), what)
        return row

    def add(self, rows: Sequence[AttributeMapping], what: str) -> Rows:
        """Add rows under ids of their own."""
        added = tuple(replace(row, id=self._new_id()) for row in rows)
        self._become((*self.rows, *added), what)
        return added

    def put(self, row: AttributeMapping, what: str) -> None:
        """Put a row in the place of the one with its id."""
        self._become(tuple(row if one.id == row.id else one for one in self.rows), what)

    def remove(self, row_id: str, what: str) -> None:
        """Take a row away."""
        self._become(tuple(row for row in self.rows if row.id != row_id), what)

    def replace_all(self, rows: Iterable[AttributeMapping], what: str) -> None:
        """Put other rows in the place of all."""
        self._become(tuple(rows), what)

    def discard(self, what: str) -> None:
        """Go back to the rows in force; that can be undone, too."""
        self._become(self.base, what)

    def undo(self) -> str:
        """Take the last edit back; what that was, empty where there is none."""
        return self._travel(self._undo, self._redo)

    def redo(self) -> str:
        """Do again what was taken back last; what that was, empty where there is nothing."""
        return self._travel(self._redo, self._undo)

    # ------------------------------------------------------------------ following the program

    def settle(self, base: Iterable[AttributeMapping]) -> None:
        """The rows were applied and are those in force: undo leads to a draft beside them."""
        self.base = tuple(base)
        self.rows = with_switches(self.base, self.rows)

    def follow(self, base: Iterable[AttributeMapping]) -> None:
        """Take in the rows that are in force now: edits stay, all else becomes as it is there."""
        before, after = self.base, tuple(base)
        if before == after:
            return
        self.base = after
        self.rows = _carried(self.rows, before, after)
        self._undo = [replace(one, rows=_carried(one.rows, before, after)) for one in self._undo]
        self._redo = [replace(one, rows=_carried(one.rows, before, after)) for one in self._redo]

    # ------------------------------------------------------------------ inside

    def _become(self, rows: Rows, what: str) -> None:
        rows = with_switches(self.base, rows)
        if rows != self.rows:
            self._undo.append(_Step(self.rows, what))
            self._redo.clear()
            self.rows = rows

    def _travel(self, source: list[_Step], target: list[_Step]) -> str:
        if not source:
            return ""
        step = source.pop()
        target.append(_Step(self.rows, step.what))
        self.rows = with_switches(self.base, step.rows)
        return step.what


def _carried(rows: Rows, before: Rows, after: Rows) -> Rows:
    """Edited rows as they stand, rows as they were in force as they are in force now.

    A row that a person removed stays removed; one that is gone elsewhere goes unless it was
    edited here.
    """
    old, new = {row.id: row for row in before}, {row.id: row for row in after}
    here = {row.id for row in rows}
    carried = []
    for row in rows:
        if row == old.get(row.id):
            carried += [new[row.id]] if row.id in new else []
        else:
            carried.append(row)
    carried += [row for row in after if row.id not in old and row.id not in here]
    return with_switches(after, carried)
