"""What a reading says has happened: each cause as the trigger tables name it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sfsync_gui.core.noticing import Noticed
from sfsync_gui.core.people import IdentityMapping, Person
from sfsync_gui.core.vocabulary import PersonKind, Side, Trigger

SINCE = 100
CONTACT = Person(Side.INTERCOM, "i", PersonKind.USER, "Ann", "a@x.org", 50, 60, 60)
RECORD = Person(Side.SALESFORCE, "s", PersonKind.LEAD, "Ann", "a@x.org", 50, 60, 60)
LINK = IdentityMapping(
    "i", PersonKind.LEAD, "s", "a@x.org", "a@x.org", Trigger.LINKED_AT_CONNECTING, 1
)


def noticed(
    person: Person,
    prior: Person | None = None,
    link: IdentityMapping | None = None,
    *updated: str,
) -> Trigger | None:
    return Noticed(person, prior, link, SINCE, frozenset(updated)).trigger()


@pytest.mark.parametrize(
    ("person", "prior", "updated", "expected"),
    [
        (replace(CONTACT, created_at=100), None, (), Trigger.INTERCOM_CREATED),
        (CONTACT, None, (), Trigger.INTERCOM_UPDATED),
        (replace(CONTACT, key="b@x.org"), CONTACT, (), Trigger.INTERCOM_KEY_UPDATED),
        (replace(CONTACT, key=None), CONTACT, (), Trigger.INTERCOM_KEY_UPDATED),
        (CONTACT, CONTACT, ("job",), Trigger.INTERCOM_UPDATED),
        (CONTACT, replace(CONTACT, deleted=True), (), Trigger.INTERCOM_UPDATED),
        (replace(CONTACT, version=70), CONTACT, (), None),
    ],
)
def test_an_unlinked_contact(
    person: Person, prior: Person | None, updated: tuple[str, ...], expected: Trigger | None
) -> None:
    assert noticed(person, prior, None, *updated) is expected


@pytest.mark.parametrize(
    ("person", "prior", "expected"),
    [
        (replace(RECORD, created_at=100), None, Trigger.SALESFORCE_CREATED),
        (RECORD, None, Trigger.SALESFORCE_UPDATED),
        (replace(RECORD, key="b@x.org"), RECORD, Trigger.SALESFORCE_KEY_UPDATED),
        (replace(RECORD, version=70), RECORD, Trigger.SALESFORCE_UPDATED),
        (RECORD, RECORD, None),
        (replace(RECORD, deleted=True), RECORD, Trigger.SALESFORCE_DELETED),
        (replace(RECORD, deleted=True, merged_into="w"), RECORD, Trigger.SALESFORCE_MERGED),
        (replace(RECORD, converted=True), RECORD, Trigger.SALESFORCE_CONVERTED),
        (replace(RECORD, deleted=True), replace(RECORD, deleted=True), None),
        (replace(RECORD, converted=True), replace(RECORD, converted=True), None),
    ],
)
def test_an_unlinked_record(person: Person, prior: Person | None, expected: Trigger | None) -> None:
    assert noticed(person, prior) is expected


@pytest.mark.parametrize("person", [CONTACT, RECORD])
def test_of_a_linked_person_only_the_key_counts(person: Person) -> None:
    assert noticed(replace(person, version=70), person, LINK, "job") is None
    other = replace(person, key="b@x.org")
    expected = {
        Side.INTERCOM: Trigger.INTERCOM_KEY_UPDATED,
        Side.SALESFORCE: Trigger.SALESFORCE_KEY_UPDATED,
    }
    assert noticed(other, person, LINK) is expected[person.side]
    # Compared with the key that the link was made with, however often it was observed since.
    assert noticed(other, other, LINK) is expected[person.side]
    assert noticed(other, person, replace(LINK, by_hand=True)) is None


def test_a_linked_record_that_is_gone_or_converted_is_news_as_long_as_it_is_linked() -> None:
    gone, converted = replace(RECORD, deleted=True), replace(RECORD, converted=True)
    assert noticed(gone, gone, LINK) is Trigger.SALESFORCE_DELETED
    assert noticed(converted, converted, LINK) is Trigger.SALESFORCE_CONVERTED
