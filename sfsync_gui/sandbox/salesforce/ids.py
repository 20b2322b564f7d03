"""Salesforce record Ids: 15 case-sensitive characters, or 18 with three that guard the case.

An Id is a key prefix (3), an instance (2), a reserved character, a serial number in base 62 (9)
and, in the 18-character form, one checksum character for each group of five.
"""

from __future__ import annotations

import re
from functools import lru_cache

_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def checksum(short: str) -> str:
    """Return the three characters that make a 15-character Id an 18-character one."""
    groups = (short[0:5], short[5:10], short[10:15])
    return "".join(
        _CHECK[sum(1 << place for place, letter in enumerate(group) if letter.isupper())]
        for group in groups
    )


@lru_cache(maxsize=65_536)
def normalise(text: str) -> str | None:
    """Return the 18-character form of an Id of either length, or None if it is none.

    The case of an 18-character Id is restored from its checksum, as Salesforce does.
    """
    if _SHAPE.fullmatch(text) is None:
        return None
    if len(text) == 15:
        return text + checksum(text)
    return _restore_case(text)


def _restore_case(text: str) -> str | None:
    """Return the Id with the case its checksum tells, or None if the checksum is impossible."""
    letters = []
    for group in range(3):
        bits = _CHECK.find(text[15 + group].upper())
        if bits < 0:
            return None
        for place in range(5):
            letter = text[5 * group + place]
            upper = bool(bits >> place & 1)
            if upper and not letter.isalpha():
                return None
            letters.append(letter.upper() if upper else letter.lower())
    short = "".join(letters)
    return short + checksum(short)


class IdFactory:
    """Gives out Ids, ascending for each key prefix, with an instance that depends on the seed."""

    def __init__(self, seed: int = 0) -> None:
        self._instance = _BASE_62[10 + seed % 52] + _BASE_62[seed // 52 % 62]
        self._next: dict[str, int] = {}

    def new(self, prefix: str) -> str:
        """Return the next 18-character Id with this key prefix."""
        number = self._next.get(prefix, 62**4) + 1
        self._next[prefix] = number
        serial = ""
        for _place in range(9):
            number, digit = divmod(number, 62)
            serial = _BASE_62[digit] + serial
        short = f"{prefix}{self._instance}0{serial}"
        return short + checksum(short)
