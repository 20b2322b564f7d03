"""Commands while the window's program has the profile open: they reach it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sfsync_gui.app.demo import grants
from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import served_world
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.cli.output import ExitCode
from sfsync_gui.core.vocabulary import FirstRun
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.engine.handle import Phase, Snapshot
from tests.support.command_line import Program


async def command(*arguments: str, folder: Path) -> tuple[int, Any]:
    """What a command of another process ends with and prints."""
    with Program.start(*arguments, "--json", folder=folder) as program:
        code, output = await asyncio.to_thread(program.ended)
    return code, json.loads(output)


async def until(host: Host, wanted: Callable[[Snapshot], bool]) -> None:
    end = time.monotonic() + 30
    while not wanted(host.snapshot):
        assert time.monotonic() < end, host.snapshot
        await asyncio.sleep(0.05)


def test_the_window_hears_a_command(tmp_path: Path) -> None:
    async def story(host: Host) -> None:
        host.start()
        await until(host, lambda now: now.phase is Phase.UNCONNECTED)
        for grant in grants(served):
            await host.connect(grant)
        await until(host, lambda now: now.phase is Phase.FIRST_RUN)
        await host.begin(await host.suggestion(), FirstRun.LINK_ALL)
        await until(host, lambda now: now.phase is Phase.RUNNING)
        assert await command("pause", folder=tmp_path) == (0, {"paused": True})
        await until(host, lambda now: now.paused)
        _, (link, *_rest) = await command("links", "list", folder=tmp_path)
        unlinked = await command("links", "unlink", str(link["id"]), folder=tmp_path)
        assert unlinked == (0, {"unlinked": link["id"]})
        assert await host.pair(link["id"]) is None
        code, told = await command("disconnect", "intercom", folder=tmp_path)
        assert (code, told["code"]) == (ExitCode.IN_USE, "in_use")
        await host.stop()

    with served_world(seed=3, speed=30.0, pace=20) as served:
        host = Host(tmp_path, LocalClock(served.clock.now, 30.0), Vault.in_memory())
        asyncio.run(story(host))
