"""Single records: what is stored, what is refused and how that is worded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.web import call

SECURITY = (
    "Please check the security settings of this field and verify that it is read/write for your "
    "profile or permission set."
)
PERSON = {"LastName": "Doe", "Company": "Acme"}


def create(client: Any, name: str = "Lead", **fields: Any) -> str:
    body = {**(PERSON if name == "Lead" else {}), **fields}
    created = client.ok("POST", f"/sobjects/{name}", body)
    assert created["success"] is True
    assert created["errors"] == []
    return str(created["id"])


def test_a_record_is_created_read_changed_and_deleted(client: Any) -> None:
    answer = client.send("POST", "/sobjects/Lead", PERSON)
    record_id = json.loads(answer.body)["id"]
    assert answer.status == 201
    path = f"/sobjects/Lead/{record_id}"
    assert answer.headers["location"] == f"/services/data/v59.0{path}"
    assert client.send("PATCH", path, {"Phone": "1"}).status == 204
    row = client.ok("GET", path, parameters={"fields": "Phone,name"})
    attributes = {"type": "Lead", "url": f"/services/data/v59.0{path}"}
    assert row == {"attributes": attributes, "Phone": "1", "Name": "Doe", "Id": record_id}
    assert client.ok("GET", f"/sobjects/lead/{record_id[:15]}")["Status"] == "Open - Not Contacted"
    assert client.send("DELETE", path).status == 204
    assert client.error("GET", path)[:2] == (404, "NOT_FOUND")
    for method, body in (("PATCH", {}), ("DELETE", None)):
        assert client.error(method, path, body) == (404, "ENTITY_IS_DELETED", "entity is deleted")


def test_stamps_of_a_new_and_of_a_changed_record(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock, lead: str
) -> None:
    clock.advance(5)
    client.ok("PATCH", f"/sobjects/Lead/{lead}", {})
    row = sandbox.record(lead) or {}
    assert row["CreatedDate"] == "2026-11-23T10:00:00.000+0000"
    assert row["LastModifiedDate"] == row["SystemModstamp"] == "2026-11-23T10:00:05.000+0000"
    assert row["CreatedById"] == sandbox.org.human_user_id
    assert row["LastModifiedById"] == sandbox.org.api_user_id


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        ("Phone", "  12 ", "12"),
        ("Phone", "   ", None),
        ("Phone", "", None),
        ("Email", "Jo.Doe@X.Org", "jo.doe@x.org"),
        ("Seats__c", 2.5, 3.0),
        ("Seats__c", -2.5, -2.0),
        ("Seats__c", "7", 7.0),
        ("Score__c", 12.345, 12.35),
        ("Score__c", -12.345, -12.34),
        ("Score__c", 0.1 + 0.2, 0.3),
        ("Monthly_Spend__c", 1e13, 1e13),
        ("NumberOfEmployees", 12, 12),
        ("Newsletter__c", "TRUE", True),
        ("Trial_End__c", "2026-02-28", "2026-02-28"),
        ("Last_Seen__c", "2026-01-01T12:00:00.999Z", "2026-01-01T12:00:00.000+0000"),
        ("Last_Seen__c", "2026-01-01T12:00:00+02:00", "2026-01-01T10:00:00.000+0000"),
        ("Last_Seen__c", "2026-01-01T12:00:00.000+0000", "2026-01-01T12:00:00.000+0000"),
        ("Preferred_Time__c", "09:30:00", "09:30:00.000Z"),
        ("Interests__c", "Art; Sport;Art", "Sport;Art"),
        ("Segment__c", "Tiny", "Tiny"),
        ("Plan__c", "Pro", "Pro"),
        ("Secret_Code__c", "abc", "abc"),
    ],
)
def test_values_as_they_are_stored(
    sandbox: SalesforceSandbox, client: Any, field: str, given: Any, stored: Any
) -> None:
    record_id = create(client, **{field: given})
    assert (sandbox.record(record_id) or {})[field] == stored


def test_the_name_follows_its_parts(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    assert (sandbox.record(lead) or {})["Name"] == "Jo Doe"
    client.ok("PATCH", f"/sobjects/Lead/{lead}", {"FirstName": None, "LastName": "Poe"})
    assert (sandbox.record(lead) or {})["Name"] == "Poe"


def test_an_address_is_a_compound_of_its_parts(client: Any) -> None:
    record_id = create(client, City="Dublin", Country="Ireland")
    address = client.ok("GET", f"/sobjects/Lead/{record_id}")["Address"]
    assert (address["city"], address["country"], address["street"]) == ("Dublin", "Ireland", None)


@pytest.mark.parametrize(
    ("fields", "code", "message", "names"),
    [
        (
            {"LastName": None},
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName]",
            ["LastName"],
        ),
        (
            {"LastName": "  "},
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName]",
            ["LastName"],
        ),
        (
            {"Phone": "1" * 41},
            "STRING_TOO_LONG",
            f"Phone: data value too large: {'1' * 41} (max length=40)",
            ["Phone"],
        ),
        (
            {"Email": "jo@x"},
            "INVALID_EMAIL_ADDRESS",
            "Email: invalid email address: jo@x",
            ["Email"],
        ),
        (
            {"Plan__c": "Gold"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Plan: bad value for restricted picklist field: Gold",
            ["Plan__c"],
        ),
        (
            {"Plan__c": "Legacy"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Plan: bad value for restricted picklist field: Legacy",
            ["Plan__c"],
        ),
        (
            {"NumberOfEmployees": 1431655766},
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Employees: value outside of valid range on numeric field: 1431655766",
            ["NumberOfEmployees"],
        ),
        (
            {"Discount__c": 1000},
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Discount: value outside of valid range on numeric field: 1000",
            ["Discount__c"],
        ),
        (
            {"Newsletter__c": None},
            "INVALID_TYPE_ON_FIELD_IN_RECORD",
            "Newsletter: value not of required type: ",
            ["Newsletter__c"],
        ),
        (
            {"OwnerId": "nobody"},
            "MALFORMED_ID",
            "Owner ID: id value of incorrect type: nobody",
            ["OwnerId"],
        ),
        (
            {"OwnerId": "005000000000000AAA"},
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id",
            [],
        ),
        (
            {"IndividualId": "0PK000000000000GAA"},
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id",
            [],
        ),
        (
            {"Name": "x"},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            f"Unable to create/update fields: Name. {SECURITY}",
            ["Name"],
        ),
        (
            {"Greeting__c": "x", "SystemModstamp": None},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            f"Unable to create/update fields: Greeting__c, SystemModstamp. {SECURITY}",
            ["Greeting__c", "SystemModstamp"],
        ),
    ],
)
def test_what_is_refused(
    client: Any, lead: str, fields: dict[str, Any], code: str, message: str, names: list[str]
) -> None:
    before = client.ok("GET", f"/sobjects/Lead/{lead}")
    answer = client.send("PATCH", f"/sobjects/Lead/{lead}", fields)
    assert answer.status == 400
    assert json.loads(answer.body) == [{"message": message, "errorCode": code, "fields": names}]
    assert client.ok("GET", f"/sobjects/Lead/{lead}") == before


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Seats__c": "many"}, "instance of double from VALUE_STRING value many or request may be"),
        ({"Seats__c": True}, "instance of double from VALUE_TRUE value true or"),
        ({"NumberOfEmployees": 1.5}, "instance of int from VALUE_NUMBER_FLOAT value 1.5 or"),
        ({"Newsletter__c": "yes"}, "instance of boolean from VALUE_STRING value yes or"),
        ({"Newsletter__c": 1}, "instance of boolean from VALUE_NUMBER_INT value 1 or"),
        ({"Trial_End__c": "2026-02-30"}, "instance of date from VALUE_STRING value 2026-02-30 or"),
        ({"Trial_End__c": "10/17/2026"}, "instance of date from VALUE_STRING value 10/17/2026 or"),
        (
            {"Last_Seen__c": "2017-10-17 00:00:00"},
            "instance of datetime from VALUE_STRING value 2017-10-17 00:00:00 or request may be "
            "missing a required field at [line:1, column:",
        ),
        ({"Last_Seen__c": "2026-01-01T00:00:00"}, "instance of datetime from VALUE_STRING"),
        ({"Preferred_Time__c": "25:00:00"}, "instance of time from VALUE_STRING value 25:00:00"),
        (
            {"Interests__c": ["Art"]},
            "instance of multipicklist from START_ARRAY value [line:1, column:",
        ),
        ({"Phone": {"a": 1}}, "instance of phone from START_OBJECT value [line:1"),
        ({"Phone": 12}, "instance of phone from VALUE_NUMBER_INT value 12 or"),
    ],
)
def test_json_of_the_wrong_type(client: Any, fields: dict[str, Any], message: str) -> None:
    answer = client.send("POST", "/sobjects/Lead", {**PERSON, **fields})
    (entry,) = json.loads(answer.body)
    assert answer.status == 400
    assert set(entry) == {"message", "errorCode"}
    assert entry["errorCode"] == "JSON_PARSER_ERROR"
    assert message in entry["message"]


def test_bodies_that_cannot_be_used(client: Any, lead: str) -> None:
    assert client.error("POST", "/sobjects/Lead", {**PERSON, "Nope": 1}) == (
        400,
        "INVALID_FIELD",
        "No such column 'Nope' on sobject of type Lead",
    )
    assert client.error("PATCH", f"/sobjects/Lead/{lead}", {"Id": lead})[1] == "INVALID_FIELD"
    assert client.error("POST", "/sobjects/Lead", [])[1] == "JSON_PARSER_ERROR"
    assert client.error("POST", "/sobjects/Lead")[1] == "JSON_PARSER_ERROR"


def test_required_fields_of_new_records(client: Any) -> None:
    assert client.error("POST", "/sobjects/Lead", {"FirstName": "Jo"})[2] == (
        "Required fields are missing: [LastName, Company]"
    )
    assert client.error("POST", "/sobjects/Contact", {})[2] == (
        "Required fields are missing: [LastName]"
    )
    assert client.error("POST", "/sobjects/Account", {})[2] == "Required fields are missing: [Name]"
    body = {**PERSON, "Newsletter__c": None}
    assert client.error("POST", "/sobjects/Lead", body)[1] == "INVALID_TYPE_ON_FIELD_IN_RECORD"


def test_several_problems_are_told_at_once(client: Any) -> None:
    body = {**PERSON, "Phone": "1" * 50, "Email": "x"}
    answer = client.send("POST", "/sobjects/Lead", body)
    codes = [entry["errorCode"] for entry in json.loads(answer.body)]
    assert codes == ["STRING_TOO_LONG", "INVALID_EMAIL_ADDRESS"]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_records_that_never_were(client: Any, contact: str, method: str) -> None:
    body: dict[str, Any] | None = {} if method == "PATCH" else None
    path = "/sobjects/Lead/00Q000000000000EAA"
    assert client.error(method, path, body) == (
        404,
        "NOT_FOUND",
        "The requested resource does not exist",
    )
    for wrong in ("nonsense", contact):
        status, code, message = client.error(method, f"/sobjects/Lead/{wrong}", body)
        assert (status, code) == (404, "NOT_FOUND")
        assert message.startswith("Provided external ID field does not exist")


def test_a_purged_record_is_nowhere(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    sandbox.delete(lead)
    sandbox.purge(lead)
    assert client.ids("SELECT Id FROM Lead", deleted_too=True) == []
    assert client.error("PATCH", f"/sobjects/Lead/{lead}", {})[:2] == (404, "NOT_FOUND")
    assert sandbox.record(lead) is None


def test_a_hidden_field_cannot_be_written(
    sandbox: SalesforceSandbox, client: Any, lead: str
) -> None:
    sandbox.hide_field("Lead", "Phone")
    assert client.error("PATCH", f"/sobjects/Lead/{lead}", {"Phone": "1"})[1] == "INVALID_FIELD"
    assert "Phone" not in client.ok("GET", f"/sobjects/Lead/{lead}")
    sandbox.edit(lead, Phone="2")
    assert (sandbox.record(lead) or {})["Phone"] == "2"
    sandbox.set_field("Lead", "Fax", updateable=False)
    refused = client.error("PATCH", f"/sobjects/Lead/{lead}", {"Fax": "1"})
    assert refused[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_an_unshared_record(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    sandbox.hide(lead)
    path = f"/sobjects/Lead/{lead}"
    assert client.error("GET", path)[:2] == (404, "NOT_FOUND")
    assert client.ids("SELECT Id FROM Lead", deleted_too=True) == []
    assert client.error("PATCH", path, {})[:2] == (
        403,
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    )
    task = {"WhoId": lead}
    assert client.error("POST", "/sobjects/Task", task)[1].startswith("INSUFFICIENT_ACCESS")
    sandbox.share(lead)
    assert client.ids("SELECT Id FROM Lead") == [lead]


def test_validation_rules(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    sandbox.add_validation_rule(
        "Lead", "phone", lambda row: row["Phone"] == "666", "Not this one.", "Phone"
    )
    sandbox.add_validation_rule("Lead", "top", lambda row: bool(row["Fax"]), "No faxes.")
    answer = client.send("PATCH", f"/sobjects/Lead/{lead}", {"Phone": "666", "Fax": "1"})
    code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert json.loads(answer.body) == [
        {"message": "Not this one.", "errorCode": code, "fields": ["Phone"]},
        {"message": "No faxes.", "errorCode": code, "fields": []},
    ]
    sandbox.remove_validation_rule("top")
    client.ok("PATCH", f"/sobjects/Lead/{lead}", {"Fax": "1"})


def test_duplicate_rules(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    sandbox.add_duplicate_rule("Lead")
    body = {**PERSON, "Email": "JO@x.org"}
    answer = client.send("POST", "/sobjects/Lead", body)
    (entry,) = json.loads(answer.body)
    assert answer.status == 400
    assert entry["errorCode"] == "DUPLICATES_DETECTED"
    assert entry["message"] == "Use one of these records?"
    (match,) = entry["duplicateResult"]["matchResults"][0]["matchRecords"]
    assert match["record"]["Id"] == lead
    header = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    client.ok("POST", "/sobjects/Lead", body, headers=header)
    sandbox.add_duplicate_rule("Lead", "Phone", on_update=True, blocks=True)
    sandbox.edit(lead, Phone="5")
    other = create(client, Email="other@x.org")
    refused = client.error("PATCH", f"/sobjects/Lead/{other}", {"Phone": "5"}, headers=header)
    assert refused[1] == "DUPLICATES_DETECTED"


def test_assignment_rules(sandbox: SalesforceSandbox, client: Any) -> None:
    rosa = sandbox.add_user("Rosa Rules", "rosa@example.com")
    fay = sandbox.add_user("Fay Fixed", "fay@example.com")
    sandbox.add_assignment_rule(rosa, lambda lead: lead["LastName"] == "Rule")

    def owner(headers: dict[str, str], **fields: str) -> str:
        body = {"LastName": "Rule", "Company": "X", **fields}
        made = client.ok("POST", "/sobjects/Lead", body, headers=headers)
        return str((sandbox.record(made["id"]) or {})["OwnerId"])

    assert owner({}) == rosa  # the default
    assert owner({"Sforce-Auto-Assign": "TRUE"}, OwnerId=fay) == rosa
    assert owner({"Sforce-Auto-Assign": "false"}, OwnerId=fay) == fay
    assert owner({"Sforce-Auto-Assign": "FALSE"}) == sandbox.org.api_user_id
    assert owner({}, LastName="Other") == sandbox.org.api_user_id


def test_converted_leads(sandbox: SalesforceSandbox, client: Any, lead: str) -> None:
    sandbox.convert(lead)
    path = f"/sobjects/Lead/{lead}"
    expected = (400, "CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    assert client.error("PATCH", path, {"Phone": "1"}) == expected
    assert client.error("POST", "/sobjects/Task", {"WhoId": lead}) == expected
    sandbox.org.refuses_converted_leads = False
    client.ok("PATCH", path, {"Phone": "1"})
    assert (sandbox.record(lead) or {})["Phone"] == "1"


def test_owners(sandbox: SalesforceSandbox, client: Any, lead: str, contact: str) -> None:
    path = f"/sobjects/Lead/{lead}"
    gone = sandbox.add_user("Gus Gone", "gus@example.com", active=False)
    assert client.error("PATCH", path, {"OwnerId": gone})[1] == "INACTIVE_OWNER_OR_USER"
    assert client.error("PATCH", path, {"OwnerId": contact})[1] == "FIELD_INTEGRITY_EXCEPTION"
    refused = client.error("PATCH", path, {"OwnerId": None})
    assert refused == (400, "INVALID_CROSS_REFERENCE_KEY", "Owner ID: owner cannot be blank")
    here = sandbox.add_user("Hal Here", "hal@example.com")
    client.ok("PATCH", path, {"OwnerId": here[:15]})
    assert (sandbox.record(lead) or {})["OwnerId"] == here
    assert client.error("POST", "/sobjects/User", {"LastName": "x"})[0] in {400, 403}


def test_a_task_moves_its_person(
    sandbox: SalesforceSandbox, client: Any, clock: ManualClock, lead: str
) -> None:
    clock.advance(60)
    task = create(client, "Task", WhoId=lead, Subject="Chat")
    row = sandbox.record(lead) or {}
    assert row["SystemModstamp"] == "2026-11-23T10:01:00.000+0000"
    assert row["LastModifiedDate"] == "2026-11-23T10:00:00.000+0000"
    assert row["LastActivityDate"] is None
    assert (sandbox.record(task) or {})["Status"] == "Not Started"
    clock.advance(60)
    closed = {"Status": "Completed", "ActivityDate": "2026-11-20"}
    client.ok("PATCH", f"/sobjects/Task/{task}", closed)
    row = sandbox.record(lead) or {}
    assert row["LastActivityDate"] == "2026-11-20"
    assert row["SystemModstamp"] == "2026-11-23T10:02:00.000+0000"
    stored = sandbox.record(task) or {}
    assert stored["IsClosed"] is True
    assert stored["OwnerId"] == sandbox.org.api_user_id
    create(client, "Task", WhoId=lead, Status="Completed", ActivityDate="2026-11-01")
    assert (sandbox.record(lead) or {})["LastActivityDate"] == "2026-11-20"
    name = client.query(f"SELECT Who.Name, Who.Type FROM Task WHERE Id = '{task}'")[0]["Who"]
    assert (name["Name"], name["Type"]) == ("Jo Doe", "Lead")


def test_methods_that_are_not_there(client: Any) -> None:
    assert client.error("PUT", "/sobjects/Lead", {})[:2] == (405, "METHOD_NOT_ALLOWED")
    assert client.error("GET", "/nowhere")[:2] == (404, "NOT_FOUND")


def test_a_body_that_is_no_json(sandbox: SalesforceSandbox, client: Any) -> None:
    headers = {"Authorization": f"Bearer {client.tokens['access_token']}"}
    answer = call(
        sandbox.app, "POST", "/services/data/v59.0/sobjects/Lead", "", headers, b'{"LastName": '
    )
    assert answer.status == 400
    assert json.loads(answer.body)[0]["errorCode"] == "JSON_PARSER_ERROR"
