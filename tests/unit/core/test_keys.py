"""The mapping key as it is compared."""

import pytest

from sfsync_gui.core.keys import is_email_address, key_field, key_of, normalise_key
from sfsync_gui.core.mapping import MappingKey
from sfsync_gui.core.people import PersonRecord, Value
from sfsync_gui.core.vocabulary import PersonKind

EMAIL = MappingKey()
EXTERNAL_ID = MappingKey("external_id", "Ext__c", "Ext__c")
COMPANIES = MappingKey.of_companies("AccountNumber")


@pytest.mark.parametrize("kind", list(PersonKind))
@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (" Ada@Example.COM\t", "ada@example.com"),
        ("o'brien+x@sub.example.co.uk", "o'brien+x@sub.example.co.uk"),
        ("jörg@müller.example", "jörg@müller.example"),
        ("Straße@example.de", "straße@example.de"),
        ("用户@例子.公司", "用户@例子.公司"),
        (None, None),
        ("", None),
        ("   ", None),
        ("ada", None),
        ("ada@", None),
        ("@example.com", None),
        ("ada@localhost", None),
        ("ada@@example.com", None),
        ("ada@example..com", None),
        ("ada@.example.com", None),
        ("ada@example.com.", None),
        ("ada lovelace@example.com", None),
        ("ada@example.com, b@example.com", None),
        ("<ada@example.com>", None),
        ("ada\u200b@example.com", None),
        ("ada\u00a0x@example.com", None),
        ("ada\n@example.com", None),
        ("a" * 65 + "@example.com", None),
        ("a@" + "b" * 300 + ".com", None),
        ("x" * 300, None),
        (5, None),
        (True, None),
    ],
)
def test_email_keys(kind: PersonKind, raw: Value, expected: str | None) -> None:
    assert normalise_key(EMAIL, kind, raw) == expected


@pytest.mark.parametrize("kind", [PersonKind.USER, PersonKind.LEAD, PersonKind.CONTACT])
@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (" U-1 ", "U-1"),
        ("u-1", "u-1"),
        ("not an address", "not an address"),
        (7, "7"),
        (7.0, "7"),
        ("", None),
        (None, None),
    ],
)
def test_other_keys_are_compared_exactly(kind: PersonKind, raw: Value, expected: str) -> None:
    assert normalise_key(EXTERNAL_ID, kind, raw) == expected


@pytest.mark.parametrize("raw", ["0a2e8f0e-6c1b-4c55-9d4e-1f2a3b4c5d6e", "U-1"])
def test_an_intercom_leads_external_id_is_no_key(raw: str) -> None:
    assert normalise_key(EXTERNAL_ID, PersonKind.INTERCOM_LEAD, raw) is None
    assert normalise_key(EXTERNAL_ID, PersonKind.USER, raw) == raw


def test_the_longest_address() -> None:
    label = ".".join(["b" * 61] * 3)
    assert is_email_address(f"{'a' * 64}@{label}.{'c' * 3}")
    assert not is_email_address(f"{'a' * 64}@{label}.{'c' * 4}")


@pytest.mark.parametrize("kind", [PersonKind.COMPANY, PersonKind.ACCOUNT])
@pytest.mark.parametrize(
    ("raw", "expected"), [(" AC-17\t", "AC-17"), ("ac-17", "ac-17"), ("", None), ("  ", None)]
)
def test_company_keys_are_trimmed_and_otherwise_exact(
    kind: PersonKind, raw: str, expected: str | None
) -> None:
    assert normalise_key(COMPANIES, kind, raw) == expected


def test_the_key_of_companies_is_in_their_own_field() -> None:
    assert key_field(COMPANIES, PersonKind.COMPANY) == "company_id"
    assert key_field(COMPANIES, PersonKind.ACCOUNT) == "AccountNumber"
    assert key_field(EMAIL, PersonKind.ACCOUNT) is None
    assert key_field(COMPANIES, PersonKind.LEAD) is None


def test_where_companies_are_not_synced_they_have_no_key() -> None:
    company = PersonRecord(PersonKind.COMPANY, "i", {"company_id": "AC-17"}, 1, 1, 1)
    assert key_of(COMPANIES, company) == "AC-17"
    assert key_of(None, company) is None
