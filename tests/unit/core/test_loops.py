"""A row written on one record five times within an hour with returning values is a loop."""

import pytest

from sfsync_gui.core.loops import is_loop
from sfsync_gui.core.people import Value


@pytest.mark.parametrize(
    ("written", "new"),
    [
        ("AAAAA", "A"),
        ("ABABA", "B"),
        ("ABCAB", "C"),
        ("XYZABABA", "B"),
    ],
)
def test_returning_values_are_a_loop(written: str, new: str) -> None:
    assert is_loop(list(written), new)


@pytest.mark.parametrize(
    ("written", "new"),
    [
        ("", "A"),
        ("ABAB", "A"),  # not five times yet
        ("AAAA", "A"),
        ("ABCDE", "F"),
        ("ABCDE", "A"),  # corrected many times, and once back
        ("ABABA", "C"),  # a value that was never there
        ("AAAAABCDEF", "A"),  # the old loop is over
    ],
)
def test_ordinary_changes_are_no_loop(written: str, new: str) -> None:
    assert not is_loop(list(written), new)


def test_values_are_compared_as_canonical_values() -> None:
    written: list[Value] = [True, None, True, None, True]
    assert is_loop(written, None)
    assert not is_loop(written, 1)
    assert is_loop([5, 5.0, 5, 5.0, 5], 5.0)
