"""History entries of what was written: at once, or told by a later reading."""

from collections.abc import Iterable, Sequence

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.observing import LateWrite
from sfsync_gui.core.people import IdentityMapping, Observation
from sfsync_gui.core.planner import RowWrite
from sfsync_gui.core.vocabulary import HistoryKind, Side
from sfsync_gui.engine.storage import UnitOfWork


def written(
    unit: UnitOfWork,
    link: IdentityMapping,
    writes: Sequence[RowWrite],
    at: int,
    before: Observation | None = None,
) -> list[HistoryEntry]:
    """What accepted writes did to a link's people: one entry each, which tells if a value lost.

    `before` is the reading just before the write: it tells what was overwritten. `at` is in unix
    seconds.
    """
    if not writes:
        return []
    person = unit.directory.get(Side.INTERCOM, link.intercom_id)
    name = person.name if person else ""
    return [_entry(link, write, before, name, at) for write in writes]


def arrived_late(
    unit: UnitOfWork, link: IdentityMapping, late: Iterable[LateWrite]
) -> list[HistoryEntry]:
    """What writes of unknown outcome did, as a reading showed; told at the time of the sending."""
    return [entry for one in late for entry in written(unit, link, [one.write], one.at)]


def _entry(
    link: IdentityMapping, write: RowWrite, before: Observation | None, name: str, at: int
) -> HistoryEntry:
    held = before.values.get(write.field, write.before) if before else write.before
    return HistoryEntry(
        kind=HistoryKind.OVERRULED if write.overrules else HistoryKind.WRITTEN,
        at=at,
        trigger=write.trigger,
        intercom_id=link.intercom_id,
        salesforce_id=link.salesforce_id,
        salesforce_kind=link.salesforce_kind,
        person_name=name,
        side=write.side,
        row_id=write.row_id,
        field=write.field,
        before=held,
        after=write.value,
    )
