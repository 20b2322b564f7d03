"""The full comparison: once a day, the values of all linked people on both sides are observed.

It finds what moved no timestamp (formulas), people who vanished without a word, and edits that
slipped past the feeds. Low priority: after each page the caller may do something more urgent.
"""

from collections.abc import AsyncIterator, Sequence
from functools import partial

from sfsync_gui.core.vocabulary import Family, PersonKind, Side
from sfsync_gui.engine.checking import observe_page
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.events import Progress
from sfsync_gui.engine.labels import with_labels
from sfsync_gui.engine.reading import Read, observe_reading, read_people
from sfsync_gui.engine.settling import report_hidden
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.stored import LinkedRecord

SALESFORCE_PAGE = 1000
SUSPECTS_PAGE = 1000


async def compare(context: Context) -> AsyncIterator[int]:
    """The whole comparison; yields how many were read on one side after each page.

    All companies of Intercom are listed every few minutes: the next sweep asks for each linked one
    that it does not show.
    """
    async for done in compare_salesforce(context):
        yield done
    async for done in compare_intercom(context):
        yield done
    if Family.COMPANIES in context.rules.families:
        context.ask_for_all_unlisted = True


async def compare_salesforce(context: Context) -> AsyncIterator[int]:
    """Read all linked Salesforce records; yields how many were read after each page."""
    after, done = 0, 0
    family = None if Family.COMPANIES in context.rules.families else Family.PEOPLE
    while records := await context.store.run(partial(_records_page, after, family)):
        after = records[-1].link_id
        await look_at(context, records)
        done += len(records)
        context.emit(Progress("comparison:salesforce", done, 0))
        yield done


def _records_page(after: int, family: Family | None, unit: UnitOfWork) -> list[LinkedRecord]:
    return unit.links.records_page(after, SALESFORCE_PAGE, family)


async def look_at(context: Context, records: Sequence[LinkedRecord]) -> None:
    """Read linked Salesforce records as they are now; those that are not there are told."""
    read = await read_people(context, [(one.kind, one.salesforce_id) for one in records])
    await context.store.run(partial(_take_in, context, records, read))


def _take_in(
    context: Context, records: Sequence[LinkedRecord], read: Read, unit: UnitOfWork
) -> None:
    observe_reading(context, unit, read)
    for missing in records:
        if missing.salesforce_id not in read.records:
            report_hidden(context, unit, missing.link_id)


async def compare_intercom(context: Context) -> AsyncIterator[int]:
    """List all contacts; yields after each page. Whoever is missing is then asked for one by one.

    Missing from the list is a suspicion only: the list lags, and people move within it.
    """
    seen: set[str] = set()
    async for page in context.intercom.everyone():
        seen.update(record.id for record in page)
        labelled = await with_labels(context, page, everybody=True)
        unclear = await observe_page(context, labelled, Side.INTERCOM)
        if unclear:
            read = await read_people(context, [(PersonKind.USER, one) for one in unclear])
            await context.store.run(partial(_observe, context, read))
        context.emit(Progress("comparison:intercom", len(seen), 0))
        yield len(seen)
    async for _ in _ask_for_missing(context, seen):
        yield len(seen)


async def _ask_for_missing(context: Context, seen: set[str]) -> AsyncIterator[None]:
    after = ""
    while ids := await context.store.run(partial(_ids_page, after)):
        after = ids[-1]
        missing = [one for one in ids if one not in seen]
        if missing:
            read = await read_people(context, [(PersonKind.USER, one) for one in missing])
            await context.store.run(partial(_observe, context, read))
        yield None


def _ids_page(after: str, unit: UnitOfWork) -> list[str]:
    return unit.directory.ids_after(Side.INTERCOM, after, SUSPECTS_PAGE)


def _observe(context: Context, read: Read, unit: UnitOfWork) -> None:
    observe_reading(context, unit, read)
