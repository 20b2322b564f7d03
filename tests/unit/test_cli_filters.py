"""The filters and orders of lists on the command line."""

from dataclasses import replace
from pathlib import Path

import pytest

from sfsync_gui.cli.output import ExitCode
from sfsync_gui.core.people import Due, IdentityMapping, Person
from sfsync_gui.core.vocabulary import ErrorClass, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.storage import UnitOfWork
from tests.support.command_line import document, sfsync
from tests.support.stored_profile import AT, CHANGE, fill, in_store


def _add_bob(unit: UnitOfWork) -> None:
    """Bob, a lead on both sides, whose link is ambiguous and waits."""
    key = "bob@x.example"
    people = (
        Person(Side.INTERCOM, "i2", PersonKind.INTERCOM_LEAD, "Bob Müller", key, AT, AT, AT),
        Person(Side.SALESFORCE, "00Q2", PersonKind.LEAD, "Robert Mueller", key, AT, AT, AT),
    )
    unit.directory.put(people)
    due = {"phone": Due(frozenset({Side.SALESFORCE}), Trigger.RETRY)}
    unit.links.add(
        IdentityMapping(
            "i2", PersonKind.LEAD, "00Q2", key, key, Trigger.BULK_SYNC, AT, ambiguous=True, due=due
        )
    )
    (known,) = unit.errors.all()
    refusal = replace(
        known, link_id=2, intercom_id="i2", salesforce_id="00Q2", salesforce_kind=PersonKind.LEAD,
        person_name="Bob Müller", error_class=ErrorClass.RECORD, first_at=AT + 600,
    )  # fmt: skip
    unit.errors.put(refusal)
    unit.errors.put(replace(refusal, row_id="name", code="other", side=Side.INTERCOM))
    unit.history.add(
        [
            replace(CHANGE, at=AT + 60, row_id="name", trigger=Trigger.RETRY),
            replace(
                CHANGE, at=AT + 120, kind=HistoryKind.LINKED, side=None, row_id=None,
                person_name="Bob Müller", intercom_id="i2", salesforce_id="00Q2",
            ),
        ]
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    in_store(tmp_path, fill)
    in_store(tmp_path, _add_bob)
    return tmp_path


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], ["1", "2"]),
        (["--descending"], ["2", "1"]),
        (["--sort", "intercom_name", "--descending"], ["2", "1"]),
        (["--sort", "key"], ["1", "2"]),
        (["--search", "mul BOB"], ["2"]),
        (["--search", "00Q"], ["2"]),
        (["--ambiguous"], ["2"]),
        (["--waiting"], ["2"]),
        (["--with-errors"], ["1", "2"]),
        (["--kind", "intercom-lead"], ["2"]),
        (["--kind", "user", "--kind", "contact"], ["1"]),
        (["--kind", "user", "--kind", "lead"], []),
    ],
)
def test_links_are_narrowed_and_sorted(options: list[str], found: list[str], folder: Path) -> None:
    listed = document("links", "list", *options, folder=folder)
    assert [str(link["id"]) for link in listed] == found


def test_what_finds_no_link_is_told(folder: Path) -> None:
    def told(*options: str) -> str:
        return sfsync("links", "list", *options, folder=folder).output

    assert "No link of 2 begins with “zz”." in told("--search", "zz")
    assert "No link of 2 begins with “ada” and fits." in told("--search", "ada", "--ambiguous")
    assert "No link of 2 fits." in told("--kind", "user", "--kind", "lead")
    twice = sfsync("links", "list", "--kind", "lead", "--kind", "contact", folder=folder)
    assert twice.exit_code == ExitCode.USAGE
    assert "Nobody is of two kinds on one side." in twice.output


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], [1, 2, 3]),
        (["--search", "bob"], [2, 3]),
        (["--side", "intercom"], [3]),
        (["--kind", "user"], [1]),
        (["--kind", "lead"], [2, 3]),
        (["--kind", "intercom-lead"], [2, 3]),
        (["--until", "2001-01-01"], []),
        (["--since", "2001-01-01"], [1, 2, 3]),
        (["--dismissed"], []),
    ],
)
def test_errors_are_narrowed(options: list[str], found: list[int], folder: Path) -> None:
    listed = document("errors", "list", *options, folder=folder)
    assert [one["id"] for one in listed] == found


def _refuse_an_account(unit: UnitOfWork) -> None:
    known = unit.errors.all()[0]
    of_account = replace(
        known, link_id=None, intercom_id="c1", salesforce_id="0011", code="blocked",
        salesforce_kind=PersonKind.ACCOUNT,
    )  # fmt: skip
    unit.errors.put(of_account)


def test_errors_by_cause(folder: Path) -> None:
    groups = document("errors", "list", "--by-cause", folder=folder)
    assert [(one["count"], one["people"], one["cause"]["code"]) for one in groups] == [
        (2, 2, "too_long"),
        (1, 1, "other"),
    ]
    told = sfsync("errors", "list", "--by-cause", "--kind", "lead", folder=folder).output
    assert "1  too_long, 1 person, since" in told
    in_store(folder, _refuse_an_account)
    told = sfsync("errors", "list", "--by-cause", folder=folder).output
    assert "1  blocked, 1 company, since" in told
    nobody = sfsync("errors", "list", "--by-cause", "--search", "zz", folder=folder).output
    assert "No errors that fit are open." in nobody


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], [3, 2, 1]),
        (["--search", "mul"], [3]),
        (["--search", "bob@x"], [3]),
        (["--row", "name"], [2]),
        (["--trigger", "retry"], [2]),
        (["--kind", "linked", "--kind", "written"], [3, 2, 1]),
        (["--kind", "linked"], [3]),
        (["--until", "2001-01-01"], []),
    ],
)
def test_history_is_narrowed(options: list[str], found: list[int], folder: Path) -> None:
    times = {3: AT + 120, 2: AT + 60, 1: AT}
    listed = document("history", *options, folder=folder)
    assert [one["at"] for one in listed] == [times[number] for number in found]
