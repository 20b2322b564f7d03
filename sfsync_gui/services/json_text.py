"""The parser for what services answer: all that `json` takes, in half of its time."""

import json
from typing import Any

import orjson

_LEAST, _MOST = -(2**63), 2**64 - 1


def parsed(body: bytes) -> Any:
    """The value of a JSON text; raises ValueError where it is none.

    Whole numbers beyond 64 bits become floats; no service has fields that hold them exactly.
    """
    try:
        return orjson.loads(body)
    except ValueError:
        # It takes what JSON allows only: no halves of surrogate pairs, which both services may
        # send, nor NaN, nor other encodings.
        return json.loads(body, parse_int=_whole_number)


def _whole_number(digits: str) -> int | float:
    """The number as the other parser reads it: a value must not depend on what stands by it."""
    number = int(digits)
    return number if _LEAST <= number <= _MOST else float(digits)
