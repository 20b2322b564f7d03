"""What new leads are made of: parts of a name, defaults, choices."""

import pytest

from sfsync_gui.core.conversion import paired_user
from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.new_leads import BY_RULES, LeadChoices, defaults, split_name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace")),
        ("  Ada  King   Lovelace ", ("Ada King", "Lovelace")),
        ("Ada", ("", "Ada")),
        ("Ada\tLovelace", ("Ada", "Lovelace")),
        ("", ("", "")),
        ("   ", ("", "")),
        ("Ada de\u00a0la Cruz", ("Ada de la", "Cruz")),
    ],
)
def test_the_last_word_of_a_name_is_the_last_name(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


def test_defaults_are_those_that_are_set() -> None:
    assert defaults(Settings()) == {"Company": "[not provided]"}
    settings = Settings(lead_last_name="Unknown", lead_company="", lead_source="Web")
    assert defaults(settings) == {"LastName": "Unknown", "LeadSource": "Web"}


def test_a_choice_of_nothing_chooses_nothing() -> None:
    assert set(LeadChoices().values().values()) == {None}
    assert LeadChoices(company="Acme").values()["Company"] == "Acme"
    assert Settings().lead_owner == BY_RULES


def test_a_user_is_paired_by_the_address_whatever_its_case() -> None:
    users = {"005b": "ADA@x.org", "005a": "ada@X.org", "005c": ""}
    assert paired_user("7", {"7": "Ada@x.org"}, users) == "005a"
    assert paired_user(7, {"7": "ada@x.org"}, users) == "005a"
    assert paired_user("7", {"7": "bob@x.org"}, users) is None
    assert paired_user("8", {"7": "ada@x.org"}, users) is None
    assert paired_user("9", {"9": ""}, users) is None
