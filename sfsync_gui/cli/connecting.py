"""`sfsync connect` and `sfsync disconnect`: signing in to a side, and letting it go."""

import getpass
import json
import os
import sys
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import typer

from sfsync_gui.app.accounts import Disconnected
from sfsync_gui.app.profiles import set_aside
from sfsync_gui.cli.environment import VARIABLES
from sfsync_gui.cli.output import NO_VAULT, ExitCode, Output, UsageError
from sfsync_gui.cli.session import open_profile, system_vault
from sfsync_gui.cli.wording import SERVICE, connection_json, connection_text, plain
from sfsync_gui.core.failures import SetupError, SfsyncError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.credentials.vault import Vault, VaultState
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.signing_in import Grant
from sfsync_gui.services.oauth.intercom import intercom_with_token
from sfsync_gui.services.oauth.login_urls import PRODUCTION, SANDBOX
from sfsync_gui.services.oauth.loopback import LoopbackListener
from sfsync_gui.services.oauth.salesforce import salesforce_sign_in

_LOGINS = {"production": PRODUCTION, "sandbox": SANDBOX}


@dataclass(frozen=True, slots=True)
class BrowserSignIn:
    """How to sign in to Salesforce in a browser; what is empty is as it was at the last sign-in."""

    login: str
    client_id: str
    opens_browser: bool


How = BrowserSignIn | Grant
"""In a browser, or with tokens that were made elsewhere."""

# ---------------------------------------------------------------------- connecting


async def connect_intercom(
    data_dir: Path, output: Output, token: str, region: str, api_url: str, *, start_afresh: bool
) -> ExitCode:
    """Connect Intercom with an access token; a workspace in another region is found."""
    vault = await _usable_vault(Side.INTERCOM)
    async with open_profile(data_dir, vault) as profile:
        known = (await profile.accounts.connections()).get(Side.INTERCOM)
    if not region and not api_url and known is not None:
        region, api_url = known.region, known.address
    grant = await intercom_with_token(token, region=region or "US", api_url=api_url)
    connection = await _keep(data_dir, vault, grant, "token", start_afresh=start_afresh)
    if region and not api_url and connection.region != region:
        output.line(f"The workspace is in the region {connection.region}, not {region}.")
    return await _conclude(data_dir, vault, output, connection)


async def connect_salesforce(
    data_dir: Path, output: Output, how: How, *, start_afresh: bool
) -> ExitCode:
    """Connect Salesforce: in the user's browser, or with tokens that were made elsewhere."""
    vault = await _usable_vault(Side.SALESFORCE)
    if isinstance(how, Grant):
        grant, method = how, "token"
    else:
        async with open_profile(data_dir, vault) as profile:
            known = (await profile.accounts.connections()).get(Side.SALESFORCE)
            grant, method = await _in_browser(output, how, known), "oauth"
    connection = await _keep(data_dir, vault, grant, method, start_afresh=start_afresh)
    return await _conclude(data_dir, vault, output, connection)


async def _usable_vault(side: Side) -> Vault:
    """The vault, where a sign-in can be kept in it. Raises before anybody has to sign in."""
    vault = system_vault()
    if await vault.look_again() is VaultState.NONE:
        raise SetupError(
            "There is no password store",
            "This computer has none that SFSync can use, so the sign-in would be lost when this "
            "command ends. Nothing was kept.",
            f"Set {' and '.join(VARIABLES[side])} for `sfsync sync` and `sfsync run`: that is the "
            "way for services. On a desktop, start its password store (GNOME Keyring, KWallet).",
            side=side,
            code=NO_VAULT,
        )
    return vault


async def _in_browser(output: Output, how: BrowserSignIn, known: Connection | None) -> Grant:
    """Sign in on the page that the browser shows, which returns to this computer."""
    client_id = how.client_id or (known.client_id if known else "")
    login = how.login or (known.login_url if known else "") or PRODUCTION
    if not client_id:
        raise UsageError(
            "Not understood",
            "Salesforce wants to know which app signs in.",
            "Name the consumer key of your External Client App with --client-id. README.md says "
            "how to make the app.",
        )
    async with await LoopbackListener.opened() as listener:
        sign_in = salesforce_sign_in(client_id, _LOGINS.get(login, login), listener.redirect_uri)
        try:
            _show_page(output, sign_in.url, opens_browser=how.opens_browser)
            redirected_to = await listener.wait(sign_in.is_answer)
            return await sign_in.finish(redirected_to)
        finally:
            await sign_in.close()


def _show_page(output: Output, url: str, *, opens_browser: bool) -> None:
    output.event("open", url=url)
    if opens_browser and _has_browser():
        # On a thread of its own: a browser named by BROWSER may keep the call until it is closed.
        Thread(target=webbrowser.open, args=(url,), daemon=True).start()
        output.line("Sign in to Salesforce in the browser that opens. If none does, open:")
    else:
        output.line("Open this address in a browser on this computer, and sign in to Salesforce:")
    output.line(url)
    output.note("Waiting for up to ten minutes; Ctrl-C gives up.")


def _has_browser() -> bool:
    """Whether there is one with a window: Python would start a text browser in this terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


async def _keep(
    data_dir: Path, vault: Vault, grant: Grant, method: str, *, start_afresh: bool
) -> Connection:
    """Keep the sign-in; with `start_afresh` another account's profile makes room for it."""
    async with open_profile(data_dir, vault) as profile:
        try:
            return await profile.accounts.connect(grant, method=method)
        except SetupError as refused:
            if refused.code != "other_account" or not start_afresh:
                raise
        target = await profile.accounts.pair_with(grant)
    set_aside(data_dir, target)
    async with open_profile(data_dir, vault) as profile:
        connection = await profile.accounts.connect(grant, method=method)
        if target.left is not None:
            with suppress(SfsyncError):  # it is of no use any more, whatever becomes of it
                await profile.accounts.let_go(target.left)
        return connection


async def _conclude(
    data_dir: Path, vault: Vault, output: Output, connection: Connection
) -> ExitCode:
    async with open_profile(data_dir, vault) as profile:
        connected = await profile.accounts.connections()
    output.document({"connected": connection_json(connection)})
    output.line(f"Connected: {connection_text(connection)}", colour=typer.colors.GREEN)
    if connection.side.other in connected:
        output.line("Both sides are connected: `sfsync sync --once`, or `sfsync run` to stay.")
    else:
        output.line(f"Next: `sfsync connect {connection.side.other}`.")
    return ExitCode.FINE


# ---------------------------------------------------------------------- what is typed or piped in


def token_from_stdin() -> str:
    """An access token: asked for without showing it, or read from standard input."""
    if sys.stdin.isatty():
        # Not `typer.prompt`: it shows its text before the terminal has stopped to echo.
        try:
            token = getpass.getpass("Access token of Intercom (not shown): ")
        except EOFError:
            token = ""
    else:
        token = sys.stdin.read()
    if not token.strip():
        raise UsageError(
            "Not understood",
            "There is no access token on standard input.",
            "Type it when asked, or pipe it in: `sfsync connect intercom < token.txt`.",
        )
    return token.strip()


def grant_from_stdin(instance_url: str, client_id: str, login: str) -> Grant:
    """Tokens as JSON on standard input, by OAuth's names or as Salesforce's CLI prints them."""
    if sys.stdin.isatty():
        typer.echo("Paste the tokens as JSON, then press Ctrl-D:", err=True)
    try:
        said = json.loads(sys.stdin.read())
    except ValueError as error:
        raise _unreadable(f"Standard input is not JSON: {error}.") from None
    if isinstance(said, Mapping) and isinstance(said.get("result"), Mapping):
        said = said["result"]
    if not isinstance(said, Mapping):
        raise _unreadable("The JSON on standard input is not an object.")
    access = _text(said, "access_token", "accessToken")
    if not access:
        raise _unreadable("The JSON on standard input has no “access_token”.")
    return Grant(
        Side.SALESFORCE,
        access,
        _text(said, "refresh_token", "refreshToken"),
        instance_url=instance_url,
        login_url=_LOGINS.get(login, login),
        client_id=client_id or _text(said, "client_id", "clientId"),
    )


def _text(said: Mapping[str, Any], *names: str) -> str:
    return next((value for name in names if isinstance(value := said.get(name), str)), "")


def _unreadable(message: str) -> UsageError:
    # The words of a JSON error name a place, never the text.
    return UsageError(
        "The tokens cannot be read",
        message,
        'Pipe in {"access_token": "…", "refresh_token": "…"}; the refresh token may be left out.',
    )


# ---------------------------------------------------------------------- disconnecting


async def disconnect(data_dir: Path, output: Output, side: Side) -> ExitCode:
    """Take the access back at the service and forget it; links and history stay."""
    async with open_profile(data_dir, create=False) as profile:
        outcome = await profile.accounts.disconnect(side)
    if outcome is None:
        output.document({"disconnected": None})
        output.line(f"{SERVICE[side]} is not connected.")
        return ExitCode.FINE
    problem = outcome.problem
    output.document(
        {
            "disconnected": connection_json(outcome.connection),
            "revoked": outcome.revoked,
            "problem": problem.message if problem else None,
        }
    )
    output.line(f"Disconnected: {connection_text(outcome.connection)}")
    for text in _access_texts(outcome):
        output.line(text)
    output.line("Links, history and settings stay; connecting again goes on where it was.")
    return ExitCode.FINE if problem is None else ExitCode.UNREACHABLE


def _access_texts(outcome: Disconnected) -> list[str]:
    service = SERVICE[outcome.connection.side]
    if outcome.revoked:
        return [f"{service} has taken the access back, and it was removed from this computer."]
    if outcome.problem is None and outcome.connection.method == "oauth":
        return ["There was nothing left here to be taken back."]
    if outcome.problem is None:
        return [
            "The token was removed from this computer. It still works: it was made outside SFSync,",
            f"and is taken back in {service} where it was made.",
        ]
    return [
        f"The access was removed from this computer, but {service} did not take it back:",
        f"{plain(outcome.problem.message)} {plain(outcome.problem.remedy)}".strip(),
    ]
