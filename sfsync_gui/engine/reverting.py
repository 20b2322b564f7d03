"""Taking back a change of ours: the value that it replaced is put back, if nobody changed it since.

It goes the ordinary way of a change. The row counts as settled then: the other side keeps its
value, and copies it again when it changes next.
"""

from dataclasses import replace

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import Due, IdentityMapping, PutBack, Value
from sfsync_gui.core.remedies import SERVICES
from sfsync_gui.core.values import same
from sfsync_gui.core.vocabulary import BlankRule, Side, Trigger
from sfsync_gui.engine.company_status import require_synced
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.reading import Read, current_pair, observe_reading, read_for_a_person
from sfsync_gui.engine.storage import UnitOfWork

_TITLE = "The change cannot be taken back"


async def revert(context: Context, entry_id: int) -> HistoryEntry:
    """Have the change that the history tells under this id taken back; returns what it tells.

    Raises `RecordError` where that cannot be, with the reason; whatever reading the two people may
    raise too. The write itself follows by the next batch, and may fail as any other.
    """

    def find(unit: UnitOfWork) -> tuple[HistoryEntry, IdentityMapping]:
        entry = _entry(unit, entry_id)
        return entry, _link_of(context, unit, entry)

    def ask(unit: UnitOfWork) -> None:
        if not (_is_there(read, entry.intercom_id) and _is_there(read, entry.salesforce_id)):
            raise _refused("One of these two is no longer there.", _who(entry))
        observe_reading(context, unit, read)
        link = _link_of(context, unit, entry)
        wanted = _put_back(context, link, entry)
        row_id = entry.row_id or ""
        due = Due(frozenset({wanted.side}), Trigger.REVERTED, wanted)
        unit.links.put([replace(link, due={**link.due, row_id: due})])

    async with context.between_batches:
        entry, link = await context.store.run(find)
        read = await read_for_a_person(context, [link.record_on(side) for side in Side])
        await context.store.run(ask)
    return entry


def _entry(unit: UnitOfWork, entry_id: int) -> HistoryEntry:
    """The entry, if it tells of a value that was written."""
    found = unit.history.recent(1, before_id=entry_id + 1)
    if not found or found[0].id != entry_id or not found[0].kind.is_write:
        raise _refused("The history holds no written value under this number.", str(entry_id))
    return found[0]


def _link_of(context: Context, unit: UnitOfWork, entry: HistoryEntry) -> IdentityMapping:
    """The link of the two people, if it is still there and its row still writes that field."""
    links = unit.links.of(Side.INTERCOM, [entry.intercom_id or ""])
    link = links.get(entry.intercom_id or "")
    who = _who(entry)
    if link is None or link.salesforce_id != entry.salesforce_id:
        raise _refused("These two are not linked any more.", who)
    require_synced(context, link.family, _TITLE, who)
    row = context.lookups.rows.get(entry.row_id or "")
    if row is None or not _writes(row, link, entry):
        raise _refused("The mapping does not write this field any more.", who)
    return link


def _who(entry: HistoryEntry) -> str:
    return entry.person_name or entry.intercom_id or ""


def _is_there(read: Read, person: str | None) -> bool:
    record = read.records.get(person or "")
    return record is not None and not record.deleted and not record.converted


def _writes(row: AttributeMapping, link: IdentityMapping, entry: HistoryEntry) -> bool:
    side = entry.side
    if side is None or not row.direction.writes(side):
        return False
    return row.field_for(side, link.salesforce_kind) == entry.field


def _put_back(context: Context, link: IdentityMapping, entry: HistoryEntry) -> PutBack:
    """What is to be put back, if our value is still there."""
    side = entry.side or Side.SALESFORCE
    pair = current_pair(context.lookups, link, entry.row_id or "")
    who = entry.person_name or link.intercom_id
    if pair is None:
        raise _refused(f"{SERVICES[side]} does not show the field any more.", who)
    now: Value = pair.of(side)
    if same(now, entry.before):
        raise _refused("The former value is there already.", who)
    if not same(now, entry.after):
        raise _refused("The value was changed since, and is left as it is.", who)
    if _waits(context, link, entry, pair.of(side.other)):
        source = SERVICES[side.other]
        raise _refused(f"{source} has another value by now, which is to be written.", who)
    return PutBack(side, entry.before, entry.after)


def _waits(context: Context, link: IdentityMapping, entry: HistoryEntry, source: Value) -> bool:
    """Whether the other side's value is still to be written: counting as settled with what is put
    back, it never would be."""
    row_id = entry.row_id or ""
    settled, row = link.synced.get(row_id), context.lookups.rows[row_id]
    if settled is None or (source is None and row.blank_rule is BlankRule.KEEP):
        return False
    return not same(source, settled.of((entry.side or Side.SALESFORCE).other))


def _refused(message: str, subject: str) -> RecordError:
    return RecordError(
        _TITLE,
        message,
        "Change the value in the service itself, if it should be another.",
        subject=subject,
        code="cannot_revert",
    )
