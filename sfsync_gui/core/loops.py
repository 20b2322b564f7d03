"""Loops: a row of one record that is written again and again, because something rewrites it."""

from collections.abc import Sequence

from sfsync_gui.core.people import Value
from sfsync_gui.core.values import fingerprint

LOOP_WINDOW = 3600
"""Seconds of the history that count."""

LOOP_WRITES = 5
"""Writes within the window after which returning values are a loop."""


def is_loop(written: Sequence[Value], new: Value) -> bool:
    """Whether writing `new` would go on with a loop.

    `written` are the values written for one row on one record of one side within `LOOP_WINDOW`,
    oldest first. After five writes the row is stopped if values return: the new value was among
    the last five, and on average each of the six came twice. Someone who corrects a field many
    times, and once goes back, is no loop.
    """
    if len(written) < LOOP_WRITES:
        return False
    recent = [fingerprint(value) for value in written[-LOOP_WRITES:]]
    returning = fingerprint(new)
    distinct = {*recent, returning}
    return returning in recent and 2 * len(distinct) <= LOOP_WRITES + 1
