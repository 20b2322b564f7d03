"""`sfsync demo --serve`: the two simulated services for another terminal."""

import asyncio

from sfsync_gui.app.served_world import ServedWorld, served_world
from sfsync_gui.cli.environment import (
    INTERCOM_TOKEN,
    INTERCOM_URL,
    SALESFORCE_TOKEN,
    SALESFORCE_URL,
)
from sfsync_gui.cli.output import ExitCode, Output
from sfsync_gui.cli.signals import stopped_by_signal
from sfsync_gui.sandbox.salesforce import DEMO_CLIENT_ID


def run_serve(output: Output, seed: int, speed: float, pace: float) -> ExitCode:
    """Serve the demo world with its office until Ctrl-C."""
    with served_world(seed, speed, pace) as served:
        served.open_office()
        asyncio.run(_serve(served, output))
    return ExitCode.FINE


def served_environment(served: ServedWorld) -> dict[str, str]:
    """The variables with which `sfsync sync` reaches the served services."""
    intercom, salesforce = served.intercom_account(), served.salesforce_account()
    return {
        INTERCOM_URL: intercom.api_url or "",
        INTERCOM_TOKEN: intercom.access_token,
        SALESFORCE_URL: salesforce.instance_url,
        SALESFORCE_TOKEN: salesforce.access_token,
    }


async def _serve(served: ServedWorld, output: Output) -> None:
    stop = asyncio.Event()
    with stopped_by_signal(stop.set):
        environment = served_environment(served)
        output.event("serving", environment=environment)
        output.line("# A simulated Intercom and a simulated Salesforce, and an office at work.")
        output.line("# Paste these lines into another terminal, then run: sfsync sync --once")
        for name, value in environment.items():
            output.line(f"export {name}={value}")
        output.line("# Or connect them as you connect accounts of your own, in this computer's")
        output.line("# password store; on the page that opens, choose Log In and Allow:")
        output.line(f"#   sfsync connect intercom --api-url {environment[INTERCOM_URL]}")
        output.line(
            f"#   sfsync connect salesforce --login-url {environment[SALESFORCE_URL]} "
            f"--client-id {DEMO_CLIENT_ID}"
        )
        output.line("# Ctrl-C ends it.")
        await stop.wait()
