"""All creations there are, for tests: the program itself never reads them whole."""

from collections.abc import Sequence

from sfsync_gui.core.schema import LEAD, TASK
from sfsync_gui.engine.storage import Creation, UnitOfWork

_ALL = 1_000_000


def creations_in(unit: UnitOfWork, states: Sequence[str] = ()) -> list[Creation]:
    """Those in one of these states, in whatever state where none is named; in order of ids."""
    found = [one for name in (LEAD, TASK) for one in unit.state.newest_creations(name, _ALL)]
    found.sort(key=lambda creation: creation.id)
    return [one for one in found if not states or one.state in states]
