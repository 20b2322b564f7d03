"""Contacts made into records, without a service."""

from __future__ import annotations

import json

import pytest

from sfsync_gui.core.people import Json
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.services.intercom.attributes import attribute
from sfsync_gui.services.intercom.errors import error_list
from sfsync_gui.services.intercom.records import (
    clean,
    may_need_cleaning,
    person,
    unescaped,
    update_body,
)


@pytest.mark.parametrize(
    ("escaped", "name"),
    [
        ("R&amp;D", "R&D"),
        ("&amp;amp;", "&amp;"),
        ("&amp;lt;", "&lt;"),
        ("&lt;b&gt; &quot;x&quot; O&#39;Neil", '<b> "x" O\'Neil'),
        ("&eacute; &copy; &AMP; &#x27; & &;", "&eacute; &copy; &AMP; &#x27; & &;"),
    ],
)
def test_one_escaping_is_undone(escaped: str, name: str) -> None:
    assert unescaped(escaped) == name


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\x7fb", "a\x08b", "a\x0cb", "a\ud83db"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_unsafe_characters_are_noticed_and_taken_out(text: str, ascii_only: bool) -> None:
    body = json.dumps({"id": "1", "name": text}, ensure_ascii=ascii_only)
    encoded = body.encode(errors="surrogatepass")
    if "\ud83d" not in text or ascii_only:
        assert may_need_cleaning(encoded)
    assert clean(text) == "ab"
    assert person({"id": "1", "name": text, "x": 1}, cleaning=True).raw == {
        "id": "1",
        "name": "ab",
        "x": 1,
    }


def test_ordinary_answers_are_not_cleaned() -> None:
    text = 'Zoë 😀 "quoted" back\\slash \t\r\n'
    assert not may_need_cleaning(json.dumps({"name": text}, ensure_ascii=False).encode())
    assert clean(text) == text
    assert clean("a\tb\r\nc") == "a\tb\r\nc"


def test_only_the_name_is_unescaped() -> None:
    contact = {"id": "1", "phone": "&amp;", "custom_attributes": {"name": "&lt;"}}
    assert person(contact).raw == {
        "id": "1",
        "phone": "&amp;",
        "custom_attributes.name": "&lt;",
    }


def test_objects_are_flattened_or_left_out() -> None:
    contact = {
        "id": 7,
        "type": "contact",
        "role": "user",
        "created_at": 5,
        "updated_at": None,
        "last_seen_at": 9,
        "avatar": {"type": "avatar", "image_url": "https://example.com/a.png"},
        "location": {"type": "location", "country": "Ireland"},
        "tags": {"type": "list", "data": []},
        "social_profiles": [],
        "custom_attributes": {"a.b": 1.5, "type": "odd", "cars": {"type": "list"}, "list": []},
    }
    record = person(contact)
    assert (record.kind, record.id) == (PersonKind.USER, "7")
    assert (record.created_at, record.version, record.active_at) == (5, 5, 9)
    assert record.raw == {
        "id": 7,
        "role": "user",
        "created_at": 5,
        "updated_at": None,
        "last_seen_at": 9,
        "avatar": "https://example.com/a.png",
        "location.country": "Ireland",
        "custom_attributes.a.b": 1.5,
        "custom_attributes.type": "odd",
    }


def test_a_body_splits_names_at_the_first_dot() -> None:
    values: dict[str, Json] = {
        "email": None,
        "phone": None,
        "owner_id": 12,
        "custom_attributes.a.b c": True,
        "custom_attributes.custom_attributes.x": None,
    }
    assert update_body(values) == {
        "email": "",
        "phone": None,
        "owner_id": "12",
        "custom_attributes": {"a.b c": True, "custom_attributes.x": None},
    }


def test_attributes_without_a_full_name() -> None:
    custom = attribute({"name": "x", "custom": True, "id": 3, "data_type": "string", "label": ""})
    standard = attribute({"name": "os", "data_type": "string", "options": [{"value": "a"}, "b", 3]})
    assert custom is not None
    assert standard is not None
    assert (custom.name, custom.label, custom.id) == ("custom_attributes.x", "x", 3)
    assert (standard.name, [option.value for option in standard.options]) == ("os", ["a", "b"])
    assert not standard.writable


@pytest.mark.parametrize("body", [None, [], {}, {"type": "error.list"}, {"type": "list"}])
def test_what_is_no_error_list(body: object) -> None:
    assert error_list(body) is None
