"""The commands that look into a store, run as a user runs them, on real stores."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from sfsync_gui.cli import main
from sfsync_gui.cli.closing import ClosingCheck, Difference
from sfsync_gui.cli.output import ExitCode, Output, exit_code_of, failures_reported
from sfsync_gui.cli.wording import change_text, field_label, plain, value_text
from sfsync_gui.core import failures
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.credentials.vault import VaultLockedError
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.store import troubles
from tests.support.stored_profile import AT, fill, in_store


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main.application, list(arguments))


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    in_store(tmp_path, fill)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [("status",), ("links", "list"), ("errors", "list"), ("errors", "retry"), ("history",)],
)
def test_without_a_profile_each_command_says_so(command: tuple[str, ...], tmp_path: Path) -> None:
    result = run(*command, "--data-dir", str(tmp_path))
    assert result.exit_code == 4
    assert "There is no profile yet" in result.output
    assert "Traceback" not in result.output
    assert not list(tmp_path.iterdir())


def test_status(data_dir: Path) -> None:
    result = run("status", "--data-dir", str(data_dir))
    assert result.exit_code == 0
    assert "Northwind (app1)" in result.output
    assert "1 user in Intercom" in result.output
    assert "1 open: sfsync errors list" in result.output
    document = json.loads(run("status", "--data-dir", str(data_dir), "--json").output)
    assert document["profile"]["salesforce_org_id"] == "00D1"
    assert (document["links"], document["errors"]) == (1, 1)
    assert document["history"] == {"written": 1}


def test_links_are_listed_and_searched(data_dir: Path) -> None:
    folder = ("--data-dir", str(data_dir))
    listed = run("links", "list", *folder).output
    assert "Ada Lovelace ↔ contact Ada L." in listed
    assert "1 error" in listed
    assert "created in Intercom" in listed
    assert len(json.loads(run("links", "list", "--search", "ada", "--json", *folder).output)) == 1
    assert "No link" in run("links", "list", "--search", "bob", *folder).output


def test_errors_come_with_their_remedy(data_dir: Path) -> None:
    folder = ("--data-dir", str(data_dir))
    listed = run("errors", "list", *folder).output
    assert "Ada Lovelace: Phone is longer than 40 characters." in listed
    assert "Shorten it in Intercom, then retry." in listed
    assert json.loads(run("errors", "list", "--json", *folder).output)[0]["code"] == "too_long"


def test_a_retry_is_left_to_the_next_sync(data_dir: Path) -> None:
    folder = ("--data-dir", str(data_dir))
    result = run("errors", "retry", *folder)
    assert result.exit_code == 0
    assert "1 error is tried again by the next sync." in result.output
    link = in_store(data_dir, lambda unit: unit.links.page(0, 1)[0])
    assert link.due["phone"].towards == {Side.SALESFORCE}
    assert link.due["phone"].trigger is Trigger.RETRY


def test_retrying_what_is_not_open_is_refused(data_dir: Path) -> None:
    result = run("errors", "retry", "77", "--data-dir", str(data_dir))
    assert result.exit_code == 2
    assert "Not an open error: 77" in result.output


def test_history_of_all_and_of_one(data_dir: Path) -> None:
    folder = ("--data-dir", str(data_dir))
    told = "Ada Lovelace: Phone  +64 1 → +64 2   Intercom → Salesforce (updated in Intercom)"
    assert told in run("history", *folder).output
    for person in ("ada", "i1", "0031"):
        assert told in run("history", "--person", person, *folder).output
    assert "Nothing was changed for “bob”" in run("history", "--person", "bob", *folder).output
    assert json.loads(run("history", "--json", *folder).output)[0]["after"] == "+64 2"


def test_a_damaged_database_is_told_without_a_traceback(tmp_path: Path) -> None:
    database_path(tmp_path).write_bytes(b"not a database at all, but long enough to be one")
    result = run("status", "--data-dir", str(tmp_path))
    assert result.exit_code == 4
    assert "The database is damaged" in result.output


def test_sync_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SFSYNC_INTERCOM_TOKEN", raising=False)
    monkeypatch.setenv("SFSYNC_SALESFORCE_URL", "https://northwind.my.salesforce.com")
    monkeypatch.setenv("SFSYNC_SALESFORCE_TOKEN", "a secret")
    result = run("sync", "--once", "--data-dir", str(tmp_path))
    assert result.exit_code == 5
    assert "SFSYNC_INTERCOM_TOKEN" in result.output
    assert "SFSYNC_SALESFORCE_TOKEN" not in result.output
    assert "a secret" not in result.output


def test_sync_needs_once() -> None:
    result = run("sync")
    assert result.exit_code == 2
    assert "--once" in result.output


def test_the_demo_leaves_a_profile_of_ones_own_alone(data_dir: Path) -> None:
    before = database_path(data_dir).read_bytes()
    result = run("demo", "--headless", "--data-dir", str(data_dir))
    assert result.exit_code == 4
    assert "This folder holds a profile of your own" in result.output
    assert database_path(data_dir).read_bytes() == before


def test_names_of_fields_and_values() -> None:
    assert field_label("custom_attributes.plan") == "Plan"
    assert field_label("Trial_ends__c") == "Trial ends"
    assert [value_text(value) for value in (None, "", True, 5)] == [
        "(blank)",
        "(blank)",
        "yes",
        "5",
    ]
    assert len(value_text("x" * 300)) == 40


def test_text_of_a_service_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in plain("Ada\x1b[2J\nLovelace")
    assert plain("Ada\x1b\u202eLovelace") == "Ada Lovelace"


@pytest.mark.parametrize("kind", list(HistoryKind))
def test_each_kind_of_history_has_its_sentence(kind: HistoryKind) -> None:
    entry = HistoryEntry(kind, AT, Trigger.CHAIN, "i1", "0031", PersonKind.LEAD, field="Phone")
    assert change_text(entry)


def test_the_closing_check_tells_what_is_explained() -> None:
    check = ClosingCheck(people=2, agreeing=2, values=14)
    assert check.sentence() == "All 2 linked people agree: 14 values compared on both sides."
    check.agreeing = 1
    check.differences = [Difference("Ada", "Phone", "1", "2", "error")]
    assert "1 difference explained by the errors above" in check.sentence()
    assert not check.unexplained
    check.differences.append(Difference("Bo", "Seats", 1, 2, ""))
    assert [one.person for one in check.unexplained] == ["Bo"]


# ---------------------------------------------------------------------- failures and their codes


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (failures.TransientError("t", "m"), 3),
        (failures.OutcomeUnknownError("t", "m"), 3),
        (failures.OrgError("t", "m"), 3),
        (failures.SetupError("t", "m"), 4),
        (failures.StoreError("t", "m"), 4),
        (failures.SignInError("t", "m"), 5),
        (VaultLockedError("t", "m"), 6),
        (failures.SetupError("t", "m", code="no_vault"), 7),
        (troubles.in_use(Path("sfsync.db")), 8),
        (failures.RecordError("t", "m"), 1),
    ],
)
def test_each_failure_has_its_exit_code(failure: failures.SfsyncError, code: int) -> None:
    assert exit_code_of(failure) == code


def test_a_failure_is_json_on_stderr_where_that_is_wanted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = Output(as_json=True)
    failure = failures.SignInError("Signed out", "Revoked.", "Sign in.", side=Side.SALESFORCE)
    assert output.failure(failure) is ExitCode.SIGNED_OUT
    told = capsys.readouterr()
    assert told.out == ""
    assert json.loads(told.err) == {
        "event": "failed",
        "title": "Signed out",
        "message": "Revoked.",
        "remedy": "Sign in.",
        "side": "salesforce",
        "code": "",
        "exit_code": 5,
    }


def test_a_mistake_of_our_own_is_told_without_what_it_quotes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended, failures_reported():
        raise KeyError("something personal")
    assert ended.value.exit_code == 70
    told = capsys.readouterr().err
    assert "Something unexpected happened" in told
    assert "a KeyError" in told
    assert "personal" not in told


def test_json_can_be_written_and_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    text = "half \ud83e, turned \u202e, cleared \x9b2J, ended \x00"
    Output(as_json=True).document({"name": text})
    told = capsys.readouterr().out
    told.encode("utf-8")
    assert json.loads(told) == {"name": text}
    assert not set(told) & {"\u202e", "\x9b", "\x00"}
    assert plain(text) == "half  , turned  , cleared  2J, ended  "
