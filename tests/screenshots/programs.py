"""The two programs behind all scenes: one with people, errors and a past, one that knows nothing.

The first runs on the demo world: its office has worked for a while and has gone home, so that
nothing moves while somebody looks.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sfsync_gui.app.demo import grants
from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld, served_world
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import Family, FirstRun, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.events import Activity
from sfsync_gui.engine.handle import Phase
from sfsync_gui.engine.questions import ErrorQuery
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.sandbox.office import NICKNAME_ATTRIBUTE, SEATS_ATTRIBUTE
from tests.support.stored_profile import in_store

SPEED = 60.0
PATIENCE = 30.0
STEPS = 120
"""What the office does before anybody looks."""

TOO_MANY = 4_000_000_000
"""Employees of a company: no account holds so many."""

HELD_FROM = 5
"""Changed people: clearly fewer than change, however many were unlinked meanwhile."""

LONG_NICKNAME = "the one who always asks whether the export could also have a purple header row"


class Programs:
    """`busy` syncs with many people; `new` was started for the first time."""

    def __init__(self, busy: Host, new: Host) -> None:
        self.busy = busy
        self.new = new


@contextmanager
def programs(folder: Path) -> Iterator[Programs]:
    """Both programs on new profiles below `folder`. Call it while no event loop is running."""
    with served_world(seed=5, speed=SPEED, pace=20) as served:
        clock = LocalClock(served.clock.now, SPEED)
        (folder / "busy").mkdir(parents=True)
        (folder / "new").mkdir()
        in_store(folder / "busy", _a_past(time.time()))
        both = Programs(
            Host(folder / "busy", clock, Vault.in_memory()),
            Host(folder / "new", LocalClock(time.time), Vault.in_memory()),
        )
        try:
            asyncio.run(_begin(both, served))
            yield both
        finally:
            asyncio.run(_end(both))


async def _begin(both: Programs, served: ServedWorld) -> None:
    both.new.start()
    await _until(lambda: both.new.snapshot.phase is Phase.UNCONNECTED)
    host = both.busy
    host.start()
    await _until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
    for grant in grants(served):
        await host.connect(grant)
    await _until(lambda: host.snapshot.phase is Phase.FIRST_RUN)
    await host.begin(await host.suggestion(), FirstRun.LINK_ALL)
    await _until(lambda: host.snapshot.phase is Phase.RUNNING)
    await host.sync_companies("AccountNumber")
    await host.apply_rows([*(await host.rules()).rows, *await host.company_suggestion()])
    served.server.call(lambda: _a_day_at_the_office(served))
    await host.sync_now()
    await _until(lambda: host.snapshot.errors)
    # So many changes at once are held back: a person is to decide.
    usual = (await host.settings()).guard_minimum
    await host.change_settings({"guard_minimum": HELD_FROM})
    served.server.call(lambda: _all_numbers_change(served))
    await host.sync_now()
    await _until(lambda: host.snapshot.holds)
    await host.change_settings({"guard_minimum": usual})
    of_companies = ErrorQuery(family=Family.COMPANIES)
    await _until(lambda: host.questions.errors_matching(of_companies, 1))
    await host.pause()
    await _until(lambda: host.snapshot.activity is Activity.PAUSED)  # from here on nothing moves


async def _end(both: Programs) -> None:
    await both.busy.stop()
    await both.new.stop()


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - what the host shows has no event of its own
            await asyncio.sleep(0.02)


def _a_day_at_the_office(served: ServedWorld) -> None:
    world = served.world
    for _ in range(STEPS):
        world.office.step()
    people = [one for one in world.intercom.all_contacts() if one["role"] == "user"]
    for number, person in enumerate(people[:9]):
        attribute, value = (
            (SEATS_ATTRIBUTE, -1 - number) if number % 3 else (NICKNAME_ATTRIBUTE, LONG_NICKNAME)
        )
        world.intercom.edit_contact(person["id"], custom_attributes={attribute: value})
    hooli = next(one["id"] for one in world.intercom.companies() if one["name"] == "Hooli")
    world.intercom.edit_company(hooli, size=TOO_MANY)
    world.intercom.settle_index()


def _all_numbers_change(served: ServedWorld) -> None:
    intercom = served.world.intercom
    for number, person in enumerate(intercom.all_contacts()):
        intercom.edit_contact(person["id"], phone=f"+64 21 555 {number:04}")
    intercom.settle_index()


def _a_past(now: float) -> Callable[[UnitOfWork], None]:
    """The changes of the day before, more of them by day than by night."""
    dice = random.Random("a past")
    entries = []
    for ago in range(24, 0, -1):
        for _ in range(dice.randrange(2, 30) if ago < 12 else dice.randrange(0, 9)):
            to_salesforce = dice.random() < 0.6
            trigger = Trigger.INTERCOM_UPDATED if to_salesforce else Trigger.SALESFORCE_UPDATED
            entries.append(
                HistoryEntry(
                    kind=HistoryKind.WRITTEN,
                    at=int(now - ago * 3600 + dice.randrange(3600)),
                    trigger=trigger,
                    intercom_id="earlier",
                    salesforce_id="003000000000001AAA",
                    salesforce_kind=PersonKind.CONTACT,
                    person_name="Ada Lovelace",
                    side=Side.SALESFORCE if to_salesforce else Side.INTERCOM,
                    row_id="phone",
                    field="Phone" if to_salesforce else "phone",
                    before=f"+64 21 {dice.randrange(100, 999)} 000",
                    after=f"+64 21 {dice.randrange(100, 999)} 111",
                )
            )

    def fill(unit: UnitOfWork) -> None:
        unit.history.add(sorted(entries, key=lambda entry: entry.at))

    return fill
