"""A town for tests: both services on real ports, the real engine on a real database, one time.

A test acts (as a person in one of the services), syncs, and asserts what both services hold. The
town's time stands still unless somebody waits: whatever sleeps moves it on by that much.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sfsync_gui.app import ClientLimits, IntercomAccount, Running, SalesforceAccount, build
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.mapping import AttributeMapping, Settings
from sfsync_gui.core.people import IdentityMapping
from sfsync_gui.core.vocabulary import Direction, Side
from sfsync_gui.engine.events import Event, TaskFailed
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.storage import Store, UnitOfWork
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.server import LoopbackServer
from sfsync_gui.services.salesforce.tokens import Tokens
from tests.support.firms import Firms

T = TypeVar("T")

START = 1_790_000_000
"""A Monday in September 2026, 14:13 UTC; in Auckland it is Tuesday."""

INTERCOM_WRITE = ("PUT", r"^/contacts/")
SALESFORCE_CALL = ("POST", r"/composite$")

PHONE = AttributeMapping("phone", "phone", Direction.TWO_WAY, "Phone", "Phone")
JOB = AttributeMapping(
    "job", "custom_attributes.job", Direction.TO_SALESFORCE, "Title", "Title"
)  # fmt: skip
TEAM = AttributeMapping(
    "team", "custom_attributes.team", Direction.TO_INTERCOM, "City", "Department"
)
ROWS = (PHONE, JOB, TEAM)


class Crash(BaseException):
    """The program dies at this point: nobody may catch it."""


class TownClock:
    """The time of the town: sleeping takes none of ours and moves everybody's."""

    def __init__(self, time: ManualClock) -> None:
        self._time = time

    def now(self) -> float:
        return self._time.now()

    async def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self._time.advance(seconds)
        await asyncio.sleep(0)


@dataclass(frozen=True)
class Someone:
    """One person, by the ids in both services."""

    intercom_id: str
    salesforce_id: str
    email: str


@dataclass
class CrashingStore:
    """A store in front of which the program dies as soon as `when` is true."""

    store: Store
    when: Callable[[], bool]

    @property
    def version(self) -> int:
        return self.store.version

    async def run(self, work: Callable[[UnitOfWork], T]) -> T:
        if self.when():
            raise Crash
        return await self.store.run(work)

    async def close(self) -> None:
        await self.store.close()


@dataclass
class Town:
    """Both services, and the program as it would be started on this computer."""

    data_dir: Path
    timezone: str = "Pacific/Auckland"
    app_id: str = "nw5x2k7q"
    org_seed: int = 0
    index_lag: tuple[float, float] = (0.0, 0.0)
    rows: Sequence[AttributeMapping] = ROWS
    settings: Settings = field(default_factory=Settings)
    limits: ClientLimits = field(default_factory=ClientLimits)
    saved: list[tuple[Tokens, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    _running: Running | None = None

    def __post_init__(self) -> None:
        self.time = ManualClock(START)
        self.clock = TownClock(self.time)
        self.intercom = IntercomSandbox(
            self.time, timezone=self.timezone, app_id=self.app_id, index_lag=self.index_lag
        )
        self.salesforce = SalesforceSandbox(self.time, seed=self.org_seed)
        for name in ("job", "team"):
            self.intercom.create_attribute(name, "string")
        self.server = LoopbackServer(
            {"intercom": self.intercom.app, "salesforce": self.salesforce.app}
        )
        self.server.start()
        self.intercom_token = self.intercom.access_token or ""
        self.salesforce_tokens = self.sign_in_to_salesforce()

    @cached_property
    def firms(self) -> Firms:
        """The hands of those who look after companies; from then on companies have attributes."""
        return Firms(self)

    # People and what they do.

    def at(self, act: Callable[..., T], *args: Any, **named: Any) -> T:
        """Have something done in a service; a second passes before."""
        self.time.advance(1)
        return self.server.call(lambda: act(*args, **named))

    def someone(self, email: str, *, record: str = "Contact", **fields: Any) -> Someone:
        """A person whom both services know by the same e-mail."""
        contact = self.at(self.intercom.create_contact, "user", email=email, name=email)
        return Someone(contact, self.in_salesforce_only(email, record=record, **fields), email)

    def in_salesforce_only(self, email: str, *, record: str = "Contact", **fields: Any) -> str:
        """A record of which Intercom knows nobody."""
        if record == "Lead":
            fields.setdefault("Company", "Acme")
        return self.at(self.salesforce.create, record, LastName="Smith", Email=email, **fields)

    def in_intercom(self, who: Someone, **changes: Any) -> None:
        """A teammate edits a contact; `job` and `team` are custom attributes."""
        custom = {name: changes.pop(name) for name in ("job", "team") if name in changes}
        self.at(
            self.intercom.edit_contact,
            who.intercom_id,
            custom_attributes=custom or None,
            **changes,
        )

    def in_salesforce(self, who: Someone, **changes: Any) -> None:
        """A salesperson edits a record."""
        self.at(self.salesforce.edit, who.salesforce_id, **changes)

    def contact(self, who: Someone) -> dict[str, Any]:
        """What Intercom holds, custom attributes beside the others."""
        stored = self.server.call(lambda: self.intercom.contact(who.intercom_id))
        assert stored is not None
        return {**stored, **stored["custom_attributes"]}

    def record(self, salesforce_id: str) -> dict[str, Any]:
        """What Salesforce holds."""
        stored = self.server.call(lambda: self.salesforce.record(salesforce_id))
        assert stored is not None
        return stored

    def phones(self, who: Someone) -> tuple[str | None, str | None]:
        """The phone in Intercom and in Salesforce."""
        return self.contact(who)["phone"], self.record(who.salesforce_id)["Phone"]

    # What goes wrong.

    def arm(
        self, side: Side, kind: FaultKind, place: tuple[str | None, str | None], **how: Any
    ) -> None:
        """Plan a fault for requests of this method and path."""
        sandbox = self.intercom if side is Side.INTERCOM else self.salesforce
        fault = Fault(kind, method=place[0], path=place[1], **how)
        self.server.call(lambda: sandbox.faults.arm(fault))

    def fired(self, kind: FaultKind) -> int:
        """How often a fault has happened, on both sides."""
        return self.server.call(
            lambda: self.intercom.faults.fired[kind] + self.salesforce.faults.fired[kind]
        )

    def arm_crash(self, when: Callable[[], bool]) -> None:
        """Have the program die before the first transaction at which `when` is true."""
        context = self.running.engine.context
        context.store = CrashingStore(context.store, when)

    # The program.

    @property
    def running(self) -> Running:
        """The program as it runs now."""
        assert self._running is not None
        return self._running

    def sign_in_to_salesforce(self) -> dict[str, str]:
        """A new approval of the app: what the sign-in yields."""
        url = self.server.url("salesforce")
        return self.server.call(lambda: self.salesforce.issue_tokens("client", url))

    def start(self) -> Running:
        """Build the program on the database that is there."""
        self._running = build(
            self.data_dir,
            IntercomAccount(self.intercom_token, api_url=self.server.url("intercom")),
            SalesforceAccount(
                self.server.url("salesforce"),
                self.salesforce_tokens["access_token"],
                self.salesforce_tokens["refresh_token"],
                "client",
                self._save,
            ),
            self.clock,
            self.events.append,
            self.limits,
        )
        return self._running

    def _save(self, tokens: Tokens) -> None:
        paths = self.server.call(lambda: [entry.path for entry in self.salesforce.log.entries])
        self.saved.append((tokens, paths[-1]))

    async def open(self) -> None:
        """Start the program; connect with the town's rows and settings if that was never done."""
        engine = self.start().engine
        await self.running.store.run(lambda unit: unit.state.put_settings(self.settings))
        await engine.open()
        if not engine.context.profile.connected_at:
            await edit_rows(engine.context, self.rows)
        await engine.connect()

    async def sync(self) -> None:
        """Check both sides and write what is due."""
        await self.running.engine.sync_once()

    async def run_for(self, seconds: float, step: float = 60.0) -> None:
        """Let the schedule do its work for a time."""
        end = self.time.now() + seconds
        while self.time.now() < end:
            self.time.advance(min(step, end - self.time.now()))
            await self.running.engine.step()

    def disarm_crash(self) -> None:
        """The program is to live on."""
        context = self.running.engine.context
        if isinstance(context.store, CrashingStore):
            context.store = context.store.store

    async def crash(self) -> None:
        """The program is gone, without a word."""
        running, self._running = self.running, None
        await running.intercom.close()
        await running.salesforce.close()
        await running.store.close()

    async def close(self) -> None:
        """Quit the program as a person would."""
        if self._running is not None:
            running, self._running = self._running, None
            await running.close()

    # What is known afterwards.

    async def links(self) -> dict[str, IdentityMapping]:
        """The links by Intercom id."""
        found = await self.running.store.run(lambda unit: unit.links.page(0, 1000))
        return {link.intercom_id: link for link in found}

    async def errors(self) -> list[SyncError]:
        """The open sync errors."""
        return await self.running.store.run(lambda unit: unit.errors.all())

    async def assert_calm(self) -> None:
        """No errors, nothing waits, and a further pass writes nothing."""
        assert await self.errors() == []
        for link in (await self.links()).values():
            assert link.due == {}
            assert link.in_doubt == {}
        before = await self.writes()
        await self.sync()
        await self.sync()
        assert await self.writes() == before
        assert [event for event in self.events if isinstance(event, TaskFailed)] == []

    async def calls(self) -> dict[tuple[Side, str], int]:
        """The program's own account of its calls, by side and purpose."""
        engine = self.running.engine
        await engine.spending.flush(engine.context, force=True)
        return await engine.context.store.run(lambda unit: unit.state.calls(0))

    async def writes(self) -> tuple[int, int]:
        """How many writing calls were made, to Intercom and to Salesforce."""
        calls = await self.calls()
        return calls.get((Side.INTERCOM, "write"), 0), calls.get((Side.SALESFORCE, "write"), 0)

    def asked(self, side: Side, method: str | None = None, path: str | None = None) -> int:
        """How many requests a service has received."""
        sandbox = self.intercom if side is Side.INTERCOM else self.salesforce
        return self.server.call(lambda: sandbox.log.count(method, path))

    def forget_requests(self) -> None:
        """Count requests from here on."""
        self.server.call(self.intercom.log.clear)
        self.server.call(self.salesforce.log.clear)


TownMaker = Callable[..., Town]
"""Makes towns that share one data folder; takes the fields of `Town` by name."""
