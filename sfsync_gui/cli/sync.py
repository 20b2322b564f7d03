"""`sfsync sync --once`: one check of both sides of the accounts named in the environment."""

import asyncio
import os
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

import typer

from sfsync_gui import app
from sfsync_gui.cli.account import Account
from sfsync_gui.cli.conditions import tell_event
from sfsync_gui.cli.output import ExitCode, Output, report
from sfsync_gui.cli.summary import Calls, Summary, calls_since, summarise
from sfsync_gui.cli.wording import SERVICE, clock_time, counted, plain, row_label
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.events import Event, SideCondition
from sfsync_gui.store.queries import Queries

INTERCOM_TOKEN = "SFSYNC_INTERCOM_TOKEN"  # noqa: S105 - the name of a variable
INTERCOM_REGION = "SFSYNC_INTERCOM_REGION"
INTERCOM_URL = "SFSYNC_INTERCOM_URL"
SALESFORCE_URL = "SFSYNC_SALESFORCE_URL"
SALESFORCE_TOKEN = "SFSYNC_SALESFORCE_TOKEN"  # noqa: S105 - the name of a variable

REQUIRED = {
    INTERCOM_TOKEN: "the access token of your Intercom app (Developer Hub → Authentication)",
    SALESFORCE_URL: "the address of your Salesforce org, https://….my.salesforce.com",
    SALESFORCE_TOKEN: "an access token of that org",
}


def missing(environment: Mapping[str, str]) -> list[str]:
    """The required variables that are not set, each with what it must hold."""
    return [f"{name}: {what}" for name, what in REQUIRED.items() if not environment.get(name)]


def accounts(
    environment: Mapping[str, str],
) -> tuple[app.IntercomAccount, app.SalesforceAccount]:
    """The two accounts that the environment names; the required variables must be set."""
    token, url = environment[INTERCOM_TOKEN], environment.get(INTERCOM_URL)
    region = environment.get(INTERCOM_REGION) or "US"
    # An address takes the place of a region.
    intercom = (
        app.IntercomAccount(token, api_url=url) if url else app.IntercomAccount(token, region)
    )
    salesforce = app.SalesforceAccount(environment[SALESFORCE_URL], environment[SALESFORCE_TOKEN])
    return intercom, salesforce


def run_sync(data_dir: Path, output: Output) -> ExitCode:
    """Check both sides once with the accounts of the environment, and print what was done."""
    unset = missing(os.environ)
    if unset:
        typer.secho("Set these environment variables first:", fg=typer.colors.RED, err=True)
        for line in unset:
            typer.echo(f"  {line}", err=True)
        return ExitCode.USAGE
    return asyncio.run(_sync(data_dir, output))


async def _sync(data_dir: Path, output: Output) -> ExitCode:
    events: deque[Event] = deque()
    started = time.time()
    running = app.build(data_dir, *accounts(os.environ), app.LocalClock(time.time), events.append)
    try:
        queries = Queries(database_path(data_dir))
        try:
            account = Account(queries, output)
            account.skip_to_now()
            before = calls_since(queries, started)
            await app.open_and_connect(running)
            await running.engine.sync_once()
            _tell_profile(running, queries, output)
            account.tell()
            while events:
                tell_event(events.popleft(), output, time.time())
            return _conclude(running, queries, account, _spent(queries, started, before), output)
        finally:
            queries.close()
    finally:
        await running.close()


def _tell_profile(running: app.Running, queries: Queries, output: Output) -> None:
    profile = running.engine.context.profile
    people = dict.fromkeys(Side, 0)
    for (side, _kind), count in queries.people_count().items():
        people[side] += count
    links = queries.link_count()
    rows = running.engine.context.rules.active_rows()
    workspace = plain(profile.intercom_name) or profile.intercom_app_id
    org = profile.salesforce_name or profile.salesforce_org_id
    output.event("profile", intercom=workspace, salesforce=org, people=people, links=links)
    known = " and ".join(f"{people[side]:,} in {SERVICE[side]}" for side in Side)
    output.line(f"{workspace} in Intercom and {org} in Salesforce")
    output.line(f"People    {known}, {counted(links, 'link')}")
    output.line(f"Mapped    {', '.join(row_label(row) for row in rows)}")


def _spent(queries: Queries, started: float, before: Calls) -> Calls:
    now = calls_since(queries, started)
    return {side: now[side] - before[side] for side in Side}


def _conclude(
    running: app.Running, queries: Queries, account: Account, spent: Calls, output: Output
) -> ExitCode:
    spending = running.engine.spending
    share = spending.share(running.engine.context.settings.api_cap)
    summary = summarise(account, queries, spent, spending.usage, share)
    code = _exit_code(running, summary)
    output.event("summary", **summary.as_json(), exit_code=int(code))
    if code in (ExitCode.FINE, ExitCode.ERRORS_OPEN):
        if not account.told and code is ExitCode.FINE:
            output.line(f"{clock_time(time.time())}  Nothing had to be changed.")
        summary.print_on(output)
    return code


def _exit_code(running: app.Running, summary: Summary) -> ExitCode:
    """The worst of what was met, after telling the reason of a side that is not ready."""
    statuses = running.engine.conditions.statuses.values()
    broken = [one for one in statuses if one.condition is not SideCondition.READY]
    for status in broken:
        if status.reason is not None:
            report(status.reason)
    if any(one.condition is not SideCondition.SETUP_BROKEN for one in broken):
        return ExitCode.UNREACHABLE
    if broken:
        return ExitCode.SETUP
    return ExitCode.ERRORS_OPEN if summary.errors else ExitCode.FINE
