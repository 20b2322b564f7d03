"""The secrets of a connection in the vault, and the accounts that are made of them.

Their names hold the account's id, so that profiles never share or overwrite them:
`salesforce:<org id>:refresh_token`.
"""

from sfsync_gui.app.wiring import IntercomAccount, SalesforceAccount
from sfsync_gui.core.failures import SignInError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.credentials.vault import Vault, VaultState
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.signing_in import Grant
from sfsync_gui.services.salesforce.tokens import Tokens

SERVICE = {Side.INTERCOM: "Intercom", Side.SALESFORCE: "Salesforce"}
ACCESS = "access_token"
REFRESH = "refresh_token"


def secret_name(connection: Connection, kind: str) -> str:
    """The name of a secret in the vault."""
    return f"{connection.side}:{connection.account_id}:{kind}"


class KeptSecrets:
    """The vault, by connection. Every method may raise `VaultLockedError`."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def keep(self, connection: Connection, grant: Grant) -> None:
        """Store what a sign-in yielded, the refresh token first: with it alone it can go on."""
        refresh = secret_name(connection, REFRESH)
        if grant.refresh_token:
            await self._vault.write(refresh, grant.refresh_token)
        else:
            await self._vault.delete(refresh)
        await self._vault.write(secret_name(connection, ACCESS), grant.access_token)

    async def forget(self, connection: Connection) -> None:
        """Remove everything of a connection."""
        for kind in (ACCESS, REFRESH):
            await self._vault.delete(secret_name(connection, kind))

    async def grant(self, connection: Connection) -> Grant:
        """What is kept of a sign-in; empty where it is not there any more."""
        is_intercom = connection.side is Side.INTERCOM
        return Grant(
            connection.side,
            await self._vault.read(secret_name(connection, ACCESS)) or "",
            await self._vault.read(secret_name(connection, REFRESH)) or "",
            instance_url="" if is_intercom else connection.address,
            login_url=connection.login_url,
            client_id=connection.client_id,
            region=connection.region,
            api_url=connection.address if is_intercom else "",
        )

    async def intercom_account(self, connection: Connection) -> IntercomAccount:
        """How to reach Intercom. Raises `SignInError` where the sign-in is not kept any more."""
        token = await self._access(connection)
        return IntercomAccount(token, connection.region or "US", connection.address or None)

    async def salesforce_account(
        self, connection: Connection, *, renewing: bool = True
    ) -> SalesforceAccount:
        """How to reach Salesforce. Raises `SignInError` where the sign-in is not kept any more.

        With `renewing` False the access is used as it is: renewing it could take the refresh token
        away from the process that has the profile open.
        """
        access = await self._access(connection)
        refresh = await self._vault.read(secret_name(connection, REFRESH)) if renewing else None
        return SalesforceAccount(
            connection.address,
            access,
            refresh or "",
            connection.client_id,
            Saver(self._vault, connection),
            connection.login_url,
        )

    async def _access(self, connection: Connection) -> str:
        token = await self._vault.read(secret_name(connection, ACCESS))
        if not token:
            raise self._gone(connection.side)
        return token

    def _gone(self, side: Side) -> SignInError:
        label = SERVICE[side]
        return SignInError(
            f"Signed out of {label}",
            "This computer has no password store that SFSync can use, so the sign-in ended with "
            "the program that made it."
            if self._vault.state is VaultState.NONE
            else f"The sign-in to {label} is no longer in this computer's password store.",
            f"Connect {label} again.",
            side=side,
        )


class Saver:
    """Keeps renewed tokens before they are used; called on worker threads."""

    def __init__(self, vault: Vault, connection: Connection) -> None:
        self._vault = vault
        self._connection = connection

    def __call__(self, tokens: Tokens) -> None:
        """Store both tokens, the refresh token first: the old one is worth nothing any more."""
        if tokens.refresh_token:
            self._vault.write_now(secret_name(self._connection, REFRESH), tokens.refresh_token)
        self._vault.write_now(secret_name(self._connection, ACCESS), tokens.access_token)
