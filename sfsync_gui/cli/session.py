"""The profile for a command: its store, its accounts, and where needed both services.

Accounts that the environment names take the place of those that were connected: that is how a
service without a password store runs.
"""

import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sfsync_gui.app import (
    IntercomAccount,
    LocalClock,
    Running,
    SalesforceAccount,
    make_data_dir,
    offline_context,
)
from sfsync_gui.app.accounts import Accounts, not_connected
from sfsync_gui.app.desk import Desk, Result
from sfsync_gui.app.kept_secrets import KeptSecrets
from sfsync_gui.app.order_box import OrderBox
from sfsync_gui.app.orders import Order, carry_out
from sfsync_gui.app.wiring import wire
from sfsync_gui.cli.environment import VARIABLES, intercom_of, salesforce_of
from sfsync_gui.cli.output import IN_USE
from sfsync_gui.cli.stored import no_profile
from sfsync_gui.core.failures import SfsyncError, StoreError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.desktop.logs import start_logging
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.desktop.redaction import process_redactor
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.events import Event, unheard
from sfsync_gui.engine.storage import Store
from sfsync_gui.store.glance import glance
from sfsync_gui.store.sql_store import open_store

_LOGGER = logging.getLogger(__name__)


def system_vault() -> Vault:
    """The vault over this computer's password store; asked nothing yet."""
    return Vault(on_secret=process_redactor.remember)


@dataclass(frozen=True, slots=True)
class OpenProfile:
    """A profile that this process has open."""

    store: Store
    accounts: Accounts
    vault: Vault


@asynccontextmanager
async def open_profile(
    data_dir: Path, vault: Vault | None = None, *, create: bool = True
) -> AsyncIterator[OpenProfile]:
    """Open the profile for writing; raises `StoreError`, unless `create` where there is none."""
    path = database_path(data_dir)
    if not create and not path.exists():
        raise no_profile(data_dir)
    make_data_dir(data_dir)
    store = open_store(path)
    log = start_logging(data_dir)
    try:
        vault = vault or system_vault()
        accounts = Accounts(store, vault, LocalClock(time.time), data_dir)
        yield OpenProfile(store, accounts, vault)
    except SfsyncError:
        raise
    except Exception:
        _LOGGER.exception("A command met something unexpected")
        raise
    finally:
        await store.close()
        log.close()


@dataclass(frozen=True, slots=True)
class SignIns:
    """The accounts of a profile: of the environment where it names them, else those connected.

    Methods raise `SignInError` where a side has neither, `SetupError` where the environment names
    half an account.
    """

    environment: Mapping[str, str]
    connections: Mapping[Side, Connection]
    secrets: KeptSecrets
    renewing: bool = True

    async def intercom(self) -> IntercomAccount:
        """How to reach Intercom."""
        named = intercom_of(self.environment)
        return named or await self.secrets.intercom_account(self._connection(Side.INTERCOM))

    async def salesforce(self) -> SalesforceAccount:
        """How to reach Salesforce."""
        named = salesforce_of(self.environment)
        if named is not None:
            return named
        connection = self._connection(Side.SALESFORCE)
        return await self.secrets.salesforce_account(connection, renewing=self.renewing)

    def _connection(self, side: Side) -> Connection:
        connection = self.connections.get(side)
        if connection is None:
            failure = not_connected(side)
            variables = " and ".join(VARIABLES[side])
            failure.remedy = f"Run `sfsync connect {side}`, or set {variables}."
            raise failure
        return connection


@asynccontextmanager
async def sign_ins(data_dir: Path) -> AsyncIterator[SignIns]:
    """The accounts of a profile for reading the services, whoever has it open.

    Where another process has, the sign-in is used as it is and not renewed: a renewal could end
    that process's own.
    """
    path, renewing = database_path(data_dir), True
    async with AsyncExitStack() as stack:
        connections: Mapping[Side, Connection] = {}
        if path.exists():
            try:
                await stack.enter_async_context(open_profile(data_dir))
            except StoreError as busy:
                if busy.code != IN_USE:
                    raise
                renewing = False
            connections = glance(path, lambda unit: unit.state.connections())
        yield SignIns(os.environ, connections, KeptSecrets(system_vault()), renewing)


@asynccontextmanager
async def wired(data_dir: Path, emit: Callable[[Event], None] = unheard) -> AsyncIterator[Running]:
    """An engine on both accounts that has asked nobody yet, closed with its store at the end."""
    async with open_profile(data_dir) as profile:
        connections = await profile.accounts.connections()
        accounts = SignIns(os.environ, connections, KeptSecrets(profile.vault))
        intercom, salesforce = await accounts.intercom(), await accounts.salesforce()
        clock = LocalClock(time.time)
        running = wire(profile.store, intercom, salesforce, clock, emit)
        try:
            yield running
        finally:
            await running.disconnect()


@asynccontextmanager
async def online(data_dir: Path, emit: Callable[[Event], None] = unheard) -> AsyncIterator[Running]:
    """An engine that knows who answers on both sides and which fields there are."""
    async with wired(data_dir, emit) as running:
        await running.engine.open()
        yield running


async def carry_out_anywhere(data_dir: Path, order: Order, emit: Callable[[Event], None]) -> Result:
    """Carry an order out here, or by the process that has the profile open."""
    try:
        return await _carry_out_here(data_dir, order, emit)
    except StoreError as busy:
        if busy.code != IN_USE:
            raise
        return await OrderBox(data_dir).ask(order, busy)


async def _carry_out_here(data_dir: Path, order: Order, emit: Callable[[Event], None]) -> Result:
    if order.needs_services and not order.needs_set_up:
        async with wired(data_dir, emit) as running:
            await running.engine.load()
            return await carry_out(Desk(running.engine.context, running.engine), order)
    if order.needs_services:
        async with online(data_dir, emit) as running:
            return await carry_out(Desk(running.engine.context, running.engine), order)
    async with open_profile(data_dir, create=order.name in _BEFORE_CONNECTING) as profile:
        return await carry_out(Desk(await offline_context(profile.store)), order)


_BEFORE_CONNECTING = frozenset({"settings.change"})
"""Orders that make sense before there is a profile."""
