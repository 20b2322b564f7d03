"""The sandbox behind a real socket, with the client library that the product uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceExpiredSession, SalesforceMalformedRequest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.server import LoopbackServer


class PlainHttp(HTTPAdapter):
    """Sends what a client that only knows https addresses to loopback in the clear."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = request.url.replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)


@pytest.fixture
def org(sandbox: SalesforceSandbox) -> Iterator[Salesforce]:
    """A client of the sandbox over the network."""
    server = LoopbackServer({"salesforce": sandbox.app})
    server.start()
    session = requests.Session()
    url = server.url("salesforce")
    try:
        host = url.removeprefix("http://")
        session.mount(f"https://{host}", PlainHttp())
        tokens = sandbox.issue_tokens("client", url)
        yield Salesforce(instance=host, session_id=tokens["access_token"], session=session)
    finally:
        session.close()
        server.stop()


def test_records_and_queries(sandbox: SalesforceSandbox, org: Any) -> None:
    created = org.Lead.create({"LastName": "Doe", "Company": "Ac&me", "Email": "jo@x.org"})
    assert org.Lead.update(created["id"], {"Phone": "1"}) == 204
    assert org.Lead.get(created["id"])["Phone"] == "1"
    found = org.query("SELECT Id, Owner.Name FROM Lead WHERE Company = 'Ac&me'")
    assert found["records"][0]["Owner"]["Name"] == "SFSync Integration"
    assert org.api_usage["api-usage"].total == 15_000
    assert org.Lead.describe()["name"] == "Lead"
    assert org.restful("limits")["DailyApiRequests"]["Max"] == 15_000
    assert sandbox.log.count("POST") == 1


def test_all_pages(sandbox: SalesforceSandbox, org: Any) -> None:
    made = [sandbox.create("Contact", LastName=str(number)) for number in range(2001)]
    sandbox.delete(made[0])
    everything = org.query_all("SELECT Id FROM Contact", include_deleted=True)
    assert everything["totalSize"] == len(everything["records"]) == 2001
    assert len(org.query_all("SELECT Id FROM Contact")["records"]) == 2000


def test_refusals(sandbox: SalesforceSandbox, org: Any, clock: ManualClock) -> None:
    with pytest.raises(SalesforceMalformedRequest, match="REQUIRED_FIELD_MISSING"):
        org.Lead.create({"LastName": "Doe"})
    with pytest.raises(SalesforceMalformedRequest, match="compositeRequest is required"):
        org.restful("composite", method="POST", json={"compositeRequest": []})
    clock.advance(7200)
    with pytest.raises(SalesforceExpiredSession):
        org.query("SELECT Id FROM Lead")
    assert sandbox.ids("Lead") == []
