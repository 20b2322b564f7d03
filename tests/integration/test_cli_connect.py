"""Connecting and disconnecting on the command line, with a real keyring on a bus of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from sfsync_gui.app.profiles import is_set_aside
from sfsync_gui.cli.output import ExitCode
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.salesforce import DEMO_CLIENT_ID
from tests.support.browser import Browser
from tests.support.command_line import (
    SFSYNC,
    Program,
    Services,
    document,
    services,
    sfsync,
)
from tests.support.keyring_session import KeyringSession, keyring_threads_ended
from tests.support.sign_in_world import decide

if sys.platform != "win32":
    import pty

SECOND_TOKEN = "dG9rOnNlY29uZHdvcmtzcGFjZQ"
BROWSER = f"""#!{sys.executable}
import sys
from tests.support.browser import Browser
from tests.support.sign_in_world import decide

with Browser() as browser:
    browser.open(sys.argv[1])
    decide(browser)
"""


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringSession]:
    with keyring_threads_ended():
        session = KeyringSession()
        for variable, value in session.environment.items():
            monkeypatch.setenv(variable, value)
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
        for name in [name for name in os.environ if name.startswith("SFSYNC_")]:
            monkeypatch.delenv(name)
        yield session
        session.close()


@pytest.fixture
def unlocked(keyring: KeyringSession) -> KeyringSession:
    keyring.start_bus()
    keyring.start_keyring()
    return keyring


@pytest.fixture
def world() -> Iterator[Services]:
    with services() as served:
        yield served


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "profile"


def connect_intercom(world: Services, folder: Path, *options: str, token: str = "") -> int:
    done = sfsync(
        "connect",
        "intercom",
        "--api-url",
        world.intercom_url,
        *options,
        told=(token or world.token) + "\n",
        folder=folder,
    )
    print(done.output)
    return done.exit_code


def connect_salesforce(world: Services, folder: Path, *options: str) -> int:
    tokens = world.do(lambda: world.salesforce.issue_tokens(DEMO_CLIENT_ID, world.salesforce_url))
    given = {name: tokens[name] for name in ("access_token", "refresh_token")}
    done = sfsync(
        "connect",
        "salesforce",
        "--instance-url",
        world.salesforce_url,
        "--client-id",
        DEMO_CLIENT_ID,
        *options,
        told=json.dumps(given),
        folder=folder,
    )
    print(done.output)
    return done.exit_code


def connect(world: Services, folder: Path) -> None:
    assert connect_intercom(world, folder) == 0
    assert connect_salesforce(world, folder) == 0


def has_ended(world: Services) -> bool:
    """Whether the newest approval of the app is over."""
    return world.do(lambda: world.salesforce.sessions.approvals[-1].ended)


def sign_in_with_browser(world: Services, folder: Path) -> None:
    """Sign in to Salesforce on its page."""
    arguments = ("--login-url", world.salesforce_url, "--client-id", DEMO_CLIENT_ID)
    with Program.start(
        "connect", "salesforce", *arguments, "--no-browser", "--json", folder=folder
    ) as program:
        url = json.loads(program.wait_for('"open"'))["url"]
        with Browser() as browser:
            browser.open(url)
            decide(browser)
            assert "You can close this page" in browser.page.text
        code, output = program.ended()
    assert code == 0, output


# ---------------------------------------------------------------------- connecting


def test_both_sides_are_connected_and_synced(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    world.someone("ada@x.example", Phone="+64 1")
    connect(world, folder)
    kept = unlocked.entries()
    assert kept["intercom:nw5x2k7q:access_token"] == world.token
    org = world.salesforce.org.org_id
    assert set(kept) == {
        "intercom:nw5x2k7q:access_token",
        f"salesforce:{org}:access_token",
        f"salesforce:{org}:refresh_token",
    }
    connected = document("status", folder=folder)["connections"]
    assert connected["intercom"]["account_name"] == "Northwind Outfitters"
    assert connected["intercom"]["method"] == "token"
    assert connected["salesforce"]["user_name"] == "integration@example.com"
    synced = sfsync("sync", "--once", folder=folder)
    assert synced.exit_code == 0, synced.output
    assert "1 link made" in synced.output
    # The database, the outputs and the logs are searched for the tokens by the watch.


def test_a_renewed_sign_in_outlives_the_command(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    connect(world, folder)
    before = unlocked.entries()
    world.do(world.salesforce.expire_sessions)
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    after = unlocked.entries()
    changed = {name for name in before if before[name] != after[name]}
    org = world.salesforce.org.org_id
    assert changed == {f"salesforce:{org}:access_token", f"salesforce:{org}:refresh_token"}
    world.do(world.salesforce.expire_sessions)
    assert sfsync("sync", "--once", folder=folder).exit_code == 0


def test_salesforce_is_signed_in_to_in_the_users_browser(
    unlocked: KeyringSession,
    world: Services,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = tmp_path / "browser"
    browser.write_text(BROWSER)
    browser.chmod(0o700)
    monkeypatch.setenv("PYTHONPATH", os.getcwd())
    environment = {"BROWSER": f"{browser} %s"}
    login = ("connect", "salesforce", "--login-url", world.salesforce_url)
    first = (*login, "--client-id", DEMO_CLIENT_ID)
    with Program.start(*first, folder=folder, environment=environment) as program:
        code, output = program.ended()
    assert code == 0, output
    assert "Connected: Salesforce" in output
    assert "Next: `sfsync connect intercom`." in output
    stored = document("status", folder=folder)["connections"]["salesforce"]
    assert (stored["method"], stored["client_id"]) == ("oauth", DEMO_CLIENT_ID)
    # Connecting again needs neither address nor consumer key.
    with Program.start("connect", "salesforce", folder=folder, environment=environment) as program:
        code, output = program.ended()
    assert code == 0, output


def test_without_a_browser_the_address_is_printed(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    sign_in_with_browser(world, folder)
    stored = document("status", folder=folder)["connections"]["salesforce"]
    assert (stored["method"], stored["login_url"]) == ("oauth", world.salesforce_url)


def test_a_person_who_denies_is_told(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    arguments = ("--login-url", world.salesforce_url, "--client-id", DEMO_CLIENT_ID)
    with Program.start(
        "connect", "salesforce", *arguments, "--no-browser", "--json", folder=folder
    ) as program:
        url = json.loads(program.wait_for('"open"'))["url"]
        with Browser() as browser:
            browser.open(url)
            decide(browser, allow=False)
        code, output = program.ended()
    assert code == ExitCode.SIGNED_OUT
    assert json.loads(output.splitlines()[-1])["title"] == "Salesforce sign-in failed"
    assert unlocked.entries() == {}


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is not sent to one process there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_waiting_for_the_browser_ends_on_a_signal(
    number: int, unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    arguments = ("--login-url", world.salesforce_url, "--client-id", DEMO_CLIENT_ID)
    with Program.start(
        "connect", "salesforce", *arguments, "--no-browser", folder=folder
    ) as program:
        program.wait_for("/services/oauth2/authorize")
        program.process.send_signal(number)
        code, output = program.ended()
    assert code == ExitCode.STOPPED
    assert "Stopped." in output
    assert "Traceback" not in output
    assert sfsync("settings", "set", "api-cap", "500", folder=folder).exit_code == 0


def test_connecting_again_goes_on_where_it_was(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    contact, record = world.someone("ada@x.example", Phone="+64 1")
    connect(world, folder)
    sfsync("sync", "--once", folder=folder)
    links = document("links", "list", folder=folder)
    assert sfsync("disconnect", "intercom", folder=folder).exit_code == 0
    out = sfsync("sync", "--once", folder=folder)
    assert out.exit_code == ExitCode.SIGNED_OUT
    assert "sfsync connect intercom" in out.output
    time.sleep(1)  # the services' times have whole seconds
    world.do(lambda: world.intercom.edit_contact(contact, phone="+64 2"))
    calls = world.do(lambda: world.intercom.log.count("GET", "^/contacts$"))
    assert connect_intercom(world, folder) == 0
    again = sfsync("sync", "--once", folder=folder)
    assert again.exit_code == 0, again.output
    assert document("links", "list", folder=folder) == links
    stored = world.do(lambda: world.salesforce.record(record))
    assert stored is not None
    assert stored["Phone"] == "+64 2"
    # Nobody was read anew.
    assert world.do(lambda: world.intercom.log.count("GET", "^/contacts$")) == calls


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_token_that_is_typed_is_not_shown(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    ours, terminal = pty.openpty()
    asked = ("connect", "intercom", "--api-url", world.intercom_url, "--data-dir", str(folder))
    process = subprocess.Popen(
        [*SFSYNC, *asked], stdin=terminal, stdout=terminal, stderr=terminal, close_fds=True
    )
    os.close(terminal)
    shown = b""
    with suppress(OSError):  # the end of a terminal
        while piece := os.read(ours, 1000):
            shown += piece
            if b"(not shown)" in shown and b"\n" not in shown:
                os.write(ours, world.token.encode() + b"\n")
    os.close(ours)
    assert process.wait(30) == 0, shown
    assert "Connected: Intercom" in shown.decode()
    assert world.token not in shown.decode()
    assert list(unlocked.entries().values()) == [world.token]


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("token", "code", "words"),
    [
        ("wrong", ExitCode.SIGNED_OUT, "token"),
        ("", ExitCode.USAGE, "no access token on standard input"),
        ("with a space", ExitCode.SETUP, "characters that none has"),
        ("smörgås", ExitCode.SETUP, "characters that none has"),
    ],
)
def test_a_wrong_token_is_told_and_nothing_is_kept(
    token: str, code: int, words: str, unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    done = sfsync("connect", "intercom", "--api-url", world.intercom_url, told=token, folder=folder)
    assert done.exit_code == code, done.output
    assert words in done.output
    assert unlocked.entries() == {}
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("no json", "not JSON"),
        ("[]", "not an object"),
        ('{"refresh_token": "only"}', "no “access_token”"),
        ('{"result": {"accessToken": ""}}', "no “access_token”"),
    ],
)
def test_tokens_that_cannot_be_read(
    told: str, words: str, unlocked: KeyringSession, folder: Path
) -> None:
    done = sfsync(
        "connect", "salesforce", "--instance-url", "https://x.my.salesforce.com",
        told=told, folder=folder,
    )  # fmt: skip
    assert done.exit_code == ExitCode.USAGE
    assert words in done.output


def test_tokens_as_salesforces_own_command_line_prints_them(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    tokens = world.do(lambda: world.salesforce.issue_tokens(DEMO_CLIENT_ID, world.salesforce_url))
    told = json.dumps({"status": 0, "result": {"accessToken": tokens["access_token"]}})
    done = sfsync(
        "connect", "salesforce", "--instance-url", world.salesforce_url, told=told, folder=folder
    )
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("side", ["intercom", "salesforce"])
def test_an_unreachable_host(side: str, unlocked: KeyringSession, folder: Path) -> None:
    if side == "intercom":
        done = sfsync(
            "connect", "intercom", "--api-url", "http://127.0.0.1:9", told="t", folder=folder
        )
    else:
        done = sfsync(
            "connect", "salesforce", "--instance-url", "http://127.0.0.1:9",
            told='{"access_token": "t"}', folder=folder,
        )  # fmt: skip
    assert done.exit_code == ExitCode.UNREACHABLE, done.output
    assert "127.0.0.1:9 cannot be reached" in done.output
    assert unlocked.entries() == {}


@pytest.mark.parametrize("address", ["http://example.com", "ftp://example.com", "no address"])
def test_an_address_that_is_not_safe(address: str, unlocked: KeyringSession, folder: Path) -> None:
    done = sfsync("connect", "intercom", "--api-url", address, told="token", folder=folder)
    assert done.exit_code == ExitCode.SETUP
    assert "not safe" in done.output


def test_salesforce_wants_to_know_which_app(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    done = sfsync("connect", "salesforce", "--login-url", "production", folder=folder)
    assert done.exit_code == ExitCode.USAGE
    assert "--client-id" in done.output


# ---------------------------------------------------------------------- another account


def test_another_workspace_is_refused_then_set_aside_and_returned_to(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    world.someone("ada@x.example")
    connect(world, folder)
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    history = document("history", folder=folder)
    assert history
    org = world.salesforce.org.org_id
    with services(app_id="other777", intercom_token=SECOND_TOKEN) as other:
        before = unlocked.entries()
        assert connect_intercom(other, folder) == ExitCode.SETUP
        assert unlocked.entries() == before
        assert connect_intercom(other, folder, "--start-afresh") == 0
        assert is_set_aside(folder, "nw5x2k7q", org)
        state = document("status", folder=folder)
        assert state["connections"]["intercom"]["account_id"] == "other777"
        assert state["connections"]["salesforce"]["account_id"] == org
        assert (state["links"], state["profile"]) == (0, None)
        # The sign-in that was left is not kept; Salesforce's stays.
        assert "intercom:nw5x2k7q:access_token" not in unlocked.entries()
        assert f"salesforce:{org}:refresh_token" in unlocked.entries()
        assert sfsync("sync", "--once", folder=folder).exit_code == 0
    assert connect_intercom(world, folder) == ExitCode.SETUP
    assert connect_intercom(world, folder, "--start-afresh") == 0
    assert document("history", folder=folder) == history
    assert document("status", folder=folder)["links"] == 1
    assert is_set_aside(folder, "other777", org)
    assert not is_set_aside(folder, "nw5x2k7q", org)
    assert sfsync("sync", "--once", folder=folder).exit_code == 0


def test_the_refusal_names_both_accounts_and_the_way_out(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    connect(world, folder)
    sfsync("sync", "--once", folder=folder)
    with services(org_seed=5) as other:
        tokens = other.do(lambda: other.salesforce.issue_tokens())
        done = sfsync(
            "connect", "salesforce", "--instance-url", other.salesforce_url,
            told=json.dumps(tokens), folder=folder,
        )  # fmt: skip
        assert done.exit_code == ExitCode.SETUP
        for words in (
            world.salesforce.org.org_id,
            other.salesforce.org.org_id,
            "Nothing was changed.",
            "--start-afresh",
        ):
            assert words in done.output


def test_another_workspace_before_the_first_sync_just_takes_the_place(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    assert connect_intercom(world, folder) == 0
    with services(app_id="other777", intercom_token=SECOND_TOKEN) as other:
        assert connect_intercom(other, folder) == 0
        assert list(unlocked.entries()) == ["intercom:other777:access_token"]


def test_a_profile_that_waits_is_not_passed_by(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    """Both accounts are changed one after the other, and back: the first profile is found."""
    connect(world, folder)
    sfsync("sync", "--once", folder=folder)
    org = world.salesforce.org.org_id
    with services(app_id="other777", org_seed=5, intercom_token=SECOND_TOKEN) as other:
        assert connect_intercom(other, folder, "--start-afresh") == 0
        assert connect_salesforce(other, folder) == 0
        assert connect_intercom(world, folder) == 0
        refused = connect_salesforce(world, folder)
        assert refused == ExitCode.SETUP
        assert connect_salesforce(world, folder, "--start-afresh") == 0
    assert not is_set_aside(folder, "nw5x2k7q", org)
    assert document("status", folder=folder)["profile"]["intercom_app_id"] == "nw5x2k7q"
    assert sfsync("sync", "--once", folder=folder).exit_code == 0


# ---------------------------------------------------------------------- the password store


def test_a_locked_password_store_has_a_code_of_its_own(
    keyring: KeyringSession, world: Services, folder: Path
) -> None:
    keyring.start_bus()
    first = keyring.start_keyring()
    connect(world, folder)
    keyring.stop(first)
    keyring.start_keyring(unlocked=False)
    done = sfsync("sync", "--once", folder=folder)
    assert done.exit_code == ExitCode.VAULT_LOCKED, done.output
    assert "locked" in done.output
    assert "then try again" in done.output
    keyring.unlock_keyring()
    assert sfsync("sync", "--once", folder=folder).exit_code == 0


def test_without_a_password_store_connecting_says_so_before_it_asks(
    keyring: KeyringSession, world: Services, folder: Path
) -> None:
    done = sfsync(
        "connect", "intercom", "--api-url", world.intercom_url, told=world.token, folder=folder
    )
    assert done.exit_code == ExitCode.NO_VAULT, done.output
    assert "SFSYNC_INTERCOM_TOKEN" in done.output
    assert not database_path(folder).exists()
    done = sfsync("connect", "salesforce", "--client-id", "x", folder=folder)
    assert done.exit_code == ExitCode.NO_VAULT
    assert "SFSYNC_SALESFORCE_TOKEN" in done.output


def test_without_a_password_store_the_environment_is_the_way(
    keyring: KeyringSession, world: Services, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    assert sfsync("fields", "intercom", folder=folder).exit_code == 0


def test_half_an_account_in_the_environment(
    keyring: KeyringSession, world: Services, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = world.environment() | {"SFSYNC_SALESFORCE_REFRESH_TOKEN": ""}
    for absent, named in (
        ("SFSYNC_SALESFORCE_TOKEN", {}),
        ("SFSYNC_SALESFORCE_URL", {}),
        ("SFSYNC_SALESFORCE_CLIENT_ID", {"SFSYNC_SALESFORCE_REFRESH_TOKEN": "5Aep861given"}),
    ):
        for name, value in {**whole, **named, absent: ""}.items():
            monkeypatch.setenv(name, value)
        done = sfsync("sync", "--once", folder=folder)
        assert done.exit_code == ExitCode.SETUP
        assert f"{absent} is not set" in done.output


@pytest.mark.parametrize("rotation", [False, True])
def test_a_service_renews_its_access_by_itself(
    rotation: bool, keyring: KeyringSession, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with services(rotation=rotation) as world:
        environment = world.environment()
        tokens = world.do(lambda: world.salesforce.issue_tokens(DEMO_CLIENT_ID))
        environment["SFSYNC_SALESFORCE_REFRESH_TOKEN"] = tokens["refresh_token"]
        environment["SFSYNC_SALESFORCE_CLIENT_ID"] = DEMO_CLIENT_ID
        del environment["SFSYNC_SALESFORCE_TOKEN"]
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        done = sfsync("sync", "--once", folder=folder)
        assert done.exit_code == 0, done.output
        assert ("refresh token rotation off" in done.output) is rotation
        again = sfsync("sync", "--once", folder=folder)
        assert again.exit_code == (ExitCode.SIGNED_OUT if rotation else 0), again.output


# ---------------------------------------------------------------------- disconnecting


def test_what_was_signed_in_to_is_revoked(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    sign_in_with_browser(world, folder)
    assert not has_ended(world)
    done = sfsync("disconnect", "salesforce", folder=folder)
    assert done.exit_code == 0, done.output
    assert "has taken the access back" in done.output
    assert has_ended(world)
    assert unlocked.entries() == {}
    assert document("status", folder=folder)["connections"] == {}


def test_a_failing_revocation_is_said_and_the_removal_happens(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    sign_in_with_browser(world, folder)
    fault = Fault(FaultKind.SERVER_ERROR, path="/oauth2/revoke", times=5)
    world.do(lambda: world.salesforce.faults.arm(fault))
    done = sfsync("disconnect", "salesforce", folder=folder)
    assert done.exit_code == ExitCode.UNREACHABLE
    assert "did not take it back" in done.output
    assert unlocked.entries() == {}
    assert document("status", folder=folder)["connections"] == {}


def test_a_token_that_was_pasted_stays_valid_and_that_is_said(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    connect(world, folder)
    for side in ("intercom", "salesforce"):
        done = sfsync("disconnect", side, folder=folder)
        assert done.exit_code == 0
        assert "It still works" in done.output
    assert unlocked.entries() == {}
    assert world.do(lambda: world.intercom.access_token) is not None
    again = sfsync("disconnect", "intercom", folder=folder)
    assert again.exit_code == 0
    assert "not connected" in again.output


def test_a_sign_in_that_is_gone_from_the_password_store(
    unlocked: KeyringSession, world: Services, folder: Path
) -> None:
    connect(world, folder)
    asyncio.run(Vault().delete("intercom:nw5x2k7q:access_token"))
    done = sfsync("sync", "--once", folder=folder)
    assert done.exit_code == ExitCode.SIGNED_OUT
    assert "no longer in this computer's password store" in done.output
