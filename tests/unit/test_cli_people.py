"""Links, people, errors, holds, history and the bulk sync, as far as the store alone knows them."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from sfsync_gui.cli.account import Account
from sfsync_gui.cli.conditions import tell_event
from sfsync_gui.cli.history import parse_since
from sfsync_gui.cli.output import ExitCode, Output, UsageError
from sfsync_gui.cli.stored import queries_of
from sfsync_gui.core.people import Due, Observation, Pair, Person
from sfsync_gui.core.vocabulary import (
    HistoryKind,
    MatchOutcome,
    PersonKind,
    Side,
    Trigger,
)
from sfsync_gui.engine.events import GuardHeld
from sfsync_gui.engine.storage import BulkRun, GuardHold, UnitOfWork
from tests.support.command_line import document, sfsync
from tests.support.stored_profile import AT, CHANGE, fill, in_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    in_store(tmp_path, fill)
    return tmp_path


def text_of(*arguments: str, folder: Path) -> str:
    done = sfsync(*arguments, folder=folder)
    assert done.exit_code == 0, done.output
    return done.stdout


# ---------------------------------------------------------------------- links


def test_a_link_is_shown_with_both_sides_of_each_row(folder: Path) -> None:
    def observe(unit: UnitOfWork) -> None:
        (link,) = unit.links.page(0, 1)
        unit.links.put(
            [
                replace(
                    link,
                    intercom=Observation({"phone": "+64 3"}, 1, AT),
                    salesforce=Observation({"Phone": None}, 1, AT),
                    synced={"phone": Pair("+64 2", "+64 2")},
                    due={"phone": Due(frozenset({Side.SALESFORCE}), Trigger.INTERCOM_UPDATED)},
                )
            ]
        )

    in_store(folder, observe)
    shown = text_of("links", "show", "1", folder=folder)
    assert "phone ↔ Lead.Phone, Contact.Phone" in shown
    assert "+64 3 in Intercom, (blank) in Salesforce  (waits to be written)" in shown
    assert "Error 1: Ada Lovelace: Phone is longer than 40 characters." in shown
    assert "Phone  +64 1 → +64 2" in shown
    content = document("links", "show", "1", folder=folder)
    assert content["link"]["salesforce_id"] == "0031"
    assert len(content["errors"]) == len(content["history"]) == 1


def test_a_link_without_a_reading_yet(folder: Path) -> None:
    assert "not seen yet in Intercom, not seen yet" in text_of("links", "show", "1", folder=folder)


@pytest.mark.parametrize("command", ["show", "unlink"])
def test_a_link_that_is_not_there(command: str, folder: Path) -> None:
    done = sfsync("links", command, "77", folder=folder)
    assert done.exit_code in (ExitCode.USAGE, ExitCode.ERRORS_OPEN)
    assert "no link with the number 77" in done.output


def test_unlinking_keeps_the_two_apart(folder: Path) -> None:
    assert "Link 1 ended." in text_of("links", "unlink", "1", folder=folder)
    apart = in_store(folder, lambda unit: unit.kept_apart.partners(Side.INTERCOM, "i1"))
    assert apart == {"0031"}
    assert document("links", "list", folder=folder) == []
    assert document("history", "--kind", "unlinked", folder=folder)[0]["intercom_id"] == "i1"


@pytest.mark.parametrize("record", ["0031", "006A0000001abcDEAQ", "", "003A0000001abcDEAQX"])
def test_linking_what_is_no_record_of_a_person(record: str, folder: Path) -> None:
    done = sfsync("links", "link", "i1", record, folder=folder)
    assert done.exit_code == ExitCode.USAGE
    assert "not the Id of a lead, a contact or an account" in done.output


# ---------------------------------------------------------------------- people


def test_people_to_decide_about_are_listed_with_their_candidates(folder: Path) -> None:
    def add(unit: UnitOfWork) -> None:
        unit.directory.put(
            [
                Person(
                    Side.INTERCOM, "i2", PersonKind.USER, "Bo \x1b[2J", "b@x.example", AT, AT, AT,
                    note=MatchOutcome.AMBIGUOUS,
                ),
                *(
                    Person(
                        Side.SALESFORCE, f"003{n}", PersonKind.CONTACT, f"Bo {n}", "b@x.example",
                        AT, AT, AT,
                    )
                    for n in (5, 6)
                ),
                Person(
                    Side.INTERCOM, "i3", PersonKind.USER, "Ada II", "a@x.example", AT, AT, AT,
                    note=MatchOutcome.ALREADY_LINKED,
                ),
            ]
        )  # fmt: skip

    in_store(folder, add)
    listed = text_of("people", "list", folder=folder)
    assert "several could be meant" in listed
    assert "contact Bo 5" in listed
    assert "linked already (link 1)" in listed
    assert "\x1b" not in listed
    assert [one["id"] for one in document("people", "list", "--ambiguous", folder=folder)] == ["i2"]
    assert "1 more; see them with --limit" in text_of(
        "people", "list", "--limit", "1", folder=folder
    )
    assert "2 to decide: `sfsync people list`" in text_of("status", folder=folder)


def test_nobody_to_decide_about(folder: Path) -> None:
    assert "Nobody was left unlinked" in text_of("people", "list", folder=folder)


# ---------------------------------------------------------------------- errors


def test_an_error_is_shown_with_everything(folder: Path) -> None:
    shown = text_of("errors", "show", "1", folder=folder)
    for words in ("Shorten it in Intercom", "Code        too_long", "Link        1", "Last tried"):
        assert words in shown
    assert document("errors", "show", "1", folder=folder)["code"] == "too_long"
    assert sfsync("errors", "show", "9", folder=folder).exit_code == ExitCode.USAGE


def test_dismissed_errors_leave_the_list_and_can_be_listed(folder: Path) -> None:
    assert "1 error dismissed." in text_of("errors", "dismiss", "1", folder=folder)
    listed = text_of("errors", "list", folder=folder)
    assert "No errors are open." in listed
    assert "1 more was dismissed" in listed
    assert len(document("errors", "list", "--dismissed", folder=folder)) == 1
    assert document("status", folder=folder)["errors"] == 0
    again = sfsync("errors", "dismiss", "1", folder=folder)
    assert again.exit_code == ExitCode.USAGE


# ---------------------------------------------------------------------- holds


def test_what_is_held_is_listed_and_let_go(folder: Path) -> None:
    assert "Nothing is held back." in text_of("holds", "list", folder=folder)
    pairs = frozenset(f"i{n}:003{n}" for n in range(30))
    hold = in_store(
        folder, lambda unit: unit.state.put_hold(GuardHold("rewritten", "held", AT, pairs))
    )
    number = str(hold.id)
    listed = text_of("holds", "list", folder=folder)
    assert "30 linked records: values would be rewritten, more than is usual" in listed
    assert "i0 ↔ 0030" in listed
    assert "… 20 more" in listed
    assert "Held back   1: `sfsync holds list`" in text_of("status", folder=folder)
    assert "the changes of 30 linked records" in text_of("holds", "release", number, folder=folder)
    assert document("holds", "list", folder=folder) == []
    again = sfsync("holds", "release", number, folder=folder)
    assert again.exit_code == ExitCode.ERRORS_OPEN
    assert "no held change with the number" in again.output


def test_links_of_companies_are_not_said_to_be_of_people(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    linked = replace(
        CHANGE,
        kind=HistoryKind.LINKED,
        trigger=Trigger.LINKED_AT_CONNECTING,
        salesforce_kind=PersonKind.ACCOUNT,
    )
    with queries_of(folder) as queries:
        account = Account(queries, Output(as_json=False))
        account.skip_to_now()
        in_store(folder, lambda unit: unit.history.add([linked, linked]))
        account.tell()
        tell_event(GuardHeld("ended", 30), account.output, AT)
    told = capsys.readouterr().out
    assert "2 links made: the key is the same on both sides" in told
    assert "waits for a decision: 30 linked records" in told


@pytest.mark.parametrize(
    ("measure", "words"),
    [("ended", "links would end"), ("blanked:custom_attributes.plan", "Plan would be blanked")],
)
def test_the_words_of_each_measure(measure: str, words: str, folder: Path) -> None:
    hold = GuardHold(measure, "held", AT, frozenset({"i1:0031"}))
    in_store(folder, lambda unit: unit.state.put_hold(hold))
    assert words in text_of("holds", "list", folder=folder)


# ---------------------------------------------------------------------- history


def test_history_is_narrowed(folder: Path) -> None:
    entries = [
        replace(CHANGE, at=AT + 60, side=Side.INTERCOM, field="phone", after="+64 9"),
        replace(CHANGE, at=AT + 120, kind=HistoryKind.LINKED, side=None, field=None),
    ]
    in_store(folder, lambda unit: unit.history.add(entries))

    def kinds(*options: str) -> list[str]:
        return [one["kind"] for one in document("history", *options, folder=folder)]

    assert kinds() == ["linked", "written", "written"]
    assert kinds("--side", "intercom") == ["written"]
    assert kinds("--kind", "linked") == ["linked"]
    assert kinds("--field", "Phone") == ["written"]
    assert kinds("--limit", "1") == ["linked"]
    assert kinds("--since", "1 d") == []
    assert len(kinds("--since", "2026-01-01")) == 3
    assert kinds("--person", "ada", "--kind", "linked") == ["linked"]
    assert "Nothing was changed that fits" in text_of(
        "history", "--side", "intercom", "--kind", "created", folder=folder
    )


@pytest.mark.parametrize(
    "command",
    [
        ("links", "list", "--limit"),
        ("links", "show"),
        ("links", "unlink"),
        ("people", "list", "--limit"),
        ("errors", "show"),
        ("errors", "dismiss"),
        ("errors", "retry"),
        ("holds", "release"),
        ("history", "--limit"),
        ("revert",),
    ],
)
def test_a_number_that_no_database_takes_is_a_slip(command: tuple[str, ...], folder: Path) -> None:
    assert sfsync(*command, "9" * 20, folder=folder).exit_code == ExitCode.USAGE


def test_moments() -> None:
    now = time.time()
    assert parse_since("90 min") == pytest.approx(now - 5400, abs=5)
    assert parse_since("2h") == pytest.approx(now - 7200, abs=5)
    assert parse_since("1w") == pytest.approx(now - 604_800, abs=5)
    assert parse_since("2026-11-24") < parse_since("2026-11-24 09:30")
    for text in ("", "yesterday", "2 fortnights", "2026-13-01", "-1 d", "0001-01-01"):
        with pytest.raises(UsageError):
            parse_since(text)


# ---------------------------------------------------------------------- bulk


def test_the_bulk_sync_is_paused_resumed_and_cancelled(folder: Path) -> None:
    assert "There was no bulk sync yet." in text_of("bulk", "status", folder=folder)
    nothing = sfsync("bulk", "pause", folder=folder)
    assert nothing.exit_code == ExitCode.ERRORS_OPEN
    assert "No bulk sync is under way" in nothing.output
    run = BulkRun("running", None, 40, 12, 12, AT)
    in_store(folder, lambda unit: unit.state.put_bulk_run(run))
    assert "is under way: 12 of 40 linked records" in text_of("bulk", "status", folder=folder)
    assert "Bulk sync   running, 12 of 40 people" in text_of("status", folder=folder)
    assert "is paused" in text_of("bulk", "pause", folder=folder)
    left = text_of("bulk", "resume", "--background", folder=folder)
    assert "`sfsync run` does it" in left
    assert document("bulk", "status", folder=folder)["state"] == "running"
    assert "was cancelled" in text_of("bulk", "cancel", folder=folder)


def test_pausing_is_stored(folder: Path) -> None:
    assert document("pause", folder=folder) == {"paused": True}
    assert "Paused      yes" in text_of("status", folder=folder)
    assert document("resume", folder=folder) == {"paused": False}
    assert "Paused" not in text_of("status", folder=folder)
