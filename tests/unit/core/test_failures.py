"""The exception tree: every failure says what happened, to whom, and what to do."""

from __future__ import annotations

import pytest

from sfsync_gui.core import failures
from sfsync_gui.core.failures import OrgError, SetupError, SfsyncError, TransientError
from sfsync_gui.core.vocabulary import ErrorClass, Side

TREE: set[type[SfsyncError]] = {
    one for one in vars(failures).values() if isinstance(one, type) and issubclass(one, SfsyncError)
}


@pytest.mark.parametrize("failure", sorted(TREE, key=str))
@pytest.mark.parametrize("side", Side)
def test_a_failure_of_a_side_says_what_to_do_and_to_whom_it_happened(
    failure: type[SfsyncError], side: Side
) -> None:
    raised = failure("Title", "Message.", side=side)
    assert raised.remedy
    assert "{" not in raised.remedy
    assert raised.subject in ("Intercom", "Salesforce")
    assert str(raised) == "Title: Message."
    assert raised.error_class in ErrorClass


def test_what_is_given_is_kept() -> None:
    raised = OrgError("Title", "Message.", "Do this.", "api.example.com", side=Side.INTERCOM)
    assert (raised.remedy, raised.subject) == ("Do this.", "api.example.com")


def test_the_code_tells_more_than_the_class() -> None:
    by_class = OrgError("Title", "Message.", side=Side.SALESFORCE)
    by_code = OrgError("T", "M.", side=Side.SALESFORCE, code="REQUEST_LIMIT_EXCEEDED")
    assert "once calls are free again" in by_code.remedy != by_class.remedy


def test_the_fields_at_fault_are_named() -> None:
    raised = SetupError(
        "Title", "Message.", side=Side.SALESFORCE, code="REQUIRED_FIELD_MISSING", fields=("Phone",)
    )
    assert raised.remedy
    assert raised.fields == ("Phone",)


def test_the_docstring_draws_the_whole_tree() -> None:
    assert failures.__doc__ is not None
    for one in TREE:
        assert one.__name__ in failures.__doc__


def test_a_failure_of_no_side_has_what_it_was_given() -> None:
    raised = TransientError("Title", "Message.")
    assert (raised.remedy, raised.subject) == ("", "")
