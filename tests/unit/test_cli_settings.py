"""Settings on the command line: what may be entered, and what is stored."""

from pathlib import Path

import pytest

from sfsync_gui.cli.output import ExitCode
from sfsync_gui.cli.settings import parse_setting, parse_text
from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.setting_limits import (
    LIMITS,
    SWITCHES,
    TEXT_LIMITS,
    refusal_of,
    text_refusal_of,
)
from tests.support.command_line import document, sfsync


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("intercom_interval", "5", 5),
        ("intercom_interval", "2.5 s", 2.5),
        ("salesforce_interval", "90s", 90),
        ("salesforce_interval", "5 MIN", 300),
        ("salesforce_interval", "2h", 7200),
        ("comparison_interval", "1 d", 86_400),
        ("api_cap", "12,000", 12_000),
        ("api_cap", "1_000", 1_000),
        ("api_cap", "none", None),
        ("guard_share", "10%", 0.1),
        ("guard_share", "0.25", 0.25),
        ("guard_minimum", "30", 30),
        ("task_due_days", "0", 0),
        ("task_due_days", "1 day", 1),
        ("task_due_days", "14 days", 14),
        ("task_due_days", "none", None),
    ],
)
def test_what_is_understood(name: str, text: str, value: float | None) -> None:
    assert parse_setting(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("intercom_interval", "1", "from 2 to 3,600 seconds"),
        ("intercom_interval", "none", "not understood"),
        ("salesforce_interval", "59", "each look costs an API call"),
        ("salesforce_interval", "2 d", "from 60 to 86,400 seconds"),
        ("api_cap", "0", "from 100"),
        ("api_cap", "-5", "not understood"),
        ("api_cap", "12.5", "a whole number"),
        ("guard_share", "200%", "from 0.01 to 1"),
        ("guard_share", "0", "from 0.01 to 1"),
        ("guard_minimum", "ten", "a whole number"),
        ("guard_minimum", "1.2.3", "a whole number"),
        ("salesforce_interval", "5 fortnights", "90, 5 min or 2 h"),
        ("salesforce_interval", "", "not understood"),
        ("salesforce_interval", "9" * 400, "from 60"),
        ("task_due_days", "366", "from 0 to 365 days"),
    ],
)
def test_what_is_refused_in_words(name: str, text: str, words: str) -> None:
    with pytest.raises(SetupError) as caught:
        parse_setting(name, text)
    assert words in caught.value.message


def test_every_setting_has_a_limit_and_keeps_it_by_default() -> None:
    settings = Settings()
    for name in set(Settings.__dataclass_fields__) - set(SWITCHES):
        refusal = text_refusal_of if name in TEXT_LIMITS else refusal_of
        assert refusal(name, getattr(settings, name)) is None
    assert {*LIMITS, *TEXT_LIMITS, *SWITCHES} == set(Settings.__dataclass_fields__)


def test_settings_are_stored_before_there_is_a_connection(tmp_path: Path) -> None:
    assert document("settings", "get", folder=tmp_path)["api_cap"] == "none"
    done = sfsync("settings", "set", "api-cap", "5,000", folder=tmp_path)
    assert done.exit_code == 0
    assert "api_cap is 5,000." in done.output
    assert document("settings", "get", "api_cap", folder=tmp_path) == {"api_cap": "5,000"}
    listed = sfsync("settings", "get", folder=tmp_path).output
    assert "Salesforce API calls within 24 hours" in listed
    assert "what people are matched by" in listed


def test_a_refused_value_changes_nothing(tmp_path: Path) -> None:
    done = sfsync("settings", "set", "salesforce-interval", "1", folder=tmp_path)
    assert done.exit_code == ExitCode.SETUP
    assert "Nothing was changed" in done.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "arguments",
    [
        ("get", "no-such"),
        ("set", "no-such", "1"),
        ("set", "key", "phone"),
        ("set", "key", "external_id"),
        ("set", "key", "external_id::"),
        ("set", "strict", "perhaps"),
        ("set", "salesforce-order", "lead"),
        ("set", "intercom-order", "user,contact"),
    ],
)
def test_what_is_no_setting(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = sfsync("settings", *arguments, folder=tmp_path)
    assert done.exit_code == ExitCode.USAGE, done.output
    assert "Traceback" not in done.output


def test_what_is_so_already_is_not_changed(tmp_path: Path) -> None:
    done = sfsync("settings", "set", "key", "email", folder=tmp_path)
    assert done.exit_code == 0
    assert "key is email already." in done.output


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("lead_company", "  Unknown company ", "Unknown company"),
        ("lead_last_name", "none", ""),
        ("lead_source", "", ""),
        ("lead_owner", "teammate", "teammate"),
        ("lead_owner", "005A0000001abcDEAQ", "005A0000001abcDEAQ"),
    ],
)
def test_texts_that_are_understood(name: str, text: str, value: str) -> None:
    assert parse_text(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("lead_company", "none", "needs a value"),
        ("lead_last_name", "x" * 81, "longer than 80 characters"),
        ("lead_owner", "me", "rules, teammate, signed_in"),
        ("lead_owner", "003A0000001abcDEAQ", "005"),
        ("lead_owner", "005A0000001abcDEA", "005"),
        ("task_owner", "rules", "signed_in, teammate"),
        ("task_subject", "none", "needs a value"),
        ("task_subject", "{title} {email}", "not {email}"),
    ],
)
def test_texts_that_are_refused(name: str, text: str, words: str) -> None:
    with pytest.raises(SetupError) as caught:
        parse_text(name, text)
    assert words in caught.value.message


def test_logging_is_switched_on_and_off(tmp_path: Path) -> None:
    assert document("settings", "get", folder=tmp_path)["log_conversations"] == "no"
    done = sfsync("settings", "set", "log-conversations", "on", folder=tmp_path)
    assert "log_conversations is yes." in done.stdout
    assert document("settings", "get", folder=tmp_path)["log_conversations"] == "yes"
    done = sfsync("settings", "set", "log-conversations", "perhaps", folder=tmp_path)
    assert done.exit_code == ExitCode.USAGE


def test_a_text_is_stored_and_shown(tmp_path: Path) -> None:
    done = sfsync("settings", "set", "lead-source", "Web", folder=tmp_path)
    assert "lead_source is Web." in done.stdout
    stored = document("settings", "get", folder=tmp_path)
    assert (stored["lead_source"], stored["lead_status"]) == ("Web", "none")
    assert stored["lead_company"] == "[not provided]"
