"""Times as people read them: relative to now, with the exact local time for the tooltip.

All times are unix seconds.
"""

from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from sfsync_gui.ui.texts.numbers import counted, locale

MINUTE = 60
HOUR = 3600
DAY = 86_400
_JUST_NOW = 10
_DAYS_IN_WORDS = 7
translate = QCoreApplication.translate


def relative(at: float, now: float) -> str:
    """How long ago, or in how long: 'just now', '5 minutes ago', 'in 2 hours', '14 Mar 2026'."""
    distance = now - at
    if abs(distance) < _JUST_NOW:
        return translate("times", "just now") if distance >= 0 else translate("times", "now")
    if abs(distance) >= _DAYS_IN_WORDS * DAY:
        return date(at)
    span = duration(abs(distance))
    if distance > 0:
        return translate("times", "{span} ago").format(span=span)
    return translate("times", "in {span}").format(span=span)


def duration(seconds: float) -> str:
    """A length of time in its largest whole unit: '40 seconds', '5 minutes', '3 days'."""
    units = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"))
    for size, word in units:
        if seconds >= size:
            return counted(int(seconds // size), word)
    return counted(max(1, int(seconds)), "second")


def next_change(at: float, now: float) -> float:
    """Seconds until `relative` may say something else."""
    distance = abs(now - at)
    if distance < _JUST_NOW:
        return _JUST_NOW - distance
    if distance < MINUTE:
        return 10.0
    if distance < HOUR:
        return 30.0
    return float(HOUR) / 2


def exact(at: float) -> str:
    """The local date and time to the second, as the system writes it."""
    moment = QDateTime.fromSecsSinceEpoch(int(at))
    return locale().toString(moment, QLocale.FormatType.LongFormat)


def moment(at: float) -> str:
    """The local date and time in short: '14 Mar 2026, 14:05:09'."""
    time = QDateTime.fromSecsSinceEpoch(int(at)).toString("HH:mm:ss")
    return f"{date(at)}, {time}"


def utc(at: float) -> str:
    """A time as files name it, the same everywhere: '2026-03-14T12:05:00Z'."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def date(at: float) -> str:
    """The local date: '14 Mar 2026'."""
    return locale().toString(QDateTime.fromSecsSinceEpoch(int(at)).date(), "d MMM yyyy")


def clock_time(at: float) -> str:
    """The local time of day."""
    moment = QDateTime.fromSecsSinceEpoch(int(at)).time()
    return locale().toString(moment, QLocale.FormatType.ShortFormat)


def clock(at: float) -> str:
    """The local time of day to the minute: '14:05'."""
    return QDateTime.fromSecsSinceEpoch(int(at)).toString("HH:mm")
