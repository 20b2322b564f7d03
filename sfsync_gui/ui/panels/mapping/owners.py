"""Rows that map owners: who in Intercom is who in Salesforce, and who is nobody there."""

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.owners import OwnerPair, pair_owners
from sfsync_gui.core.schema import IntercomType, Schema
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.handle import Handle
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.numbers import counted

translate = QCoreApplication.translate


def maps_owner(row: AttributeMapping, schema: Schema) -> bool:
    """Whether the row's attribute names a teammate."""
    attribute = row.attribute_in(schema)
    return attribute is not None and attribute.type is IntercomType.OWNER


def owner_pairs(schema: Schema) -> tuple[OwnerPair, ...]:
    """Who belongs to whom, as far as known; nobody before the owners were read."""
    return pair_owners(schema.teammates, schema.users)


def lone_owners(row: AttributeMapping, schema: Schema) -> list[OwnerPair]:
    """Those whose records the row cannot give to anybody on the other side.

    The users of an org are many who own nothing: they count only where the row writes to Intercom.
    """
    return [
        pair
        for pair in owner_pairs(schema)
        if (pair.user is None and row.direction.writes(Side.SALESFORCE))
        or (pair.teammate is None and row.direction.writes(Side.INTERCOM))
    ]


def owner_texts(row: AttributeMapping, schema: Schema) -> Iterator[str]:
    """How many are paired, and how many are not."""
    pairs = owner_pairs(schema)
    if not pairs:
        yield translate("mapping", "Owners are paired by their e-mail addresses")
        return
    whole = sum(pair.is_whole for pair in pairs)
    yield translate("mapping", "{number} paired by e-mail").format(
        number=counted(whole, translate("mapping", "owner"))
    )
    lone = lone_owners(row, schema)
    here = sum(pair.user is None for pair in lone)
    there = len(lone) - here
    if here:
        yield translate("mapping", "{number} without a user in Salesforce").format(
            number=counted(here, translate("mapping", "teammate"))
        )
    if there:
        yield translate("mapping", "{number} without a teammate in Intercom").format(
            number=counted(there, translate("mapping", "user"))
        )


class OwnerLoading:
    """Reads the owners once a draft maps them and they are not known yet."""

    def __init__(self, handle: Handle, tasks: Tasks, show: Callable[[Schema], None]) -> None:
        self._handle, self._tasks, self._show = handle, tasks, show
        self._asked = False

    def follow(self, rows: Sequence[AttributeMapping], schema: Schema) -> None:
        """Look at another draft."""
        known = bool(schema.users or schema.teammates)
        if known or self._asked or not any(maps_owner(row, schema) for row in rows):
            return
        self._asked = True
        self._tasks.start(self._read())

    async def _read(self) -> None:
        await self._handle.owners()
        self._show(await self._handle.schema())
