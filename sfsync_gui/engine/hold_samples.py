"""What a held change is about: some of the links and of the values, for a person to look at."""

from dataclasses import dataclass, field

from sfsync_gui.core.people import IdentityMapping
from sfsync_gui.core.planner import RowWrite
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.planning import plan_in_force
from sfsync_gui.engine.storage import GuardHold, UnitOfWork

MOST = 20


@dataclass(frozen=True, slots=True)
class HoldSample:
    """Some of the links that a hold is about, and what would be written to their people now.

    Where links are about to end there is nothing to be written.
    """

    links: tuple[IdentityMapping, ...] = ()
    changes: tuple[tuple[IdentityMapping, RowWrite], ...] = field(default=())


async def sample_of_hold(context: Context, hold: GuardHold) -> HoldSample:
    """Look at the first links of a hold, as they are planned from current values."""

    def work(unit: UnitOfWork) -> HoldSample:
        by_person = dict(pair.split(":", 1) for pair in sorted(hold.pairs)[:MOST])
        links = tuple(unit.links.of(Side.INTERCOM, by_person).values())
        errors = unit.errors.of_links([link.id for link in links])
        plans = [plan_in_force(context, link, errors.get(link.id, ())) for link in links]
        changes = tuple((one.link, write) for one in plans for write in one.writes)
        return HoldSample(links, changes)

    return await context.store.run(work)
