"""What a new reading of a linked person means: which of its rows become due, and why.

Three origins of a change are told apart: a person's (or some automation's) change, our own write
coming back, and our own write of unknown outcome that arrived late. Pure functions over a link.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import (
    Due,
    IdentityMapping,
    InDoubt,
    Observation,
    Pair,
    Value,
)
from sfsync_gui.core.planner import RowWrite
from sfsync_gui.core.triggers import Scope, reaction
from sfsync_gui.core.values import same
from sfsync_gui.core.vocabulary import Direction, PersonKind, Side, Trigger

Rows = Mapping[str, AttributeMapping]

_UPDATED = {Side.INTERCOM: Trigger.INTERCOM_UPDATED, Side.SALESFORCE: Trigger.SALESFORCE_UPDATED}
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class LateWrite:
    """A write of ours of which only a later reading showed that it had arrived.

    `at` is our clock's unix second of the sending.
    """

    write: RowWrite
    at: int


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A link after a reading, the mapped fields that showed another value, and what was late."""

    link: IdentityMapping
    changed: frozenset[str]
    late: tuple[LateWrite, ...] = ()


def absorb(
    link: IdentityMapping,
    side: Side,
    seen: Observation,
    rows: Rows,
    *,
    in_error: Mapping[str, Side],
    own: Collection[RowWrite] = (),
) -> Absorbed:
    """Take in a reading of one side of a link.

    `rows` are the active rows. `in_error` maps a row with an open error to the side that could
    not be written: such a row is planned again when its value changes on either side. `own` are
    the writes whose effect this reading shows.
    """
    changed = _changed_fields(link, side, seen, rows)
    own_fields = {write.field for write in own if same(seen.values.get(write.field), write.value)}
    own_rows = {write.row_id for write in own}
    late = _late_arrivals(link, side, seen, rows, changed - own_fields)
    others = changed - own_fields - {_field(rows[row_id], side, link) for row_id in late}
    due = dict(link.due)
    _settle_late(due, link, side, rows, late)
    if others:
        asked = [
            row
            for row in _rows_asked(link, side, rows, others)
            if _field(row, side, link) in others
            or not (_waits_without_pair(row, link) or _is_put_back(row, link))
        ]
        add_due(due, asked, side.other, _UPDATED[side])
    chained = [
        row
        for row in rows.values()
        if _field(row, side, link) in changed - others
        and row.id not in own_rows
        and row.id not in late
        and row.direction.writes(side.other)
    ]
    add_due(due, chained, side.other, Trigger.CHAIN)
    for row_id, failed_side in in_error.items():
        if row_id in rows and _field(rows[row_id], side, link) in changed:
            add_due(due, [rows[row_id]], failed_side, _UPDATED[side])
    synced = {**link.synced, **{row_id: doubt[0] for row_id, doubt in late.items()}}
    told = tuple(_late_write(rows[row_id], link, doubt) for row_id, (_, doubt) in late.items())
    link = replace(
        _with_observation(link, side, seen),
        due=due,
        synced=synced,
        in_doubt=_without_late(link.in_doubt, late),
    )
    return Absorbed(link, frozenset(changed), told)


def add_due(
    due: dict[str, Due], rows: Iterable[AttributeMapping], towards: Side, trigger: Trigger
) -> None:
    """Make rows due towards a side, in place.

    A row that was due already keeps its first trigger unless the new one is an event of a
    service: then that event is the newest word on the row, also where a person was about to have
    a value put back.
    """
    for row in rows:
        before = due.get(row.id)
        if before is None:
            due[row.id] = Due(frozenset({towards}), trigger)
        else:
            kept = before.trigger if trigger.side is None else trigger
            put_back = before.put_back if trigger.side is None else None
            due[row.id] = Due(before.towards | {towards}, kept, put_back)


def rows_in_scope(
    rows: Rows, kind: PersonKind, side: Side, scope: Scope, updated: Collection[str] | None
) -> list[AttributeMapping]:
    """The rows that write to `side` and are asked for by a cell's scope.

    `updated` names the updated Intercom attributes; None stands for all.
    """
    if scope is Scope.NONE:
        return []
    return [
        row
        for row in rows.values()
        if row.direction.writes(side)
        and row.field_for(Side.SALESFORCE, kind) is not None
        and (scope is Scope.ALL or updated is None or row.intercom_attribute in updated)
    ]


def _rows_asked(
    link: IdentityMapping, side: Side, rows: Rows, changed: Collection[str]
) -> list[AttributeMapping]:
    """What the cell 'person updated, identity mapping exists' asks for."""
    cell = reaction(_UPDATED[side], linked=True)
    scope = cell.to_salesforce if side is Side.INTERCOM else cell.to_intercom
    return rows_in_scope(rows, link.salesforce_kind, side.other, scope, changed)


def _waits_without_pair(row: AttributeMapping, link: IdentityMapping) -> bool:
    """Whether only the sides that are due can tell whose value of the row is new."""
    is_two_way = row.direction is Direction.TWO_WAY
    return is_two_way and row.id in link.due and row.id not in link.synced


def _is_put_back(row: AttributeMapping, link: IdentityMapping) -> bool:
    """Whether a person is about to have a value of the row put back: only another value of that
    very row is a newer word on it."""
    return row.id in link.due and link.due[row.id].put_back is not None


def _field(row: AttributeMapping, side: Side, link: IdentityMapping) -> str | None:
    return row.field_for(side, link.salesforce_kind)


def _changed_fields(
    link: IdentityMapping, side: Side, seen: Observation, rows: Rows
) -> frozenset[str]:
    """Mapped fields whose value differs from the last reading.

    A Salesforce field that was not read before is new to the mapping, not changed. An Intercom
    attribute appears on a contact when it is first set: that is a change, unless it is blank.
    """
    before = link.observed(side)
    if before is None:
        return frozenset()
    mapped = {_field(row, side, link) for row in rows.values()}
    return frozenset(
        name
        for name, value in seen.values.items()
        if name in mapped and _differs(before.values.get(name, _ABSENT), value, side)
    )


def _differs(before: object, value: Value, side: Side) -> bool:
    if before is _ABSENT:
        return side is Side.INTERCOM and value is not None
    return not same(before, value)  # type: ignore[arg-type]  # _ABSENT was dealt with above


_Late = dict[str, tuple[Pair, InDoubt]]


def _late_arrivals(
    link: IdentityMapping, side: Side, seen: Observation, rows: Rows, changed: Collection[str]
) -> _Late:
    """Rows whose new value is one that we sent with unknown outcome: our own write, arrived."""
    found: _Late = {}
    for row_id, doubts in link.in_doubt.items():
        name = _field(rows[row_id], side, link) if row_id in rows else None
        if name is None or name not in changed:
            continue
        for doubt in doubts:
            if doubt.side is side and same(doubt.value, seen.values[name]):
                found[row_id] = (doubt.pair(), doubt)
    return found


def _settle_late(
    due: dict[str, Due], link: IdentityMapping, side: Side, rows: Rows, late: _Late
) -> None:
    """A late arrival settles at what it was made from, and is planned again towards its side.

    A value that was put back is not, unless the other side has another by now: it would be
    overwritten by the very value that it took the place of.
    """
    for row_id, (_, doubt) in late.items():
        before = due.get(row_id)
        if doubt.trigger is Trigger.REVERTED and _holds_still(link, rows[row_id], doubt):
            if before is not None and before.put_back is not None:
                del due[row_id]
            continue
        towards = frozenset({side}) | (before.towards if before else frozenset())
        due[row_id] = Due(towards, before.trigger if before else _UPDATED[side.other])


def _holds_still(link: IdentityMapping, row: AttributeMapping, doubt: InDoubt) -> bool:
    """Whether the other side holds what it held when this was sent."""
    seen, name = link.observed(doubt.side.other), _field(row, doubt.side.other, link)
    return seen is not None and name is not None and same(seen.values.get(name), doubt.source)


def _late_write(row: AttributeMapping, link: IdentityMapping, doubt: InDoubt) -> LateWrite:
    write = RowWrite(
        row_id=row.id,
        side=doubt.side,
        field=_field(row, doubt.side, link) or "",
        value=doubt.value,
        before=doubt.before,
        source=doubt.source,
        trigger=doubt.trigger,
        two_way=row.direction is Direction.TWO_WAY,
        overrules=doubt.overrules,
    )
    return LateWrite(write, doubt.at)


def _without_late(
    in_doubt: Mapping[str, tuple[InDoubt, ...]], late: _Late
) -> dict[str, tuple[InDoubt, ...]]:
    kept = {
        row_id: tuple(
            doubt for doubt in doubts if row_id not in late or doubt is not late[row_id][1]
        )
        for row_id, doubts in in_doubt.items()
    }
    return {row_id: doubts for row_id, doubts in kept.items() if doubts}


def _with_observation(link: IdentityMapping, side: Side, seen: Observation) -> IdentityMapping:
    """The link with this reading stored; fields that the reading did not show stay as known."""
    before = link.observed(side)
    values = {**(before.values if before else {}), **seen.values}
    merged = Observation(values, seen.version, seen.modified_at, seen.digest)
    if side is Side.INTERCOM:
        return replace(link, intercom=merged)
    return replace(link, salesforce=merged)


def settle(
    link: IdentityMapping,
    side: Side,
    writes: Collection[RowWrite],
    before: Observation | None,
    after: Observation | None,
    rows: Rows,
    in_error: Mapping[str, Side],
) -> Absorbed:
    """The link after accepted writes: each written row settles at what was sent.

    A row whose source has changed since it was planned, by another write of the same batch say,
    settles too, and stays due. `before` and `after` are the readings around the write. What
    `before` shows anew was changed by a person meanwhile and is treated as any change; what
    `after` shows besides our values is a change of somebody else's too, and makes its rows due.
    """
    earlier = Absorbed(link, frozenset())
    if before is not None:
        earlier = absorb(link, side, before, rows, in_error=in_error)
    if after is None:
        after = _assumed(earlier.link, side, writes)
    absorbed = absorb(earlier.link, side, after, rows, in_error=in_error, own=writes)
    link = absorbed.link
    synced, due, in_doubt = dict(link.synced), dict(link.due), dict(link.in_doubt)
    for write in writes:
        synced[write.row_id] = write.pair()
        _forget_doubt(in_doubt, write)
        if not same(_source(link, write, rows), write.source):
            due.setdefault(write.row_id, Due(frozenset({side}), write.trigger))
        elif write.two_way and not same(after.values.get(write.field), write.value):
            due[write.row_id] = Due(frozenset({side.other}), _UPDATED[side])
        else:
            due.pop(write.row_id, None)
    settled = replace(link, synced=synced, due=due, in_doubt=in_doubt)
    return Absorbed(settled, earlier.changed | absorbed.changed, (*earlier.late, *absorbed.late))


def _source(link: IdentityMapping, write: RowWrite, rows: Rows) -> Value:
    """What the link's other side holds by now of a written row."""
    seen = link.observed(write.side.other)
    name = _field(rows[write.row_id], write.side.other, link) if write.row_id in rows else None
    if seen is None or name is None:
        return write.source
    return seen.values.get(name)


def _assumed(link: IdentityMapping, side: Side, writes: Collection[RowWrite]) -> Observation:
    """An accepted write that could not be read back: the last reading with our values in it."""
    seen = link.observed(side)
    values = {write.field: write.value for write in writes}
    if seen is None:
        return Observation(values, 0, 0)
    return Observation({**seen.values, **values}, seen.version, seen.modified_at)


def _forget_doubt(in_doubt: dict[str, tuple[InDoubt, ...]], write: RowWrite) -> None:
    """The newest doubt of this very write is resolved; older ones may still arrive."""
    doubts = list(in_doubt.get(write.row_id, ()))
    for index in range(len(doubts) - 1, -1, -1):
        if doubts[index].side is write.side and same(doubts[index].value, write.value):
            del doubts[index]
            break
    if doubts:
        in_doubt[write.row_id] = tuple(doubts)
    else:
        in_doubt.pop(write.row_id, None)


def note_doubt(link: IdentityMapping, writes: Iterable[RowWrite], now: int) -> IdentityMapping:
    """The link that remembers these writes as about to be sent."""
    in_doubt = dict(link.in_doubt)
    for write in writes:
        doubt = InDoubt(
            side=write.side,
            value=write.value,
            source=write.source,
            at=now,
            before=write.before,
            trigger=write.trigger,
            overrules=write.overrules,
        )
        known = in_doubt.get(write.row_id, ())
        in_doubt[write.row_id] = (*known, doubt)
    return replace(link, in_doubt=in_doubt)


def forget_old_doubts(link: IdentityMapping, before: int) -> IdentityMapping:
    """The link without doubts from before this unix time: nothing arrives that late."""
    kept = {
        row_id: tuple(doubt for doubt in doubts if doubt.at >= before)
        for row_id, doubts in link.in_doubt.items()
    }
    return replace(link, in_doubt={row_id: doubts for row_id, doubts in kept.items() if doubts})
