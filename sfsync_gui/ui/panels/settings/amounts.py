"""The engine's settings in words: what each means, its value, and what it may be."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.setting_amounts import read_amount, whole_unit
from sfsync_gui.core.setting_limits import LIMITS
from sfsync_gui.ui.texts.numbers import counted, locale

translate = QCoreApplication.translate
_USUAL = Settings()


@dataclass(frozen=True, slots=True)
class Wording:
    """What a setting is called, and what it does."""

    label: str
    effect: str


def _words(label: object, effect: object) -> Wording:
    return Wording(str(label), str(effect))


WORDING: Mapping[str, Wording] = {
    "intercom_interval": _words(
        QT_TRANSLATE_NOOP("settings", "Look at Intercom every"),
        QT_TRANSLATE_NOOP("settings", "Looking more often than usual gains little."),
    ),
    "salesforce_interval": _words(
        QT_TRANSLATE_NOOP("settings", "Look at Salesforce every"),
        QT_TRANSLATE_NOOP("settings", "Each look costs one API call of your org."),
    ),
    "lag_sweep_interval": _words(
        QT_TRANSLATE_NOOP("settings", "Look for late changes in Intercom every"),
        QT_TRANSLATE_NOOP("settings", "Finds what Intercom’s search did not show at first."),
    ),
    "company_interval": _words(
        QT_TRANSLATE_NOOP("settings", "Read all companies every"),
        QT_TRANSLATE_NOOP(
            "settings",
            "Where companies are synced: Intercom tells what changed in none of them otherwise.",
        ),
    ),
    "comparison_interval": _words(
        QT_TRANSLATE_NOOP("settings", "Compare everybody every"),
        QT_TRANSLATE_NOOP(
            "settings", "Reads both sides whole, and finds what no change was told of."
        ),
    ),
    "api_cap": _words(
        QT_TRANSLATE_NOOP("settings", "Calls of SFSync in 24 hours, at most"),
        QT_TRANSLATE_NOOP(
            "settings",
            "SFSync never spends the last fifth of your org’s calls: it is kept for you.",
        ),
    ),
    "guard_share": _words(
        QT_TRANSLATE_NOOP("settings", "Hold changes back that concern more than"),
        QT_TRANSLATE_NOOP(
            "settings", "Of all linked people, within an hour. They wait until you decide."
        ),
    ),
    "guard_minimum": _words(
        QT_TRANSLATE_NOOP("settings", "Always let pass those of up to"),
        QT_TRANSLATE_NOOP("settings", "So that a few changes pass in a small workspace."),
    ),
    "task_due_days": _words(
        QT_TRANSLATE_NOOP("settings", "Due after"),
        QT_TRANSLATE_NOOP("settings", "Of tasks that you create; you can choose another day."),
    ),
}
"""By the name of the field of `Settings`, in the order in which they are shown."""


def label(name: str) -> str:
    """What the setting is called."""
    return translate("settings", WORDING[name].label)


def hint(name: str) -> str:
    """What it does, what it may be, and what it usually is."""
    usual = getattr(_USUAL, name)
    parts = [translate("settings", WORDING[name].effect), _range(name)]
    if usual is not None:
        parts.append(translate("settings", "Usually {value}.").format(value=shown(name, usual)))
    return " ".join(parts)


def shown(name: str, value: float | None) -> str:
    """The value as it stands in its field."""
    if value is None:
        return ""
    match LIMITS[name].unit:
        case "seconds":
            return _duration(value)
        case "share":
            return f"{locale().toString(round(value * 100, 2), 'g', 6)} %"
        case "calls":
            return counted(int(value), translate("settings", "call"))
        case "days":
            return counted(int(value), translate("settings", "day"))
        case _:
            return counted(int(value), translate("settings", "person"), "people")


def none_text(name: str) -> str:
    """What it is called where there is no value."""
    if LIMITS[name].unit == "calls":
        return translate("settings", "no cap")
    return translate("settings", "none")


def read(name: str, text: str) -> float | None:
    """The value of what was entered. Raises ValueError with a sentence for the field."""
    limit = LIMITS[name]
    try:
        value = read_amount(text, limit.unit, may_be_none=limit.may_be_none)
    except ValueError:
        raise ValueError(_example(name)) from None
    if value is None or limit.low <= value <= limit.high:
        return value
    raise ValueError(_range(name))


def _range(name: str) -> str:
    limit = LIMITS[name]
    if limit.unit == "calls":
        least = shown(name, limit.low)
        return translate("settings", "At least {least}, or empty for no cap.").format(least=least)
    if limit.may_be_none:
        words = translate("settings", "From {low} to {high}, or empty for none.")
        return words.format(low=shown(name, limit.low), high=shown(name, limit.high))
    return translate("settings", "From {low} to {high}.").format(
        low=shown(name, limit.low), high=shown(name, limit.high)
    )


def _example(name: str) -> str:
    """How to write it."""
    match LIMITS[name].unit:
        case "seconds":
            return translate("settings", "Write a time, such as 30 seconds, 5 minutes or 2 hours.")
        case "share":
            return translate("settings", "Write a share, such as 10 %.")
        case _:
            return translate("settings", "Write a whole number.")


def _duration(seconds: float) -> str:
    number, unit = whole_unit(seconds)
    words = {
        "day": translate("settings", "day"),
        "hour": translate("settings", "hour"),
        "minute": translate("settings", "minute"),
        "second": translate("settings", "second"),
    }
    if number == int(number):
        return counted(int(number), words[unit])
    return f"{locale().toString(number, 'g', 6)} {words[unit]}s"
