"""Reading and writing contacts as an API client: shapes, quirks and refusals."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.web import Answer

Api = Callable[..., tuple[int, dict[str, Any]]]
Send = Callable[..., Answer]
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def code(body: dict[str, Any]) -> str:
    assert body["type"] == "error.list"
    assert "request_id" in body
    found: str = body["errors"][0]["code"]
    return found


def test_me_tells_workspace_region_and_time_zone(api: Api) -> None:
    status, me = api("GET", "/me")
    assert status == 200
    assert me["app"]["region"] == "US"
    assert me["app"]["timezone"] == "Pacific/Auckland"
    assert me["app"]["id_code"]


def test_admins_have_emails(api: Api, intercom: IntercomSandbox) -> None:
    admin_id = intercom.add_admin("Nia Poe", "nia@example.com")
    _status, answer = api("GET", "/admins")
    assert answer["type"] == "admin.list"
    assert (admin_id, "nia@example.com") in [(a["id"], a["email"]) for a in answer["admins"]]
    assert all("@" in admin["email"] for admin in answer["admins"])


def test_a_lead_without_email_or_external_id(api: Api) -> None:
    _status, lead = api("POST", "/contacts", {"role": "lead", "name": "Visitor"})
    assert lead["email"] is None
    assert UUID.fullmatch(lead["external_id"])
    assert lead["role"] == "lead"
    assert lead["tags"]["url"] == f"/contacts/{lead['id']}/tags"


def test_a_name_that_is_written_back_as_read_grows(api: Api, intercom: IntercomSandbox) -> None:
    given = {"email": "a@example.com", "name": 'Tom & "Jo" <O\'Neil>'}
    _status, contact = api("POST", "/contacts", given)
    assert contact["name"] == "Tom &amp; &quot;Jo&quot; &lt;O&#39;Neil&gt;"
    _status, again = api("PUT", f"/contacts/{contact['id']}", {"name": contact["name"]})
    assert again["name"].startswith("Tom &amp;amp; ")
    stored = intercom.contact(contact["id"])
    assert stored is not None
    assert stored["name"] == contact["name"]


def test_clearing_a_users_email_leaves_an_empty_text(api: Api) -> None:
    _status, user = api("POST", "/contacts", {"email": "a@example.com"})
    _status, cleared = api("PUT", f"/contacts/{user['id']}", {"email": None})
    assert cleared["email"] == ""
    query = {"field": "id", "operator": "=", "value": user["id"]}
    _status, found = api("POST", "/contacts/search", {"query": query})
    assert found["data"][0]["email"] is None


def test_clearing_a_leads_email_leaves_null(api: Api) -> None:
    _status, lead = api("POST", "/contacts", {"role": "lead", "email": "a@example.com"})
    _status, cleared = api("PUT", f"/contacts/{lead['id']}", {"email": ""})
    assert cleared["email"] is None


def test_a_put_that_changes_nothing_does_not_move_updated_at(
    api: Api, clock: ManualClock, intercom: IntercomSandbox
) -> None:
    _status, user = api("POST", "/contacts", {"email": "a@example.com", "phone": "+64 21 1"})
    clock.advance(60)
    _status, same = api("PUT", f"/contacts/{user['id']}", {"phone": "+64 21 1"})
    assert same["updated_at"] == user["updated_at"]
    _status, other = api("PUT", f"/contacts/{user['id']}", {"phone": "+64 21 2"})
    assert other["updated_at"] == user["updated_at"] + 60
    clock.advance(60)
    intercom.touch(user["id"])
    _status, tagged = api("GET", f"/contacts/{user['id']}")
    assert tagged["updated_at"] == user["updated_at"] + 120


def test_post_conflicts_with_live_archived_and_deleted_users(api: Api) -> None:
    _status, user = api("POST", "/contacts", {"email": "a@example.com"})
    status, body = api("POST", "/contacts", {"email": "A@example.com"})
    assert (status, code(body)) == (409, "conflict")
    assert body["errors"][0]["message"] == (
        f"A contact matching those details already exists with id={user['id']}"
    )
    api("POST", f"/contacts/{user['id']}/archive")
    status, body = api("POST", "/contacts", {"email": "a@example.com"})
    assert status == 409
    assert body["errors"][0]["message"].startswith("An archived contact matching")
    api("DELETE", f"/contacts/{user['id']}")
    status, _body = api("POST", "/contacts", {"email": "a@example.com"})
    assert status == 409


def test_leads_may_share_an_email(api: Api) -> None:
    api("POST", "/contacts", {"email": "a@example.com"})
    for _ in range(2):
        status, _body = api("POST", "/contacts", {"role": "lead", "email": "a@example.com"})
        assert status == 200


def test_put_conflicts_on_the_external_id_but_not_on_the_email(api: Api) -> None:
    api("POST", "/contacts", {"email": "a@example.com", "external_id": "1"})
    _status, user = api("POST", "/contacts", {"email": "b@example.com", "external_id": "2"})
    status, shared = api("PUT", f"/contacts/{user['id']}", {"email": "a@example.com"})
    assert (status, shared["email"]) == (200, "a@example.com")
    status, body = api("PUT", f"/contacts/{user['id']}", {"external_id": "1"})
    assert (status, code(body)) == (409, "conflict")


def test_deleted_and_archived_contacts_are_not_found(api: Api, intercom: IntercomSandbox) -> None:
    deleted = intercom.create_contact("user", email="a@example.com")
    archived = intercom.create_contact("user", email="b@example.com")
    status, answer = api("DELETE", f"/contacts/{deleted}")
    assert (status, answer["deleted"]) == (200, True)
    intercom.archive_contact(archived)
    for contact_id in (deleted, archived, "nothing"):
        for method in ("GET", "PUT"):
            status, body = api(method, f"/contacts/{contact_id}", {"name": "x"})
            assert (status, code(body)) == (404, "not_found")
    assert api("GET", "/contacts")[1]["data"] == []
    status, answer = api("POST", f"/contacts/{archived}/unarchive")
    assert (status, answer["archived"]) == (200, False)
    assert api("GET", f"/contacts/{archived}")[0] == 200
    assert api("POST", f"/contacts/{deleted}/unarchive")[0] == 404
    assert intercom.contact(deleted) is None


def test_a_merged_lead_is_gone_with_a_link_from_2_16_on(
    send: Send, api: Api, intercom: IntercomSandbox
) -> None:
    lead = intercom.create_contact("lead", email="a@example.com", phone="+64 1")
    user = intercom.create_contact("user", email="a@example.com", name="A")
    status, merged = api("POST", "/contacts/merge", {"from": lead, "into": user})
    assert (status, merged["id"], merged["phone"]) == (200, user, "+64 1")
    for version in ("2.16", "Preview", None):
        answer = send("GET", f"/contacts/{lead}", version=version)
        assert answer.status == 410
        assert answer.headers["link"] == f'</contacts/{user}>; rel="canonical"'
        assert code(json.loads(answer.body)) == "contact_merged"
    assert send("GET", f"/contacts/{lead}", version="2.15").status == 404
    assert send("PUT", f"/contacts/{lead}", {"name": "x"}).status == 410
    history = api("GET", f"/contacts/{user}", query="include_merge_history=true")[1]
    assert history["merge_history"][0]["source_contact_id"] == lead


def test_only_duplicates_merge_unless_told_otherwise(api: Api, intercom: IntercomSandbox) -> None:
    lead = intercom.create_contact("lead", email="a@example.com")
    user = intercom.create_contact("user", email="b@example.com")
    status, body = api("POST", "/contacts/merge", {"from": lead, "into": user})
    assert (status, code(body)) == (400, "invalid_merge")
    status, body = api("POST", "/contacts/merge", {"from": user, "into": lead})
    assert (status, code(body)) == (400, "invalid_merge")
    request = {"from": lead, "into": user, "skip_duplicate_validation": True}
    assert api("POST", "/contacts/merge", request)[0] == 200


def test_find_by_external_id_finds_users_only(send: Send, intercom: IntercomSandbox) -> None:
    user = intercom.create_contact("user", email="a@example.com", external_id="a/b 1")
    intercom.create_contact("lead", external_id="lead-1")
    answer = send("GET", "/contacts/find_by_external_id/lead-1")
    assert answer.status == 404
    intercom.edit_contact(user, external_id="42")
    assert json.loads(send("GET", "/contacts/find_by_external_id/42").body)["id"] == user


def test_a_lead_becomes_a_user_and_not_back(api: Api, intercom: IntercomSandbox) -> None:
    lead = intercom.create_contact("lead", email="a@example.com")
    _status, user = api("PUT", f"/contacts/{lead}", {"role": "user", "external_id": "9"})
    assert (user["id"], user["role"], user["external_id"]) == (lead, "user", "9")
    assert api("PUT", f"/contacts/{lead}", {"role": "lead"})[0] == 400
    other = intercom.create_contact("lead")
    intercom.convert_to_user(other, external_id="10")
    assert api("GET", f"/contacts/{other}")[1]["role"] == "user"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "parameter_not_found"),
        ({"role": "user"}, "parameter_not_found"),
        ({"role": "visitor"}, "parameter_invalid"),
        ({"email": "nonsense"}, "parameter_invalid"),
        ({"email": "a@example.com", "name": 5}, "type_mismatch"),
        ({"email": "a@example.com", "owner_id": 123}, "parameter_invalid"),
        ({"email": "a@example.com", "signed_up_at": 1_700_000_000_000}, "parameter_invalid"),
        ({"email": "a@example.com", "signed_up_at": "today"}, "type_mismatch"),
        ({"email": "a@example.com", "custom_attributes": []}, "type_mismatch"),
    ],
)
def test_refused_bodies(api: Api, body: dict[str, Any], expected: str) -> None:
    status, answer = api("POST", "/contacts", body)
    assert (status, code(answer)) == (400, expected)


def test_unknown_and_read_only_fields_are_ignored(api: Api, intercom: IntercomSandbox) -> None:
    owner = intercom.admins()[1][0]
    given = {"email": "a@example.com", "nickname": "x", "created_at": 5, "owner_id": int(owner)}
    status, user = api("POST", "/contacts", given)
    assert status == 200
    assert user["owner_id"] == owner
    assert user["created_at"] > 5


def test_bodies_that_are_no_json_objects(intercom: IntercomSandbox, api: Api) -> None:
    assert api("POST", "/contacts", [1])[0] == 400
    assert (
        api("POST", "/contacts", {"email": "a@example.com", "signed_up_at": float("nan")})[0] == 400
    )


def test_human_hands_refuse_what_is_not_there(intercom: IntercomSandbox) -> None:
    user = intercom.create_contact("user", email="a@example.com")
    lead = intercom.create_contact("lead")
    with pytest.raises(ValueError):
        intercom.create_contact("visitor")
    with pytest.raises(KeyError):
        intercom.create_contact("lead", custom_attributes={"unknown": 1})
    with pytest.raises(ValueError):
        intercom.merge_contacts(user, lead)
    with pytest.raises(ValueError):
        intercom.convert_to_user(user)
    intercom.delete_contact(user)
    with pytest.raises(KeyError):
        intercom.edit_contact(user, name="x")
    assert [contact["id"] for contact in intercom.all_contacts()] == [lead]


def test_a_person_clears_an_email(intercom: IntercomSandbox, api: Api) -> None:
    user = intercom.create_contact("user", email="a@example.com")
    intercom.edit_contact(user, email=None)
    assert api("GET", f"/contacts/{user}")[1]["email"] == ""


def test_activities_are_in_preview_only(api: Api, intercom: IntercomSandbox) -> None:
    assert api("GET", "/contacts/activities")[0] == 404
    lead = intercom.create_contact("lead", email="a@example.com")
    user = intercom.create_contact("user", email="a@example.com")
    other = intercom.create_contact("lead")
    intercom.convert_to_user(other)
    intercom.merge_contacts(lead, user)
    intercom.delete_contact(user)
    seen: list[dict[str, Any]] = []
    query = "per_page=2"
    while True:
        _status, page = api("GET", "/contacts/activities", query=query, version="Preview")
        seen += page["data"]
        if page["pages"]["next"] is None:
            break
        query = f"per_page=2&starting_after={page['pages']['next']['starting_after']}"
    assert [activity["event_type"].removeprefix("contact.") for activity in seen] == [
        "created",
        "created",
        "created",
        "role_updated",
        "merged",
        "deleted",
    ]
    assert (seen[4]["merge_source_id"], seen[4]["merge_target_id"]) == (lead, user)


def test_more_refusals_and_more_that_is_taken(api: Api, intercom: IntercomSandbox) -> None:
    _status, user = api("POST", "/contacts", {"email": "a@example.com", "external_id": 7})
    assert user["external_id"] == "7"
    assert api("POST", "/contacts", {"external_id": "7"})[0] == 409
    path = f"/contacts/{user['id']}"
    owner = intercom.admins()[0][0]
    changes = {"owner_id": owner, "signed_up_at": 1_700_000_000, "unsubscribed_from_emails": True}
    _status, changed = api("PUT", path, changes)
    assert {name: changed[name] for name in changes} == changes
    cleared = {"owner_id": None, "signed_up_at": None, "name": None, "external_id": None}
    _status, changed = api("PUT", path, cleared)
    assert {name: changed[name] for name in cleared} == cleared
    for body in ({"unsubscribed_from_emails": "yes"}, {"owner_id": [1]}):
        status, answer = api("PUT", path, body)
        assert (status, code(answer)) == (400, "type_mismatch")
    assert api("DELETE", "/contacts/none")[0] == 404


def test_the_external_id_of_a_merged_lead_leads_to_the_user(
    send: Send, intercom: IntercomSandbox
) -> None:
    lead = intercom.create_contact("lead", external_id="visitor-1")
    user = intercom.create_contact("user", email="a@example.com")
    intercom.merge_contacts(lead, user)
    answer = send("GET", "/contacts/find_by_external_id/visitor-1")
    assert answer.status == 410
    assert user in answer.headers["link"]
