"""The window's program in the tray over a demo workspace, with somebody who types in Intercom.

`python -m tests.support.demo_in_tray FOLDER`: each line on standard input is `PERSON SEATS`, what
is typed there for one of the linked people, by place; Salesforce refuses a negative number. What
the program then shows is printed, a JSON object a line: open errors, and the panel in view.
"""

import asyncio
import json
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sfsync_gui.app.demo import grants
from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld, served_world
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.vocabulary import FirstRun
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.handle import Phase
from sfsync_gui.engine.questions import LinkQuery
from sfsync_gui.ui.application import make_application
from sfsync_gui.ui.loop import run
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.shell.shell import Shell
from sfsync_gui.ui.theme.scheme import SchemeChoice
from tests.gui.programs import set_seats

SPEED = 60.0
_MOMENT = 0.05


async def _reached(host: Host, phase: Phase) -> None:
    while host.snapshot.phase is not phase:  # noqa: ASYNC110
        await asyncio.sleep(_MOMENT)


async def _set_up(host: Host, served: ServedWorld) -> None:
    await _reached(host, Phase.UNCONNECTED)
    for grant in grants(served):
        await host.connect(grant)
    await _reached(host, Phase.FIRST_RUN)
    await host.begin(await host.suggestion(), FirstRun.LINK_ALL)
    await _reached(host, Phase.RUNNING)


def _type(host: Host, served: ServedWorld, quit_program: Callable[[], object]) -> None:
    """Type what standard input says; its end quits the program."""
    people = [row.intercom_id for row in host.questions.links_page(LinkQuery(), None, 5)]
    for line in sys.stdin:
        person, seats = map(int, line.split())
        set_seats(served, people[person], seats)
    quit_program()


async def _tell(host: Host, shell: Shell) -> None:
    """Print what is shown, whenever it is something else."""
    before: dict[str, object] = {}
    while True:
        panel = shell.window.stack.key if shell.window.isVisible() else ""
        now: dict[str, object] = {"errors": host.snapshot.errors, "panel": panel}
        if now != before:
            print(json.dumps(now), flush=True)
            before = now
        await asyncio.sleep(_MOMENT)


async def _live(shell: Shell, host: Host, served: ServedWorld) -> None:
    living = asyncio.ensure_future(shell.run(minimized=True))
    await _set_up(host, served)
    loop = asyncio.get_running_loop()
    leave = partial(loop.call_soon_threadsafe, shell.quit)
    threading.Thread(target=_type, args=(host, served, leave), daemon=True).start()
    telling = asyncio.ensure_future(_tell(host, shell))
    await living
    telling.cancel()


def main() -> None:
    """Run it."""
    folder = Path(sys.argv[1])
    with served_world(seed=5, speed=SPEED, pace=1e9) as served:
        application = make_application(["sfsync"], SchemeChoice.LIGHT)
        host = Host(folder, LocalClock(served.clock.now, SPEED), Vault.in_memory())
        shell = Shell(application, host, Preferences(folder))
        run(application, _live(shell, host, served))


if __name__ == "__main__":
    main()
