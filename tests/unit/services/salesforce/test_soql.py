"""The one escaping function, select lists, and the length of URLs."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from sfsync_gui.core.failures import SetupError
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.salesforce.soql import parse
from sfsync_gui.services.salesforce import soql
from tests.support.salesforce_mount import Connected

_ALPHABET = "'\\\"\n\r\t\0\b\f\x1f\x7f%_ abC1;()@{}+&=#?é漢😀\u2028\ud800'\\\\''"


def unescaped(literal: str) -> str:
    """What a SOQL parser reads from a quoted text (Quoted String Escape Sequences)."""
    assert literal[0] == literal[-1] == "'"
    body, read, place = literal[1:-1], [], 0
    simple = {"n": "\n", "r": "\r", "t": "\t", "'": "'", "\\": "\\"}
    while place < len(body):
        assert body[place] != "'", "a quote that is not escaped ends the literal"
        if body[place] != "\\":
            read.append(body[place])
            place += 1
        elif body[place + 1] == "u":
            read.append(chr(int(body[place + 2 : place + 6], 16)))
            place += 6
        else:
            read.append(simple[body[place + 1]])
            place += 2
    return "".join(read)


def test_no_text_leaves_its_quotes() -> None:
    source = random.Random(7)
    for _round in range(3000):
        text = "".join(source.choices(_ALPHABET, k=source.randrange(12)))
        literal = soql.literal(text)
        assert unescaped(literal) == text
        literal.encode("utf-8")  # lone surrogates could not be sent
        assert not any(ord(letter) < 0x20 for letter in literal)
        query = parse(soql.select(("Id",), "Lead", f"WHERE LastName = {literal}"))
        assert query.limit is None
        assert type(query.where).__name__ == "Comparison"


def test_every_text_comes_back_through_the_service(
    org: Connected, sandbox: SalesforceSandbox
) -> None:
    for text in ("O'Brien", "back\\slash", "a' OR Name != '", 'quo"te', "Zoë 漢 😀", "\\'", "@{x}"):
        lead = sandbox.create("Lead", LastName=text, Company="Acme")
        query = soql.select(("Id",), "Lead", f"WHERE LastName = {soql.literal(text)}")
        request = org.client._reader.query("read", query, "Lead")
        (record,) = org.client._session.perform(request)["records"]
        assert record["Id"] == lead


def test_times_are_in_utc_and_whole_seconds() -> None:
    assert soql.moment(1_795_428_000.99) == "2026-11-23T10:00:00Z"
    abroad = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=2)))
    assert soql.literal(abroad) == "2026-11-23T10:00:00Z"
    assert soql.literal(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00Z"
    with pytest.raises(ValueError, match="zone"):
        soql.literal(datetime(2026, 1, 2))  # noqa: DTZ001


def test_lists() -> None:
    assert soql.literal(["a", "b'"]) == "('a','b\\'')"
    with pytest.raises(ValueError, match="empty"):
        soql.literal([])


def test_what_identifies_a_record_is_always_selected_and_nothing_twice() -> None:
    (names,) = soql.select_lists("Lead", ("Email", "Name", "Email"))
    assert names.count("Email") == names.count("Name") == 1
    assert {"Id", "SystemModstamp", "IsConverted", "ConvertedContactId"} <= set(names)
    (names,) = soql.select_lists("Contact", ())
    assert "IsConverted" not in names


@pytest.mark.parametrize("name", ["", "Email FROM Lead", "1st", "a'b", "Owner.Name", "é"])
def test_a_name_that_cannot_be_a_fields_is_refused(name: str) -> None:
    with pytest.raises(SetupError) as caught:
        soql.select_lists("Lead", (name,))
    assert caught.value.fields == (name,)


def test_the_longest_query_fits_into_a_url() -> None:
    names = [f"Field_with_a_rather_long_name_{number:04d}__c" for number in range(2000)]
    lists = soql.select_lists("Lead", names)
    assert [name for listed in lists for name in listed if name.startswith("Field")] == names
    ids = [f"00Q5g00000{number:05d}EAA" for number in range(soql.MOST_IDS_PER_QUERY)]
    for listed in lists:
        query = soql.select(listed, "Lead", f"WHERE Id IN {soql.literal(ids)}")
        path = f"/services/data/v62.0/{soql.query_path('queryAll', query)}"
        assert len(path) < 15_000
        assert parse_qs(urlsplit(path).query)["q"] == [query]
