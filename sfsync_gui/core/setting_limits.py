"""What the user's settings may be: limits in one place for the window and the command line."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """The lowest and highest value of a setting, what it is in words, and why not beyond.

    `unit` is "seconds", "calls", "share" (0 to 1) or "people"; `may_be_none` allows no value.
    """

    low: float
    high: float
    unit: str
    words: str
    reason: str = ""
    may_be_none: bool = False


LIMITS: Mapping[str, Limit] = {
    "intercom_interval": Limit(
        2,
        3600,
        "seconds",
        "time between two looks at Intercom",
        "faster gains nothing: Intercom's search lags by more",
    ),
    "salesforce_interval": Limit(
        60,
        86_400,
        "seconds",
        "time between two looks at Salesforce",
        "each look costs an API call",
    ),
    "lag_sweep_interval": Limit(
        30,
        3600,
        "seconds",
        "time between two searches for what Intercom's index showed late",
    ),
    "comparison_interval": Limit(
        3600,
        7 * 86_400,
        "seconds",
        "time between two full comparisons of both sides",
        "a comparison reads everybody",
    ),
    "api_cap": Limit(
        100,
        1_000_000_000,
        "calls",
        "Salesforce API calls within 24 hours that SFSync may use",
        "fewer do not last for an hour of looking",
        may_be_none=True,
    ),
    "guard_share": Limit(
        0.01, 1.0, "share", "share of all links from which on a change is held as unusual"
    ),
    "guard_minimum": Limit(
        1, 1_000_000, "people", "number of people up to which no change is held as unusual"
    ),
}
"""By the name of the field of `Settings`."""


def refusal_of(name: str, value: float | None) -> str | None:
    """Why a setting cannot have this value, in one sentence; None where it can."""
    limit = LIMITS[name]
    if value is None:
        return None if limit.may_be_none else f"{name} needs a value."
    if limit.low <= value <= limit.high:
        return None
    reason = f": {limit.reason}" if limit.reason and value < limit.low else ""
    return f"{name} must be from {limit.low:,g} to {limit.high:,g} {_UNITS[limit.unit]}{reason}."


_UNITS = {"seconds": "seconds", "calls": "calls", "share": "(1 is all)", "people": "people"}
