"""Accounts: connecting, reconnecting and disconnecting a side of the profile.

What may be read by anybody who can read the database is in the store (`Connection`); the tokens
are in the vault, under names that hold the account's id. Connecting again to the same account
changes nothing else: links, history and positions stay, and the sync goes on where it was.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sfsync_gui.app.profiles import Target, is_set_aside
from sfsync_gui.app.wiring import IntercomAccount, SalesforceAccount
from sfsync_gui.core.failures import SetupError, SfsyncError, SignInError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.credentials.vault import Vault, VaultState
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.ports import Clock, IntercomPort, Org, SalesforcePort
from sfsync_gui.engine.signing_in import Grant, Identity
from sfsync_gui.engine.storage import Profile, Store, UnitOfWork
from sfsync_gui.services.oauth.intercom import identify_intercom, revoke_intercom
from sfsync_gui.services.oauth.salesforce import identify_salesforce, revoke_salesforce
from sfsync_gui.services.salesforce.records import long_id
from sfsync_gui.services.salesforce.tokens import Tokens

SERVICE = {Side.INTERCOM: "Intercom", Side.SALESFORCE: "Salesforce"}
ACCESS = "access_token"
REFRESH = "refresh_token"


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
        self._vault = vault
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
        await self._keep_secrets(connection, grant)
        await self._store.run(lambda unit: unit.state.put_connection(connection))
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
        return Target(ids[Side.INTERCOM], ids[Side.SALESFORCE], kept, known.get(grant.side))

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
        grant = _grant(
            connection,
            await self._vault.read(secret_name(connection, ACCESS)) or "",
            await self._vault.read(secret_name(connection, REFRESH)) or "",
        )
        outcome = Disconnected(connection)
        if connection.method == "oauth" and (grant.access_token or grant.refresh_token):
            try:
                await revoke(grant)
                outcome = Disconnected(connection, revoked=True)
            except SfsyncError as problem:
                outcome = Disconnected(connection, problem=problem)
        for kind in (ACCESS, REFRESH):
            await self._vault.delete(secret_name(connection, kind))
        return outcome

    async def confirm(self, side: Side, port: IntercomPort | SalesforcePort) -> Connection:
        """Ask a side who is signed in, through the engine's own client, and keep the answer.

        Raises `SignInError` where the side is not connected, or says so.
        """
        connection = await self._connected(side)
        answer = await port.identity()
        name = answer.user_name if isinstance(answer, Org) else answer.admin_email
        fresh = replace(connection, user_name=name or connection.user_name)
        await self._store.run(lambda unit: unit.state.put_connection(fresh))
        return fresh

    async def intercom_account(self) -> IntercomAccount:
        """How to reach Intercom. Raises `SignInError` where there is no sign-in."""
        connection = await self._connected(Side.INTERCOM)
        token = await self._secret(connection, ACCESS)
        return IntercomAccount(token, connection.region or "US", connection.address or None)

    async def salesforce_account(self, *, refreshing: bool = True) -> SalesforceAccount:
        """How to reach Salesforce. Raises `SignInError` where there is no sign-in.

        With `refreshing` False the sign-in is used as it is and not renewed: a renewal would take
        the refresh token away from the process that has the profile open.
        """
        connection = await self._connected(Side.SALESFORCE)
        access = await self._secret(connection, ACCESS)
        refresh = await self._vault.read(secret_name(connection, REFRESH)) if refreshing else None
        return SalesforceAccount(
            connection.address,
            access,
            refresh or "",
            connection.client_id,
            _Saver(self._vault, connection),
            connection.login_url,
        )

    # ------------------------------------------------------------------ secrets

    async def _keep_secrets(self, connection: Connection, grant: Grant) -> None:
        """Store the refresh token first: with it alone the sign-in can go on."""
        refresh = secret_name(connection, REFRESH)
        if grant.refresh_token:
            await self._vault.write(refresh, grant.refresh_token)
        else:
            await self._vault.delete(refresh)
        await self._vault.write(secret_name(connection, ACCESS), grant.access_token)

    async def _secret(self, connection: Connection, kind: str) -> str:
        secret = await self._vault.read(secret_name(connection, kind))
        if not secret:
            raise self._signed_out(connection.side)
        return secret

    # ------------------------------------------------------------------ who is who

    async def _known(self) -> tuple[Profile | None, Mapping[Side, Connection]]:
        def work(unit: UnitOfWork) -> tuple[Profile | None, Mapping[Side, Connection]]:
            return unit.state.profile(), unit.state.connections()

        return await self._store.run(work)

    async def _connected(self, side: Side) -> Connection:
        connection = (await self.connections()).get(side)
        if connection is None:
            raise _not_connected(side)
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

    def _signed_out(self, side: Side) -> SignInError:
        label = SERVICE[side]
        no_store = self._vault.state is VaultState.NONE
        return SignInError(
            f"Signed out of {label}",
            "This computer has no password store that SFSync can use, so the sign-in ended with "
            "the program that made it."
            if no_store
            else f"The sign-in to {label} is no longer in this computer's password store.",
            f"Connect {label} again.",
            side=side,
        )


class _Saver:
    """Keeps renewed tokens before they are used; called on worker threads."""

    def __init__(self, vault: Vault, connection: Connection) -> None:
        self._vault = vault
        self._connection = connection

    def __call__(self, tokens: Tokens) -> None:
        """Store both tokens, the refresh token first: the old one is worth nothing any more."""
        if tokens.refresh_token:
            self._vault.write_now(secret_name(self._connection, REFRESH), tokens.refresh_token)
        self._vault.write_now(secret_name(self._connection, ACCESS), tokens.access_token)


def secret_name(connection: Connection, kind: str) -> str:
    """The name of a secret in the vault: `salesforce:<org id>:refresh_token`."""
    return f"{connection.side}:{connection.account_id}:{kind}"


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


def _connection(grant: Grant, identity: Identity, method: str, now: int) -> Connection:
    return Connection(
        side=grant.side,
        account_id=identity.account_id,
        account_name=identity.account_name,
        user_id=identity.user_id,
        user_name=identity.user_name,
        address=grant.instance_url or grant.api_url,
        login_url=grant.login_url,
        region=grant.region,
        client_id=grant.client_id,
        method=method or ("oauth" if grant.client_id else "token"),
        is_sandbox=identity.is_sandbox,
        since=now,
    )


def _grant(connection: Connection, access_token: str, refresh_token: str) -> Grant:
    is_intercom = connection.side is Side.INTERCOM
    return Grant(
        connection.side,
        access_token,
        refresh_token,
        instance_url="" if is_intercom else connection.address,
        login_url=connection.login_url,
        client_id=connection.client_id,
        region=connection.region,
        api_url=connection.address if is_intercom else "",
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


def _not_connected(side: Side) -> SignInError:
    label = SERVICE[side]
    return SignInError(
        f"{label} is not connected",
        f"Nobody has signed in to {label} in this profile yet.",
        f"Connect {label} first.",
        side=side,
        code="not_connected",
    )
