"""Record Ids."""

from __future__ import annotations

import pytest

from sfsync_gui.sandbox.salesforce.ids import IdFactory, checksum, normalise


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("001RM000003oCpr", "001RM000003oCprYAE"),
        ("00337000003VbP1", "00337000003VbP1AAK"),
        ("001D000000IqhSL", "001D000000IqhSLIAZ"),
        ("012000000000000", "012000000000000AAA"),
    ],
)
def test_checksum_of_real_ids(short: str, long: str) -> None:
    assert short + checksum(short) == long
    assert normalise(short) == long
    assert normalise(long) == long


def test_the_case_of_a_long_id_is_restored() -> None:
    assert normalise("001rm000003ocprYAE") == "001RM000003oCprYAE"
    assert normalise("001RM000003OCPRYAE") == "001RM000003oCprYAE"


@pytest.mark.parametrize("text", ["", "x", "001RM000003oCp", "001RM000003oCpr!", "0" * 16])
def test_what_is_no_id(text: str) -> None:
    assert normalise(text) is None


def test_a_checksum_that_cannot_be() -> None:
    assert normalise("012000000000000BAA") is None
    assert normalise("0120000000000009AA") is None


def test_new_ids_ascend_and_differ_in_case_only_sometimes() -> None:
    factory = IdFactory(seed=3)
    made = [factory.new("00Q") for _ in range(200)]
    assert made == sorted(made)
    assert all(normalise(item) == item for item in made)
    assert len({item[:15].lower() for item in made}) < len(made)
    assert IdFactory(seed=4).new("00Q") != IdFactory(seed=3).new("00Q")
