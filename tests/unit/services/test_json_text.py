"""Parsing answers: as `json` does, whatever the faster parser refuses."""

from __future__ import annotations

import json
import math

import pytest

from sfsync_gui.services.json_text import parsed

ORDINARY = b'{"a": [1, -0, 1.0, 1e2, true, false, null, "\\u00e9\\ud83d\\ude00"], "b": {}, "b": 2}'


def test_ordinary_texts_are_read_as_json_reads_them() -> None:
    assert repr(parsed(ORDINARY)) == repr(json.loads(ORDINARY))


@pytest.mark.parametrize(
    "body",
    [
        b'"a\\ud83db"',
        b'"\\udc00"',
        b'"\xed\xa0\xbd"',
        b"\xef\xbb\xbf[1]",
        '["é"]'.encode("utf-16"),
        b"[-Infinity]",
        b"[1e400]",
    ],
)
def test_what_the_faster_parser_refuses_is_read_as_well(body: bytes) -> None:
    assert parsed(body) == json.loads(body)


def test_not_a_number_is_read() -> None:
    assert math.isnan(parsed(b"NaN"))


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**30])
def test_a_wide_number_does_not_depend_on_its_neighbours(number: int) -> None:
    alone = parsed(f"[{number}]".encode())
    beside_half_a_pair = parsed(f'[{number}, "\\ud83d"]'.encode())
    assert alone[0] == beside_half_a_pair[0] == float(number)
    assert type(alone[0]) is type(beside_half_a_pair[0]) is float


@pytest.mark.parametrize("number", [0, 2**64 - 1, -(2**63), 2**53 + 1])
def test_whole_numbers_of_64_bits_are_exact(number: int) -> None:
    for body in (f"[{number}]", f'[{number}, "\\ud83d"]'):
        value = parsed(body.encode())[0]
        assert (value, type(value)) == (number, int)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"[1,]", b'"\xff"', b"9" * 5000])
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        parsed(body)
