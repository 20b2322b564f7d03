"""Questions about links."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, select

from sfsync_gui.core.search_words import fold, is_found
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.questions import LinkQuery, LinkRow, LinkSort
from sfsync_gui.store import codec
from sfsync_gui.store.tables import IDENTITY_MAPPING, PERSON, SYNC_ERROR

_INTERCOM_PERSON = PERSON.alias("intercom_person")
_SALESFORCE_PERSON = PERSON.alias("salesforce_person")

_SORT_TEXT: dict[LinkSort, Callable[[LinkRow], str]] = {
    LinkSort.LINKED: lambda _: "",
    LinkSort.INTERCOM_NAME: lambda row: fold(row.intercom_name),
    LinkSort.SALESFORCE_NAME: lambda row: fold(row.salesforce_name),
    LinkSort.KEY: lambda row: row.intercom_key or "",
}


def page(
    connection: Connection, query: LinkQuery, after: LinkRow | None, limit: int
) -> list[LinkRow]:
    """The first links of the query, or those that come after the row `after`."""

    def place(row: LinkRow) -> tuple[str, int]:
        return _SORT_TEXT[query.sort](row), row.id

    found = sorted(_matching(connection, query), key=place, reverse=query.descending)
    if after is not None:
        begin = place(after)
        found = [
            row for row in found if (place(row) < begin if query.descending else place(row) > begin)
        ]
    return found[:limit]


def matching(connection: Connection, query: LinkQuery, up_to: int) -> int:
    """How many links the query finds; `up_to` where they are as many or more."""
    return min(len(_matching(connection, query)), up_to)


def one(connection: Connection, link_id: int) -> LinkRow | None:
    """The link, None where it has ended."""
    row = connection.execute(_LINKS.where(IDENTITY_MAPPING.c.id == link_id)).mappings().first()
    return None if row is None else _link_row(row)


def count() -> Select[Any]:
    """How many links there are."""
    return select(func.count()).select_from(IDENTITY_MAPPING)


def _matching(connection: Connection, query: LinkQuery) -> list[LinkRow]:
    rows = (_link_row(row) for row in connection.execute(_LINKS).mappings())
    return [row for row in rows if _wanted(row, query)]


def _wanted(row: LinkRow, query: LinkQuery) -> bool:
    texts = (row.intercom_name, row.salesforce_name, row.intercom_key, row.salesforce_key)
    return (
        query.intercom_kind in (None, row.intercom_kind)
        and query.salesforce_kind in (None, row.salesforce_kind)
        and (row.ambiguous or not query.ambiguous)
        and (row.errors > 0 or not query.with_errors)
        and (row.due or not query.waiting)
        and is_found(query.search, texts, (row.intercom_id, row.salesforce_id))
    )


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
            func.coalesce(_INTERCOM_PERSON.c.kind, PersonKind.USER.value).label("intercom_kind"),
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


def _link_row(row: RowMapping) -> LinkRow:
    fields: dict[Any, Any] = dict(row)
    for side in Side:
        fields[f"{side.value}_kind"] = codec.KINDS[fields[f"{side.value}_kind"]]
    fields["trigger"] = codec.TRIGGERS[fields["trigger"]]
    return LinkRow(**fields)
