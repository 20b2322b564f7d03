"""sObject collections."""

from __future__ import annotations

from typing import Any

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.salesforce import SalesforceSandbox

PATH = "/composite/sobjects"
OK = {"success": True, "errors": []}


def record(name: str, **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": name}, **fields}


def codes(results: list[dict[str, Any]]) -> list[str | None]:
    """Return each row's error code, None for a success."""
    return [row["errors"][0]["statusCode"] if row["errors"] else None for row in results]


def test_rows_fail_alone(sandbox: SalesforceSandbox, client: Any) -> None:
    records = [
        record("Lead", LastName="a", Company="c"),
        record("Lead", LastName="b"),
        record("Contact", LastName="c", Email="nonsense"),
        record("Contact", LastName="d"),
    ]
    results = client.ok("POST", PATH, {"allOrNone": False, "records": records})
    assert codes(results) == [None, "REQUIRED_FIELD_MISSING", "INVALID_EMAIL_ADDRESS", None]
    assert results[1] == {
        "success": False,
        "errors": [
            {
                "statusCode": "REQUIRED_FIELD_MISSING",
                "message": "Required fields are missing: [Company]",
                "fields": ["Company"],
            }
        ],
    }
    assert sandbox.ids("Lead") == [results[0]["id"]]
    assert sandbox.ids("Contact") == [results[3]["id"]]


def test_updates_of_mixed_objects(
    sandbox: SalesforceSandbox, client: Any, lead: str, contact: str
) -> None:
    gone = sandbox.create("Lead", LastName="g", Company="c")
    sandbox.delete(gone)
    records = [
        record("Lead", id=lead[:15], Phone="1"),
        record("Contact", Id=contact, Phone="2"),
        record("Lead", id=gone, Phone="3"),
        record("Lead", id="00Q000000000000EAA", Phone="4"),
        record("Lead", id="bad", Phone="5"),
        record("Lead", id="003000000000000AAA", Phone="6"),
        record("Lead", id=lead, Phone="7"),
        record("Lead", Phone="8"),
    ]
    results = client.ok("PATCH", PATH, {"records": records})
    assert codes(results) == [
        None,
        None,
        "ENTITY_IS_DELETED",
        "INVALID_CROSS_REFERENCE_KEY",
        "MALFORMED_ID",
        "MALFORMED_ID",
        "DUPLICATE_VALUE",
        "MISSING_ARGUMENT",
    ]
    assert results[0] == {"id": lead, **OK}
    assert (sandbox.record(lead) or {})["Phone"] == "1"
    assert results[4]["errors"][0]["message"] == "Lead ID: id value of incorrect type: bad"


def test_all_or_none(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock, lead: str
) -> None:
    clock.advance(10)
    before = sandbox.record(lead)
    records = [record("Lead", id=lead, Phone="1"), record("Lead", id=lead, Phone="2")]
    results = client.ok("PATCH", PATH, {"allOrNone": True, "records": records})
    assert codes(results) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "DUPLICATE_VALUE"]
    assert sandbox.record(lead) == before
    rows = [record("Lead", LastName="x", Company="y"), record("Lead")]
    client.ok("POST", PATH, {"allOrNone": True, "records": rows})
    assert sandbox.ids("Lead") == [lead]
    query = {"q": "SELECT Id FROM Lead WHERE SystemModstamp > 2020-01-01T00:00:00Z"}
    assert client.ok("GET", "/query", parameters=query)["totalSize"] == 1


def test_what_refuses_a_whole_collection(client: Any, lead: str) -> None:
    def refused(records: Any) -> tuple[int, str, str]:
        answer: tuple[int, str, str] = client.error("PATCH", PATH, {"records": records})
        return answer

    good = record("Lead", id=lead, Phone="1")
    assert refused([good, record("Lead", id=lead, Nope=1)])[1] == "INVALID_FIELD"
    assert refused([good, record("Lead", id=lead, Seats__c="x")])[1] == "JSON_PARSER_ERROR"
    assert refused([good, record("Nope", id=lead)])[1] == "INVALID_TYPE"
    assert refused([good, {"id": lead}])[1] == "INVALID_INPUT"
    assert refused([])[1] == "INVALID_INPUT"
    assert refused([good] * 201) == (
        400,
        "EXCEEDED_ID_LIMIT",
        "record limit reached. cannot submit more than 200 records into this call",
    )
    alternating = [record("Lead" if place % 2 else "Contact", id=lead) for place in range(11)]
    assert "more than 10 chunks" in refused(alternating)[2]
    assert client.ok("GET", f"/sobjects/Lead/{lead}")["Phone"] is None


def test_deleting(sandbox: SalesforceSandbox, client: Any, lead: str, contact: str) -> None:
    ids = {"ids": f"{lead},{contact[:15]},00Q000000000000EAA,x", "allOrNone": "false"}
    results = client.ok("DELETE", PATH, parameters=ids)
    assert codes(results) == [None, None, "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]
    assert results[1]["id"] == contact
    assert sandbox.ids("Lead") == sandbox.ids("Contact") == []


def test_retrieving(sandbox: SalesforceSandbox, client: Any, lead: str, contact: str) -> None:
    missing = "00Q000000000000EAA"
    body = {"ids": [missing, lead, contact], "fields": ["Name", "Email"]}
    rows = client.ok("POST", f"{PATH}/Lead", body)
    assert rows[0] is None
    assert rows[2] is None
    assert (rows[1]["Id"], rows[1]["Name"], rows[1]["Email"]) == (lead, "Jo Doe", "jo@x.org")
    by_url = client.ok("GET", f"{PATH}/Lead", parameters={"ids": lead, "fields": "Name"})
    assert by_url[0]["Name"] == "Jo Doe"
    wrong = {"ids": [lead], "fields": ["Nope"]}
    assert client.error("POST", f"{PATH}/Lead", wrong)[1] == "INVALID_FIELD"
    too_many = {"ids": [lead] * 2001, "fields": ["Id"]}
    assert client.error("POST", f"{PATH}/Lead", too_many)[1] == "EXCEEDED_ID_LIMIT"
    assert client.error("POST", f"{PATH}/Lead", {"ids": [lead]})[1] == "MISSING_ARGUMENT"
    sandbox.delete(lead)
    assert client.ok("POST", f"{PATH}/Lead", {**body, "ids": [lead]}) == [None]


def test_a_planned_lock_hits_one_row(sandbox: SalesforceSandbox, client: Any) -> None:
    made = [sandbox.create("Lead", LastName=str(n), Company="c") for n in range(5)]
    records = [record("Lead", id=item, Phone="1") for item in made]
    sandbox.faults.arm(Fault(FaultKind.LOCK_ROW, "PATCH"))
    results = client.ok("PATCH", PATH, {"records": records})
    (hit,) = [place for place, code in enumerate(codes(results)) if code is not None]
    assert codes(results)[hit] == "UNABLE_TO_LOCK_ROW"
    assert made[hit] in results[hit]["errors"][0]["message"]
    written = [bool((sandbox.record(item) or {})["Phone"]) for item in made]
    assert written == [place != hit for place in range(5)]
    assert codes(client.ok("PATCH", PATH, {"records": records})) == [None] * 5


def test_duplicates_in_a_collection(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    del lead
    sandbox.add_duplicate_rule("Lead")
    body = {"records": [record("Lead", LastName="a", Company="c", Email="jo@x.org")]}
    assert codes(client.ok("POST", PATH, body)) == ["DUPLICATES_DETECTED"]
    header = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    assert codes(client.ok("POST", PATH, body, headers=header)) == [None]
