"""The watch over secrets sees each way out, and shows no secret itself."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BEGINNING = """
import logging
import subprocess
import sys

import pytest
from typer import Typer, echo
from typer.testing import CliRunner

from sfsync_gui.core.failures import SignInError
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.salesforce import SalesforceSandbox

SECRET = SalesforceSandbox(ManualClock(0)).issue_tokens()["refresh_token"]
"""

LEAKS = {
    "captured_output": "sys.stdout.write(SECRET)",
    "output_that_a_test_read": "sys.stderr.write(SECRET); capsys.readouterr()",
    "log_record_of_the_lowest_level": (
        "logging.getLogger('sfsync_gui.x').debug('with %s', SECRET)"
    ),
    "log_of_an_exception": (
        "try:\n        raise ValueError(SECRET)\n"
        "    except ValueError:\n        logging.getLogger('x').exception('failed')"
    ),
    "file": "(tmp_path / 'sub').mkdir(); (tmp_path / 'sub' / 'db').write_text('x' + SECRET)",
    "exception_that_is_caught": (
        "with pytest.raises(SignInError):\n        raise SignInError('Out', 'No.', detail=SECRET)"
    ),
    "exception_that_is_not_caught": "raise ValueError(SECRET)",
    "output_of_a_program": (
        "subprocess.run([sys.executable, '-c', 'import sys; print(sys.argv[1])', SECRET],"
        " capture_output=True, check=True)"
    ),
    "output_of_a_command": (
        "app = Typer(); app.command()(lambda: echo(SECRET)); CliRunner().invoke(app)"
    ),
    "token_of_intercom": "sys.stdout.write(IntercomSandbox(ManualClock(0)).issue_token())",
}
NOTHING = {
    "nothing_of_note": "(tmp_path / 'db').write_text('nothing'); print('nothing')",
    "exception_that_masks_it": (
        "with pytest.raises(SignInError):\n"
        "        error = SignInError('Out', 'No.', detail=SECRET)\n"
        "        error.detail = '…'\n"
        "        raise error"
    ),
}
NOBODYS_FILE = {"any": "(tmp_path_factory.mktemp('other') / 'db').write_text(SECRET)"}


def suite(leaks: Mapping[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """Run a suite of these tests with the plugin."""
    tests = "".join(
        f"\n\ndef test_{name}(tmp_path, tmp_path_factory, capsys):\n    {leak}\n"
        for name, leak in leaks.items()
    )
    # Not in pytest's folder: what leaks here on purpose is not to be found there.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_leaks.py").write_text(BEGINNING + tests, "utf-8")
        plugin = 'pytest_plugins = ("tests.support.secret_watch",)'
        (folder / "conftest.py").write_text(plugin, "utf-8")
        own = ["-q", "-rA", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", name]
        return subprocess.run(
            [sys.executable, "-m", "pytest", *own, f"--basetemp={folder}/base", *options, name],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )


def test_each_way_out_fails_its_test_and_none_shows_the_secret() -> None:
    done = suite({**LEAKS, **NOTHING})
    failed = set(re.findall(r"^(?:FAILED|ERROR) .*::test_(\w+)", done.stdout, re.MULTILINE))
    assert failed == set(LEAKS), done.stdout + done.stderr
    assert done.returncode == 1
    # What this run printed is searched by the watch over this test.
    assert "«secret»" in done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "1")])
def test_a_file_that_belongs_to_no_test_fails_the_run(options: tuple[str, ...]) -> None:
    done = suite(NOBODYS_FILE, *options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "A secret was written" in done.stderr
    assert "1 passed" in done.stdout


def test_workers_watch_too() -> None:
    done = suite({"captured_output": LEAKS["captured_output"]}, "-n", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "A secret was written" in done.stdout
