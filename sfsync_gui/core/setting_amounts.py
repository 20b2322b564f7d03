"""Amounts of settings as people write them: '90', '5 min', '2 hours', '10 %', '12,000'."""

import re

_SECONDS = {
    "": 1,
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
}
_ONE = {"calls": "call", "people": "person", "days": "day"}
"""What is counted, and the word for one of it."""

_NONE = ("none", "off", "")
_SEPARATORS = ".,_'’\u00a0\u202f"
_AMOUNT = re.compile(rf"([0-9](?:[0-9{_SEPARATORS}]*[0-9])?)\s*([a-z]*|%)")
_GROUPED = re.compile(rf"[1-9][0-9]{{0,2}}(?:[{_SEPARATORS}][0-9]{{3}})+")


def read_amount(text: str, unit: str, *, may_be_none: bool = False) -> float | int | None:
    """The number in the setting's own unit (`setting_limits.Limit.unit`). Raises ValueError.

    None is no value, where the setting may have none: 'none', 'off' or nothing.
    """
    entered = text.strip().casefold()
    if may_be_none and entered in _NONE:
        return None
    found = _AMOUNT.fullmatch(entered)
    if found is None:
        raise ValueError(text)
    number, word = _number(found[1]), found[2]
    if unit == "seconds" and word in _SECONDS:
        return number * _SECONDS[word]
    if unit == "share" and word in ("", "%"):
        return number / 100 if word else number
    if unit in _ONE and word in ("", unit, _ONE[unit]) and number.is_integer():
        return int(number)
    raise ValueError(text)


def _number(text: str) -> float:
    """'12,000' and '12.000' are twelve thousand, '2.5' and '2,5' two and a half."""
    if _GROUPED.fullmatch(text):
        return float(re.sub(rf"[{_SEPARATORS}]", "", text))
    return float(text.replace(",", "."))


def whole_unit(seconds: float) -> tuple[float, str]:
    """A length of time in the largest unit that it is a whole number of: (5, 'minute')."""
    for size, unit in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return seconds / size, unit
    return seconds, "second"
