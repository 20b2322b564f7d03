"""Queries: what they find, and how a refusal is worded."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.salesforce import SalesforceSandbox


@pytest.fixture
def people(sandbox: SalesforceSandbox, clock: ManualClock) -> dict[str, str]:
    """Four leads: ann, bob (without an e-mail), Cid (older in name order) and dee (deleted)."""
    made = {
        "ann": sandbox.create(
            "Lead", LastName="Ann", Company="A", Email="ann@x.org", Seats__c=3, Newsletter__c=True
        ),
        "bob": sandbox.create("Lead", LastName="bob", Company="B", Interests__c="Art;Sport"),
    }
    clock.advance(10)
    made["cid"] = sandbox.create(
        "Lead",
        LastName="Cid",
        Company="c_%",
        Email="Cid@x.org",
        Seats__c=7,
        Trial_End__c="2026-12-01",
    )
    made["dee"] = sandbox.create("Lead", LastName="Dee", Company="D")
    sandbox.delete(made["dee"])
    return made


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("LastName = 'ANN'", "ann"),
        ("LastName != 'ann'", "bob cid"),
        ("LastName <> 'ann'", "bob cid"),
        ("Email != 'ann@x.org'", "bob cid"),
        ("Email = null", "bob"),
        ("Email = ''", "bob"),
        ("Email != null", "ann cid"),
        ("LastName < 'bz'", "ann bob"),
        ("LastName >= 'BOB'", "bob cid"),
        ("LastName LIKE '%n'", "ann"),
        ("LastName LIKE '_ob'", "bob"),
        (r"Company LIKE 'c\\_\\%'".replace("\\\\", "\\"), "cid"),
        ("Email LIKE '%'", "ann cid"),
        ("NOT Email LIKE '%'", "bob"),
        ("LastName IN ('ANN', 'cid')", "ann cid"),
        ("LastName NOT IN ('ann')", "bob cid"),
        ("Email IN (null, 'ann@x.org')", "ann bob"),
        ("Seats__c > 3", "cid"),
        ("Seats__c >= 3.0 AND Seats__c < 7", "ann"),
        ("Seats__c IN (3, 8)", "ann"),
        ("Seats__c = null", "bob"),
        ("Newsletter__c = true", "ann"),
        ("Newsletter__c != TRUE", "bob cid"),
        ("Trial_End__c > 2026-11-30", "cid"),
        ("Trial_End__c = null", "ann bob"),
        ("Interests__c INCLUDES ('sport')", "bob"),
        ("Interests__c INCLUDES ('Sport;Music', 'Art')", "bob"),
        ("Interests__c INCLUDES ('Sport;Music')", ""),
        ("Interests__c EXCLUDES ('Art')", "ann cid"),
        ("CreatedDate > 2026-11-23T10:00:00Z", "cid"),
        ("CreatedDate >= 2026-11-23T10:00:00.900Z", "ann bob cid"),
        ("CreatedDate = 2026-11-23T11:00:10+01:00", "cid"),
        ("CreatedDate = 2026-11-23T02:00:10-0800", "cid"),
        ("Owner.Email = 'HANNA@example.com'", "ann bob cid"),
        ("Owner.Name LIKE 'nobody'", ""),
        ("Lead.LastName = 'ann'", "ann"),
        ("(LastName = 'ann' OR LastName = 'bob') AND Email != null", "ann"),
        ("NOT (LastName = 'ann' OR LastName = 'bob')", "cid"),
        ("LastName = 'ann' OR LastName = 'bob' OR LastName = 'dee'", "ann bob"),
        (r"LastName = 'a\u006en'", "ann"),
        ("SystemModstamp = 2026-11-23T10:00:10Z", "cid"),
        ("SystemModstamp < 2026-11-23T10:00:10Z", "ann bob"),
    ],
)
def test_where(client: Any, people: dict[str, str], where: str, expected: str) -> None:
    found = client.ids(f"SELECT Id FROM Lead WHERE {where} ORDER BY Id")
    assert found == [people[name] for name in expected.split()]


def test_ids_compare_in_both_lengths(client: Any, people: dict[str, str]) -> None:
    ann, bob = people["ann"], people["bob"]
    assert client.ids(f"SELECT Id FROM Lead WHERE Id = '{ann[:15]}'") == [ann]
    assert client.ids(f"SELECT Id FROM Lead WHERE Id = '{ann.lower()[:15]}{ann[15:]}'") == [ann]
    assert client.ids(f"SELECT Id FROM Lead WHERE Id IN ('{bob}', '{ann[:15]}')") == [ann, bob]
    assert client.ids(f"SELECT Id FROM Lead WHERE Id > '{ann}' ORDER BY Id LIMIT 1") == [bob]
    assert client.ids(f"SELECT Id FROM Lead WHERE OwnerId != '{ann[:15]}' LIMIT 1") != []


def test_deleted_records_are_for_query_all(client: Any, people: dict[str, str]) -> None:
    everything = "SELECT Id, IsDeleted FROM Lead ORDER BY Id"
    assert people["dee"] not in client.ids(everything)
    rows = client.query(everything, deleted_too=True)
    assert [row["IsDeleted"] for row in rows] == [False, False, False, True]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("LastName", "ann bob cid"),
        ("LastName DESC", "cid bob ann"),
        ("Email", "bob ann cid"),
        ("Email DESC", "bob cid ann"),
        ("Email NULLS LAST", "ann cid bob"),
        ("Email DESC NULLS LAST", "cid ann bob"),
        ("CreatedDate DESC, LastName DESC", "cid bob ann"),
        ("SystemModstamp, Id", "ann bob cid"),
        ("SystemModstamp DESC, Id", "cid ann bob"),
        ("SystemModstamp DESC, Id DESC", "cid bob ann"),
        ("Owner.Name, LastName DESC", "cid bob ann"),
        ("LastName LIMIT 2", "ann bob"),
        ("LastName LIMIT 2 OFFSET 1", "bob cid"),
        ("LastName OFFSET 2", "cid"),
        ("Id DESC LIMIT 1", "cid"),
        ("LastName LIMIT 0", ""),
    ],
)
def test_order(client: Any, people: dict[str, str], order: str, expected: str) -> None:
    found = client.ids(f"SELECT Id FROM Lead ORDER BY {order}")
    assert found == [people[name] for name in expected.split()]


def test_counting(client: Any, people: dict[str, str]) -> None:
    del people
    counted = client.ok("GET", "/query", parameters={"q": "SELECT COUNT() FROM Lead"})
    assert counted == {"totalSize": 3, "done": True, "records": []}


def test_rows_have_the_shape_of_salesforce(client: Any, people: dict[str, str]) -> None:
    soql = (
        "select id, lastname, Owner.Email, CreatedBy.Name, Account_Manager__r.Name, Seats__c, "
        "Trial_End__c, SystemModstamp, Newsletter__c, Address from LEAD where lastname = 'cid'"
    )
    (row,) = client.query(soql)
    assert row["attributes"] == {
        "type": "Lead",
        "url": f"/services/data/v59.0/sobjects/Lead/{people['cid']}",
    }
    assert row["LastName"] == "Cid"
    assert row["Owner"]["attributes"]["type"] == "Name"
    assert row["Owner"]["Email"] == "hanna@example.com"
    assert row["CreatedBy"]["attributes"]["type"] == "User"
    assert row["Account_Manager__r"] is None
    assert row["Seats__c"] == 7.0
    assert row["Trial_End__c"] == "2026-12-01"
    assert row["SystemModstamp"] == "2026-11-23T10:00:10.000+0000"
    assert row["Newsletter__c"] is False
    assert row["Address"] is None


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT Id FROMM Lead", "MALFORMED_QUERY", "unexpected token: 'FROMM'"),
        ("SELECT Id FROM Lead WHERE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        (
            "SELECT Id FROM Lead WHERE Name = 'a' AND Email = 'b' OR Phone = 'c'",
            "MALFORMED_QUERY",
            "unexpected token: 'OR'",
        ),
        (
            "SELECT Id FROM Lead WHERE Name = 'O'Brien'",
            "MALFORMED_QUERY",
            "unexpected token: 'Brien'",
        ),
        (
            "SELECT Id FROM Lead WHERE Name = 'open",
            "MALFORMED_QUERY",
            "mismatched character '<EOF>'",
        ),
        ("SELECT Id FROM Lead WHERE Name = '\\q'", "MALFORMED_QUERY", "Illegal character sequence"),
        ("SELECT Id FROM Lead GROUP BY Name", "MALFORMED_QUERY", "unexpected token: 'GROUP'"),
        ("SELECT Id, FROM Lead", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Id FROM Lead ALL ROWS", "MALFORMED_QUERY", "unexpected token: 'ALL'"),
        (
            "SELECT Id FROM Lead WHERE CreatedDate > 2026-11-23T10:00:00 00:00",
            "MALFORMED_QUERY",
            "unexpected token",
        ),
        ("SELECT Nope__c FROM Lead", "INVALID_FIELD", "No such column 'Nope__c' on entity 'Lead'."),
        ("SELECT Id, id FROM Lead", "INVALID_FIELD", "duplicate field selected: Id"),
        ("SELECT Id FROM Lead ORDER BY Nope", "INVALID_FIELD", "No such column 'Nope'"),
        ("SELECT Owner.Fax FROM Lead", "INVALID_FIELD", "No such column 'Fax' on entity 'Name'."),
        ("SELECT Boss.Name FROM Lead", "INVALID_FIELD", "Didn't understand relationship 'Boss'"),
        (
            "SELECT Id FROM Opportunity",
            "INVALID_TYPE",
            "sObject type 'Opportunity' is not supported.",
        ),
        (
            "SELECT Id FROM Lead WHERE Description = 'x'",
            "INVALID_FIELD",
            "field 'Description' can not be filtered in a query call",
        ),
        (
            "SELECT Id FROM Lead WHERE Secret_Code__c = 'x'",
            "INVALID_FIELD",
            "field 'Secret_Code__c' can not be filtered in a query call",
        ),
        (
            "SELECT Id FROM Lead ORDER BY Notes__c",
            "INVALID_FIELD",
            "field 'Notes__c' can not be sorted in a query call",
        ),
        (
            "SELECT Id FROM Lead WHERE LastName = 5",
            "INVALID_FIELD",
            "value of filter criterion for field 'LastName' must be of type string and should be "
            "enclosed in quotes",
        ),
        (
            "SELECT Id FROM Lead WHERE LastName LIKE 5",
            "INVALID_FIELD",
            "value of filter criterion for field 'LastName' must be of type string and should be "
            "enclosed in quotes",
        ),
        (
            "SELECT Id FROM Lead WHERE CreatedDate > '2026-11-23T10:00:00Z'",
            "INVALID_FIELD",
            "value of filter criterion for field 'CreatedDate' must be of type dateTime and should "
            "not be enclosed in quotes",
        ),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-11-23", "INVALID_FIELD", "type dateTime"),
        (
            "SELECT Id FROM Lead WHERE Trial_End__c = 2026-11-23T10:00:00Z",
            "INVALID_FIELD",
            "type date ",
        ),
        ("SELECT Id FROM Lead WHERE Seats__c = '1'", "INVALID_FIELD", "must be of type double"),
        (
            "SELECT Id FROM Lead WHERE IsDeleted = 'true'",
            "INVALID_FIELD",
            "must be of type boolean",
        ),
        (
            "SELECT Id FROM Lead WHERE Id = 'x'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid ID field: x",
        ),
        (
            "SELECT Id FROM Lead WHERE Id LIKE '00Q%'",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid operator on id field",
        ),
        (
            "SELECT Id FROM Lead WHERE Newsletter__c > false",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid operator on boolean field",
        ),
        (
            "SELECT Id FROM Lead WHERE LastName INCLUDES ('a')",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid operator on string field",
        ),
        (
            "SELECT Id FROM Lead OFFSET 2001",
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Maximum SOQL offset allowed is 2000",
        ),
        (
            "SELECT Id FROM Lead WHERE Name = '" + "x" * 100_000 + "'",
            "MALFORMED_QUERY",
            "SOQL statements cannot be longer than 100000 characters.",
        ),
    ],
)
def test_refusals(client: Any, soql: str, code: str, message: str) -> None:
    if len(soql) > 16_000:
        url = f"/services/data/v59.0/query?q={soql.replace(' ', '+')}"
        body = {"compositeRequest": [{"method": "GET", "url": url, "referenceId": "a"}]}
        (entry,) = client.ok("POST", "/composite", body)["compositeResponse"]
        refused = entry["body"][0]["errorCode"], entry["body"][0]["message"]
    else:
        refused = client.refused(soql)
    assert refused[0] == code
    assert message in refused[1]


def test_a_refusal_points_at_its_place(client: Any) -> None:
    code, message = client.refused("SELECT Id,\nNope FROM Lead")
    assert code == "INVALID_FIELD"
    lines = message.split("\n")
    assert lines[0] == ""
    assert lines[2].index("^") == lines[1].index("Nope")
    assert lines[3] == "ERROR at Row:2:Column:1"


def test_a_hidden_field_is_no_field(sandbox: SalesforceSandbox, client: Any) -> None:
    sandbox.hide_field("Lead", "Email")
    for soql in ("SELECT Email FROM Lead", "SELECT Id FROM Lead WHERE Email = null"):
        assert client.refused(soql)[0] == "INVALID_FIELD"
    sandbox.show_field("Lead", "Email")
    assert client.query("SELECT Email FROM Lead") == []


def test_a_missing_query_and_a_query_too_long_for_a_url(client: Any) -> None:
    assert client.error("GET", "/query")[:2] == (400, "MALFORMED_QUERY")
    answer = client.send("GET", "/query", parameters={"q": "x" * 17_000})
    assert answer.status == 414
    assert b"URI Too Long" in answer.body
    long = "SELECT Id FROM Lead WHERE Name = '" + "x" * 16_000 + "'"
    answer = client.send("GET", "/query", parameters={"q": long}, headers={"X-Long": "x" * 400})
    assert answer.status == 431
    assert client.send("GET", "/query", parameters={"q": long}).status == 200


def test_formula_fields_are_computed_on_reading(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock, lead: str
) -> None:
    clock.advance(3 * 86_400)
    client.sign_in()
    soql = "SELECT Greeting__c, Age_In_Days__c, SystemModstamp FROM Lead WHERE Age_In_Days__c = 3"
    (row,) = client.query(soql)
    assert row["Greeting__c"] == "Dear Jo Doe"
    assert row["Age_In_Days__c"] == 3.0
    assert row["SystemModstamp"] == "2026-11-23T10:00:00.000+0000"
    sandbox.add_field("Lead", "Twice__c", "double", formula=lambda values, now: 2.0)
    assert client.query(f"SELECT Twice__c FROM Lead WHERE Id = '{lead}'")[0]["Twice__c"] == 2.0


def test_encrypted_text_is_masked(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    sandbox.edit(lead, Secret_Code__c="abc")
    soql = "SELECT Secret_Code__c FROM Lead"
    assert client.query(soql)[0]["Secret_Code__c"] == "XXX"
    sandbox.org.view_encrypted_data = True
    assert client.query(soql)[0]["Secret_Code__c"] == "abc"


def test_indexes_find_what_a_full_look_finds(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock
) -> None:
    """Every form that uses an index must find what the plain condition finds."""
    made = []
    chance = random.Random(7)
    for number in range(60):
        made.append(sandbox.create("Lead", LastName=f"L{number}", Company="C"))
        clock.advance(chance.choice((0, 0, 1)))
    for record_id in chance.sample(made, 20):
        sandbox.touch(record_id)
        clock.advance(chance.choice((0, 1)))
    rows = {item: sandbox.record(item) or {} for item in made}
    middle = rows[made[30]]["SystemModstamp"].replace(".000+0000", "Z")
    pivot = made[25]
    conditions: dict[str, Callable[[dict[str, Any]], bool]] = {
        f"SystemModstamp >= {middle}": lambda row: row["SystemModstamp"][:19] >= middle[:19],
        f"SystemModstamp < {middle}": lambda row: row["SystemModstamp"][:19] < middle[:19],
        f"Id > '{pivot}'": lambda row: row["Id"] > pivot,
        f"Id <= '{pivot}'": lambda row: row["Id"] <= pivot,
        f"Id IN ('{pivot}', '{made[3]}')": lambda row: row["Id"] in (pivot, made[3]),
    }
    orders: dict[str, Callable[[dict[str, Any]], Any]] = {
        "ORDER BY SystemModstamp, Id": lambda row: (row["SystemModstamp"], row["Id"]),
        "ORDER BY Id": lambda row: row["Id"],
    }
    for (left, left_is), (right, right_is) in itertools.product(conditions.items(), repeat=2):
        for word, joined in (("AND", all), ("OR", any)):
            wanted = [row for row in rows.values() if joined((left_is(row), right_is(row)))]
            for order, key in orders.items():
                expected = [row["Id"] for row in sorted(wanted, key=key)]
                soql = f"SELECT Id FROM Lead WHERE ({left}) {word} ({right}) {order}"
                assert client.ids(soql) == expected
                assert client.ids(f"{soql} LIMIT 5 OFFSET 2") == expected[2:7]
