"""Names of people as they are searched and sorted by, folded where an older version wrote them."""

from sqlalchemy import Connection, bindparam, select, tuple_, update

from sfsync_gui.core.search_words import sort_text
from sfsync_gui.store.tables import PERSON

_PAGE = 10_000
_PLACE = (PERSON.c.side, PERSON.c.id)
_PEOPLE = select(*_PLACE, PERSON.c.name, PERSON.c.search_name).order_by(*_PLACE).limit(_PAGE)
_RENAME = (
    update(PERSON)
    .where(PERSON.c.side == bindparam("of_side"), PERSON.c.id == bindparam("of_id"))
    .values(search_name=bindparam("folded"))
)


def fold_names(connection: Connection) -> None:
    """Look at everybody once, and write what differs."""
    rows = connection.execute(_PEOPLE).all()
    while rows:
        changes = []
        for row in rows:
            folded = sort_text(row.name)
            if folded != row.search_name:
                changes.append({"of_side": row.side, "of_id": row.id, "folded": folded})
        if changes:
            connection.execute(_RENAME, changes)
        last = (rows[-1].side, rows[-1].id)
        rows = connection.execute(_PEOPLE.where(tuple_(*_PLACE) > last)).all()
