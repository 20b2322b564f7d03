"""What a new set of rows means beside the one in force, before it is applied."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.rows import RowProblem


@dataclass(frozen=True, slots=True)
class MappingChange:
    """The difference between two sets of rows.

    `added` rows come without writing anything. `removed` rows lose their pairs and open errors,
    values stay. `replaced` rows map other fields than before and count as both. `altered` rows
    (direction, rules) keep their pairs. `problems` say why the new set cannot be applied.
    `links` is how many people are linked now, `errors` how many open errors would close.
    """

    added: tuple[AttributeMapping, ...] = ()
    removed: tuple[AttributeMapping, ...] = ()
    replaced: tuple[AttributeMapping, ...] = ()
    altered: tuple[AttributeMapping, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    links: int = 0
    errors: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether the new set is the one in force."""
        return not (self.added or self.removed or self.replaced or self.altered)

    @property
    def fresh_ids(self) -> frozenset[str]:
        """The rows that take what is observed as their pair: those new, or mapping other fields."""
        return frozenset(row.id for row in (*self.added, *self.replaced))

    @property
    def forgotten_ids(self) -> frozenset[str]:
        """The rows whose pairs and open errors go."""
        return frozenset(row.id for row in (*self.removed, *self.replaced))


def compare_rows(
    before: Sequence[AttributeMapping], after: Sequence[AttributeMapping]
) -> MappingChange:
    """What is added, removed, replaced and altered; rows are the same by their id."""
    known = {row.id: row for row in before}
    kept = [(known[row.id], row) for row in after if row.id in known]
    wanted = {row.id for row in after}
    return MappingChange(
        added=tuple(row for row in after if row.id not in known),
        removed=tuple(row for row in before if row.id not in wanted),
        replaced=tuple(new for old, new in kept if old.places != new.places),
        altered=tuple(new for old, new in kept if old.places == new.places and old != new),
    )


def with_switches(
    before: Sequence[AttributeMapping], after: Sequence[AttributeMapping]
) -> tuple[AttributeMapping, ...]:
    """The rows `after`, switched off where they are `before` and map the same fields the same way.

    Whether a row works is never a person's to say: what is new or changed is judged anew.
    """
    known = {row.id: row for row in before}
    return tuple(replace(row, disabled=_switch(row, known.get(row.id))) for row in after)


def _switch(row: AttributeMapping, before: AttributeMapping | None) -> str | None:
    if before is None or before.places != row.places or before.direction is not row.direction:
        return None
    return before.disabled
