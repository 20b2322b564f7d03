"""Options are matched one by one, by value, then by label, ignoring case and outer space."""

import pytest

from sfsync_gui.core.options import match_options
from sfsync_gui.core.schema import Option


def values(*names: str) -> list[Option]:
    return [Option(name, name) for name in names]


def names(options: tuple[Option, ...]) -> list[str]:
    return [option.value for option in options]


def test_by_value() -> None:
    match = match_options(values("Gold", "Iron"), values("Iron", "Gold"))
    assert [(a.value, b.value) for a, b in match.pairs] == [("Gold", "Gold"), ("Iron", "Iron")]
    assert match.missing_in_intercom == match.missing_in_salesforce == ()


@pytest.mark.parametrize("there", ["gold", " GOLD ", "Gold"])
def test_case_and_outer_space_do_not_count(there: str) -> None:
    match = match_options(values("Gold"), values(there))
    assert match.salesforce_for("Gold") == there
    assert match.intercom_for(there) == "Gold"


def test_by_label_where_the_values_differ() -> None:
    match = match_options(values("Gold"), [Option("G_1", "gold ")])
    assert match.salesforce_for("Gold") == "G_1"
    assert match.intercom_for("G_1") == "Gold"


def test_intercoms_label_counts_too() -> None:
    match = match_options([Option("g1", "Gold")], [Option("G_1", "Gold")])
    assert match.salesforce_for("g1") == "G_1"
    assert match.intercom_for("G_1") == "g1"


def test_a_value_goes_before_a_label() -> None:
    match = match_options(values("A", "B"), [Option("x", "A"), Option("A", "B")])
    assert match.salesforce_for("A") == "A"
    assert match.intercom_for("A") == "A"
    # "B" is left with the label of an option that "A" has taken; it still means that option.
    assert match.salesforce_for("B") == "A"


def test_the_exact_value_goes_before_another_case() -> None:
    match = match_options(values("gold", "Gold"), values("Gold", "gold"))
    assert match.salesforce_for("gold") == "gold"
    assert match.salesforce_for("Gold") == "Gold"


def test_a_difference_in_case_is_never_a_missing_option() -> None:
    match = match_options(values("Gold", "gold"), values("GOLD"))
    assert len(match.pairs) == 1
    assert match.missing_in_salesforce == ()
    assert match.salesforce_for("gold") == match.salesforce_for("Gold") == "GOLD"


def test_missing_on_each_side() -> None:
    match = match_options(values("Gold", "Tin"), values("Gold", "Lead"))
    assert names(match.missing_in_salesforce) == ["Tin"]
    assert names(match.missing_in_intercom) == ["Lead"]
    assert match.salesforce_for("Tin") is None
    assert match.intercom_for("Lead") is None


def test_a_value_that_is_no_option_of_its_own_side_finds_a_counterpart() -> None:
    match = match_options(values("Gold"), values("Gold", "Tin"))
    assert match.salesforce_for(" tin") == "Tin"


def test_an_option_is_paired_once() -> None:
    match = match_options(values("Gold"), [Option("Gold", "x"), Option("y", "Gold")])
    assert [(a.value, b.value) for a, b in match.pairs] == [("Gold", "Gold")]
    assert match.intercom_for("y") == "Gold"


def test_blank_options_and_labels_match_nothing() -> None:
    match = match_options([Option("a", ""), Option(" ", "")], [Option("b", ""), Option("", "")])
    assert match.pairs == ()
    assert names(match.missing_in_salesforce) == ["a"]
    assert match.salesforce_for("") is None


def test_without_options() -> None:
    match = match_options([], [])
    assert match.pairs == ()
    assert match.salesforce_for("x") is None
