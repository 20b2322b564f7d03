"""simple-salesforce is loaded without what SFSync does not use of it, and works nevertheless."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = "zeep lxml jwt cryptography"
"""What only the Metadata API and sign-ins by password and certificate need."""


def run(script: str, *folders: Path) -> list[str]:
    """What a program of its own prints; `folders` come before all others in its path."""
    path = os.pathsep.join([*map(str, folders), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": path},
    )
    return done.stdout.split()


def test_the_client_loads_nothing_heavy() -> None:
    assert not run(
        "import sys\n"
        "from sfsync_gui.services.salesforce import client\n"
        f"print(*[name for name in {HEAVY.split()} if name in sys.modules])"
    )


def test_what_was_left_out_is_loaded_when_it_is_used() -> None:
    told = run(
        "import sys\n"
        "from sfsync_gui.services.salesforce.lean_client import Salesforce\n"
        "org = Salesforce(instance_url='https://example.my.salesforce.com', session_id='x')\n"
        "print('zeep' in sys.modules, type(org.mdapi).__module__, 'zeep' in sys.modules)"
    )
    assert told == ["False", "simple_salesforce.metadata", "True"]


def test_whoever_imports_what_was_left_out_gets_it() -> None:
    told = run(
        "import sfsync_gui.services.salesforce.lean_client\n"
        "import simple_salesforce.login\n"
        "from simple_salesforce.metadata import SfdcMetadataApi\n"
        "print(simple_salesforce.login.SalesforceLogin.__module__, SfdcMetadataApi.__module__)"
    )
    assert told == ["simple_salesforce.login", "simple_salesforce.metadata"]


@pytest.mark.parametrize(
    "otherwise",
    [
        "from .metadata import Another",
        "from .metadata import SfdcMetadataApi\nclass Another(SfdcMetadataApi): pass",
        "from . import metadata\nAnother = metadata.Another",
    ],
)
def test_a_package_that_is_put_together_otherwise_is_loaded_as_usual(
    tmp_path: Path, otherwise: str
) -> None:
    package = tmp_path / "simple_salesforce"
    package.mkdir()
    (package / "__init__.py").write_text("from .api import Salesforce")
    (package / "api.py").write_text(f"{otherwise}\nclass Salesforce: pass")
    (package / "exceptions.py").write_text("class SalesforceError(Exception): pass")
    (package / "metadata.py").write_text("class SfdcMetadataApi: pass\nclass Another: pass")
    told = run(
        "from sfsync_gui.services.salesforce.lean_client import Salesforce\n"
        "from simple_salesforce import api, metadata\n"
        "print(Salesforce is api.Salesforce, api.Another.__module__, metadata.Another.__module__)",
        tmp_path,
    )
    module = "api" if "class" in otherwise else "metadata"
    assert told == ["True", f"simple_salesforce.{module}", "simple_salesforce.metadata"]
