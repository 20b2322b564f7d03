"""Keeping current what long lists are sorted, filtered and searched by (`store.list_tables`).

While a transaction works, what it touches is noted; before it is committed, the listing of that
alone is made anew from the tables it repeats, and written where it differs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from sfsync_gui.core.search_words import searchable, sort_text, words_of
from sfsync_gui.core.vocabulary import HistoryKind, Side
from sfsync_gui.store import codec
from sfsync_gui.store.chunks import CHUNK, chunks
from sfsync_gui.store.dialects import upsert
from sfsync_gui.store.facets import KIND_BITS, KINDS_BITS, history_facets, link_facets, with_flags
from sfsync_gui.store.folding import fold_names
from sfsync_gui.store.list_tables import HISTORY_LISTING, HISTORY_WORD, LINK_LISTING, LINK_WORD
from sfsync_gui.store.tables import HISTORY, IDENTITY_MAPPING, PERSON, SETTING, SYNC_ERROR

ALL_CLEAR = "mark:all_clear"
"""The setting that tells when the last open error closed or was dismissed."""

_PEOPLE = {side: PERSON.alias(f"{side.value}_person") for side in Side}
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


@dataclass(slots=True)
class Touched:
    """What a transaction may have changed of what lists show."""

    links: set[int] = field(default_factory=set)
    flags: set[int] = field(default_factory=set)
    """Links of which nothing changed but whether they wait, are ambiguous or have errors."""
    people: dict[Side, set[str]] = field(default_factory=lambda: {side: set() for side in Side})
    errors: set[int] = field(default_factory=set)
    closes_errors: bool = False
    """Whether errors were closed or dismissed."""
    adds_history: bool = False


def refresh(connection: Connection, touched: Touched, now: float) -> None:
    """Bring the listing of what was touched up to date. `now` is in unix seconds."""
    link_ids = set(touched.links)
    for side, people in touched.people.items():
        for person_ids in chunks(sorted(people)):
            link_ids.update(connection.scalars(_LINKS_OF_OTHERS[side], {"ids": person_ids}))
    for ids in chunks(sorted(link_ids)):
        _refresh_links(connection, ids)
    for ids in chunks(sorted(touched.flags - link_ids)):
        _refresh_flags(connection, ids)
    for ids in chunks(sorted(touched.errors)):
        _refresh_errors(connection, ids)
    if touched.closes_errors and connection.scalar(_ANY_OPEN) is None:
        row = {"name": ALL_CLEAR, "value": codec.encode({"value": now})}
        connection.execute(upsert(connection.dialect.name, SETTING), row)
    if touched.adds_history:
        _list_new_history(connection)


def catch_up(connection: Connection) -> None:
    """List everything that is not listed yet, as in a database from before there were lists."""
    fold_names(connection)
    while ids := list(connection.scalars(_UNLISTED_LINKS)):
        _refresh_links(connection, ids)
    while ids := list(connection.scalars(_UNLISTED_ERRORS)):
        _refresh_errors(connection, ids)
    _list_new_history(connection)


# ---------------------------------------------------------------------- links


def _refresh_links(connection: Connection, ids: Sequence[int]) -> None:
    stored = {row.link_id: tuple(row) for row in connection.execute(_LISTED_LINKS, {"ids": ids})}
    changed: list[dict[str, Any]] = []
    gone: list[tuple[str, int]] = []
    come: list[tuple[str, int]] = []
    ended = set(ids)
    for source in connection.execute(_LINK_SOURCES, {"ids": ids}).mappings():
        link_id = source["id"]
        ended.discard(link_id)
        row, words = _link_listing(source)
        before = stored.get(link_id)
        if before == tuple(row.values()):
            continue
        changed.append(row)
        if before is None or before[-1] != row["words"]:
            known = () if before is None else _words_in(before[-1])
            gone += ((word, link_id) for word in known if word not in words)
            come += ((word, link_id) for word in words if word not in known)
    gone += ((word, one) for one in ended if one in stored for word in _words_in(stored[one][-1]))
    if ended & stored.keys():
        connection.execute(_END_LINKS, {"ids": sorted(ended)})
    if changed:
        connection.execute(upsert(connection.dialect.name, LINK_LISTING), changed)
    if gone:
        rows = [{"old_word": word, "old_id": link_id} for word, link_id in sorted(gone)]
        connection.execute(_FORGET_WORDS, rows)
    if come:
        rows = [{"word": word, "link_id": link_id} for word, link_id in sorted(come)]
        connection.execute(upsert(connection.dialect.name, LINK_WORD), rows)


def _refresh_flags(connection: Connection, ids: Sequence[int]) -> None:
    changes = []
    for source in connection.execute(_FLAG_SOURCES, {"ids": ids}):
        facets = with_flags(
            source.facets,
            ambiguous=source.ambiguous,
            with_errors=bool(source.has_errors),
            waiting=source.is_due,
        )
        if facets != source.facets:
            changes.append({"of_link": source.link_id, "new_facets": facets})
    if changes:
        connection.execute(_PUT_FACETS, changes)


def _link_listing(source: RowMapping) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The row of a link, in the order of the columns, and its words."""
    names = (source["intercom_name"], source["salesforce_name"])
    words = words_of(*names, source["intercom_key"], source["salesforce_key"])
    facets = link_facets(
        codec.intercom_kind(source["intercom_kind"], codec.KINDS[source["salesforce_kind"]]),
        codec.KINDS[source["salesforce_kind"]],
        ambiguous=source["ambiguous"],
        with_errors=bool(source["has_errors"]),
        waiting=source["is_due"],
    )
    row = {
        "link_id": source["id"],
        "facets": facets,
        "intercom_name": sort_text(names[0]),
        "salesforce_name": sort_text(names[1]),
        "intercom_key": sort_text(source["intercom_key"]),
        "words": searchable(words, (source["intercom_id"], source["salesforce_id"])),
    }
    return row, words


def _words_in(text: str) -> tuple[str, ...]:
    """The words that `searchable` wrote."""
    return tuple(text.partition("\n")[0].split(" ")[1:])


def _link_sources() -> Select[Any]:
    link = IDENTITY_MAPPING
    intercom, salesforce = (_PEOPLE[side] for side in Side)
    return (
        select(
            link.c.id,
            link.c.intercom_id,
            link.c.salesforce_id,
            link.c.intercom_key,
            link.c.salesforce_key,
            link.c.salesforce_kind,
            link.c.ambiguous,
            link.c.is_due,
            intercom.c.kind.label("intercom_kind"),
            intercom.c.name.label("intercom_name"),
            salesforce.c.name.label("salesforce_name"),
            _HAS_ERRORS,
        )
        .select_from(link)
        .outerjoin(intercom, _is(Side.INTERCOM, link.c.intercom_id))
        .outerjoin(salesforce, _is(Side.SALESFORCE, link.c.salesforce_id))
        .where(link.c.id.in_(_IDS))
    )


def _is(side: Side, person_id: Any) -> Any:
    return and_(_PEOPLE[side].c.side == side.value, _PEOPLE[side].c.id == person_id)


def _links_of_others(side: Side) -> Select[Any]:
    """Links of these people whose listing shows another name or kind than they have now."""
    link, person = IDENTITY_MAPPING, _PEOPLE[side]
    named_otherwise = LINK_LISTING.c[f"{side.value}_name"] != person.c.search_name
    kinds = LINK_LISTING.c.facets.op("&")(KIND_BITS[side])
    differs = [
        and_(person.c.kind == kind.value, kinds != bits) for kind, bits in KINDS_BITS[side].items()
    ]
    return (
        select(link.c.id)
        .join(person, _is(side, link.c[f"{side.value}_id"]))
        .outerjoin(LINK_LISTING, LINK_LISTING.c.link_id == link.c.id)
        .where(
            link.c[f"{side.value}_id"].in_(_IDS),
            or_(LINK_LISTING.c.link_id.is_(None), named_otherwise, *differs),
        )
    )


_HAS_ERRORS = (
    select(SYNC_ERROR.c.id)
    .where(SYNC_ERROR.c.link_id == IDENTITY_MAPPING.c.id, SYNC_ERROR.c.dismissed.is_(False))
    .exists()
    .label("has_errors")
)
_LINKS_OF_OTHERS = {side: _links_of_others(side) for side in Side}
_FLAG_SOURCES = (
    select(
        LINK_LISTING.c.link_id,
        LINK_LISTING.c.facets,
        IDENTITY_MAPPING.c.ambiguous,
        IDENTITY_MAPPING.c.is_due,
        _HAS_ERRORS,
    )
    .join(IDENTITY_MAPPING, IDENTITY_MAPPING.c.id == LINK_LISTING.c.link_id)
    .where(LINK_LISTING.c.link_id.in_(_IDS))
)
_PUT_FACETS = (
    update(LINK_LISTING)
    .where(LINK_LISTING.c.link_id == bindparam("of_link"))
    .values(facets=bindparam("new_facets"))
)
_LINK_SOURCES = _link_sources()
_LISTED_LINKS = select(LINK_LISTING).where(LINK_LISTING.c.link_id.in_(_IDS))
_UNLISTED_LINKS = (
    select(IDENTITY_MAPPING.c.id)
    .where(
        IDENTITY_MAPPING.c.id
        > select(func.coalesce(func.max(LINK_LISTING.c.link_id), 0)).scalar_subquery()
    )
    .order_by(IDENTITY_MAPPING.c.id)
    .limit(CHUNK)
)
_END_LINKS = delete(LINK_LISTING).where(LINK_LISTING.c.link_id.in_(_IDS))
_FORGET_WORDS = delete(LINK_WORD).where(
    LINK_WORD.c.word == bindparam("old_word"), LINK_WORD.c.link_id == bindparam("old_id")
)

# ---------------------------------------------------------------------- errors


def _refresh_errors(connection: Connection, ids: Sequence[int]) -> None:
    changes = [
        {"error_id": source["id"], "new_words": words}
        for source in connection.execute(_ERROR_SOURCES, {"ids": ids}).mappings()
        if (words := _told_words(source)[1]) != source["words"]
    ]
    if changes:
        connection.execute(_PUT_ERROR_WORDS, changes)


def _told_words(source: RowMapping) -> tuple[tuple[str, ...], str]:
    """The words of whom an error or an entry of the history is about, and their text."""
    words = words_of(
        source["person_name"],
        source["intercom_name"],
        source["intercom_key"],
        source["salesforce_name"],
        source["salesforce_key"],
    )
    return words, searchable(words, (source["intercom_id"], source["salesforce_id"]))


def _about(table: Any, *columns: Any) -> Select[Any]:
    """Rows of a table about people, with the people's names and keys as they are now."""
    intercom, salesforce = (_PEOPLE[side].c for side in Side)
    return (
        select(
            table.c.id,
            table.c.person_name,
            table.c.intercom_id,
            table.c.salesforce_id,
            intercom.name.label("intercom_name"),
            intercom.key.label("intercom_key"),
            salesforce.name.label("salesforce_name"),
            salesforce.key.label("salesforce_key"),
            *columns,
        )
        .select_from(table)
        .outerjoin(_PEOPLE[Side.INTERCOM], _is(Side.INTERCOM, table.c.intercom_id))
        .outerjoin(_PEOPLE[Side.SALESFORCE], _is(Side.SALESFORCE, table.c.salesforce_id))
    )


_ERROR_SOURCES = _about(SYNC_ERROR, SYNC_ERROR.c.words).where(SYNC_ERROR.c.id.in_(_IDS))
_UNLISTED_ERRORS = select(SYNC_ERROR.c.id).where(SYNC_ERROR.c.words.is_(None)).limit(CHUNK)
_PUT_ERROR_WORDS = (
    update(SYNC_ERROR)
    .where(SYNC_ERROR.c.id == bindparam("error_id"))
    .values(words=bindparam("new_words", type_=SYNC_ERROR.c.words.type))
)
_ANY_OPEN = select(SYNC_ERROR.c.id).where(SYNC_ERROR.c.dismissed.is_(False)).limit(1)

# ---------------------------------------------------------------------- history


def _list_new_history(connection: Connection) -> None:
    """List the entries that came after the last one listed."""
    dialect = connection.dialect.name
    listed = connection.scalar(select(func.max(HISTORY_LISTING.c.history_id))) or 0
    while found := list(connection.execute(_NEW_HISTORY, {"after": listed}).mappings()):
        told = [(source, *_told_words(source)) for source in found]
        rows = [_history_listing(source, text) for source, _, text in told]
        words = sorted((word, source["id"]) for source, some, _ in told for word in some)
        connection.execute(upsert(dialect, HISTORY_LISTING), rows)
        if words:
            postings = [{"word": word, "history_id": entry_id} for word, entry_id in words]
            connection.execute(upsert(dialect, HISTORY_WORD), postings)
        listed = found[-1]["id"]


def _history_listing(source: Mapping[Any, Any], words: str) -> dict[str, Any]:
    return {
        "history_id": source["id"],
        "facets": history_facets(
            HistoryKind(source["kind"]),
            codec.SIDES.get(source["side"]),
            codec.TRIGGERS[source["trigger"]],
            codec.family_of(source["salesforce_kind"]),
        ),
        "row_id": source["row_id"],
        "at": source["at"],
        "words": words,
    }


_NEW_HISTORY = (
    _about(
        HISTORY,
        HISTORY.c.kind,
        HISTORY.c.side,
        HISTORY.c.trigger,
        HISTORY.c.salesforce_kind,
        HISTORY.c.row_id,
        HISTORY.c.at,
    )
    .where(HISTORY.c.id > bindparam("after"))
    .order_by(HISTORY.c.id)
    .limit(CHUNK)
)
