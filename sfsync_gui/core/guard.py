"""The guard: an unusual number of changes waits for a person.

More than a share of all links and more than a minimum, counted over a rolling hour: links ended,
people rewritten by the event sync, people blanked in one row. A link stands here as the text
'intercom_id:salesforce_id'.
"""

from dataclasses import dataclass
from fractions import Fraction

from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.vocabulary import Trigger

ENDED = "ended"
REWRITTEN = "rewritten"
BLANKED = "blanked:"
"""What the measure of a row's blanks begins with; the row's id follows."""

EXEMPT = (Trigger.BULK_SYNC, Trigger.REVERTED)
"""Why values were written that are neither held nor counted: a person approved each of them."""

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one measure ('ended', 'rewritten', 'blanked:<row id>'): the links whose change waits."""

    measure: str
    held: frozenset[str]


def judge(
    measure: str,
    counted: frozenset[str],
    proposed: frozenset[str],
    links: int,
    settings: Settings,
    *,
    exempt: frozenset[str] = _NONE,
    waiting: frozenset[str] = _NONE,
) -> Verdict:
    """Which of the proposed changes of one measure wait for a person.

    `counted` were done within the last hour, `links` is how many there are now. `exempt` were let
    through by a person (or belong to an approved bulk run): they are neither held nor counted.
    `waiting` are held already: they count, and stay held whatever the hour forgets.
    """
    # Links that ended within the hour belong to those of which the share is taken.
    total = links + len(counted) if measure == ENDED else links
    proposed, waiting = proposed - exempt, waiting - exempt
    touched = (counted - exempt) | proposed | waiting
    # As a fraction of the decimal number: 0.29 * 100 would be a little less than 29.
    threshold = max(Fraction(str(settings.guard_share)) * total, Fraction(settings.guard_minimum))
    return Verdict(measure, proposed if len(touched) > threshold else proposed & waiting)
