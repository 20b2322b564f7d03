"""A simulated org, and the product's client driven through all it does and all it meets."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import Any

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.people import Json
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.engine.ports import SalesforcePosition, SalesforceWrite
from sfsync_gui.sandbox.clock import ManualClock
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.services.salesforce.client import SalesforceClient
from sfsync_gui.services.salesforce.tokens import RefreshingTokens
from sfsync_gui.services.threads import InlineCalls
from tests.contracts.wire import Exchange, RecordingSalesforce
from tests.support.salesforce_mount import ADDRESS, SteppingClock

START = 1_795_428_000.75
LEAD, CONTACT, ACCOUNT = PersonKind.LEAD, PersonKind.CONTACT, PersonKind.ACCOUNT
OBJECTS = ("Lead", "Contact", "Account", "Task", "User")
NAMES = ("Email", "FirstName", "LastName", "Phone", "Seats__c", "Newsletter__c", "Trial_End__c")
FIELDS = {"Lead": (*NAMES, "Company", "Plan__c", "OwnerId"), "Contact": (*NAMES, "AccountId")}

OF_ACCOUNTS = ("AccountNumber", "External_Id__c", "AnnualRevenue", "NumberOfEmployees", "OwnerId")
WITH_ACCOUNTS = {**FIELDS, "Account": OF_ACCOUNTS}


@dataclass
class World:
    """An org and a client of it."""

    clock: ManualClock
    sandbox: SalesforceSandbox
    mount: RecordingSalesforce
    client: SalesforceClient


def new_world(*, page_size: int = 2000) -> World:
    """An org with nobody in it but its users."""
    clock = ManualClock(START)
    sandbox = SalesforceSandbox(clock)
    issued = sandbox.issue_tokens("client", ADDRESS)
    tokens = RefreshingTokens(
        "client",
        instance_url=ADDRESS,
        access_token=issued["access_token"],
        refresh_token=issued["refresh_token"],
        save=lambda tokens: None,
    )
    mount = RecordingSalesforce(sandbox)
    client = SalesforceClient(
        tokens,
        clock=SteppingClock(clock),
        calls=InlineCalls(),
        transport=mount,
        jitter=random.Random(1),
        page_size=page_size,
    )
    return World(clock, sandbox, mount, client)


def people(world: World, count: int) -> list[tuple[PersonKind, str]]:
    """Leads and contacts, as many of each."""
    made = []
    for number in range(count):
        email = f"p{number}@example.com"
        lead = world.sandbox.create("Lead", LastName=f"L{number}", Company="Acme", Email=email)
        made += [(LEAD, lead), (CONTACT, world.sandbox.create("Contact", LastName=f"C{number}"))]
    return made


def product_exchanges() -> list[Exchange]:
    """All that passes while the product's client does everything that it can do."""
    exchanges = []
    for page_size, drive in ((200, _read_all), (2000, _write_all), (2000, _meet_refusals)):
        world = new_world(page_size=page_size)
        asyncio.run(drive(world))
        exchanges += world.mount.exchanges
    return exchanges


async def _read_all(world: World) -> None:
    client, sandbox = world.client, world.sandbox
    await client.identity()
    assert set(await client.describe(OBJECTS)) == set(OBJECTS)
    await client.users()
    assert set((await client.survey(OBJECTS)).objects) == set(OBJECTS)
    await client.server_time()
    await client.usage()
    everyone = people(world, 250)
    sandbox.merge(everyone[0][1], everyone[2][1])
    sandbox.convert(everyone[4][1])
    sandbox.delete(everyone[6][1])
    since = SalesforcePosition(int(START) - 10)
    pages = [page async for page in client.changes(since, FIELDS, overlap=900)]
    assert len(pages) > 2
    assert [page async for page in client.everyone(FIELDS)]
    assert await client.now() > 0
    assert len(await client.read(everyone, FIELDS)) == len(everyone)
    accounts = [sandbox.create("Account", Name=f"A{number}") for number in range(250)]
    sandbox.merge(accounts[0], accounts[1])
    assert [page async for page in client.changes(since, WITH_ACCOUNTS, overlap=900)]
    assert [page async for page in client.everyone(WITH_ACCOUNTS)]
    assert await client.now(tuple(WITH_ACCOUNTS)) > 0
    assert len(await client.read([(ACCOUNT, one) for one in accounts], WITH_ACCOUNTS)) == 250
    # More fields than one URL holds: they are read in two parts.
    names = [f"A_Field_With_A_Long_Name_{number:03}__c" for number in range(300)]
    for name in names:
        sandbox.add_field("Lead", name, "string")
    many = {"Lead": (*NAMES, *names), "Contact": NAMES}
    await client.read(everyone[:2], many)
    assert [page async for page in client.changes(since, many, overlap=900)]


async def _write_all(world: World) -> None:
    client = world.client
    everyone = people(world, 100)
    writes = [SalesforceWrite(kind, key, {"Phone": "1"}) for kind, key in everyone]
    assert not any(result.refusals for result in await client.write(writes, FIELDS))
    account = world.sandbox.create("Account", Name="Acme")
    spent: dict[str, Json] = {"AccountNumber": "A-1", "AnnualRevenue": 12, "NumberOfEmployees": 7}
    writes = [*writes[:2], SalesforceWrite(ACCOUNT, account, spent)]
    assert not any(result.refusals for result in await client.write(writes, WITH_ACCOUNTS))
    values: dict[str, Json] = {
        "Email": "ada@example.com",
        "Nickname__c": None,
        "Newsletter__c": True,
        "Trial_End__c": "2026-11-23",
        "Last_Seen__c": "2026-11-23T10:00:00.000Z",
        "Preferred_Time__c": "10:00:00.000Z",
        "Seats__c": 3,
        "Score__c": 2.5,
        "Monthly_Spend__c": 10.25,
        "Discount__c": 5.5,
        "Direct_Line__c": "+353 1 234",
        "Plan__c": "Pro",
        "Interests__c": "Sport;Art",
        "Notes__c": "long",
        "Profile_Url__c": "https://example.com",
        "Account_Manager__c": world.sandbox.org.human_user_id,
    }
    kind, key = everyone[0]
    result = await client.write([SalesforceWrite(kind, key, values)], {"Lead": tuple(values)})
    assert not result[0].refusals
    # What looks like a reference between subrequests is written in a call of its own.
    await client.write([SalesforceWrite(kind, key, {"Title": "@{x.y}"})], FIELDS)
    new: dict[str, Json] = {"LastName": "O'New", "Company": "Acme", "Email": "new@example.com"}
    await client.identity()
    created = await client.create(LEAD, new)
    assert await client.find_created(LEAD, new, since=int(START) - 5) == (created.id,)
    assert (await client.create(CONTACT, {"LastName": "New"})).id
    task: dict[str, Json] = {"WhoId": key, "Subject": "Call", "Description": "x", "Type": "Call"}
    made = await client.create("Task", {**task, "ActivityDate": "2026-11-23", "Priority": "High"})
    assert [one.id for one in await client.find_tasks([key], "Call", since=0)] == [made.id]


async def _meet_refusals(world: World) -> None:
    client, sandbox = world.client, world.sandbox
    (kind, key), (_contact, other), *_rest = people(world, 2)
    gone = sandbox.create("Lead", LastName="Gone", Company="Acme")
    sandbox.delete(gone)
    writes = [
        SalesforceWrite(kind, key, {"Email": "no address", "LastName": None}),
        SalesforceWrite(CONTACT, other, {"Phone": "1"}),
        SalesforceWrite(LEAD, gone, {"Phone": "1"}),
    ]
    results = await client.write(writes, FIELDS)
    assert [bool(result.refusals) for result in results] == [True, False, True]
    sandbox.add_duplicate_rule("Lead", blocks=True)
    for values in ({"LastName": "x"}, {"LastName": "x", "Company": "y", "Email": "p0@example.com"}):
        assert (await client.create(LEAD, dict(values))).refusals
    assert (await client.create("Task", {"WhoId": gone})).refusals
    sandbox.expire_sessions()
    await client.usage()
    sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR, method="GET"))
    await client.usage()
    for fault in (FaultKind.RATE_LIMITED, FaultKind.LOCK_ROW):
        sandbox.faults.arm(Fault(fault, method="POST"))
        await client.write([SalesforceWrite(kind, key, {"Phone": "2"})], FIELDS)
    sandbox.faults.arm(Fault(FaultKind.SERVER_ERROR_APPLIED, method="POST"))
    await failing(client.write([SalesforceWrite(kind, key, {"Phone": "3"})], FIELDS))
    sandbox.faults.arm(Fault(FaultKind.DAILY_LIMIT))
    await failing(client.usage())
    await failing(client.describe(["Nowhere__c"]))
    sandbox.hide_field("Lead", "Phone")
    await failing(client.read([(kind, key)], FIELDS))
    await failing(client.write([SalesforceWrite(kind, key, {"Nowhere__c": "4"})], FIELDS))
    sandbox.revoke_all()
    await failing(client.identity())
    await failing(client.usage())


async def failing(operation: Any) -> None:
    """Await what has to be refused."""
    try:
        await operation
    except SfsyncError:
        return
    raise AssertionError("this was to be refused")
