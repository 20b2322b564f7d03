"""The demo workspace behind the window: two simulated services, an office, and its own profile.

The demo's profile is an ordinary one in a folder that goes with it; its sign-ins are kept in
memory. It is connected the way a person would, by what the simulated services grant.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sfsync_gui.app import sign_ins
from sfsync_gui.app.host import Host
from sfsync_gui.app.keeper import Keeper
from sfsync_gui.app.served_world import ServedWorld, served_world
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.offers import suggest
from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.bulk import start_bulk
from sfsync_gui.engine.handle import Phase, SignInDefaults
from sfsync_gui.engine.signing_in import Grant
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.sandbox import intercom, salesforce

SPEED = 6.0
"""Simulated seconds per real one: Intercom's search lags by up to two minutes, which is long to
wait for whoever watches."""

PACE = 20.0
"""Simulated seconds between two edits of the office."""

SALESFORCE_INTERVAL = 60.0
NO_GUARD = 1_000_000


@contextmanager
def demo_host(
    seed: int = 0, speed: float = SPEED, pace: float = PACE, *, folder: Path | None = None
) -> Iterator[Host]:
    """A host on a new demo workspace that connects itself.

    Its profile lies in `folder`; left out, in one that goes with it at the end.
    """
    with ExitStack() as stack:
        if folder is None:
            own = TemporaryDirectory(prefix="sfsync-demo-", ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(own))
        served = stack.enter_context(served_world(seed, speed, pace))

        async def prepare(keeper: Keeper) -> None:
            await _prepare(keeper, served)

        clock = LocalClock(served.clock.now, speed)
        yield Host(
            folder,
            clock,
            Vault.in_memory(),
            defaults=defaults_of(served),
            is_demo=True,
            prepare=prepare,
        )


@contextmanager
def first_run_host(folder: Path, seed: int = 0) -> Iterator[Host]:
    """A host on a profile that nobody has set up, beside a demo workspace to sign in to.

    Its forms are filled in for the sign-in pages of the simulated services.
    """
    with served_world(seed, SPEED, PACE) as served:
        served.open_office()
        clock = LocalClock(served.clock.now, SPEED)
        yield Host(folder, clock, Vault.in_memory(), defaults=defaults_of(served))


def defaults_of(served: ServedWorld) -> SignInDefaults:
    """What sign-in forms begin with, so that the simulated services are signed in to."""
    return replace(
        sign_ins.DEFAULTS,
        salesforce_login_url=served.server.url("salesforce"),
        salesforce_client_id=salesforce.DEMO_CLIENT_ID,
        intercom_api_url=served.server.url("intercom"),
        intercom_client_id=intercom.DEMO_CLIENT_ID,
        intercom_client_secret=intercom.DEMO_CLIENT_SECRET,
    )


async def _prepare(keeper: Keeper, served: ServedWorld) -> None:
    """Connect both sides, accept the suggestion, bring everybody in line, open the office."""
    await keeper.reached(Phase.UNCONNECTED)
    await keeper.store.run(_suit_the_demo)
    for grant in grants(served):
        await keeper.connect(grant, start_afresh=False)
    await keeper.reached(Phase.FIRST_RUN)
    await keeper.begin(suggest(keeper.online().context.schema), FirstRun.LINK_ALL)
    await keeper.reached(Phase.RUNNING)
    await start_bulk(keeper.online().context)
    keeper.look_again()
    served.open_office()


def grants(served: ServedWorld) -> tuple[Grant, Grant]:
    """What the simulated services grant to whoever signs in to them."""
    workspace, org = served.intercom_account(), served.salesforce_account()
    return (
        Grant(
            Side.INTERCOM,
            access_token=workspace.access_token,
            region="US",
            api_url=workspace.api_url or "",
        ),
        Grant(
            Side.SALESFORCE,
            access_token=org.access_token,
            refresh_token=org.refresh_token,
            instance_url=org.instance_url,
            login_url=org.instance_url,
            client_id=org.client_id,
        ),
    )


def _suit_the_demo(unit: UnitOfWork) -> None:
    # Hours of an office's work fall into minutes: the guard would rightly hold them back.
    settings = unit.state.settings()
    unit.state.put_settings(
        replace(settings, guard_minimum=NO_GUARD, salesforce_interval=SALESFORCE_INTERVAL)
    )
