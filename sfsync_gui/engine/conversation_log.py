"""Logging closed conversations of linked people as tasks: the feed, with a position of its own.

Costs nothing while the setting is off. What is to be logged is stored in one transaction with the
position, and sent like any other task.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from sfsync_gui.core.conversations import ConversationSummary
from sfsync_gui.core.failures import (
    RecordError,
    SfsyncError,
    SignInError,
    StoreError,
    TransientError,
)
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.troubles import close_reported, report_feed
from sfsync_gui.engine.wanted_tasks import log_conversation, not_logged

OVERLAP = 900
"""Seconds by which readings overlap: Intercom's index lags, and pages have no order."""

PATIENCE = 5
"""How often conversations may be out of reach, one time after the other, before it is listed."""

LOGGED_SINCE = "conversations_logged_since"
"""The mark of the service's time from which on closed conversations are logged."""


async def check_conversations(context: Context) -> int:
    """Read which conversations were closed; returns how many are to be logged.

    Whatever keeps conversations from us does not keep people: that the app may not read them, or
    that they cannot be read for a while, is listed as a sync error and tried again. Raises
    `SignInError` and `StoreError`.
    """
    context.conversations_begun = True
    try:
        logged = await _read_and_log(context)
    except (SignInError, StoreError):
        raise
    except SfsyncError as failure:
        await _failed(context, failure)
        return 0
    if context.conversations_failed:
        await context.store.run(close_reported)
        context.conversations_failed = 0
    return logged


async def _read_and_log(context: Context) -> int:
    position = await context.store.run(lambda unit: unit.state.conversations_position())
    if position is None:
        await _begin(context)
        return 0
    closed = await _closed_since(context, position - OVERLAP)
    if not closed:
        return 0
    dated = await _dated(context, closed)
    return await context.store.run(partial(_log, position, closed, dated))


async def _failed(context: Context, failure: SfsyncError) -> None:
    """List it: what passes by itself only after it has lasted."""
    context.conversations_failed += 1
    if context.conversations_failed > PATIENCE or not isinstance(failure, TransientError):
        await context.store.run(partial(_report, context, failure))


def _report(context: Context, failure: SfsyncError, unit: UnitOfWork) -> None:
    report_feed(context, unit, failure)


async def _begin(context: Context) -> None:
    """From now on, by Intercom's clock, what is closed is logged."""
    now = await context.intercom.server_time()

    def work(unit: UnitOfWork) -> None:
        unit.state.put_mark(LOGGED_SINCE, now)
        unit.state.put_conversations_position(now)

    await context.store.run(work)


async def _closed_since(context: Context, moment: int) -> list[ConversationSummary]:
    found: dict[str, ConversationSummary] = {}
    async for page in context.intercom.closed_conversations(moment):
        found |= {one.id: one for one in page}
    return list(found.values())


async def _dated(
    context: Context, closed: Iterable[ConversationSummary]
) -> list[ConversationSummary]:
    """Those that may have to be logged, with the moments at which they were closed.

    Where the search does not tell that, the conversation itself is read.
    """
    dated, told = [], {}
    for one in await context.store.run(partial(_candidates, list(closed))):
        if one.closed_at is None:
            told[one.id] = await _closing(context, one)
            one = replace(one, closed_at=told[one.id][1])
        if one.closed_at is not None:
            dated.append(one)
    context.closings = told
    return dated


async def _closing(context: Context, one: ConversationSummary) -> tuple[int, int | None]:
    """When it was updated, and when it was closed: None where it is not closed any more.

    What was read once holds until it is updated again: readings overlap.
    """
    known = context.closings.get(one.id)
    if known is not None and known[0] == one.updated_at:
        return known
    try:
        whole = await context.intercom.conversation(one.id)
    except RecordError:  # told of its person, when the task is to be made
        return one.updated_at, one.updated_at
    if whole is None or not whole.summary.is_closed:
        return one.updated_at, None
    return one.updated_at, whole.summary.closed_at or whole.summary.updated_at


def _candidates(closed: list[ConversationSummary], unit: UnitOfWork) -> list[ConversationSummary]:
    """Those about which no task was wanted yet, of people who are linked."""
    fresh = not_logged(unit, [one.id for one in closed])
    people = {person for one in closed if one.id in fresh for person in one.contact_ids}
    linked = unit.links.linked(Side.INTERCOM, people)
    return [one for one in closed if one.id in fresh and linked.intersection(one.contact_ids)]


def _log(
    position: int,
    closed: list[ConversationSummary],
    dated: list[ConversationSummary],
    unit: UnitOfWork,
) -> int:
    """Want a task for each, for the first of its people who is linked; and move on."""
    if unit.state.conversations_position() is None:  # switched off meanwhile
        return 0
    since = unit.state.mark(LOGGED_SINCE)
    logged = 0
    for one in _candidates(dated, unit):
        if (one.closed_at or 0) >= since:
            linked = unit.links.linked(Side.INTERCOM, one.contact_ids)
            person = next(person for person in one.contact_ids if person in linked)
            log_conversation(unit, person, one.id)
            logged += 1
    newest = max(one.updated_at for one in closed)
    if newest > position:
        unit.state.put_conversations_position(newest)
    return logged
