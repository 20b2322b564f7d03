"""Companies as an API client meets them one by one: shapes, quirks and refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.web import call

Api = Callable[..., tuple[int, dict[str, Any]]]


def refusal(answer: tuple[int, dict[str, Any]]) -> tuple[int, str]:
    status, body = answer
    assert body["type"] == "error.list"
    return status, body["errors"][0]["code"]


def created(api: Api, **body: Any) -> dict[str, Any]:
    status, company = api("POST", "/companies", {"company_id": "c-1", **body})
    assert status == 200
    return company


def test_what_was_never_set_is_not_in_an_answer(api: Api) -> None:
    company = created(api)
    assert company["type"] == "company"
    assert company["company_id"] == "c-1"
    assert company["plan"] == {}
    assert (company["monthly_spend"], company["user_count"]) == (0, 0)
    assert not {"name", "size", "website", "industry", "last_request_at"} & set(company)
    full = created(
        api, name="Acme", size=7, website="no url", industry="Tools", plan="Pro", monthly_spend=9
    )
    assert (full["name"], full["size"], full["website"]) == ("Acme", 7, "no url")
    assert (full["industry"], full["plan"]["name"]) == ("Tools", "Pro")
    assert full["monthly_spend"] == 9


def test_a_post_creates_or_updates_by_the_customers_own_key(api: Api, clock: ManualClock) -> None:
    first = created(api, name="Acme", remote_created_at=1_700_000_000)
    clock.advance(5)
    again = created(api, industry="Tools")
    assert again["id"] == first["id"]
    assert (again["name"], again["industry"]) == ("Acme", "Tools")
    assert again["updated_at"] == first["updated_at"] + 5
    assert again["created_at"] == first["created_at"]
    other = created(api, company_id="c-2", name="Acme")
    assert other["id"] != first["id"]


@pytest.mark.parametrize("body", [{}, {"name": "Acme"}, {"company_id": ""}, {"company_id": None}])
def test_a_post_without_a_key_is_refused(api: Api, body: dict[str, Any]) -> None:
    assert refusal(api("POST", "/companies", body)) == (400, "parameter_not_found")


def test_a_put_never_changes_the_key(api: Api) -> None:
    company = created(api, name="Acme")
    path = f"/companies/{company['id']}"
    sent = {"company_id": "c-9", "remote_created_at": 5, "name": "Acme Ltd"}
    status, changed = api("PUT", path, sent)
    assert status == 200
    assert (changed["company_id"], changed["name"]) == ("c-1", "Acme Ltd")
    assert "remote_created_at" not in changed
    assert api("GET", path) == (200, changed)


def test_a_put_that_changes_nothing_does_not_move_updated_at(api: Api, clock: ManualClock) -> None:
    company = created(api, name="Acme")
    clock.advance(5)
    _status, same = api("PUT", f"/companies/{company['id']}", {"name": "Acme"})
    assert same["updated_at"] == company["updated_at"]


def test_clearing_attributes(api: Api, intercom: IntercomSandbox) -> None:
    intercom.create_attribute("tier", "string", model="company")
    values = {"name": "Acme", "website": "x", "size": 7, "custom_attributes": {"tier": "gold"}}
    company = created(api, **values, monthly_spend=9)
    cleared = {"website": "", "size": None, "monthly_spend": None}
    body = {**cleared, "custom_attributes": {"tier": None}}
    _status, found = api("PUT", f"/companies/{company['id']}", body)
    assert found["website"] == ""
    assert "size" not in found
    assert found["monthly_spend"] == 0
    assert found["custom_attributes"] == {"tier": None}
    assert found["name"] == "Acme"


def test_a_name_is_escaped_on_output_and_its_entities_undone_on_input(
    api: Api, intercom: IntercomSandbox
) -> None:
    company = created(api, name="Tom & Jo's <b>")
    assert company["name"] == "Tom &amp; Jo&#39;s &lt;b&gt;"
    _status, again = api("PUT", f"/companies/{company['id']}", {"name": company["name"]})
    assert again["name"] == company["name"], "it does not grow as a contact's name does"
    stored = intercom.company(company["id"])
    assert stored is not None
    assert stored["name"] == "Tom & Jo's <b>"


def test_monthly_spend_is_cut_to_a_whole_number(api: Api) -> None:
    assert created(api, monthly_spend=155.98)["monthly_spend"] == 155
    too_much = {"company_id": "c-1", "monthly_spend": 2**31}
    assert refusal(api("POST", "/companies", too_much)) == (400, "parameter_invalid")


def test_a_request_may_tell_that_the_company_was_seen(api: Api, clock: ManualClock) -> None:
    assert "last_request_at" not in created(api)
    seen = created(api, update_last_request_at=True)
    assert seen["last_request_at"] == int(clock.now())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"test": "invalid"}, "bad_request"),
        ({"name": 7}, "type_mismatch"),
        ({"name": "x" * 256}, "parameter_invalid"),
        ({"size": "many"}, "type_mismatch"),
        ({"size": True}, "type_mismatch"),
        ({"monthly_spend": "9"}, "type_mismatch"),
        ({"custom_attributes": "x"}, "type_mismatch"),
        ({"custom_attributes": {"absent": "x"}}, "parameter_invalid"),
        ({"custom_attributes": {"of people": "x"}}, "parameter_invalid"),
        ({"custom_attributes": {"tier": "tin"}}, "parameter_invalid"),
        ({"custom_attributes": {"seats": "many"}}, "parameter_invalid"),
        ({"remote_created_at": 10**12}, "parameter_invalid"),
    ],
)
def test_refused_values(
    api: Api, intercom: IntercomSandbox, body: dict[str, Any], code: str
) -> None:
    intercom.create_attribute("tier", "string", ["gold", "silver"], model="company")
    intercom.create_attribute("seats", "integer", model="company")
    intercom.create_attribute("of people", "string")
    company = created(api, name="Acme")
    assert refusal(api("POST", "/companies", {"company_id": "c-1", **body})) == (400, code)
    if "remote_created_at" not in body:
        assert refusal(api("PUT", f"/companies/{company['id']}", body)) == (400, code)
    assert api("GET", f"/companies/{company['id']}") == (200, company)


def test_a_company_that_is_not_there(api: Api) -> None:
    for method, path, body in (
        ("GET", "/companies/1", None),
        ("PUT", "/companies/1", {"name": "x"}),
        ("DELETE", "/companies/1", None),
        ("GET", "/companies/1/contacts", None),
    ):
        assert refusal(api(method, path, body)) == (404, "company_not_found")
    for query in ("company_id=1", "name=x"):
        assert refusal(api("GET", "/companies", query=query)) == (404, "company_not_found")


def test_a_deleted_company_leaves_its_people_and_is_created_anew(
    api: Api, intercom: IntercomSandbox, clock: ManualClock
) -> None:
    company = created(api, name="Acme")
    contact = intercom.create_contact("user", "a@example.com")
    intercom.attach_company(contact, company["id"])
    clock.advance(5)
    answer = {"id": company["id"], "object": "company", "deleted": True}
    assert api("DELETE", f"/companies/{company['id']}") == (200, answer)
    assert refusal(api("GET", f"/companies/{company['id']}")) == (404, "company_not_found")
    _status, found = api("GET", f"/contacts/{contact}")
    assert found["companies"]["data"] == []
    assert found["updated_at"] == int(clock.now())
    assert created(api, name="Acme")["id"] != company["id"]


def test_a_deletion_is_accepted_first_and_done_later(clock: ManualClock) -> None:
    slow = IntercomSandbox(clock, index_lag=(30.0, 30.0))
    company = slow.add_company("Acme")
    headers = {"Authorization": f"Bearer {slow.access_token}"}
    answer = call(slow.app, "DELETE", f"/companies/{company}", headers=headers)
    assert json.loads(answer.body)["deleted"] is True
    assert call(slow.app, "GET", f"/companies/{company}", headers=headers).status == 200
    clock.advance(30)
    assert call(slow.app, "GET", f"/companies/{company}", headers=headers).status == 404


def test_attaching_moves_both_and_shows_on_both_sides(
    api: Api, intercom: IntercomSandbox, clock: ManualClock
) -> None:
    company = created(api, name="Acme")
    contact = intercom.create_contact("user", "a@example.com")
    clock.advance(5)
    path = f"/contacts/{contact}/companies"
    status, attached = api("POST", path, {"id": company["id"]})
    assert status == 200
    assert (attached["user_count"], attached["updated_at"]) == (1, int(clock.now()))
    _status, listed = api("GET", path)
    assert [one["id"] for one in listed["companies"]] == [company["id"]]
    _status, people = api("GET", f"/companies/{company['id']}/contacts")
    assert [one["id"] for one in people["data"]] == [contact]
    assert people["total_count"] == 1
    clock.advance(5)
    _status, again = api("POST", path, {"id": company["id"]})
    assert again == attached, "attached already: nothing moves"
    _status, left = api("DELETE", f"{path}/{company['id']}")
    assert (left["user_count"], left["updated_at"]) == (0, int(clock.now()))
    assert refusal(api("DELETE", f"{path}/{company['id']}")) == (404, "company_not_found")


def test_refused_attachments(api: Api, intercom: IntercomSandbox) -> None:
    contact = intercom.create_contact("user", "a@example.com")
    path = f"/contacts/{contact}/companies"
    assert refusal(api("POST", path, {})) == (400, "parameter_not_found")
    assert refusal(api("POST", path, {"id": "1"})) == (404, "company_not_found")
    assert refusal(api("POST", "/contacts/1/companies", {"id": "1"})) == (404, "not_found")
    many = [intercom.add_company(f"c{number}") for number in range(1001)]
    for company in many[:1000]:
        intercom.attach_company(contact, company)
    assert refusal(api("POST", path, {"id": many[-1]})) == (400, "contact_company_limit_exceeded")
    assert api("POST", path, {"id": many[0]})[0] == 200


def test_people_who_go_are_counted_no_longer(
    api: Api, intercom: IntercomSandbox, clock: ManualClock
) -> None:
    company = intercom.add_company("Acme")
    users = [intercom.create_contact("user", f"{n}@example.com") for n in range(3)]
    lead = intercom.create_contact("lead", "2@example.com")
    for contact in (*users, lead):
        intercom.attach_company(contact, company)
    clock.advance(5)
    intercom.delete_contact(users[0])
    intercom.archive_contact(users[1])
    intercom.merge_contacts(lead, users[2])
    _status, found = api("GET", f"/companies/{company}")
    assert found["user_count"] == 1
    assert found["updated_at"] == int(clock.now()) - 5, "nobody changed the company itself"
    _status, people = api("GET", f"/companies/{company}/contacts")
    assert [one["id"] for one in people["data"]] == [users[2]]


def test_the_attributes_of_companies(api: Api, intercom: IntercomSandbox) -> None:
    number = intercom.create_attribute("tier", "string", ["gold", "silver"], model="company")
    intercom.create_attribute("old", "string", model="company")
    intercom.archive_attribute("old", model="company")
    intercom.create_attribute("of people", "string")
    _status, answer = api("GET", "/data_attributes", query="model=company")
    listed = {attribute["full_name"]: attribute for attribute in answer["data"]}
    assert {"name", "company_id", "plan.name", "size", "custom_attributes.tier"} <= set(listed)
    assert not {"custom_attributes.old", "custom_attributes.of people"} & set(listed)
    assert {attribute["model"] for attribute in listed.values()} == {"company"}
    assert not listed["company_id"]["api_writable"]
    assert not listed["plan.name"]["api_writable"]
    assert listed["plan.name"]["name"] == "name"
    assert listed["custom_attributes.tier"]["options"] == ["gold", "silver"]
    options = {"options": [{"value": "gold"}, {"value": "silver"}, {"value": "tin"}]}
    assert api("PUT", f"/data_attributes/{number}", options)[0] == 200
    assert created(api, custom_attributes={"tier": "tin"})["custom_attributes"] == {"tier": "tin"}
    with_archived = "model=company&include_archived=true"
    _status, answer = api("GET", "/data_attributes", query=with_archived)
    assert "custom_attributes.old" in {attribute["full_name"] for attribute in answer["data"]}


def test_hands_know_only_what_is_there(intercom: IntercomSandbox) -> None:
    company = intercom.add_company("Acme", "c-1")
    with pytest.raises(KeyError):
        intercom.edit_company(company, custom_attributes={"absent": "x"})
    intercom.edit_company(company, industry="Tools")
    (stored,) = intercom.companies()
    assert (stored["company_id"], stored["industry"]) == ("c-1", "Tools")
    intercom.delete_company(company)
    assert intercom.companies() == []
    for hand in (intercom.edit_company, intercom.delete_company, intercom.visit):
        with pytest.raises(KeyError):
            hand(company)
