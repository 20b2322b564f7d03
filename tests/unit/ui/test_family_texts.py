"""People, companies and both in numbers."""

import pytest

from sfsync_gui.core.company_keys import KeySuggestion
from sfsync_gui.core.company_state import CompanyState
from sfsync_gui.core.vocabulary import Family, PersonKind
from sfsync_gui.engine.company_status import CompanyStatus
from sfsync_gui.ui.panels.mapping.company_texts import notice_of_found, notice_of_state
from sfsync_gui.ui.texts.families import (
    are_linked,
    counted_linked,
    counted_records,
    only,
    show_text,
)


@pytest.mark.parametrize(
    ("number", "family", "said"),
    [
        (1, Family.PEOPLE, "1 linked person"),
        (1_200, Family.COMPANIES, "1,200 linked companies"),
        (2, None, "2 linked records"),
    ],
)
def test_numbers_say_of_whom_they_are(number: int, family: Family | None, said: str) -> None:
    assert counted_linked(number, family) == said


def test_sentences_agree_with_their_numbers() -> None:
    assert are_linked(1, Family.COMPANIES) == "1 company is linked"
    assert are_linked(0, Family.PEOPLE) == "0 people are linked"
    assert counted_records(12, Family.COMPANIES) == "12 companies"


def test_of_both_families_neither_is_named() -> None:
    assert only([Family.PEOPLE, Family.PEOPLE]) is Family.PEOPLE
    assert only([Family.PEOPLE, Family.COMPANIES]) is None
    assert only([]) is None


def test_a_link_to_an_account_is_a_companys() -> None:
    assert show_text(PersonKind.ACCOUNT) == "Show company"
    assert show_text(PersonKind.LEAD) == show_text(None) == "Show person"


@pytest.mark.parametrize("state", list(CompanyState))
def test_each_state_but_the_good_ones_has_a_banner(state: CompanyState) -> None:
    said = notice_of_state(CompanyStatus(state), "Company ID ↔ Account Number")
    silent = (CompanyState.OFF, CompanyState.JOINING, CompanyState.SYNCED)
    assert (said is None) is (state in silent)


def test_the_best_field_is_offered_unless_it_is_the_key_or_mapped() -> None:
    best = KeySuggestion("Website", "Website", 3, 4)
    assert notice_of_found((best,), "AccountNumber").action == "Use this field"
    assert notice_of_found((best,), "AccountNumber").title.startswith("Website would match 75 %")
    assert notice_of_found((best,), "Website").action == ""
    assert notice_of_found((best,), "AccountNumber", {"Website"}).action == ""
    assert notice_of_found((), None).title == "No field of Account matches"
