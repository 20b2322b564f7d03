"""Reading the feeds: each page is observed in one transaction, the position with the last."""

from dataclasses import replace
from functools import partial

from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.labels import with_labels
from sfsync_gui.engine.observe import Observed, Observer
from sfsync_gui.engine.ports import (
    IntercomPage,
    IntercomPosition,
    PageAnswer,
    SalesforcePage,
    SalesforcePosition,
)
from sfsync_gui.engine.reading import Read, observe_reading, read_people
from sfsync_gui.engine.storage import UnitOfWork

OVERLAP = 900.0
"""Seconds by which readings overlap: late commits in Salesforce, index lag in Intercom."""


async def check_intercom(context: Context, *, sweep: bool) -> int:
    """Read what changed in Intercom; returns how many people had news.

    A `sweep` goes over the last 15 minutes once more, since the search index lags.
    """

    def known(digest: bytes) -> PageAnswer | None:
        return context.remembered.page(digest, context.lookups)

    position = await context.remembered.ask(_intercom_position)
    pages = context.intercom.changes(
        position or IntercomPosition(0), overlap=OVERLAP if sweep else 0.0, known=known
    )
    news = 0
    async for page in pages:
        if page.known:
            continue
        observed = await _take_in_page(context, page)
        news += observed.news
        if observed.unclear:
            read = await read_people(context, [(PersonKind.USER, one) for one in observed.unclear])
            await context.store.run(partial(_observe_read, context, read))
    return news


def _intercom_position(unit: UnitOfWork) -> IntercomPosition | None:
    return unit.state.intercom_position()


async def _take_in_page(context: Context, page: IntercomPage) -> Observed:
    """Observe a page, and remember it if nothing came of it."""
    lookups, version = context.lookups, context.store.version
    records = await with_labels(context, page.records)
    labelled = records != page.records
    page = replace(page, records=records)
    observed = await context.store.run(partial(_observe_intercom, context, page))
    unchanged = context.store.version == version and context.lookups is lookups
    if page.answer is not None and unchanged and not labelled and not observed.unclear:
        context.remembered.note_page(page.answer, lookups)
    return observed


def _observe_intercom(context: Context, page: IntercomPage, unit: UnitOfWork) -> Observed:
    observer = Observer(unit, context.lookups, context.profile)
    observed = observer.records(page.records, authoritative=False)
    if page.position is not None and page.position != unit.state.intercom_position():
        unit.state.put_intercom_position(page.position)
    return observed


def _observe_read(context: Context, read: Read, unit: UnitOfWork) -> None:
    observe_reading(context, unit, read)


async def check_salesforce(context: Context) -> int:
    """Read what changed in Salesforce; returns how many people had news."""
    position = await context.store.run(lambda unit: unit.state.salesforce_position())
    pages = context.salesforce.changes(
        position or SalesforcePosition(0), context.lookups.fields, overlap=OVERLAP
    )
    news = 0
    async for page in pages:
        news += await context.store.run(partial(_observe_salesforce, context, page))
    return news


def _observe_salesforce(context: Context, page: SalesforcePage, unit: UnitOfWork) -> int:
    observer = Observer(unit, context.lookups, context.profile)
    observed = observer.records(page.records)
    if page.position is not None and page.position != unit.state.salesforce_position():
        unit.state.put_salesforce_position(page.position)
    return observed.news


async def observe_page(
    context: Context, records: tuple[PersonRecord, ...], side: Side
) -> list[str]:
    """Observe a page of a full reading; returns the contacts that it left in doubt."""

    def work(unit: UnitOfWork) -> Observed:
        observer = Observer(unit, context.lookups, context.profile)
        return observer.records(records, authoritative=side is Side.SALESFORCE)

    return (await context.store.run(work)).unclear
