"""The sweep of all companies: begun when it is time, and moved on page by page.

Between two pages everything else goes on: checks of people, writes, orders, edits of the mapping.
Each page is read and taken in under the lock of the checks, with what is in force then. A sweep
that breaks off, through a failure, by being switched off, or with the process, counts for nothing:
it is due again as before.
"""

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.acting import act
from sfsync_gui.engine.company_feed import end_sweep, sweep_companies
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.session import Session


def begin_if_due(session: Session, now: float) -> None:
    """Begin a sweep where it is time for one, and nothing keeps companies from being read."""
    context, times = session.context, session.times
    waited = now - times.swept_companies >= context.settings.company_interval
    if context.sweep is not None or not waited or now < times.no_companies_before:
        return
    if Family.COMPANIES in context.rules.families:
        context.sweep = sweep_companies(context)
        times.swept_companies = now


def may_advance(session: Session) -> bool:
    """Whether a sweep is under way whose next page could be read at once."""
    context = session.context
    intercom = session.conditions.statuses[Side.INTERCOM].condition
    is_open = intercom is SideCondition.READY and not context.rekeying
    return context.sweep is not None and is_open


async def advance(session: Session) -> None:
    """Read the next page of the sweep and take it in; write what is due once it has ended.

    Until then the checks in between write it: companies change by the hundred, and one call
    carries two hundred.
    """
    if not may_advance(session):
        return
    try:
        goes_on = await _next_page(session)
    except BaseException:  # cancelled, too: a sweep that was cut short is none
        await break_off(session)
        raise
    if not goes_on:
        await act(session)


async def break_off(session: Session) -> None:
    """End the sweep that is under way, if there is one; another is due at once."""
    await end_sweep(session.context)
    session.times.swept_companies = 0.0


async def _next_page(session: Session) -> bool:
    """Whether the sweep goes on after this page; whatever keeps it from that is told."""
    context = session.context
    if context.sweep is None or Family.COMPANIES not in context.rules.families:
        await break_off(session)
        return False
    try:
        if await anext(context.sweep, None) is not None:
            return True
    except SfsyncError as failure:
        await break_off(session)
        if not session.companies_wait(failure, context.clock.now()):
            session.failed(failure, Side.INTERCOM)
        return False
    context.sweep, context.companies_kept_from = None, None
    return False
