"""Which links cannot go on before something was done about one of their people."""

from collections.abc import Collection

from sfsync_gui.core.people import IdentityMapping
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.storage import UnitOfWork


def links_awaiting(unit: UnitOfWork, links: Collection[IdentityMapping]) -> frozenset[int]:
    """The ids of those links one of whose people is due to be acted upon.

    The record was converted or deleted, say, or its key changed: the link may move or end.
    """
    due = {
        (side, person.id)
        for side in Side
        for person in unit.directory.get_many(side, [link.id_on(side) for link in links]).values()
        if person.due is not None
    }
    return frozenset(
        link.id for link in links if any((side, link.id_on(side)) in due for side in Side)
    )
