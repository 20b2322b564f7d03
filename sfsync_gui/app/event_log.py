"""What the engine tells, as lines of the log: what, where and how much, never about whom.

Names, values, keys and a service's own words stay out: the log may be handed on. A check that
found nothing is not told, so that an idle program writes nothing.
"""

import logging
from collections import Counter
from collections.abc import Iterator

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import (
    Activity,
    ActivityChanged,
    Checked,
    ErrorOpened,
    ErrorsClosed,
    Event,
    GuardHeld,
    HistoryAdded,
    SetUpChecked,
    SideChanged,
    SideCondition,
)

_log = logging.getLogger(__name__)

_SERVICE = {Side.INTERCOM: "Intercom", Side.SALESFORCE: "Salesforce"}
_TOLD = (Activity.PAUSED, Activity.CONNECTING, Activity.STOPPED)


def log_event(event: Event) -> None:
    """Log an event that is worth a line."""
    for level, line in _lines(event):
        _log.log(level, line)


def _lines(event: Event) -> Iterator[tuple[int, str]]:
    match event:
        case ActivityChanged(activity) if activity in _TOLD:
            yield logging.INFO, f"the engine is {activity}"
        case Checked(side, _, changes) if changes:
            yield logging.INFO, f"{_SERVICE[side]} was checked: {changes} changed"
        case SideChanged(side, status):
            ready = status.condition is SideCondition.READY
            why = f" ({_reason(status.reason)})" if status.reason else ""
            level = logging.INFO if ready else logging.WARNING
            yield level, f"{_SERVICE[side]} is {status.condition}{why}"
        case HistoryAdded(entries):
            kinds = Counter((entry.kind.value, entry.side) for entry in entries)
            for (kind, place), count in kinds.items():
                where = f" in {_SERVICE[place]}" if place else ""
                yield logging.INFO, f"history: {count} {kind}{where}"
        case ErrorOpened(error):
            what = f"{_SERVICE[error.side]}: {error.error_class} {error.code}"
            yield logging.INFO, f"sync error at {what}, attempt {error.attempts}"
        case ErrorsClosed(count) if count:
            yield logging.INFO, f"sync errors gone: {count}"
        case GuardHeld(measure, links):
            yield logging.WARNING, f"held back: {measure} of {links} links"
        case SetUpChecked(report):
            count = len(report.findings)
            yield logging.INFO, f"the set-up was checked: {report.failed} of {count} things failed"
        case _:
            return


def _reason(failure: BaseException) -> str:
    code = getattr(failure, "code", "")
    return f"{type(failure).__name__} {code}".rstrip()
