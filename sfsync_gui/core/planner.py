"""The planner: from a link and what is observed of it to the writes that it needs.

`plan_link` is pure. For each due row exactly one of four things comes out: a write to Salesforce,
a write to Intercom, "settled" (nothing needs to be written; the pair is renewed), or "refused" (the
value cannot be written; nothing is sent). Which events make which rows due stands in
`core.triggers`; what a due row then does stands in `_one_way` and `_two_way`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sfsync_gui.core.conversion import Converter, ValueRefusedError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import Due, IdentityMapping, Pair, PutBack, Value
from sfsync_gui.core.values import same
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Direction, Side, Trigger

UNKNOWN = object()
"""Stands for a field that was absent from the answer: never treated as blank."""


@dataclass(frozen=True, slots=True)
class RowWrite:
    """A value to be written for one row.

    `value` and `before` are canonical in the type of `field` on `side`; `source` is the canonical
    value of the other side that it was made from. `overrules` is true where a conflict rule lets it
    win over a change of the target.
    """

    row_id: str
    side: Side
    field: str
    value: Value
    before: Value
    source: Value
    trigger: Trigger
    two_way: bool = False
    overrules: bool = False

    def pair(self) -> Pair:
        """The pair at which the row settles once the write has arrived."""
        if self.side is Side.SALESFORCE:
            return Pair(intercom=self.source, salesforce=self.value)
        return Pair(intercom=self.value, salesforce=self.source)


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A value that is not sent, because the target cannot hold it."""

    row_id: str
    side: Side
    field: str
    source: Value
    reason: ValueRefusedError


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """Everything that one link needs now.

    `settled` maps a row to its new pair where nothing is written; `idle` are due rows about which
    nothing can be said (their value is unknown, the row is off, or the value is refused already):
    both stop being due.
    """

    link: IdentityMapping
    writes: tuple[RowWrite, ...] = ()
    settled: Mapping[str, Pair] = field(default_factory=dict)
    refused: tuple[RowRefused, ...] = ()
    idle: frozenset[str] = frozenset()

    def writes_to(self, side: Side) -> tuple[RowWrite, ...]:
        """The writes that go to `side`."""
        return tuple(write for write in self.writes if write.side is side)


@dataclass(frozen=True, slots=True)
class _Row:
    """One due row with both sides' values, before the decision."""

    mapping: AttributeMapping
    salesforce_field: str
    converter: Converter
    due: Due
    intercom: Value
    salesforce: Value
    pair: Pair | None
    intercom_newer: bool

    def current(self) -> Pair:
        return Pair(self.intercom, self.salesforce)

    def is_blank(self, side: Side) -> bool:
        """Whether that side holds nothing now, or what counts as nothing."""
        return self.converter.is_blank(side, self.current().of(side))


_Decision = RowWrite | RowRefused | Pair | None


def plan_link(
    link: IdentityMapping,
    rows: Mapping[str, AttributeMapping],
    converters: Mapping[str, Converter],
    refused: Mapping[tuple[str, Side], Value],
) -> LinkPlan:
    """Plan all due rows of a link.

    `rows` holds the active mappings by id, `converters` those of the rows that apply to the
    link's kind of record, `refused` the values that a service or a rule refused before, by row
    and side written to: exactly these are left out.
    """
    writes: list[RowWrite] = []
    refusals: list[RowRefused] = []
    settled: dict[str, Pair] = {}
    idle: set[str] = set()
    for row_id, due in link.due.items():
        if row_id not in rows:
            continue  # switched off: it waits until it is switched on again
        row = _prepare(link, rows[row_id], converters.get(row_id), due)
        decision = None if row is None else _decide(row)
        if decision is None:
            idle.add(row_id)
        elif isinstance(decision, Pair):
            settled[row_id] = decision
        elif due.put_back is None and _is_refused_already(decision, refused):
            idle.add(row_id)
        elif isinstance(decision, RowRefused):
            refusals.append(decision)
        else:
            writes.append(decision)
    return LinkPlan(link, tuple(writes), settled, tuple(refusals), frozenset(idle))


def _is_refused_already(
    decision: RowWrite | RowRefused, refused: Mapping[tuple[str, Side], Value]
) -> bool:
    place = (decision.row_id, decision.side)
    return place in refused and same(refused[place], decision.source)


def _prepare(
    link: IdentityMapping,
    mapping: AttributeMapping,
    converter: Converter | None,
    due: Due,
) -> _Row | None:
    """Both values of a due row; None where the row does not apply or a value is unknown."""
    if converter is None or link.intercom is None or link.salesforce is None:
        return None
    name = mapping.field_for(Side.SALESFORCE, link.salesforce_kind)
    if name is None or name not in link.salesforce.values:
        return None
    intercom = link.intercom.values.get(mapping.intercom_attribute, UNKNOWN)
    pair = link.synced.get(mapping.id)
    if intercom is UNKNOWN:
        was_set = pair is not None and pair.intercom is not None
        two_way = mapping.direction is Direction.TWO_WAY
        if mapping.direction is Direction.TO_SALESFORCE or (two_way and was_set):
            return None
        intercom = None  # as a target only: an attribute that was never set is not shown
    return _Row(
        mapping=mapping,
        salesforce_field=name,
        converter=converter,
        due=due,
        intercom=intercom,  # type: ignore[arg-type]  # UNKNOWN was dealt with above
        salesforce=link.salesforce.values[name],
        pair=pair,
        intercom_newer=link.intercom.modified_at > link.salesforce.modified_at,
    )


def _decide(row: _Row) -> _Decision:
    if row.due.put_back is not None:
        return _put_back(row, row.due.put_back)
    if row.mapping.direction is Direction.TWO_WAY:
        return _two_way(row)
    target = Side.SALESFORCE if row.mapping.direction is Direction.TO_SALESFORCE else Side.INTERCOM
    if target not in row.due.towards and not _was_turned(row, target):
        return row.pair
    return _one_way(row, target)


def _was_turned(row: _Row, target: Side) -> bool:
    """Whether a change waits that is due the other way: the row was two-way until now."""
    source = target.other
    return row.pair is not None and not same(row.current().of(source), row.pair.of(source))


def _put_back(row: _Row, wanted: PutBack) -> _Decision:
    """A person takes a change of ours back; a value that was changed since stays as it is."""
    before = row.current().of(wanted.side)
    if not same(before, wanted.value) and same(before, wanted.over):
        return _write(row, wanted.side, wanted.value)
    if row.pair is None:
        return None
    # The other side's value, a blank that is not copied say, has settled all the same.
    if wanted.side is Side.SALESFORCE:
        return Pair(row.intercom, row.pair.salesforce)
    return Pair(row.pair.intercom, row.salesforce)


def _one_way(row: _Row, target: Side) -> _Decision:
    """To Salesforce: the updated attribute. To Intercom: whatever differs."""
    if target is Side.SALESFORCE and row.pair is not None and _is_as_synced(row, row.pair):
        return row.pair
    if row.is_blank(target.other) and row.mapping.blank_rule is BlankRule.KEEP:
        return row.current()
    return _copy(row, target)


def _is_as_synced(row: _Row, pair: Pair) -> bool:
    return same(row.intercom, pair.intercom) and row.due.trigger not in _WRITE_ALL


_WRITE_ALL = frozenset({Trigger.BULK_SYNC})
"""Triggers that write a row although its source did not change since it last settled."""


def _two_way(row: _Row) -> _Decision:
    """Changed on one side: that side is copied. Changed on both: the conflict rule decides."""
    if _in_step(row):
        return row.current()
    if row.pair is None or row.due.trigger in _WRITE_ALL:
        return _two_way_without_pair(row)
    intercom_changed = not same(row.intercom, row.pair.intercom)
    salesforce_changed = not same(row.salesforce, row.pair.salesforce)
    if row.mapping.blank_rule is BlankRule.KEEP:
        # A blank that may not be copied settles its own side: it is no change and never wins.
        intercom_changed = intercom_changed and not row.is_blank(Side.INTERCOM)
        salesforce_changed = salesforce_changed and not row.is_blank(Side.SALESFORCE)
    if intercom_changed and salesforce_changed:
        return _copy(row, _loser(row), overrules=True)
    if intercom_changed:
        return _copy(row, Side.SALESFORCE)
    if salesforce_changed:
        return _copy(row, Side.INTERCOM)
    return row.current()


def _two_way_without_pair(row: _Row) -> _Decision:
    """The trigger's side wins, a blank never beats a value.

    Where both sides have a claim, as in a bulk sync, the rule decides.
    """
    if row.is_blank(Side.INTERCOM) or row.is_blank(Side.SALESFORCE):
        return _copy(row, Side.INTERCOM if row.is_blank(Side.INTERCOM) else Side.SALESFORCE)
    if len(row.due.towards) == 1 and row.due.trigger not in _WRITE_ALL:
        (target,) = row.due.towards
        return _copy(row, target)
    return _copy(row, _loser(row), overrules=True)


def _loser(row: _Row) -> Side:
    """The side that is overwritten when both have a claim, by the row's conflict rule."""
    rule = row.mapping.conflict_rule
    if rule is ConflictRule.NEWER:
        return Side.SALESFORCE if row.intercom_newer else Side.INTERCOM
    return Side.INTERCOM if rule is ConflictRule.SALESFORCE else Side.SALESFORCE


def _in_step(row: _Row) -> bool:
    """Whether both sides hold the same, seen from either."""
    return _holds(row, Side.SALESFORCE) or _holds(row, Side.INTERCOM)


def _holds(row: _Row, target: Side) -> bool:
    try:
        converted = _convert(row, target)
    except ValueRefusedError:
        return False
    return same(converted, row.current().of(target))


def _convert(row: _Row, target: Side) -> Value:
    source = row.current().of(target.other)
    if target is Side.SALESFORCE:
        return row.converter.to_salesforce(source)
    return row.converter.to_intercom(source)


def _copy(row: _Row, target: Side, *, overrules: bool = False) -> _Decision:
    try:
        value = _convert(row, target)
    except ValueRefusedError as reason:
        source = row.current().of(target.other)
        return RowRefused(row.mapping.id, target, _name(row, target), source, reason)
    if same(value, row.current().of(target)):
        return row.current()
    return _write(row, target, value, overrules=overrules)


def _name(row: _Row, side: Side) -> str:
    return row.salesforce_field if side is Side.SALESFORCE else row.mapping.intercom_attribute


def _write(row: _Row, target: Side, value: Value, *, overrules: bool = False) -> RowWrite:
    return RowWrite(
        row_id=row.mapping.id,
        side=target,
        field=_name(row, target),
        value=value,
        before=row.current().of(target),
        source=row.current().of(target.other),
        trigger=row.due.trigger,
        two_way=row.mapping.direction is Direction.TWO_WAY,
        overrules=overrules,
    )


def changed_since_synced(
    link: IdentityMapping, rows: Mapping[str, AttributeMapping]
) -> frozenset[str]:
    """The Intercom attributes mapped to Salesforce whose value is not the one last synced."""
    if link.intercom is None:
        return frozenset()
    return frozenset(
        row.intercom_attribute
        for row in rows.values()
        if row.direction.writes(Side.SALESFORCE)
        and row.intercom_attribute in link.intercom.values
        and row.id in link.synced
        and not same(link.intercom.values[row.intercom_attribute], link.synced[row.id].intercom)
    ) | frozenset(
        rows[row_id].intercom_attribute
        for row_id, due in link.due.items()
        if row_id in rows and row_id not in link.synced and Side.SALESFORCE in due.towards
    )
