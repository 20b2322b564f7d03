"""Accounts: connecting, reconnecting and disconnecting a side of the profile.

What may be read by anybody who can read the database is in the store (`Connection`); the tokens
are in the vault, under names that hold the account's id. Connecting again to the same account
changes nothing else: links, history and positions stay, and the sync goes on where it was.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sfsync_gui.app.kept_secrets import SERVICE, KeptSecrets
from sfsync_gui.app.profiles import Target, is_set_aside
from sfsync_gui.app.wiring import IntercomAccount, SalesforceAccount
from sfsync_gui.core.failures import SetupError, SfsyncError, SignInError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.ports import Clock
from sfsync_gui.engine.signing_in import Grant, Identity
from sfsync_gui.engine.storage import Profile, Store, UnitOfWork
from sfsync_gui.services.oauth.intercom import identify_intercom, revoke_intercom
from sfsync_gui.services.oauth.salesforce import identify_salesforce, revoke_salesforce
from sfsync_gui.services.salesforce.records import long_id


@dataclass(frozen=True, slots=True)
class Disconnected:
    """What became of a connection that was forgotten.

    `revoked`: the service took the access back. `problem` is why it did not although it was asked;
    a token that the user made is never taken back, since others may use it.
    """

    connection: Connection
    revoked: bool = False
    problem: SfsyncError | None = None


class Accounts:
    """The accounts of one open profile.

    With `data_dir` profiles that were set aside are known and can be returned to. Methods raise
    `StoreError` where the store, `VaultLockedError` where the vault cannot be used for now.
    """

    def __init__(
        self, store: Store, vault: Vault, clock: Clock, data_dir: Path | None = None
    ) -> None:
        self._store = store
        self._secrets = KeptSecrets(vault)
        self._clock = clock
        self._data_dir = data_dir

    async def connections(self) -> Mapping[Side, Connection]:
        """The account of each side that is connected."""
        return await self._store.run(lambda unit: unit.state.connections())

    async def connect(self, grant: Grant, *, method: str = "") -> Connection:
        """Ask who answers, then keep the sign-in and who it is.

        `method` is 'oauth' or 'token'; left out, a grant with a client id came by OAuth. Raises
        `SetupError` (code `other_account`) where the profile belongs to another account, with
        nothing stored; whatever else keeps the service from saying who it is is raised too.
        """
        identity = await identify(grant)
        profile, before = await self._known()
        self._refuse_stranger(identity, profile, before)
        connection = _connection(grant, identity, method, int(self._clock.now()))
        await self._secrets.keep(connection, grant)
        await self._store.run(partial(_store_connection, connection))
        former = before.get(grant.side)
        if former is not None and former.account_id != connection.account_id:
            with suppress(SfsyncError):  # the new connection stands; the old one is let go of
                await self.let_go(former)
        return connection

    async def pair_with(self, grant: Grant) -> Target:
        """The profile that belongs to the account of this grant and the other side's."""
        identity = await identify(grant)
        known = await self.connections()
        other = known.get(grant.side.other)
        ids = {grant.side: identity.account_id, grant.side.other: other.account_id if other else ""}
        kept = () if other is None else (other,)
        left = known.get(grant.side)
        if left is not None and left.account_id == identity.account_id:
            left = None
        return Target(ids[Side.INTERCOM], ids[Side.SALESFORCE], kept, left)

    async def disconnect(self, side: Side) -> Disconnected | None:
        """Take the access back at the service and forget it; links and history stay.

        None where the side was not connected. What the service says about taking it back stops
        nothing: the secrets and the connection go in any case.
        """
        connection = (await self.connections()).get(side)
        if connection is None:
            return None
        outcome = await self.let_go(connection)
        await self._store.run(lambda unit: unit.state.remove_connection(side))
        return outcome

    async def let_go(self, connection: Connection) -> Disconnected:
        """Have the service take the access back, where it gave it, and forget the secrets."""
        grant = await self._secrets.grant(connection)
        outcome = Disconnected(connection)
        if connection.method == "oauth" and (grant.access_token or grant.refresh_token):
            try:
                await revoke(grant)
                outcome = Disconnected(connection, revoked=True)
            except SfsyncError as problem:
                outcome = Disconnected(connection, problem=problem)
        await self._secrets.forget(connection)
        return outcome

    async def intercom_account(self) -> IntercomAccount:
        """How to reach Intercom. Raises `SignInError` where there is no sign-in."""
        return await self._secrets.intercom_account(await self._connected(Side.INTERCOM))

    async def salesforce_account(self) -> SalesforceAccount:
        """How to reach Salesforce. Raises `SignInError` where there is no sign-in."""
        return await self._secrets.salesforce_account(await self._connected(Side.SALESFORCE))

    # ------------------------------------------------------------------ who is who

    async def _known(self) -> tuple[Profile | None, Mapping[Side, Connection]]:
        def work(unit: UnitOfWork) -> tuple[Profile | None, Mapping[Side, Connection]]:
            return unit.state.profile(), unit.state.connections()

        return await self._store.run(work)

    async def _connected(self, side: Side) -> Connection:
        connection = (await self.connections()).get(side)
        if connection is None:
            raise not_connected(side)
        return connection

    def _refuse_stranger(
        self, identity: Identity, profile: Profile | None, known: Mapping[Side, Connection]
    ) -> None:
        """Raise where the account belongs to another profile than the one in use."""
        if profile is not None:
            expected = _account_of(profile, identity.side)
            if expected != identity.account_id:
                raise _other_account(identity, expected, known.get(identity.side))
        elif self._waits_elsewhere(identity, known.get(identity.side.other)):
            raise _profile_waits(identity)

    def _waits_elsewhere(self, identity: Identity, other: Connection | None) -> bool:
        """Whether a profile of this pair was set aside, and the one in use is of nobody yet."""
        if self._data_dir is None or other is None:
            return False
        ids = {identity.side: identity.account_id, other.side: other.account_id}
        return is_set_aside(self._data_dir, ids[Side.INTERCOM], ids[Side.SALESFORCE])


async def identify(grant: Grant) -> Identity:
    """Who signed in, by the service's own word. Raises what keeps it from saying so."""
    if grant.side is Side.INTERCOM:
        return await identify_intercom(grant)
    identity = await identify_salesforce(grant)
    return replace(
        identity, account_id=long_id(identity.account_id), user_id=long_id(identity.user_id)
    )


async def revoke(grant: Grant) -> None:
    """Have the service take the access back. Raises where it did not."""
    if grant.side is Side.INTERCOM:
        await revoke_intercom(grant)
    else:
        await revoke_salesforce(grant)


def _store_connection(connection: Connection, unit: UnitOfWork) -> None:
    """With the API call by which it was found out who signed in."""
    unit.state.put_connection(connection)
    unit.state.add_calls(connection.since // 3600, connection.side, "identity", 1)


def _connection(grant: Grant, identity: Identity, method: str, now: int) -> Connection:
    return Connection(
        side=grant.side,
        account_id=identity.account_id,
        account_name=identity.account_name,
        user_id=identity.user_id,
        user_name=identity.user_name,
        address=grant.instance_url or grant.api_url,
        login_url=grant.login_url,
        region=identity.region or grant.region,
        client_id=grant.client_id,
        method=method or ("oauth" if grant.client_id else "token"),
        is_sandbox=identity.is_sandbox,
        since=now,
    )


def _account_of(profile: Profile, side: Side) -> str:
    return profile.intercom_app_id if side is Side.INTERCOM else profile.salesforce_org_id


_WHAT = {Side.INTERCOM: "Intercom workspace", Side.SALESFORCE: "Salesforce org"}


def _other_account(identity: Identity, expected: str, known: Connection | None) -> SetupError:
    what = _WHAT[identity.side]
    name = known.account_name if known is not None and known.account_id == expected else ""
    belongs = f"{name} ({expected})" if name else expected
    return SetupError(
        f"Another {what} answered",
        f"This profile belongs to the {what} {belongs}, but {identity.account_name} "
        f"({identity.account_id}) is signed in. Nothing was changed.",
        "Sign in to the one the profile belongs to, or start afresh: this profile is set aside "
        "then, and comes back when you sign in to its accounts again.",
        subject=identity.account_id,
        side=identity.side,
        code="other_account",
    )


def _profile_waits(identity: Identity) -> SetupError:
    return SetupError(
        "There is a profile of these two accounts",
        f"It was set aside when another {_WHAT[identity.side]} took its place. Nothing was "
        "changed.",
        "Start afresh to return to it, with its links and its history.",
        subject=identity.account_id,
        side=identity.side,
        code="other_account",
    )


def not_connected(side: Side) -> SignInError:
    """The failure where a side was never connected, or was disconnected."""
    label = SERVICE[side]
    return SignInError(
        f"{label} is not connected",
        f"Nobody has signed in to {label} in this profile yet.",
        f"Connect {label} first.",
        side=side,
        code="not_connected",
    )
