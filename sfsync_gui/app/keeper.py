"""One profile at work: its store, its accounts, and the engine's life between them.

Everything here belongs to one event loop. The engine is built anew whenever an account changes;
the store stays open meanwhile, so that what is stored can be seen and worked on at any time.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sfsync_gui.app.accounts import Accounts
from sfsync_gui.app.desk import Desk
from sfsync_gui.app.heap import settle_heap
from sfsync_gui.app.keeper_failures import defect_of, in_use_after_all, not_connected, not_open
from sfsync_gui.app.order_box import orders_served
from sfsync_gui.app.outlook import Outlook
from sfsync_gui.app.profiles import put_away, set_aside
from sfsync_gui.app.waking import Waking
from sfsync_gui.app.wiring import ClientLimits, Running, make_data_dir, offline_context, wire
from sfsync_gui.core.failures import SetupError, SfsyncError, SignInError, StoreError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.credentials.vault import Vault, VaultLockedError, VaultState
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.events import Event, SideCondition, SideStatus
from sfsync_gui.engine.first_run import choose, chosen
from sfsync_gui.engine.handle import Phase, SecretsKept
from sfsync_gui.engine.loop import Engine
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.ports import Clock
from sfsync_gui.engine.signing_in import Grant
from sfsync_gui.engine.storage import Store
from sfsync_gui.store.queries import Queries
from sfsync_gui.store.sql_store import open_store

_log = logging.getLogger(__name__)

REOPEN_PAUSE = 60.0
"""Seconds after which a profile that cannot be used is tried again."""

KEYRING_PAUSE = 30.0
"""Seconds after which a locked keyring is looked at again."""

_KEPT = {
    VaultState.OK: SecretsKept.IN_KEYRING,
    VaultState.LOCKED: SecretsKept.LOCKED,
    VaultState.NONE: SecretsKept.IN_MEMORY,
}


class Keeper:
    """Keeps one data folder's profile running until it is stopped.

    `emit` receives every event of the engine; `on_news` is called whenever the outlook changed
    without an event.
    """

    def __init__(
        self,
        data_dir: Path,
        clock: Clock,
        vault: Vault,
        emit: Callable[[Event], None],
        on_news: Callable[[], None],
        *,
        is_demo: bool = False,
        limits: ClientLimits | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.outlook = Outlook(is_demo=is_demo)
        self.queries: Queries | None = None
        self._clock = clock
        self._vault = vault
        self._emit = emit
        self._on_news = on_news
        self._limits = limits
        self._store: Store | None = None
        self._accounts: Accounts | None = None
        self._running: Running | None = None
        self._news = Waking(clock)
        self._phase_changed = asyncio.Event()
        self._between_lives: list[Callable[[], Awaitable[None]]] = []
        self._stopping = False

    # ------------------------------------------------------------------ what others work with

    @property
    def engine(self) -> Engine | None:
        """The engine, None while a side is not connected."""
        return None if self._running is None else self._running.engine

    @property
    def store(self) -> Store:
        """The open store. Raises `StoreError` where there is none."""
        if self._store is None:
            raise not_open(self.data_dir)
        return self._store

    @property
    def accounts(self) -> Accounts:
        """The accounts of the open profile. Raises `StoreError` where there is none."""
        if self._accounts is None:
            raise not_open(self.data_dir)
        return self._accounts

    def online(self) -> Engine:
        """The engine, for what needs both services. Raises `SetupError` where a side is missing."""
        if self._running is None:
            raise not_connected()
        return self._running.engine

    async def context(self) -> Context:
        """The engine's context, or one that works on the store alone while there is no engine."""
        if self._running is not None:
            return self._running.engine.context
        return await offline_context(self.store)

    # ------------------------------------------------------------------ life

    async def run(self) -> None:
        """Keep the profile open and running until `stop`; try again where it cannot be used."""
        while not self._stopping:
            try:
                await self._open_store()
                await self._keep_running()
            except SfsyncError as failure:
                await self._rest(failure, REOPEN_PAUSE)
            except Exception as defect:  # the edge of this thread: it is shown, and written down
                _log.exception("the profile's keeper failed")
                await self._rest(defect_of(defect), None)
        self._set_phase(Phase.STOPPED)

    async def _keep_running(self) -> None:
        while not self._stopping and self._store is not None:
            self._news.changed.clear()
            await self._do_between_lives()
            if self._store is not None:  # else it is opened anew
                await self._live()

    async def _rest(self, failure: SfsyncError, pause: float | None) -> None:
        """Say why the profile cannot be used, and wait until it is worth another try."""
        self.outlook.reason = failure
        self._set_phase(Phase.FAILED)
        if not self._stopping:
            self._news.changed.clear()
            await self._news.pause(pause)
            await self._close_store()

    async def stop(self) -> None:
        """End the engine's life; `run` returns soon after. Call `close` when it has."""
        self._stopping = True
        self._news.wake(changed=True)

    async def close(self) -> None:
        """Close the connections and the store."""
        running, self._running = self._running, None
        if running is not None:
            await running.disconnect()
        await self._close_store()

    async def _open_store(self) -> None:
        make_data_dir(self.data_dir)
        path = database_path(self.data_dir)
        store = await asyncio.to_thread(open_store, path, clock=self._clock.now)
        self._store = store
        self.queries = await asyncio.to_thread(Queries, path)
        self._accounts = Accounts(store, self._vault, self._clock, self.data_dir)
        await self.outlook.read_accounts(store)
        self.outlook.reason = None
        await self.count()

    async def _close_store(self) -> None:
        queries, self.queries = self.queries, None
        store, self._store = self._store, None
        self._accounts = None
        if queries is not None:
            queries.close()
        if store is not None:
            await store.close()

    async def _live(self) -> None:
        """One life of the engine: from its accounts to a change of them, or to the end."""
        await self.outlook.read_accounts(self.store)
        if set(self.outlook.connections) != set(Side):
            self._set_phase(Phase.UNCONNECTED)
            await self._news.changed.wait()
            return
        self._set_phase(Phase.OPENING)
        running = await self._wired()
        if running is None:
            return
        self._running = running
        try:
            await running.engine.load()
            self._on_news()
            if await self._opened(running.engine) and await self._begun(running.engine):
                running.engine.start()
                self._set_phase(Phase.RUNNING)
                desk = Desk(running.engine.context, running.engine)
                async with orders_served(self.data_dir, desk):
                    await self._news.changed.wait()
        finally:
            self._running = None
            await running.disconnect()

    async def _wired(self) -> Running | None:
        """An engine with both accounts; None after a wait where there are no sign-ins for now."""
        try:
            intercom = await self.accounts.intercom_account()
            salesforce = await self.accounts.salesforce_account()
        except VaultLockedError as locked:
            self.outlook.secrets = SecretsKept.LOCKED
            self.outlook.reason = locked
            self._on_news()
            await self._news.pause(KEYRING_PAUSE)
            return None
        except SignInError as signed_out:
            self._show_signed_out(signed_out)
            await self._news.changed.wait()
            return None
        self.outlook.reason = None
        self.outlook.signed_out = {}
        self.outlook.secrets = _KEPT[self._vault.state]
        return wire(self.store, intercom, salesforce, self._clock, self._emit, self._limits)

    def _show_signed_out(self, reason: SignInError) -> None:
        """There is no sign-in of a side that was connected: it ended with an earlier program."""
        status = SideStatus(SideCondition.SIGNED_OUT, self._clock.now(), reason)
        self.outlook.signed_out = {reason.side or Side.SALESFORCE: status}
        self.outlook.secrets = _KEPT[self._vault.state]
        self.outlook.reason = reason
        self._on_news()

    async def _opened(self, engine: Engine) -> bool:
        """Ask both sides who they are, as often as it takes; False where accounts changed first."""
        while not self._news.changed.is_set():
            try:
                await engine.open()
            except StoreError:
                raise
            except SfsyncError as failure:
                await self._wait_for_side(engine, failure)
            else:
                settle_heap()
                self._recover(engine)
                return True
        return False

    async def _begun(self, engine: Engine) -> bool:
        """What comes once: a person's choice, and the reading of both directories."""
        first = await self._choice()
        while first is not None and not self._news.changed.is_set():
            self._set_phase(Phase.CONNECTING)
            try:
                await engine.connect(first)
            except StoreError:
                raise
            except SfsyncError as failure:
                await self._wait_for_side(engine, failure)
            else:
                self._recover(engine)
                await self.count()
                return True
        return False

    async def _choice(self) -> FirstRun | None:
        """What is to happen first; None where accounts changed before anybody said."""
        while (first := await self.store.run(chosen)) is None and not self._news.changed.is_set():
            self._set_phase(Phase.FIRST_RUN)
            await self._news.pause(None)
        return first

    async def _wait_for_side(self, engine: Engine, failure: SfsyncError) -> None:
        """Show what is wrong with the side, and wait until it is worth another try."""
        side = failure.side or Side.SALESFORCE
        now = self._clock.now()
        engine.conditions.failed(side, failure, now)
        self.outlook.reason = failure
        self._on_news()
        retry_at = engine.conditions.statuses[side].retry_at
        await self._news.pause(None if retry_at is None else max(0.0, retry_at - now))

    def _recover(self, engine: Engine) -> None:
        for side in Side:
            engine.conditions.succeeded(side, self._clock.now())
        self.outlook.reason = None

    # ------------------------------------------------------------------ orders

    def look_again(self, *, companies: bool = False) -> None:
        """Try whatever waits: the sides, the keyring; look at all `companies`, too, if asked."""
        if self._running is not None:
            self._running.engine.sync_now(companies=companies)
        self._news.wake()

    async def start_anew(self) -> Path:
        """Set the database that cannot be used aside, and open a new one."""
        if self.outlook.phase is not Phase.FAILED:
            raise in_use_after_all(self.data_dir)
        await self._close_store()
        place = await asyncio.to_thread(put_away, self.data_dir, datetime.now(UTC))
        self.look_again()
        return place

    async def begin(self, rows: Sequence[AttributeMapping], first: FirstRun) -> None:
        """Put the first mapping into force and go on with the choice of what happens first."""
        engine = self.online()
        await edit_rows(engine.context, rows)
        if self.outlook.phase is Phase.FIRST_RUN:
            await choose(engine.context, first)
            self._news.wake()

    async def connect(self, grant: Grant, *, start_afresh: bool) -> Connection:
        """Keep a sign-in and go on with it; see `engine.handle.Handle.connect`."""
        try:
            connection = await self.accounts.connect(grant)
        except SetupError as refused:
            if refused.code != "other_account" or not start_afresh:
                raise
            await self._start_afresh(grant)
            connection = await self.accounts.connect(grant)
        await self.outlook.read_accounts(self.store)
        self.outlook.secrets = _KEPT[self._vault.state]
        self._news.wake(changed=True)
        return connection

    async def _start_afresh(self, grant: Grant) -> None:
        """Set this profile aside and open the one that belongs to the account of the grant."""
        target = await self.accounts.pair_with(grant)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def swap() -> None:
            try:
                await self._close_store()
                await asyncio.to_thread(set_aside, self.data_dir, target)
                await self._open_store()
                if target.left is not None:
                    with suppress(SfsyncError):  # the other profile stands
                        await self.accounts.let_go(target.left)
                done.set_result(None)
            except Exception as failure:  # whoever waits for it tells what it was
                done.set_exception(failure)

        self._between_lives.append(swap)
        self._news.wake(changed=True)
        await done

    async def _do_between_lives(self) -> None:
        while self._between_lives:
            await self._between_lives.pop(0)()

    async def disconnect(self, side: Side) -> SfsyncError | None:
        """Take the access back and forget it; returns why the service did not take it back."""
        outcome = await self.accounts.disconnect(side)
        await self.outlook.read_accounts(self.store)
        self._news.wake(changed=True)
        return outcome.problem if outcome is not None else None

    async def look_for_keyring(self) -> SecretsKept:
        """Look at the keyring again, and go on with what waited for it."""
        self.outlook.secrets = _KEPT[await self._vault.look_again()]
        self._news.wake()
        self._on_news()
        return self.outlook.secrets

    # ------------------------------------------------------------------ outlook

    async def count(self) -> None:
        """Count what the snapshot shows of the store."""
        if self._store is not None and self.queries is not None:
            with suppress(StoreError):  # closed meanwhile
                await self.outlook.counts.read(self._store, self.queries)

    async def reached(self, phase: Phase) -> None:
        """Wait until the program is that far."""
        while self.outlook.phase is not phase:
            await self._phase_changed.wait()

    def _set_phase(self, phase: Phase) -> None:
        self.outlook.phase = phase
        self._phase_changed.set()
        self._phase_changed = asyncio.Event()
        self._on_news()
