"""Wiring: two accounts and a database become a running engine."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sfsync_gui.app.heap import settle_heap
from sfsync_gui.app.side_reports import SideReports
from sfsync_gui.core.failures import SetupError, StoreError, TransientError
from sfsync_gui.core.offers import suggest
from sfsync_gui.core.vocabulary import StoreTrouble
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.company_status import stored_rules
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.events import Event
from sfsync_gui.engine.loop import Engine
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.ports import CallSpent, Clock, IntercomPort, SalesforcePort
from sfsync_gui.engine.spending import Spending
from sfsync_gui.engine.storage import Profile, Store
from sfsync_gui.services import http
from sfsync_gui.services.intercom.client import IntercomClient
from sfsync_gui.services.intercom.regions import Region
from sfsync_gui.services.salesforce import transport
from sfsync_gui.services.salesforce.client import SalesforceClient
from sfsync_gui.services.salesforce.reading import PAGE
from sfsync_gui.services.salesforce.tokens import RefreshingTokens, Tokens
from sfsync_gui.store.sql_store import open_store


@dataclass(frozen=True, slots=True)
class IntercomAccount:
    """How to reach an Intercom workspace: a region, or a base URL in its place."""

    access_token: str = field(repr=False)
    region: str = "US"
    api_url: str | None = None


@dataclass(frozen=True, slots=True)
class SalesforceAccount:
    """How to reach a Salesforce org. Without a refresh token the sign-in ends with its session.

    `save` is called with every new set of tokens before it is used. `login_url` is where the
    sign-in is renewed; empty means the instance itself.
    """

    instance_url: str
    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    client_id: str = ""
    save: Callable[[Tokens], None] = field(default=lambda tokens: None, repr=False)
    login_url: str = ""


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """How patient the clients of both services are, and how much they ask for at once.

    `answer_within`: seconds for each wait for an answer, None for each client's own time-outs;
    `salesforce_page`: records in a page of Salesforce's answers, 200 to 2,000.
    """

    answer_within: float | None = None
    salesforce_page: int = PAGE


class LocalClock:
    """The computer's clock; `speed` makes simulated time run faster than the wall."""

    def __init__(self, now: Callable[[], float], speed: float = 1.0) -> None:
        self._now = now
        self._speed = speed

    def now(self) -> float:
        """The current unix time in seconds."""
        return self._now()

    async def sleep(self, seconds: float) -> None:
        """Wait for that many seconds of this clock."""
        await asyncio.sleep(max(0.0, seconds) / self._speed)


def make_data_dir(data_dir: Path) -> None:
    """Create the data folder for this user alone. Raises `StoreError` where that is impossible."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as refused:
        raise StoreError(
            "The data folder cannot be used",
            f"{data_dir} cannot be created: {refused.strerror}.",
            "Allow writing there, or choose another folder with --data-dir.",
            subject=str(data_dir),
            code=StoreTrouble.NOT_WRITABLE,
        ) from None


@dataclass(slots=True)
class Running:
    """An engine with the parts that must be closed after it."""

    engine: Engine
    store: Store
    intercom: IntercomPort
    salesforce: SalesforcePort
    reports: SideReports

    async def close(self) -> None:
        """Stop the engine, close the connections, then the store."""
        await self.disconnect()
        await self.store.close()

    async def disconnect(self) -> None:
        """Stop the engine and close the connections; the store stays open."""
        await self.engine.stop()
        await self.reports.close()
        await self.intercom.close()
        await self.salesforce.close()


def build(
    data_dir: Path,
    intercom: IntercomAccount,
    salesforce: SalesforceAccount,
    clock: Clock,
    emit: Callable[[Event], None],
    limits: ClientLimits | None = None,
) -> Running:
    """Wire an engine to two accounts and the database in `data_dir`; nothing is sent yet.

    Raises `StoreError` where the database cannot be used, `SetupError` for a refused address.
    """
    make_data_dir(data_dir)
    store = open_store(database_path(data_dir), clock=clock.now)
    return wire(store, intercom, salesforce, clock, emit, limits)


def wire(
    store: Store,
    intercom: IntercomAccount,
    salesforce: SalesforceAccount,
    clock: Clock,
    emit: Callable[[Event], None],
    limits: ClientLimits | None = None,
) -> Running:
    """Wire an engine to two accounts and an open store, which is closed with it by `close`.

    Raises `SetupError` for a refused address.
    """
    limits = limits or ClientLimits()
    spending, reports = Spending(), SideReports(store)

    def on_call(call: CallSpent) -> None:
        spending.note(call, clock.now())

    def on_event(event: Event) -> None:
        reports.hear(event)
        emit(event)

    intercom_client = intercom_port(intercom, clock, on_call, limits)
    salesforce_client = salesforce_port(salesforce, clock, on_call, limits)
    engine = Engine(
        intercom_client,
        salesforce_client,
        store,
        clock,
        on_event,
        chance=random.Random(),
        spending=spending,
    )
    return Running(engine, store, intercom_client, salesforce_client, reports)


def _unheard(_spent: CallSpent) -> None:
    """Nobody counts the calls."""


def intercom_port(
    account: IntercomAccount,
    clock: Clock,
    on_call: Callable[[CallSpent], None] = _unheard,
    limits: ClientLimits | None = None,
) -> IntercomClient:
    """A client for the account. Raises `SetupError` for a refused address or region."""

    async def token() -> str:
        return account.access_token

    within = limits.answer_within if limits else None
    return IntercomClient(
        token,
        clock,
        region=_region(account.region),
        base_url=account.api_url,
        on_call=on_call,
        time_outs=None if within is None else http.TimeOuts(read=within),
    )


def salesforce_port(
    account: SalesforceAccount,
    clock: Clock,
    on_call: Callable[[CallSpent], None] = _unheard,
    limits: ClientLimits | None = None,
) -> SalesforceClient:
    """A client for the account. Raises `SetupError` for a refused address."""
    limits = limits or ClientLimits()
    within = limits.answer_within
    return SalesforceClient(
        _tokens(account),
        clock=clock,
        on_call=on_call,
        time_outs=None if within is None else transport.TimeOuts(read=within),
        page_size=limits.salesforce_page,
    )


def _region(name: str) -> Region:
    try:
        return Region(name.upper())
    except ValueError:
        known = ", ".join(region.value for region in Region)
        raise SetupError(
            "Unknown Intercom region",
            f"{name} is not a region of Intercom.",
            f"Use one of {known}.",
            subject=name,
        ) from None


def _tokens(account: SalesforceAccount) -> RefreshingTokens:
    return RefreshingTokens(
        account.client_id,
        instance_url=account.instance_url,
        access_token=account.access_token,
        refresh_token=account.refresh_token,
        save=account.save,
        login_url=account.login_url,
    )


async def open_and_connect(running: Running) -> None:
    """Open the engine; on a new profile accept the suggested mapping and read both directories."""
    engine = running.engine
    await engine.open()
    settle_heap()
    if not engine.context.profile.connected_at and not engine.context.rules.rows:
        await edit_rows(engine.context, suggest(engine.context.schema))
    await engine.connect()


class _Nobody:
    """Stands where a service would be: whatever is asked raises `TransientError`."""

    def __getattr__(self, _name: str) -> Callable[..., Awaitable[None]]:
        return self._refuse

    async def _refuse(self, *_given: object, **_named: object) -> None:
        raise TransientError(
            "Not connected", "Only what is stored is at hand.", "Connect both sides first."
        )


async def offline_context(store: Store) -> Context:
    """A context for work in the store alone, while neither service can be reached."""
    profile, rules = await store.run(
        lambda unit: (
            unit.state.profile() or Profile("", ""),
            stored_rules(unit),
        )
    )
    nobody = cast(Any, _Nobody())
    context = Context(nobody, nobody, store, LocalClock(time.time), lambda event: None, profile)
    context.change_rules(rules)
    return context
