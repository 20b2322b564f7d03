"""What every step of the engine works with: ports, schema, rules, and the lookups made of them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

from sfsync_gui.core.conversion import Converter
from sfsync_gui.core.digests import Digests
from sfsync_gui.core.failures import RecordError, SfsyncError
from sfsync_gui.core.mapping import AttributeMapping, Settings, SyncRules
from sfsync_gui.core.permissions import Permission
from sfsync_gui.core.schema import SalesforceField, Schema
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.events import Event
from sfsync_gui.engine.ports import Clock, FieldNames, IntercomPort, SalesforcePort
from sfsync_gui.engine.remembering import Remembered
from sfsync_gui.engine.storage import Profile, Store


@dataclass(frozen=True, slots=True)
class Lookups:
    """What is derived from rules and schema, and changes only with them.

    `rows` holds the active rows by id; `converters` by kind of Salesforce person and row id those
    rows whose fields exist on both sides; `fields` the Salesforce fields to read, by object;
    `digests` tells readings apart.
    """

    rules: SyncRules
    schema: Schema
    rows: Mapping[str, AttributeMapping]
    converters: Mapping[PersonKind, Mapping[str, Converter]]
    fields: FieldNames
    digests: Digests


def make_lookups(rules: SyncRules, schema: Schema) -> Lookups:
    """Derive the lookups. Rows whose fields are not described stay out of the converters."""
    fields = {
        name: tuple(
            field_name
            for field_name in rules.salesforce_fields(name)
            if schema.salesforce_field(name, field_name) is not None
        )
        for name in rules.objects
    }
    return Lookups(
        rules=rules,
        schema=schema,
        rows={row.id: row for row in rules.active_rows()},
        converters={
            kind: _converters(rules, schema, kind)
            for kind in PersonKind
            if kind.side is Side.SALESFORCE
        },
        fields=fields,
        digests=Digests(rules, schema, fields),
    )


def _converters(rules: SyncRules, schema: Schema, kind: PersonKind) -> dict[str, Converter]:
    found = {}
    for row in rules.active_rows():
        attribute = row.attribute_in(schema)
        target = schema.salesforce_field(kind.value, row.salesforce_field(kind.value))
        if attribute is not None and target is not None:
            found[row.id] = Converter(row, attribute, target, schema)
    return found


class Joining(IntEnum):
    """What is still to be done so that companies are synced; the value of a mark in the store."""

    NOT = 0
    READ = 1
    """Read all of both sides, in silence."""
    READ_AND_LINK = 2
    """And link all who match."""
    REKEY = 3
    """They were synced by another key: the keys of accounts are renewed."""
    RESUME = 4
    """Their key could not be read for a time: what accounts did meanwhile is taken in."""


@dataclass(slots=True)
class Context:
    """The engine's working environment. Replaced parts (`lookups`, `settings`, `profile`) are
    replaced as a whole, between two batches and never within one."""

    intercom: IntercomPort
    salesforce: SalesforcePort
    store: Store
    clock: Clock
    emit: Callable[[Event], None]
    profile: Profile
    settings: Settings = field(default_factory=Settings)
    lookups: Lookups = field(default_factory=lambda: make_lookups(SyncRules(), Schema()))
    between_batches: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by each batch of writes, and by commands that must not fall within one."""
    checking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by each check from its reading to its last write; taken before `between_batches`."""
    kept_waiting: dict[tuple[int, Side], int] = field(default_factory=dict)
    """Since when a link's writes to a side are kept waiting by what should pass by itself."""
    creations_kept_waiting: dict[int, int] = field(default_factory=dict)
    """Since when a creation, by its id, is kept waiting in the same way."""
    joining: Joining = Joining.NOT
    """What is to be done before companies are synced; until then they are not."""

    companies_kept_from: SfsyncError | None = None
    """Why companies were not read when it was their time, while people are synced all the same."""

    sweep: AsyncGenerator[int, None] | None = None
    """The reading of all companies that is under way; each step reads a page and takes it in."""

    unlisted: dict[str, int] = field(default_factory=dict)
    """Linked companies that the last sweep did not show, and in which sweep each was asked for."""

    ask_for_all_unlisted: bool = False
    """Whether the sweep is to ask for all of them, not for some: everyone was compared."""

    owners_read_at: float = 0.0
    """When the people who can own records were read last, by our clock."""

    rekeying: bool = False
    """Whether stored keys are of another mapping key than the one in force: nothing is checked."""

    task_fields: Mapping[str, SalesforceField] = field(default_factory=dict)
    """The fields of Task, described when a task is first wanted; empty until then."""

    conversations_begun: bool = False
    """Whether closed conversations were read since the program began or the setting was made."""
    conversations_failed: int = 1
    """How often reading conversations failed since it last worked; that may have been so before
    the program began."""

    closings: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    """Of closed conversations that had to be read for it: when each was updated, and closed."""

    withheld: dict[Permission, float] = field(default_factory=dict)
    """Permissions that the app was found to lack, and until when what needs them is not tried."""
    perhaps_lacking: set[Permission] = field(
        default_factory=lambda: {Permission.WRITE_PEOPLE, Permission.READ_TAGS}
    )
    """Those whose lack may be listed; that may have been so before the program began."""

    refused: dict[str, tuple[float, RecordError]] = field(default_factory=dict)
    """Records that Intercom refused to show: until when they are not asked for again, and why."""

    tags_unread: int = 0
    """How often somebody's tags were wanted, and the app was not permitted to read them."""

    bulk_at_rest: bool = False
    """Whether the store was found to hold no running bulk sync, and none was begun since."""

    remembered: Remembered = field(init=False)
    """What the store answered and the feeds showed, as long as nothing was stored."""

    def __post_init__(self) -> None:
        """Remember nothing yet."""
        self.remembered = Remembered(self.store)

    @property
    def rules(self) -> SyncRules:
        """The mapping rules in force."""
        return self.lookups.rules

    @property
    def schema(self) -> Schema:
        """Both sides' fields as last described."""
        return self.lookups.schema

    def now(self) -> int:
        """Our clock in whole unix seconds: for people and waiting, never for comparisons."""
        return int(self.clock.now())

    def change_rules(self, rules: SyncRules) -> None:
        """Work with other rules from now on."""
        self.lookups = make_lookups(rules, self.lookups.schema)

    def change_schema(self, schema: Schema) -> None:
        """Work with newly described fields from now on."""
        self.lookups = make_lookups(self.lookups.rules, schema)

    def switch_off(self, row_ids: frozenset[str], reason: str) -> SyncRules:
        """The rules with these rows switched off for `reason`."""
        rows = tuple(
            replace(row, disabled=reason) if row.id in row_ids else row for row in self.rules.rows
        )
        return replace(self.rules, rows=rows)
