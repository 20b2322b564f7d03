"""Rows and rules of people and of companies, beside each other."""

from sfsync_gui.core.mapping import AttributeMapping, MappingKey, SyncRules
from sfsync_gui.core.vocabulary import Direction, Family, PersonKind, Side

PHONE = AttributeMapping("phone", "phone", Direction.TWO_WAY, "Phone", "MobilePhone")
SIZE = AttributeMapping("size", "size", Direction.TWO_WAY, account_field="NumberOfEmployees")
OFF = SyncRules((PHONE, SIZE))
ON = SyncRules((PHONE, SIZE), company_key=MappingKey.of_companies("AccountNumber"))


def test_a_row_belongs_to_one_family() -> None:
    assert (PHONE.family, PHONE.objects) == (Family.PEOPLE, ("Lead", "Contact"))
    assert (SIZE.family, SIZE.objects) == (Family.COMPANIES, ("Account",))


def test_a_row_has_no_field_for_records_of_the_other_family() -> None:
    assert SIZE.field_for(Side.SALESFORCE, PersonKind.ACCOUNT) == "NumberOfEmployees"
    assert SIZE.field_for(Side.INTERCOM, PersonKind.ACCOUNT) == "size"
    for side in Side:
        assert SIZE.field_for(side, PersonKind.CONTACT) is None
        assert PHONE.field_for(side, PersonKind.ACCOUNT) is None
    assert PHONE.field_for(Side.INTERCOM, PersonKind.LEAD) == "phone"


def test_without_a_key_companies_are_not_synced_and_nothing_of_accounts_is_read() -> None:
    assert OFF.families == (Family.PEOPLE,)
    assert OFF.objects == ("Lead", "Contact")
    assert OFF.active_rows() == (PHONE,)
    assert OFF.salesforce_fields("Account") == ()


def test_with_a_key_account_is_read_with_the_mapped_fields_and_the_key() -> None:
    assert ON.families == (Family.PEOPLE, Family.COMPANIES)
    assert ON.objects == ("Lead", "Contact", "Account")
    assert ON.active_rows() == (PHONE, SIZE)
    assert ON.salesforce_fields("Account") == ("AccountNumber", "NumberOfEmployees")
    assert ON.salesforce_fields("Contact") == ("Email", "MobilePhone")


def test_rules_keep_in_mind_by_what_companies_are_synced_again() -> None:
    number, name = MappingKey.of_companies("AccountNumber"), MappingKey.of_companies("Name")
    off = ON.unsynced()
    assert (off.families, off.company_key, off.awaited_key) == (OFF.families, None, number)
    assert off.unsynced() == off
    assert ON.unsynced(name).awaited_key == name
    assert off.synced_by(number) == ON


def test_rows_of_companies_are_kept_while_these_are_not_synced() -> None:
    assert OFF.keeps_companies
    assert not ON.keeps_companies
    assert not SyncRules((PHONE,)).keeps_companies
