"""Pages of a query and the locators between them."""

from __future__ import annotations

from typing import Any

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.salesforce import SalesforceSandbox

SOQL = "SELECT Id, LastName FROM Contact ORDER BY Id"
SMALL = {"Sforce-Query-Options": "batchSize=200"}


@pytest.fixture
def made(sandbox: SalesforceSandbox) -> list[str]:
    return [sandbox.create("Contact", LastName=str(number)) for number in range(450)]


def first(client: Any, soql: str = SOQL, path: str = "/query", **headers: str) -> Any:
    return client.ok("GET", path, parameters={"q": soql}, headers=headers or SMALL)


def following(client: Any, page: Any) -> Any:
    return client.ok("GET", page["nextRecordsUrl"].removeprefix("/services/data/v59.0"))


def ids(page: Any) -> list[str]:
    return [row["Id"] for row in page["records"]]


def test_pages_follow_each_other(client: Any, made: list[str]) -> None:
    page = first(client)
    assert (page["totalSize"], page["done"], len(page["records"])) == (450, False, 200)
    assert page["nextRecordsUrl"].startswith("/services/data/v59.0/query/0r8")
    second = following(client, page)
    third = following(client, second)
    assert third["done"] is True
    assert "nextRecordsUrl" not in third
    assert ids(page) + ids(second) + ids(third) == made
    assert ids(following(client, page)) == ids(second)


@pytest.mark.parametrize(("size", "expected"), [(1, 200), (300, 300), (9999, 450)])
def test_page_sizes(client: Any, made: list[str], size: int, expected: int) -> None:
    del made
    header = {"Sforce-Query-Options": f"batchSize={size}"}
    assert len(first(client, **header)["records"]) == expected


def test_long_texts_make_pages_small(
    sandbox: SalesforceSandbox, client: Any, made: list[str]
) -> None:
    del made
    sandbox.add_field("Contact", "More__c", "textarea", length=5000)
    page = first(client, "SELECT Notes__c, More__c FROM Contact", Accept="*/*")
    assert len(page["records"]) == 200
    assert page["nextRecordsUrl"].endswith("-200")


def test_a_cursor_keeps_the_ids_and_reads_the_rows_late(
    sandbox: SalesforceSandbox, client: Any, made: list[str]
) -> None:
    page = first(client)
    everything = first(client, path="/queryAll")
    sandbox.create("Contact", LastName="new")
    sandbox.edit(made[200], LastName="changed")
    sandbox.delete(made[201])
    sandbox.purge(made[202])
    second = following(client, page)
    assert second["totalSize"] == 450
    assert ids(second) == [made[200], *made[203:400]]
    assert second["records"][0]["LastName"] == "changed"
    assert ids(following(client, everything)) == [*made[200:202], *made[203:400]]


def test_locators_end(
    sandbox: SalesforceSandbox,
    client: Any,
    new_client: Any,
    made: list[str],
    clock: ManualClock,
) -> None:
    del made
    page = first(client)
    path = page["nextRecordsUrl"].removeprefix("/services/data/v59.0")
    refused = (400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    for wrong in ("/query/nonsense", "/query/0r8-x", path + "9999"):
        assert client.error("GET", wrong) == refused
    page = first(client)
    path = page["nextRecordsUrl"].removeprefix("/services/data/v59.0")
    other = new_client(sandbox)
    other.tokens = sandbox.issue_tokens("client", user_id=sandbox.org.human_user_id)
    assert other.error("GET", path) == refused
    for _number in range(10):
        first(client)
    assert client.error("GET", path) == refused
    path = first(client)["nextRecordsUrl"].removeprefix("/services/data/v59.0")
    clock.advance(2 * 86_400)
    client.sign_in()
    assert client.error("GET", path) == refused
