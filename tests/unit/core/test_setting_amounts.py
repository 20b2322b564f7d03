"""Amounts of settings, as people write them."""

import pytest

from sfsync_gui.core.setting_amounts import read_amount, whole_unit


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("5", "seconds", 5),
        ("2.5 s", "seconds", 2.5),
        ("2,5 seconds", "seconds", 2.5),
        ("5 Minutes", "seconds", 300),
        ("1 hour", "seconds", 3600),
        ("7 days", "seconds", 604_800),
        ("10 %", "share", 0.1),
        ("0.125", "share", 0.125),
        ("12,000", "calls", 12_000),
        ("12.000", "calls", 12_000),
        ("1\u202f200\u202f000 calls", "calls", 1_200_000),
        ("20 people", "people", 20),
        ("1 person", "people", 1),
        ("1 day", "days", 1),
        ("1 call", "calls", 1),
    ],
)
def test_what_is_understood(text: str, unit: str, value: float) -> None:
    assert read_amount(text, unit) == value


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("", "seconds"),
        ("-5", "seconds"),
        ("5 people", "seconds"),
        ("five", "people"),
        ("2.5", "people"),
        ("1.2.3", "people"),
        ("5.", "seconds"),
        ("10 %", "calls"),
        ("20 calls", "people"),
        ("1 day", "people"),
        ("none", "seconds"),
    ],
)
def test_what_is_not(text: str, unit: str) -> None:
    with pytest.raises(ValueError):
        read_amount(text, unit)


def test_no_value_where_there_may_be_none() -> None:
    for text in ("", " none ", "Off"):
        assert read_amount(text, "calls", may_be_none=True) is None


def test_whole_units() -> None:
    assert whole_unit(86_400) == (1, "day")
    assert whole_unit(90) == (90, "second")
    assert whole_unit(7200) == (2, "hour")
    assert whole_unit(2.5) == (2.5, "second")
