"""What happens first, as the user chose it: stored when it is chosen, so that a restart goes on."""

from dataclasses import replace

from sfsync_gui.core.vocabulary import FirstRun
from sfsync_gui.engine.connecting import link_everyone
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.marks import BULK_PROMISED, FIRST_RUN_CHOSEN, LAST_COMPARISON
from sfsync_gui.engine.storage import Profile, Store, UnitOfWork

_BEGUN = "begun"
"""Whether what was chosen has been done."""


def chosen(unit: UnitOfWork) -> FirstRun | None:
    """What was chosen, None where nobody has said yet."""
    profile = unit.state.profile()
    if profile is None or not (profile.connected_at or unit.state.mark(FIRST_RUN_CHOSEN)):
        return None
    return profile.first_run


async def choose(context: Context, first: FirstRun) -> None:
    """Store what is to happen first; a dry run that belongs to it is owed from now on."""

    def work(unit: UnitOfWork) -> Profile:
        profile = replace(unit.state.profile() or context.profile, first_run=first)
        unit.state.put_profile(profile)
        unit.state.put_mark(FIRST_RUN_CHOSEN, 1.0)
        unit.state.put_mark(BULK_PROMISED, float(first is FirstRun.LINK_ALL_AND_BULK))
        return profile

    context.profile = await context.store.run(work)


async def begin(context: Context) -> None:
    """Do what was chosen, unless that is done. A bulk sync is started from its dry run later."""
    if await context.store.run(lambda unit: unit.state.mark(_BEGUN)):
        return
    if context.profile.first_run is not FirstRun.AS_THEY_CHANGE:
        await link_everyone(context)

    def note(unit: UnitOfWork) -> None:
        unit.state.put_mark(_BEGUN, 1.0)
        # The directory has just been compared; the first full comparison is a day away.
        unit.state.put_mark(LAST_COMPARISON, context.clock.now())

    await context.store.run(note)


def bulk_is_promised(unit: UnitOfWork) -> bool:
    """Whether the dry run that was chosen with the first run has not been looked at yet."""
    return bool(unit.state.mark(BULK_PROMISED))


async def settle_promise(store: Store) -> None:
    """The dry run of all rows has been looked at."""

    def work(unit: UnitOfWork) -> None:
        if bulk_is_promised(unit):
            unit.state.put_mark(BULK_PROMISED, 0.0)

    await store.run(work)
