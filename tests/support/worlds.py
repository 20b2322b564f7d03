"""A small world for simulation: both services in-process, the real engine, one simulated clock.

Everything is real (adapters, engine, planner, SQLite store) but the network, the threads and the
time: requests are carried in-process, the store runs inline, and the clock moves when told.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Direction, FirstRun
from sfsync_gui.engine.events import Event
from sfsync_gui.engine.loop import Engine
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.ports import CallSpent
from sfsync_gui.engine.spending import Spending
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.sandbox.clock import Agenda, ManualClock
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.web import drive
from sfsync_gui.services.intercom.client import IntercomClient
from sfsync_gui.services.salesforce.client import SalesforceClient
from sfsync_gui.services.salesforce.tokens import RefreshingTokens
from sfsync_gui.services.threads import InlineCalls
from sfsync_gui.store.database import Database
from sfsync_gui.store.runners import InlineRunner, Runner
from sfsync_gui.store.sql_store import SqlStore, open_store
from tests.support.firms import Firms
from tests.support.fragile import (
    CrashError,
    CrashPlan,
    FragileIntercom,
    FragileSalesforce,
    FragileStore,
    Unanswered,
)
from tests.support.salesforce_mount import ADDRESS, SteppingClock

__all__ = ["ATTRIBUTES", "START", "CrashError", "World", "sample_rows", "template_database"]

T = TypeVar("T")

START = 1_790_000_000
_TEMPLATE: list[Path] = []


def template_database() -> Path:
    """A migrated, empty database to copy: migrating each world would take most of its time."""
    if not _TEMPLATE:
        folder = Path(tempfile.mkdtemp(prefix="sfsync-template-"))
        Database.open(folder / "template.db", durable=False).close()
        _TEMPLATE.append(folder / "template.db")
    return _TEMPLATE[0]


class WorldClock(ManualClock):
    """A clock that, moved on by much, lets each thing happen when it is due, not afterwards."""

    def __init__(self, start: float) -> None:
        super().__init__(start)
        self.agendas: list[Agenda] = []

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`, from one due action to the next."""
        end = self._now + seconds
        while (due := self._next()) is not None and due <= end:
            self._now = max(self._now, due)
            for agenda in self.agendas:
                agenda.run_due()
        self._now = max(self._now, end)

    def _next(self) -> float | None:
        """When the next action of any agenda is due."""
        moments = (agenda.next_at for agenda in self.agendas)
        return min((moment for moment in moments if moment is not None), default=None)


class World:
    """Both services, the engine over them, and the ways to make time pass and things break.

    `page_size` is that of the Salesforce client: small ones make several pages of few people.
    """

    def __init__(
        self,
        seed: int,
        folder: Path,
        *,
        index_lag: tuple[float, float] = (0.5, 90.0),
        page_size: int = 2000,
    ) -> None:
        self.seed = seed
        self.page_size = page_size
        self.random = random.Random(f"world {seed}")
        self.clock = WorldClock(START + self.random.randrange(86_400))
        zone = self.random.choice(["Pacific/Auckland", "America/Adak", "UTC", "Asia/Kathmandu"])
        self.intercom = IntercomSandbox(
            self.clock, seed=seed, timezone=zone, index_lag=index_lag, rate_limit=10_000
        )
        self.salesforce = SalesforceSandbox(self.clock, seed=seed, daily_limit=1_000_000)
        self.clock.agendas = [self.intercom.agenda, self.salesforce.agenda]
        self.crashes = CrashPlan()
        self.struck: Counter[str] = Counter()
        self.unanswered: list[Unanswered] = []
        self.events: list[Event] = []
        self.spent: Counter[tuple[str, str]] = Counter()
        self.runner: Callable[[], Runner] = InlineRunner
        self.database = folder / f"world-{seed}.db"
        shutil.copy(template_database(), self.database)
        self.tokens: RefreshingTokens
        self.store: SqlStore
        self.engine: Engine
        self.sign_in()

    @cached_property
    def firms(self) -> Firms:
        """The hands of those who look after companies; from then on companies have attributes."""
        return Firms(self)

    def at(self, act: Callable[..., T], *args: Any, **named: Any) -> T:
        """Have something done in a service."""
        return act(*args, **named)

    def sign_in(self) -> None:
        """A person signs in to Salesforce: the next start of the process has that access."""
        issued = self.salesforce.issue_tokens("client", ADDRESS)
        self.tokens = RefreshingTokens(
            "client",
            instance_url=ADDRESS,
            access_token=issued["access_token"],
            refresh_token=issued["refresh_token"],
            save=lambda tokens: None,
        )

    def on_call(self, call: CallSpent) -> None:
        """Count a call that an adapter sent."""
        self.spent[call.side, call.purpose] += 1

    def start_engine(self) -> None:
        """Build a new engine on the database, as a start of the process does."""
        clock = SteppingClock(self.clock)
        self.store = open_store(self.database, self.runner(), durable=False)
        spending = Spending()

        def on_call(call: CallSpent) -> None:
            self.on_call(call)
            spending.note(call, clock.now())

        intercom_mount = FragileIntercom(self.intercom)
        intercom_mount.crashes = self.crashes
        intercom_mount.unanswered = self.unanswered
        salesforce_mount = FragileSalesforce(self.salesforce)
        salesforce_mount.crashes = self.crashes
        salesforce_mount.struck = self.struck
        salesforce_mount.unanswered = self.unanswered

        async def token() -> str:
            return self.intercom.access_token or ""

        intercom = IntercomClient(
            token,
            clock,
            base_url="https://intercom.invalid",
            on_call=on_call,
            transport=intercom_mount,
            random=random.Random(1),
        )
        salesforce = SalesforceClient(
            self.tokens,
            clock=clock,
            calls=InlineCalls(),
            on_call=on_call,
            transport=salesforce_mount,
            jitter=random.Random(1),
            page_size=self.page_size,
        )
        self.engine = Engine(
            intercom,
            salesforce,
            FragileStore(self.store, self.crashes),
            clock,
            self.events.append,
            chance=random.Random(1),
            spending=spending,
        )

    async def stop_engine(self) -> None:
        """End the process in good order."""
        await self.engine.stop()
        await self.close_connections()

    async def close_connections(self) -> None:
        """What the operating system does when a process ends."""
        await self.engine.context.intercom.close()
        await self.engine.context.salesforce.close()
        await self.store.close()

    async def restart(self) -> None:
        """Open again after a crash, and go on."""
        await self.close_connections()
        self.crashes.calm()
        self.start_engine()
        await self.engine.open()
        await self.engine.connect(FirstRun.LINK_ALL)

    async def connect(self, rows: tuple[AttributeMapping, ...]) -> None:
        """Connect both accounts with this mapping and link all who match."""
        self.intercom.settle_index()
        self.start_engine()
        await self.engine.open()
        await edit_rows(self.engine.context, rows)
        await self.engine.connect(FirstRun.LINK_ALL)

    def ask(self, work: Callable[[UnitOfWork], T]) -> T:
        """Look into the store, without the process noticing."""
        return drive(self.store.run(work))

    def writes(self) -> int:
        """How many writes both services have been asked for so far."""
        puts = self.intercom.log.count("PUT", r"^/(contacts|companies)/")
        return puts + self.spent["salesforce", "write"] + self.spent["salesforce", "create"]

    async def settle(self, minutes: int = 25) -> int:
        """Let everything come to rest; returns how many writes the last pass made."""
        self.clock.advance(minutes * 60)
        made = 1
        for _ in range(8):
            before = self.writes()
            self.engine.times.forget()
            await self.engine.sync_once()
            self.clock.advance(130)
            made = self.writes() - before
            if not made and not self.ask(lambda unit: unit.links.is_any_due()):
                break  # what closes an error may make due what was refused with it
        return made


def sample_rows(conflict: ConflictRule = ConflictRule.SALESFORCE) -> tuple[AttributeMapping, ...]:
    """Rows of every kind: both ways, one way, copying blanks, a chain, and for leads only."""

    def row(
        name: str,
        attribute: str,
        direction: Direction,
        lead: str | None,
        contact: str | None,
        blank: BlankRule = BlankRule.KEEP,
    ) -> AttributeMapping:
        full = attribute if attribute in ("phone", "name") else f"custom_attributes.{attribute}"
        return AttributeMapping(name, full, direction, lead, contact, blank, conflict)

    return (
        row("two", "phone", Direction.TWO_WAY, "Phone", "Phone"),
        row("copies", "note", Direction.TWO_WAY, "Short_Note__c", "Short_Note__c", BlankRule.COPY),
        row("up", "alias", Direction.TO_SALESFORCE, "Nickname__c", "Nickname__c"),
        row("down", "title", Direction.TO_INTERCOM, "Title", "Title"),
        row("chain1", "first", Direction.TO_SALESFORCE, "Notes__c", "Notes__c"),
        row("chain2", "second", Direction.TO_INTERCOM, "Notes__c", "Notes__c"),
        row("leads", "town", Direction.TWO_WAY, "City", None),
    )


ATTRIBUTES = ("note", "alias", "title", "first", "second", "town")
