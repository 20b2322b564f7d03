"""Against plain simple-salesforce: 1,000 changed records, written one by one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce

from sfsync_gui.core.mapping import AttributeMapping, Settings
from sfsync_gui.core.vocabulary import Direction
from tests.benchmarks import jobs
from tests.benchmarks.figures import Figures
from tests.benchmarks.product import Profile, run_in_product
from tests.benchmarks.services import Accounts, Plan, served, simulated_time

pytestmark = pytest.mark.timeout(1800)

CHANGED = 1000

UP = AttributeMapping(
    "nick", "custom_attributes.Nickname", Direction.TO_SALESFORCE, "Nickname__c", "Nickname__c"
)


class PlainHttp(HTTPAdapter):
    """Sends what simple-salesforce would send by https to a service on loopback."""

    def send(self, request: requests.PreparedRequest, *given: Any, **options: Any) -> Any:
        """Send a request."""
        request.url = str(request.url).replace("https://", "http://", 1)
        return super().send(request, *given, **options)


def plain(accounts: Accounts) -> Salesforce:
    """simple-salesforce as its documentation shows it, over real sockets."""
    session = requests.Session()
    session.mount("https://127.0.0.1", PlainHttp())
    host = accounts.salesforce_url.removeprefix("http://")
    return Salesforce(instance=host, session_id=accounts.salesforce_token, session=session)


def test_a_thousand_changed_records(tmp_path: Path) -> None:
    figures = Figures(f"{CHANGED:,} changed records to Salesforce")
    moment = simulated_time()
    with served(Plan(CHANGED, simulated=moment)) as services:
        salesforce = plain(services.accounts)
        services.ask("forget")
        begun = time.monotonic()
        for record in services.ask("record_ids", CHANGED):
            kind = "Contact" if record.startswith("003") else "Lead"
            getattr(salesforce, kind).update(record, {"Nickname__c": "by record"})
        wall = time.monotonic() - begun
        calls = services.ask("counted")["salesforce"][0]
        salesforce.session.close()

        profile = Profile(tmp_path, services.accounts, moment, (UP,), Settings(guard_share=2.0))
        run_in_product(jobs.connect, profile)
        services.ask("edit_intercom", CHANGED, "by batch")
        moment.value += jobs.HOUR
        own_calls, own_wall = run_in_product(jobs.sync, profile)
        _, written = services.ask("nicknames", CHANGED)
        assert written == {"by batch"}
    figures.note("simple-salesforce: calls", calls)
    figures.note("simple-salesforce: wall", wall, "s")
    figures.at_most("SFSync: calls, its reading, history and check included", own_calls, 6)
    figures.note("SFSync: wall, Intercom's side included", own_wall, "s")
    figures.at_least("calls, times fewer", calls / own_calls, 100)
    figures.check()
