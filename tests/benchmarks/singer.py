"""A Singer tap's extraction of all contacts, against the product's reading of them.

    python -m tests.benchmarks.singer VENV/bin/python [CONTACTS]

The first argument is the interpreter of an environment in which tap-intercom is installed
(`pip install tap-intercom`). Both read the same simulated workspace over real sockets.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks import jobs
from tests.benchmarks.figures import Figures
from tests.benchmarks.product import Cost, Profile, run_in_product
from tests.benchmarks.services import Plan, Services, served

CONTACTS = 5000

SHIM = """
import json
import re
import sys
import requests

base = sys.argv.pop(1)
send = requests.Session.request

def request(self, method, url, **options):
    # The tap tries its token on /tags, which the simulated workspace does not have.
    url = url.replace("https://api.intercom.io/tags", base + "/me")
    if options.get("json"):
        # It sends times as 1577836800.0; the API's description has whole numbers.
        options["json"] = json.loads(re.sub(r"(\\d)\\.0\\b", r"\\1", json.dumps(options["json"])))
    return send(self, method, url.replace("https://api.intercom.io", base), **options)

requests.Session.request = request
from tap_intercom import main
main()
"""
"""What is run in the tap's environment: it finds the service on loopback."""


def tap(python: str, services: Services, folder: Path) -> tuple[Cost, int]:
    """Have the tap extract all contacts; what it cost, and how many records it wrote."""
    config = folder / "config.json"
    token = services.accounts.intercom_token
    start = "2020-01-01T00:00:00Z"
    config.write_text(
        json.dumps({"access_token": token, "start_date": start, "user_agent": "benchmark"})
    )
    command = [python, "-c", SHIM, services.accounts.intercom_url, "--config", str(config)]
    found = subprocess.run([*command, "--discover"], capture_output=True, check=True)
    catalog = folder / "catalog.json"
    catalog.write_text(json.dumps(selected(json.loads(found.stdout))))
    services.ask("forget")
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    out = folder / "out.jsonl"
    with out.open("wb") as output:
        subprocess.run(
            [*command, "--catalog", str(catalog)],
            stdout=output,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    with out.open() as lines:
        records = sum('"type": "RECORD"' in line for line in lines)
    return Cost(cpu, time.monotonic() - begun, after.ru_maxrss / 1024), records


def selected(catalog: dict[str, Any]) -> dict[str, Any]:
    """The catalog with the contacts, and all of their fields, selected."""
    for stream in catalog["streams"]:
        if stream["tap_stream_id"] == "contacts":
            for entry in stream["metadata"]:
                entry["metadata"]["selected"] = True
    return catalog


def main() -> None:
    """Measure both and print the figures."""
    python = sys.argv[1]
    people = int(sys.argv[2]) if len(sys.argv) > 2 else CONTACTS
    figures = Figures(f"Reading {people:,} contacts of Intercom")
    with tempfile.TemporaryDirectory() as name, served(Plan(people)) as services:
        folder = Path(name)
        cost, records = tap(python, services, folder)
        tell(figures, "tap-intercom", cost, services)
        figures.note("tap-intercom: records", records)
        profile = Profile(folder / "profile", services.accounts)
        run_in_product(jobs.connect, profile)
        services.ask("forget")
        tell(
            figures,
            "SFSync, all compared with the store",
            run_in_product(jobs.sweep, profile),
            services,
        )


def tell(figures: Figures, who: str, cost: Cost, services: Services) -> None:
    """Print what a reading cost."""
    figures.note(f"{who}: requests", services.ask("counted")["intercom"][0])
    figures.note(f"{who}: CPU", cost.cpu, "s")
    figures.note(f"{who}: wall", cost.wall, "s")
    figures.note(f"{who}: memory at most", cost.peak, "MiB")


if __name__ == "__main__":
    main()
