"""Answers to a write that are not as they should be: nothing is told without proof."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from sfsync_gui.core.failures import (
    OutcomeUnknownError,
    SetupError,
    TransientError,
)
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.engine.ports import SalesforceWrite, WriteResult
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.support.salesforce_mount import Connected

LEAD, CONTACT = PersonKind.LEAD, PersonKind.CONTACT
FIELDS = {"Lead": ("Email", "Phone", "Company"), "Contact": ("Email", "Phone")}


def lead(org: Connected, name: str = "Doe", **fields: Any) -> str:
    return org.sandbox.create("Lead", LastName=name, Company="Acme", **fields)


def phone(kind: PersonKind, person_id: str, number: str | None) -> SalesforceWrite:
    return SalesforceWrite(kind, person_id, {"Phone": number})


def write(org: Connected, writes: Sequence[SalesforceWrite]) -> Sequence[WriteResult]:
    return asyncio.run(org.client.write(writes, FIELDS))


def seen(record: PersonRecord | None, field: str = "Phone") -> Any:
    return None if record is None else record.raw[field]


class Doctored:
    """Changes what the sandbox answers to composite requests with a write in them."""

    def __init__(self, org: Connected, monkeypatch: pytest.MonkeyPatch, change: Any) -> None:
        answer = org.mount._answer

        def doctored(request: Any) -> Any:
            response = answer(request)
            body = response.json()
            answers = body.get("compositeResponse", []) if isinstance(body, dict) else []
            parts = {part["referenceId"]: part for part in answers}
            if "write" in parts:
                change(parts)
                body["compositeResponse"] = list(parts.values())
                response._content = json.dumps(body).encode()
            return response

        monkeypatch.setattr(org.mount, "_answer", doctored)


def _failed(code: str, status: int = 400, message: str = "") -> dict[str, Any]:
    return {"httpStatusCode": status, "body": [{"errorCode": code, "message": message}]}


def test_a_write_that_was_halted_tells_why(org: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    def change(parts: dict[str, Any]) -> None:
        parts["before0"] |= _failed("INVALID_TYPE", message="sObject type 'Lead' is not supported.")
        parts["write"] |= _failed("PROCESSING_HALTED")

    Doctored(org, monkeypatch, change)
    with pytest.raises(SetupError) as caught:
        write(org, [phone(LEAD, lead(org), "1")])
    assert caught.value.object == "Lead"


def test_a_halt_without_a_reason_is_transient(
    org: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    Doctored(org, monkeypatch, lambda parts: parts["write"].update(_failed("PROCESSING_HALTED")))
    with pytest.raises(TransientError, match="did not execute"):
        write(org, [phone(LEAD, lead(org), "1")])


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{}],
        [{"success": "yes"}],
        [{"success": True, "id": "00Q000000000000AAA"}],
        {"success": True},
        None,
    ],
)
def test_success_is_never_told_without_proof(
    org: Connected, monkeypatch: pytest.MonkeyPatch, rows: Any
) -> None:
    Doctored(org, monkeypatch, lambda parts: parts["write"].update(body=rows))
    with pytest.raises(OutcomeUnknownError):
        write(org, [phone(LEAD, lead(org), "1")])


def test_an_answer_without_the_write_is_no_proof(
    org: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    Doctored(org, monkeypatch, lambda parts: parts.pop("write"))
    with pytest.raises(OutcomeUnknownError):
        write(org, [phone(LEAD, lead(org), "1")])


def test_a_server_error_within_the_call_leaves_the_outcome_unknown(
    org: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = _failed("UNKNOWN_EXCEPTION", 500)
    Doctored(org, monkeypatch, lambda parts: parts["write"].update(failed))
    with pytest.raises(OutcomeUnknownError):
        write(org, [phone(LEAD, lead(org), "1")])


def test_a_lost_second_reading_is_made_up_for(
    org: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = _failed("QUERY_TIMEOUT")
    Doctored(org, monkeypatch, lambda parts: parts["after0"].update(failed))
    (result,) = write(org, [phone(LEAD, lead(org, Phone="old"), "new")])
    assert (seen(result.before), seen(result.after)) == ("old", "new")
    assert org.purposes() == ["write", "write"]
    org.sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, skip=1, times=9))
    with pytest.raises(OutcomeUnknownError):
        write(org, [phone(LEAD, lead(org), "new")])


def test_a_lost_first_reading_is_not_made_up(
    org: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = _failed("QUERY_TIMEOUT")
    Doctored(org, monkeypatch, lambda parts: parts["before0"].update(failed))
    (result,) = write(org, [phone(LEAD, lead(org, Phone="old"), "new")])
    assert (result.before, seen(result.after)) == (None, "new")


def test_a_row_without_a_reason_is_refused_all_the_same(
    org: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"success": False, "errors": []}
    Doctored(org, monkeypatch, lambda parts: parts["write"].update(body=[row]))
    (result,) = write(org, [phone(LEAD, lead(org), "1")])
    assert result.refusals


def test_a_session_that_ends_between_the_parts_is_renewed_and_nothing_is_written_twice(
    org: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = _failed("INVALID_SESSION_ID", 401)
    times = 0

    def change(parts: dict[str, Any]) -> None:
        nonlocal times
        times += 1
        if times == 1:
            parts["after0"].update(ended)

    Doctored(org, monkeypatch, change)
    (result,) = write(org, [phone(LEAD, lead(org), "1")])
    assert seen(result.after) == "1"
    assert times == 1
    assert org.purposes() == ["write", "write"]


def test_a_session_that_ends_at_the_write_repeats_it(
    org: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = _failed("INVALID_SESSION_ID", 401)
    times = 0

    def change(parts: dict[str, Any]) -> None:
        nonlocal times
        times += 1
        if times == 1:
            parts["write"].update(ended)
            parts["after0"].update(ended)

    Doctored(org, monkeypatch, change)
    (result,) = write(org, [phone(LEAD, lead(org), "1")])
    assert seen(result.after) == "1"
    assert org.purposes() == ["write", "sign_in", "write"]
