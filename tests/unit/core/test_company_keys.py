"""By which field of Account companies would be matched."""

from sfsync_gui.core.company_keys import KeySample, KeySuggestion, key_fields
from sfsync_gui.core.people import Json, PersonRecord
from sfsync_gui.core.schema import SalesforceField, SalesforceType
from sfsync_gui.core.vocabulary import PersonKind


def field(name: str, type_: SalesforceType = SalesforceType.STRING) -> SalesforceField:
    return SalesforceField("Account", name, name.replace("__c", ""), type_)


def company(key: Json) -> PersonRecord:
    return PersonRecord(PersonKind.COMPANY, f"c{key}", {"company_id": key}, 1, 1, 1)


def account(number: int, **raw: Json) -> PersonRecord:
    return PersonRecord(PersonKind.ACCOUNT, f"a{number}", raw, 1, 1, 1)


FIELDS = [field("AccountNumber"), field("Name"), field("Ext__c")]


def test_texts_are_offered_the_usual_ones_first_then_custom_ones() -> None:
    given = [
        field("Site"),
        field("B__c"),
        field("A__c"),
        field("Id", SalesforceType.ID),
        field("Name"),
        field("Website", SalesforceType.URL),
        field("AccountNumber"),
        field("ParentId", SalesforceType.REFERENCE),
        field("Industry", SalesforceType.PICKLIST),
        field("Notes__c", SalesforceType.TEXTAREA),
        field("Employees", SalesforceType.INT),
    ]
    names = [one.name for one in key_fields(given)]
    assert names == ["AccountNumber", "Name", "Website", "Id", "A__c", "B__c", "Site"]


def test_the_field_that_most_companies_match_by_comes_first() -> None:
    sample = KeySample([company(key) for key in ("1", "2", "3", "4")], FIELDS)
    sample.add([account(1, AccountNumber="9", Name="1", Ext__c=" 1 ")])
    sample.add([account(2, AccountNumber=None, Name="x", Ext__c="2")])
    assert sample.suggestions() == [
        KeySuggestion("Ext__c", "Ext", 2, 4),
        KeySuggestion("Name", "Name", 1, 4),
    ]
    assert sample.suggestions()[0].share == 0.5


def test_two_accounts_of_one_company_count_once_and_keys_are_exact() -> None:
    sample = KeySample([company("a"), company("B"), company("B")], FIELDS)
    sample.add([account(1, Name="a"), account(2, Name="a"), account(3, Name="b")])
    assert sample.suggestions() == [KeySuggestion("Name", "Name", 1, 2)]


def test_without_companies_nothing_is_suggested() -> None:
    sample = KeySample([company(None), company("")], FIELDS)
    sample.add([account(1, Name="")])
    assert sample.sampled == 0
    assert sample.suggestions() == []
    assert KeySuggestion("Name", "Name", 0, 0).share == 0.0
