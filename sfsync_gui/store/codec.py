"""Domain objects to rows and back. Rows are plain values in the order of the table's columns.

JSON is ASCII, compact, with sorted keys: equal content is equal text, and a change of nothing is
recognised as such. An empty mapping is NULL, the commonest case, and costs nothing to read.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.people import (
    Due,
    IdentityMapping,
    InDoubt,
    Observation,
    Pair,
    Person,
    PutBack,
    Value,
    partner_kind,
)
from sfsync_gui.core.search_words import sort_text
from sfsync_gui.core.vocabulary import (
    ErrorClass,
    Family,
    HistoryKind,
    MatchOutcome,
    PersonKind,
    Side,
    Trigger,
)

encode = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode
"""JSON text of plain values, lists and dictionaries."""

_scan = json.JSONDecoder().raw_decode


def decode(text: str) -> Any:
    """What JSON text written by `encode` holds; without `json.loads`' search for white space."""
    return _scan(text)[0]


# Looking a member up in a dictionary is three times as fast as calling the enumeration.
SIDES = {side.value: side for side in Side}
KINDS = {kind.value: kind for kind in PersonKind}
TRIGGERS = {trigger.value: trigger for trigger in Trigger}
OUTCOMES = {outcome.value: outcome for outcome in MatchOutcome}


def family_of(kind: str | None) -> Family:
    """The family of a stored kind; people's where there is none."""
    return KINDS[kind].family if kind else Family.PEOPLE


def intercom_kind(known: str | None, partner: PersonKind) -> PersonKind:
    """The kind of a link's Intercom side, also where the directory does not know it."""
    if known is not None:
        return KINDS[known]
    return partner_kind(partner)


_DOUBT_PARTS = 7
_NOT_DUE: frozenset[str] = frozenset()


def _name(item: tuple[str, object]) -> str:
    return item[0]


def encode_value(value: Value) -> str | None:
    """JSON text of a canonical value, NULL for blank."""
    return None if value is None else encode(value)


def decode_value(text: str | None) -> Value:
    """A canonical value from its JSON text."""
    if text is None:
        return None
    value: Value = decode(text)
    return value


def encode_strings(strings: Iterable[str] | None) -> str | None:
    """JSON text of a set of strings, NULL for None."""
    return None if strings is None else encode(sorted(strings))


def person_row(person: Person) -> dict[str, Any]:
    """The row of a person."""
    return {
        "side": person.side.value,
        "id": person.id,
        "kind": person.kind.value,
        "name": person.name,
        "key": person.key,
        "created_at": person.created_at,
        "modified_at": person.modified_at,
        "version": person.version,
        "active_at": person.active_at,
        "deleted": person.deleted,
        "merged_into": person.merged_into,
        "converted": person.converted,
        "converted_to": person.converted_to,
        "baseline": encode(dict(person.baseline)) if person.baseline else None,
        "due": person.due.value if person.due else None,
        "due_attributes": encode_strings(person.due_attributes),
        "unsent_at": person.unsent_at or None,
        "note": person.note.value if person.note else None,
        "digest": person.digest or None,
        "search_name": sort_text(person.name),
    }


def person_of(row: Sequence[Any]) -> Person:
    """The person of a row."""
    side, id_, kind, name, key, created_at, modified_at, version, active_at, *rest = row
    deleted, merged_into, converted, converted_to, baseline, due, attributes, *rest = rest
    unsent_at, note, digest, _ = rest
    return Person(
        SIDES[side],
        id_,
        KINDS[kind],
        name,
        key,
        created_at,
        modified_at,
        version,
        active_at,
        deleted,
        merged_into,
        converted,
        converted_to,
        decode(baseline) if baseline else {},
        TRIGGERS[due] if due else None,
        _attributes_of(attributes),
        unsent_at or 0,
        OUTCOMES[note] if note else None,
        digest or 0,
    )


def _attributes_of(text: str | None) -> frozenset[str] | None:
    if text is None:
        return None
    return _NOT_DUE if text == "[]" else frozenset(decode(text))


def link_row(link: IdentityMapping) -> dict[str, Any]:
    """The row of a link, without its id, in the order of the table's columns."""
    towards: set[Side] = set()
    for due in link.due.values():
        towards |= due.towards
    return {
        "intercom_id": link.intercom_id,
        "salesforce_kind": link.salesforce_kind.value,
        "salesforce_id": link.salesforce_id,
        "intercom_key": link.intercom_key,
        "salesforce_key": link.salesforce_key,
        "trigger": link.trigger.value,
        "created_at": link.created_at,
        "by_hand": link.by_hand,
        "ambiguous": link.ambiguous,
        "intercom_observed": _encode_observation(link.intercom),
        "salesforce_observed": _encode_observation(link.salesforce),
        "synced": _encode_synced(link.synced),
        "due": _encode_due(link.due),
        "in_doubt": _encode_in_doubt(link.in_doubt),
        "is_due": bool(link.due),
        "due_intercom": Side.INTERCOM in towards,
        "due_salesforce": Side.SALESFORCE in towards,
        "is_in_doubt": bool(link.in_doubt),
        "intercom_digest": link.intercom.digest or None if link.intercom else None,
        "salesforce_digest": link.salesforce.digest or None if link.salesforce else None,
    }


def link_of(row: Sequence[Any]) -> IdentityMapping:
    """The link of a row."""
    id_, intercom_id, kind, salesforce_id, intercom_key, salesforce_key, *rest = row
    trigger, created_at, by_hand, ambiguous, intercom, salesforce, *rows = rest
    synced, due, in_doubt = rows[:3]
    intercom_digest, salesforce_digest = rows[-2:]
    return IdentityMapping(
        intercom_id,
        KINDS[kind],
        salesforce_id,
        intercom_key,
        salesforce_key,
        TRIGGERS[trigger],
        created_at,
        by_hand,
        ambiguous,
        id_,
        _decode_observation(intercom, intercom_digest),
        _decode_observation(salesforce, salesforce_digest),
        _decode_synced(synced) if synced else {},
        _decode_due(due) if due else {},
        _decode_in_doubt(in_doubt) if in_doubt else {},
    )


def _encode_observation(observation: Observation | None) -> str | None:
    if observation is None:
        return None
    return encode([observation.version, observation.modified_at, dict(observation.values)])


def _decode_observation(text: str | None, digest: int | None) -> Observation | None:
    if text is None:
        return None
    version, modified_at, values = decode(text)
    return Observation(values, version, modified_at, digest or 0)


def _encode_synced(synced: Mapping[str, Pair]) -> str | None:
    # One flat list: every nested one would cost as much to read as its values do.
    if not synced:
        return None
    flat: list[Value] = []
    for row, pair in sorted(synced.items(), key=_name):
        flat += (row, pair.intercom, pair.salesforce)
    return encode(flat)


def _decode_synced(text: str) -> dict[str, Pair]:
    flat = iter(decode(text))
    return {
        row: Pair(intercom, salesforce)
        for row, intercom, salesforce in zip(flat, flat, flat, strict=True)
    }


def _encode_due(due: Mapping[str, Due]) -> str | None:
    if not due:
        return None
    return encode({row: _due_parts(one) for row, one in due.items()})


def _due_parts(due: Due) -> list[Any]:
    """The trigger, the sides, and behind them as a list what is to be put back."""
    parts: list[Any] = [due.trigger, *sorted(due.towards)]
    if due.put_back is not None:
        parts.append([due.put_back.side, due.put_back.value, due.put_back.over])
    return parts


def _decode_due(text: str) -> dict[str, Due]:
    return {row: _due_of(*parts) for row, parts in decode(text).items()}


def _due_of(trigger: str, *rest: Any) -> Due:
    towards = frozenset(SIDES[side] for side in rest if isinstance(side, str))
    put_back = None
    if rest and isinstance(rest[-1], list):
        side, value, over = rest[-1]
        put_back = PutBack(SIDES[side], value, over)
    return Due(towards, TRIGGERS[trigger], put_back)


def _encode_in_doubt(in_doubt: Mapping[str, tuple[InDoubt, ...]]) -> str | None:
    if not in_doubt:
        return None
    return encode(
        {
            row: [
                (one.side, one.value, one.source, one.at, one.before, one.trigger, one.overrules)
                for one in many
            ]
            for row, many in in_doubt.items()
        }
    )


def _decode_in_doubt(text: str) -> dict[str, tuple[InDoubt, ...]]:
    return {
        row: tuple(
            InDoubt(SIDES[side], value, source, at, before, TRIGGERS[trigger], overrules)
            for side, value, source, at, before, trigger, overrules in map(_whole, many)
        )
        for row, many in decode(text).items()
    }


def _whole(doubt: Sequence[Any]) -> Sequence[Any]:
    """A doubt with all its parts: the last three were not kept before there was a need for them."""
    return doubt if len(doubt) == _DOUBT_PARTS else (*doubt, None, Trigger.RETRY.value, False)


def error_identity(error: SyncError) -> str:
    """What only one open error may have: the link or else the people, the row and the side."""
    whose: list[Any] = (
        [error.intercom_id, error.salesforce_id] if error.link_id is None else [error.link_id]
    )
    apart = [] if error.creation_id is None else [error.creation_id]
    return encode([*whose, error.row_id, error.side, *apart])


def error_row(error: SyncError) -> dict[str, Any]:
    """The row of a sync error, without its id."""
    return {
        "identity": error_identity(error),
        "error_class": error.error_class.value,
        "side": error.side.value,
        "code": error.code,
        "message": error.message,
        "remedy": error.remedy,
        "first_at": error.first_at,
        "last_at": error.last_at,
        "attempts": error.attempts,
        "link_id": error.link_id,
        "intercom_id": error.intercom_id,
        "salesforce_id": error.salesforce_id,
        "salesforce_kind": error.salesforce_kind.value if error.salesforce_kind else None,
        "person_name": error.person_name,
        "row_id": error.row_id,
        "field": error.field,
        "refused": encode_value(error.refused),
        "dismissed": error.dismissed,
        "holds": error.holds,
        "creation_id": error.creation_id,
    }


def error_of(row: Mapping[Any, Any]) -> SyncError:
    """The sync error of a row."""
    fields = dict(row)
    del fields["identity"], fields["words"]
    fields["error_class"] = ErrorClass(fields["error_class"])
    fields["side"] = SIDES[fields["side"]]
    fields["salesforce_kind"] = KINDS.get(fields["salesforce_kind"])
    fields["refused"] = decode_value(fields["refused"])
    return SyncError(**fields)


def history_row(entry: HistoryEntry) -> dict[str, Any]:
    """The row of a history entry, without its id."""
    return {
        "kind": entry.kind.value,
        "at": entry.at,
        "trigger": entry.trigger.value,
        "intercom_id": entry.intercom_id,
        "salesforce_id": entry.salesforce_id,
        "salesforce_kind": entry.salesforce_kind.value if entry.salesforce_kind else None,
        "person_name": entry.person_name,
        "side": entry.side.value if entry.side else None,
        "row_id": entry.row_id,
        "field": entry.field,
        "before": encode_value(entry.before),
        "after": encode_value(entry.after),
        "note": entry.note,
    }


def history_of(row: Mapping[Any, Any]) -> HistoryEntry:
    """The history entry of a row."""
    fields = dict(row)
    fields["kind"] = HistoryKind(fields["kind"])
    fields["trigger"] = TRIGGERS[fields["trigger"]]
    fields["salesforce_kind"] = KINDS.get(fields["salesforce_kind"])
    fields["side"] = SIDES.get(fields["side"])
    fields["before"] = decode_value(fields["before"])
    fields["after"] = decode_value(fields["after"])
    return HistoryEntry(**fields)
