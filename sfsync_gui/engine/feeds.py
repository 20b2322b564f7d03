"""Reading one side's feed, and what follows where that fails."""

from sfsync_gui.core.failures import MissingPermissionError, OrgError, SetupError, SfsyncError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.checking import check_intercom, check_salesforce
from sfsync_gui.engine.conversation_log import check_conversations
from sfsync_gui.engine.events import Checked
from sfsync_gui.engine.session import BUDGET_USED, Session
from sfsync_gui.engine.setup import refresh_schema
from sfsync_gui.engine.sweeping import begin_if_due


async def read_feed(session: Session, side: Side) -> None:
    """Read a feed to its end; a failure becomes the side's condition, never an exception.

    Where the mapping is not as the side needs it, the fields are described anew, what is at fault
    is switched off, and the feed is read once more without it.
    """
    now = session.context.clock.now()
    session.times.checked[side] = now
    try:
        if side is Side.SALESFORCE and not session.gate.sync_allowed:
            await _ask_for_usage(session, now)
            return
        try:
            news = await _changes_of(session, side, now)
        except MissingPermissionError:
            raise
        except SetupError:
            session.times.set_up_in_doubt = True
            await refresh_schema(session.context)
            news = await _changes_of(session, side, now)
    except SfsyncError as failure:
        session.failed(failure, side)
    else:
        session.conditions.succeeded(side, now)
        session.context.emit(Checked(side, now, news))


async def _changes_of(session: Session, side: Side, now: float) -> int:
    if side is Side.SALESFORCE:
        return await check_salesforce(session.context)
    context = session.context
    sweep = now - session.times.swept >= context.settings.lag_sweep_interval
    news = await check_intercom(context, sweep=sweep)
    if sweep:
        session.times.swept = now
    if context.settings.log_conversations and (sweep or not context.conversations_begun):
        await check_conversations(context)
    begin_if_due(session, now)
    return news


async def _ask_for_usage(session: Session, now: float) -> None:
    """While the budget is used up, only the limits are asked for; all resumes by itself."""
    usage = session.spending.usage = await session.context.salesforce.usage()
    if session.gate.sync_allowed:
        session.conditions.succeeded(Side.SALESFORCE, now)
        session.times.checked[Side.SALESFORCE] = 0.0
        return
    raise OrgError(
        "Salesforce sync is paused",
        f"{usage.used} of {usage.limit} API calls of the day are used.",
        "It resumes by itself; the rest is kept for what people do by hand.",
        side=Side.SALESFORCE,
        code=BUDGET_USED,
    )
