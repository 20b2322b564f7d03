"""What is done every few minutes beside the checks."""

from sfsync_gui.core.observing import forget_old_doubts
from sfsync_gui.engine.checking_set_up import check_by_itself
from sfsync_gui.engine.commands import retry_daily
from sfsync_gui.engine.guarding import close_spent_holds
from sfsync_gui.engine.long_work import LongWork
from sfsync_gui.engine.session import Session
from sfsync_gui.engine.storage import UnitOfWork

HOUSEKEEPING_EVERY = 300.0
DESCRIBE_EVERY = 86_400.0

DOUBT_LASTS = 900
"""Seconds after which a write of unknown outcome cannot arrive any more."""

_PAGE = 1000


async def keep_house(session: Session, long_work: LongWork) -> None:
    """Forget old doubts, try errors again once a day, check and compare when it is time."""
    context = session.context
    now = session.times.kept_house = context.clock.now()
    before = context.now() - DOUBT_LASTS

    def forget_doubts(unit: UnitOfWork) -> None:
        links = unit.links.in_doubt(_PAGE)
        unit.links.put([forget_old_doubts(link, before) for link in links])

    await context.store.run(forget_doubts)
    await context.store.run(lambda unit: close_spent_holds(context, unit))
    await retry_daily(context)
    await check_by_itself(session)
    if now - session.times.described >= DESCRIBE_EVERY:
        await session.describe()
    await long_work.compare_if_due(now)
