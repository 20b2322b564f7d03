"""Questions about links."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, bindparam, func, select

from sfsync_gui.core.search_words import sort_text, typed_words
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.questions import LinkQuery, LinkRow, LinkSort
from sfsync_gui.store import codec
from sfsync_gui.store.chunks import chunks
from sfsync_gui.store.facets import facets_of_links
from sfsync_gui.store.list_tables import LINK_LISTING, LINK_WORD
from sfsync_gui.store.questions import lists
from sfsync_gui.store.tables import IDENTITY_MAPPING, PERSON, SYNC_ERROR

_INTERCOM_PERSON = PERSON.alias("intercom_person")
_SALESFORCE_PERSON = PERSON.alias("salesforce_person")

_LISTING = lists.Listing(
    LINK_LISTING,
    LINK_LISTING.c.link_id,
    (LINK_WORD.c.word, LINK_WORD.c.link_id),
    tuple((IDENTITY_MAPPING.c[f"{side.value}_id"], IDENTITY_MAPPING.c.id) for side in Side),
)
_SORT_COLUMN = {
    LinkSort.INTERCOM_NAME: LINK_LISTING.c.intercom_name,
    LinkSort.SALESFORCE_NAME: LINK_LISTING.c.salesforce_name,
    LinkSort.KEY: LINK_LISTING.c.intercom_key,
}
_SORTED_BY: dict[LinkSort, Callable[[LinkRow], str | None]] = {
    LinkSort.LINKED: lambda _: None,
    LinkSort.INTERCOM_NAME: lambda row: row.intercom_name,
    LinkSort.SALESFORCE_NAME: lambda row: row.salesforce_name,
    LinkSort.KEY: lambda row: row.intercom_key,
}


def page(
    connection: Connection, query: LinkQuery, after: LinkRow | None, limit: int
) -> list[LinkRow]:
    """The first links of the query, or those that come after the row `after`."""
    begin = None if after is None else (sort_text(_SORTED_BY[query.sort](after)), after.id)
    ids = lists.page(connection, _LISTING, _wanted(query, begin), limit)
    found: dict[int, LinkRow] = {}
    for some in chunks(ids):
        for row in connection.execute(_LINKS_BY_ID, {"ids": some}).mappings():
            found[row["id"]] = _link_row(row)
    return [found[link_id] for link_id in ids]


def matching(connection: Connection, query: LinkQuery, up_to: int) -> int:
    """How many links the query finds; `up_to` where they are as many or more."""
    return lists.count(connection, _LISTING, _wanted(query), up_to)


def _wanted(query: LinkQuery, begin: lists.Place | None = None) -> lists.Wanted:
    return lists.Wanted(
        facets=facets_of_links(query),
        typed=typed_words(query.search),
        text=_SORT_COLUMN.get(query.sort),
        descending=query.descending,
        begin=begin,
    )


def one(connection: Connection, link_id: int) -> LinkRow | None:
    """The link, None where it has ended."""
    row = connection.execute(_LINKS.where(IDENTITY_MAPPING.c.id == link_id)).mappings().first()
    return None if row is None else _link_row(row)


def count() -> Select[Any]:
    """How many links there are."""
    return select(func.count()).select_from(IDENTITY_MAPPING)


def _links() -> Select[Any]:
    link = IDENTITY_MAPPING.c
    errors = (
        select(func.count())
        .where(SYNC_ERROR.c.link_id == link.id, SYNC_ERROR.c.dismissed.is_(False))
        .scalar_subquery()
    )
    intercom = and_(
        _INTERCOM_PERSON.c.side == Side.INTERCOM.value,
        _INTERCOM_PERSON.c.id == link.intercom_id,
    )
    salesforce = and_(
        _SALESFORCE_PERSON.c.side == Side.SALESFORCE.value,
        _SALESFORCE_PERSON.c.id == link.salesforce_id,
    )
    return (
        select(
            link.id,
            _INTERCOM_PERSON.c.kind.label("intercom_kind"),
            link.intercom_id,
            func.coalesce(_INTERCOM_PERSON.c.name, "").label("intercom_name"),
            link.intercom_key,
            link.salesforce_kind,
            link.salesforce_id,
            func.coalesce(_SALESFORCE_PERSON.c.name, "").label("salesforce_name"),
            link.salesforce_key,
            link.trigger,
            link.created_at,
            link.by_hand,
            link.ambiguous,
            link.is_due.label("due"),
            errors.label("errors"),
        )
        .select_from(IDENTITY_MAPPING)
        .outerjoin(_INTERCOM_PERSON, intercom)
        .outerjoin(_SALESFORCE_PERSON, salesforce)
    )


_LINKS = _links()
_LINKS_BY_ID = _LINKS.where(IDENTITY_MAPPING.c.id.in_(bindparam("ids", expanding=True)))


def _link_row(row: RowMapping) -> LinkRow:
    fields: dict[Any, Any] = dict(row)
    record = codec.KINDS[row["salesforce_kind"]]
    fields["salesforce_kind"] = record
    fields["intercom_kind"] = codec.intercom_kind(row["intercom_kind"], record)
    fields["trigger"] = codec.TRIGGERS[fields["trigger"]]
    return LinkRow(**fields)
