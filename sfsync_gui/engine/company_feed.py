"""Reading all companies of Intercom: the only way to learn what changed in any of them.

Intercom cannot search companies by when they were updated. So all of them are listed every few
minutes, and digests tell those that are as they were. A company without people is not listed: who
is missing from a sweep may still be there, and is asked for by its id.
"""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from functools import partial

from sfsync_gui.core.keys import key_of
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import Family, PersonKind, Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.observe import Observed, Observer
from sfsync_gui.engine.reading import Read, observe_reading, read_people
from sfsync_gui.engine.storage import UnitOfWork

MISSING_A_SWEEP = 100
"""Linked companies that a sweep did not show and that are asked for one by one, at most.

The next sweeps ask for the others, those asked for longest ago first.
"""

ASKED_AT_ONCE = 20
"""Companies that are asked for by their ids before others may go ahead."""

_PAGE = 1000


async def sweep_companies(context: Context) -> AsyncGenerator[int, None]:
    """List all companies and take in what is new; yields how many were listed after each page.

    Each page is taken in by itself, so that anything may happen before the next one. Only what a
    sweep that came to the end of the list did not show is asked for. One that breaks off has taken
    in what it showed; the next one begins again.
    """
    seen: set[str] = set()
    async with aclosing(context.intercom.all_companies()) as pages:
        async for page in pages:
            seen.update(record.id for record in page)
            await _observe(context, page)
            yield len(seen)
    most = None if context.ask_for_all_unlisted else MISSING_A_SWEEP
    async for _ in ask_for_missing(context, seen, most):
        yield len(seen)
    if most is None:
        context.ask_for_all_unlisted = False


async def end_sweep(context: Context) -> None:
    """Break the sweep off that is under way, if there is one."""
    sweep, context.sweep = context.sweep, None
    if sweep is not None:
        await sweep.aclose()


async def _observe(context: Context, page: tuple[PersonRecord, ...]) -> None:
    """Take in a page; whether what it shows is old can only be told by the company itself."""

    def work(unit: UnitOfWork) -> Observed:
        return Observer(unit, context.lookups, context.profile).records(page, authoritative=False)

    observed = await context.store.run(work)
    await _ask_for(context, observed.unclear)
    await ask_for_rivals(context, page)


async def ask_for_rivals(context: Context, page: Sequence[PersonRecord]) -> None:
    """Ask for others that carried the keys of these: a `company_id` is one company's only.

    Most likely the other was deleted, and the company was made anew under its key.
    """
    await _ask_for(context, await context.store.run(partial(_rivals, context, page)))


def _rivals(context: Context, page: Sequence[PersonRecord], unit: UnitOfWork) -> list[str]:
    shown = {record.id for record in page}
    keys = {key_of(context.rules.company_key, record) for record in page} - {None}
    carriers = unit.directory.with_keys(Side.INTERCOM, (key for key in keys if key is not None))
    return [
        one.id
        for people in carriers.values()
        for one in people
        if one.kind is PersonKind.COMPANY and one.id not in shown
    ]


async def ask_for_missing(
    context: Context, seen: Collection[str], most: int | None = None
) -> AsyncGenerator[int, None]:
    """Ask for linked companies that were not seen, `most` of them: only 404 proves one gone.

    So nothing is concluded of one that was linked or changed since its page was read. Yields how
    many were asked for after each few.
    """
    missing = await context.store.run(partial(_linked_beside, seen))
    asked_in = {one: context.unlisted.get(one, 0) for one in missing}
    this_time = max(context.unlisted.values(), default=0) + 1
    asked = sorted(missing, key=lambda one: asked_in[one])[:most]
    context.unlisted = asked_in
    for start in range(0, len(asked), ASKED_AT_ONCE):
        few = asked[start : start + ASKED_AT_ONCE]
        await _ask_for(context, few)
        context.unlisted |= dict.fromkeys(few, this_time)
        yield start + len(few)


def _linked_beside(seen: Collection[str], unit: UnitOfWork) -> list[str]:
    missing: list[str] = []
    after = 0
    while records := unit.links.records_page(after, _PAGE, Family.COMPANIES):
        after = records[-1].link_id
        missing += [one.intercom_id for one in records if one.intercom_id not in seen]
    return missing


async def _ask_for(context: Context, ids: Collection[str]) -> None:
    if ids:
        read = await read_people(context, [(PersonKind.COMPANY, one) for one in ids])
        await context.store.run(partial(_take_in, context, read))


def _take_in(context: Context, read: Read, unit: UnitOfWork) -> None:
    observe_reading(context, unit, read)
