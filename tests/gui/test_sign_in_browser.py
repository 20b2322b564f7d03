"""The embedded browser itself: what it requests, what it refuses, what it leaves, when it loads."""

from __future__ import annotations

import asyncio
import datetime
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PySide6.QtCore import QUrl

from sfsync_gui.sandbox.salesforce import DEMO_CLIENT_ID
from tests.gui.conftest import Run
from tests.support.sign_in_window import (
    GRAPHICS,
    Pages,
    allow_browser_as_root,
    browser_objects,
    press,
    until,
)
from tests.support.sign_in_world import SignInWorld, sign_in_world

pytestmark = pytest.mark.qt_log_ignore(*GRAPHICS)


@pytest.fixture
def world() -> Iterator[SignInWorld]:
    allow_browser_as_root()
    with sign_in_world() as served:
        yield served


def test_the_address_with_the_code_is_never_requested(run: Run, world: SignInWorld) -> None:
    from sfsync_gui.ui.browser.dialog import End, SignInDialog

    callback = f"{world.salesforce_url.replace('127.0.0.1', 'localhost')}/callback"

    async def story() -> None:
        world.do(lambda: world.salesforce.register_app(DEMO_CLIENT_ID, "SFSync", (callback,)))
        sign_in = world.salesforce_sign_in(redirect_uri=callback)
        dialog = SignInDialog(sign_in, own_browser=False, parent=None)
        dialog.open()
        ending = asyncio.ensure_future(dialog.outcome())
        await Pages(dialog.frame).allow_salesforce()
        outcome = await ending
        assert outcome.end is End.REDIRECTED
        assert outcome.address.startswith(f"{callback}?code=")
        assert "code" not in repr(outcome)
        assert (await sign_in.finish(outcome.address)).refresh_token
        await sign_in.close()
        await until(lambda: not browser_objects())
        assert world.do(lambda: world.salesforce.log.count("GET", "/callback")) == 0
        assert world.do(lambda: world.salesforce.log.count("POST", "/token")) == 1

    run(story())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_page_that_is_not_safe_is_not_shown(
    run: Run, world: SignInWorld, certificate: Path
) -> None:
    from sfsync_gui.ui.browser.dialog import End, SignInDialog

    async def story() -> None:
        asked: list[bytes] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append(await reader.read(1))
            writer.close()

        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]

        dialog = SignInDialog(world.salesforce_sign_in(), own_browser=False, parent=None)
        dialog.open()
        ending = asyncio.ensure_future(dialog.outcome())
        pages = Pages(dialog.frame)
        await pages.shows("#Login")
        for address in (f"https://127.0.0.1:{port}/login", "http://login.salesforce.com/"):
            dialog.page.setUrl(QUrl(address))
            await until(dialog.frame.trouble.isVisible)
            assert dialog.frame.trouble.sentence == "This page is not safe to show"
            press(dialog.frame.trouble.button)
            await pages.shows("#Login")
        dialog.close()
        assert (await ending).end is End.CANCELLED
        assert b"G" not in asked  # the hand was not shaken
        server.close()
        await server.wait_closed()
        await until(lambda: not browser_objects())

    run(story())


def run_program(script: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A Python program with a home of its own in the folder."""
    homes = {"HOME": "home", "XDG_RUNTIME_DIR": "run", "TMPDIR": "tmp"}
    for name in homes.values():
        (folder / name).mkdir(mode=0o700)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
    environment = {**kept, **{k: str(folder / v) for k, v in homes.items()}}
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", script, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


LAZY = """
import asyncio, sys
from pathlib import Path
from sfsync_gui.ui.application import make_application
from sfsync_gui.ui.loop import run
from tests.support.sign_in_window import sign_in_window
from tests.support.sign_in_world import sign_in_world

def loaded():
    return [name for name in sys.modules if "WebEngine" in name or name.startswith(
        "sfsync_gui.ui.browser.")]

async def main():
    with sign_in_world() as world:
        async with sign_in_window(Path(sys.argv[1]), world) as window:
            window.connections
            wizard = await window.wizard()
            wizard.show_step(wizard.step.next)
            await asyncio.sleep(0.2)
            assert not loaded(), loaded()
    print("not loaded")

application = make_application(["sfsync"])
run(application, main())
"""


def test_the_browser_is_not_loaded_before_somebody_signs_in(tmp_path: Path) -> None:
    done = run_program(LAZY, tmp_path, str(tmp_path / "profile"))
    assert (done.returncode, done.stdout) == (0, "not loaded\n"), done.stderr


SIGNS_IN = """
import sys
from pathlib import Path
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.ui.application import make_application
from sfsync_gui.ui.loop import run
from tests.support.sign_in_window import allow_browser_as_root, sign_in_window
from tests.support.sign_in_world import sign_in_world

async def main():
    with sign_in_world() as world:
        async with sign_in_window(Path(sys.argv[1]), world) as window:
            for side in Side:
                await window.approve(side)
            await window.browser_is_gone()
            pages = await window.begin_again(Side.SALESFORCE)
            await pages.shows("#Login")
    print("quit")

allow_browser_as_root()
application = make_application(["sfsync"])
run(application, main())
"""


def test_a_program_that_has_signed_in_quits_in_order_and_leaves_nothing_on_disk(
    tmp_path: Path,
) -> None:
    done = run_program(SIGNS_IN, tmp_path, str(tmp_path / "profile"))
    assert (done.returncode, done.stdout) == (0, "quit\n"), done.stderr
    assert "Release of profile" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "state=" not in done.stderr
    left = [
        path.relative_to(tmp_path)
        for name in ("home", "run", "tmp")
        for path in (tmp_path / name).rglob("*")
        if path.is_file()
    ]
    assert left == []
