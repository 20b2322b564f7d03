"""Both simulated services in a process of their own, so that their cost is not the product's.

The process serves real HTTP on loopback and takes orders through a pipe. Its people are alike on
both sides: the mapped values of a linked person agree, so that nothing has to be written until
somebody edits.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sfsync_gui.app import IntercomAccount, SalesforceAccount
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from sfsync_gui.sandbox.server import LoopbackServer

START = 1_790_000_000.0
"""Simulated time begins here: a Monday in September 2026."""

PLANS = ("Free", "Pro", "Enterprise")
_ATTRIBUTES = (
    ("Nickname", "string", None),
    ("Plan", "options", PLANS),
    ("Seats", "integer", None),
    ("Score", "float", None),
    ("Newsletter", "boolean", None),
    ("Trial ends", "date", None),
)
_HOUR = 3600
_APART = 0.25
"""Seconds of simulated time between what people do."""

_COMPANIES_APART = 1.0
"""The same between companies: what a poll overlaps is then less than a page of accounts."""

_DAY = 86_400

processes = multiprocessing.get_context("spawn")
"""Fresh interpreters: a forked one would begin with the memory of the test run."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the services hold, and how fast they let a client go.

    `simulated` is the time that both processes share, unix seconds; None is the computer's. Each
    of the `companies` has an account with its key, and one of the linked people.
    """

    linked: int
    rate_limit: int = 100_000
    simulated: Synchronized[float] | None = None
    companies: int = 0

    def now(self) -> float:
        """The current unix time of both services."""
        return time.time() if self.simulated is None else self.simulated.value

    def pass_time(self, seconds: float) -> None:
        """Let simulated time pass, so that not all happens in the same second."""
        if self.simulated is not None:
            self.simulated.value += seconds


@dataclass(frozen=True, slots=True)
class Accounts:
    """How to reach both services: their addresses and an access token of each."""

    intercom_url: str
    intercom_token: str
    salesforce_url: str
    salesforce_token: str

    def intercom(self) -> IntercomAccount:
        """The account as the product takes it."""
        return IntercomAccount(self.intercom_token, api_url=self.intercom_url)

    def salesforce(self) -> SalesforceAccount:
        """The account as the product takes it."""
        return SalesforceAccount(self.salesforce_url, self.salesforce_token)


@dataclass(slots=True)
class Services:
    """The handle on the process: `ask` calls a method of `Town` there and returns its result."""

    accounts: Accounts
    _pipe: Connection

    def ask(self, order: str, *given: Any) -> Any:
        """Have an order executed between two requests. Raises what the order raised."""
        self._pipe.send((order, given))
        answer = self._pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


def simulated_time() -> Synchronized[float]:
    """A time that processes can share, beginning at `START`."""
    moment: Synchronized[float] = processes.Value("d", START)
    return moment


@contextmanager
def served(plan: Plan) -> Iterator[Services]:
    """Serve both services with the people of the plan until the end of the block."""
    ours, theirs = processes.Pipe()
    process = processes.Process(target=_serve, args=(theirs, plan), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Services(ours.recv(), ours)
    finally:
        ours.close()
        process.join(10)
        if process.is_alive():
            process.kill()


def _serve(pipe: Connection, plan: Plan) -> None:
    """Be the process: ends when the other end of the pipe is closed."""
    town = Town(plan)
    pipe.send(town.accounts())
    while True:
        try:
            order, given = pipe.recv()
        except EOFError:
            town.server.stop()
            return
        try:
            answer = town.server.call(lambda: getattr(town, order)(*given))  # noqa: B023
        except Exception as failure:
            answer = failure
        pipe.send(answer)


class Recorder:
    """ASGI around an application: counts answers and their bytes, and writes bodies to a file."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.calls = 0
        self.bytes = 0
        self.refused = 0
        self.times: list[float] = []
        self.file: Path | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def record(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.calls += 1
                self.times.append(time.time())
                self.refused += message["status"] == 429
            else:
                self._take(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, _Passing(record, send))

    def _take(self, body: bytes) -> None:
        self.bytes += len(body)
        if self.file is not None and body:
            with self.file.open("ab") as file:
                file.write(len(body).to_bytes(8, "big") + body)


class _Passing:
    """A `send` that is recorded; the sandbox finds the connection at the original one."""

    def __init__(self, record: Send, send: Send) -> None:
        self._record = record
        self.__self__ = getattr(send, "__self__", None)

    async def __call__(self, message: Message) -> None:
        await self._record(message)


@dataclass(slots=True)
class Pair:
    """A person, or a company, on both sides, by id."""

    contact: str
    record: str


@dataclass(slots=True)
class Town:
    """What lives in the process: both services, their people, and what these can be told to do."""

    plan: Plan
    people: list[Pair] = field(default_factory=list)
    companies: list[Pair] = field(default_factory=list)
    visitors: int = 0
    intercom: IntercomSandbox = field(init=False)
    salesforce: SalesforceSandbox = field(init=False)
    server: LoopbackServer = field(init=False)
    recorders: dict[str, Recorder] = field(init=False)

    def __post_init__(self) -> None:
        self.intercom = IntercomSandbox(self.plan, index_lag=(0, 0), rate_limit=100_000)
        self.salesforce = SalesforceSandbox(self.plan, daily_limit=10_000_000)
        for name, data_type, options in _ATTRIBUTES:
            self.intercom.create_attribute(name, data_type, options)
        for number in range(self.plan.linked):
            self._add(number)
        for number in range(self.plan.companies):
            self._add_company(number)
        self.intercom.settle_index()
        self.limit_rate(self.plan.rate_limit)
        self.recorders = {
            "intercom": Recorder(self.intercom.app),
            "salesforce": Recorder(self.salesforce.app),
        }
        self.server = LoopbackServer(self.recorders)
        self.server.start()

    def accounts(self) -> Accounts:
        """How to reach both services."""
        url = self.server.url("salesforce")
        tokens = self.server.call(lambda: self.salesforce.issue_tokens(instance_url=url))
        token = self.intercom.access_token or ""
        return Accounts(self.server.url("intercom"), token, url, tokens["access_token"])

    def limit_rate(self, calls: int) -> None:
        """Let Intercom take so many calls in ten seconds."""
        self.intercom.limit_rate(calls)

    def forget(self, folder: Path | None = None) -> None:
        """Count from here on; with a folder, write the bodies of answers to files in it."""
        for name, recorder in self.recorders.items():
            recorder.calls = recorder.bytes = recorder.refused = 0
            recorder.times.clear()
            recorder.file = None if folder is None else folder / name
        self.intercom.log.clear()
        self.salesforce.log.clear()

    def counted(self) -> dict[str, tuple[int, int, int]]:
        """Calls, bytes of answers and answers 429 since `forget`, by service."""
        return {
            name: (recorder.calls, recorder.bytes, recorder.refused)
            for name, recorder in self.recorders.items()
        }

    def answered_at(self, name: str) -> list[float]:
        """When each request since `forget` was answered, in unix seconds of the computer."""
        return self.recorders[name].times

    def requests(self, method: str, path: str) -> int:
        """How many requests Intercom got since `forget`; `path` is a regular expression."""
        return self.intercom.log.count(method, path)

    def edit_intercom(self, count: int, note: str) -> None:
        """Give the first people another nickname in Intercom."""
        for person in self.people[:count]:
            self.plan.pass_time(_APART)
            self.intercom.edit_contact(person.contact, custom_attributes={"Nickname": note})

    def edit_salesforce(self, count: int, note: str) -> None:
        """Give the first people another nickname in Salesforce."""
        for person in self.people[:count]:
            self.plan.pass_time(_APART)
            self.salesforce.edit(person.record, Nickname__c=note)

    def edit_companies(self, count: int, website: str) -> None:
        """Give the first companies another website in Intercom."""
        for company in self.companies[:count]:
            self.plan.pass_time(_APART)
            self.intercom.edit_company(company.contact, website=website)
        self.intercom.settle_index()

    def websites(self, count: int) -> set[str | None]:
        """The websites of the first accounts."""
        records = (self.salesforce.record(company.record) for company in self.companies[:count])
        return {one["Website"] for one in records if one}

    def add_strangers(self, count: int) -> None:
        """Add people on both sides whose e-mail addresses nobody on the other side carries."""
        for number in range(count):
            self.plan.pass_time(_APART)
            self.intercom.create_contact("user", email=f"stranger{number}@intercom.example")
            address = f"stranger{number}@salesforce.example"
            self.salesforce.create("Lead", LastName="Stranger", Company="Acme", Email=address)

    def nicknames(self, count: int) -> tuple[set[str | None], set[str | None]]:
        """The nicknames of the first people, in Intercom and in Salesforce."""
        contacts = (self.intercom.contact(person.contact) for person in self.people[:count])
        records = (self.salesforce.record(person.record) for person in self.people[:count])
        return (
            {one["custom_attributes"].get("Nickname") for one in contacts if one},
            {one["Nickname__c"] for one in records if one},
        )

    def record_ids(self, count: int) -> list[str]:
        """The Salesforce ids of the first people."""
        return [person.record for person in self.people[:count]]

    def send_visitors(self, an_hour: int, hours: int) -> None:
        """Let unknown visitors appear in Intercom, in small groups, for some simulated hours."""
        groups = 120
        begin = self.plan.now()
        for group in range(hours * groups):
            moment = begin + (group + 1) * _HOUR / groups
            self.intercom.agenda.at(moment, lambda: self._arrive(an_hour // groups))

    def _arrive(self, count: int) -> None:
        """Every other visitor has left an e-mail address that nobody in Salesforce carries."""
        for _ in range(count):
            self.visitors += 1
            email = f"visitor{self.visitors}@nowhere.example" if self.visitors % 2 else None
            self.intercom.create_contact("lead", email=email, name=f"Visitor {self.visitors}")

    def _add(self, number: int) -> None:
        self.plan.pass_time(_APART)
        first, last = f"Ada{number % 97}", f"Lovelace {number}"
        plan, seats, score = PLANS[number % 3], number % 120, number % 1000 / 10
        trial = int(START) // _DAY * _DAY + number % 90 * _DAY
        values = {"phone": f"+64 9 555 {number:06}", "email": f"person{number}@example.com"}
        contact = self.intercom.create_contact(
            "user" if number % 5 else "lead",
            name=f"{first} {last}",
            external_id=f"customer-{number}" if number % 5 else None,
            custom_attributes={
                "Nickname": f"Nick {number}",
                "Plan": plan,
                "Seats": seats,
                "Score": score,
                "Newsletter": number % 2 == 0,
                "Trial ends": trial,
            },
            **values,
        )
        fields: dict[str, Any] = {
            "FirstName": first,
            "LastName": last,
            "Email": values["email"],
            "Phone": values["phone"],
            "Nickname__c": f"Nick {number}",
            "Plan__c": plan,
            "Seats__c": seats,
            "Score__c": score,
            "Newsletter__c": number % 2 == 0,
        }
        if number % 3:
            record = self.salesforce.create("Contact", **fields)
        else:
            record = self.salesforce.create("Lead", Company="Acme", **fields)
        self.people.append(Pair(contact, record))

    def _add_company(self, number: int) -> None:
        self.plan.pass_time(_COMPANIES_APART)
        key, website = f"K{number}", f"https://firm{number}.example"
        company = self.intercom.add_company(f"Firm {number}", key, website=website)
        self.intercom.attach_company(self.people[number % len(self.people)].contact, company)
        account = self.salesforce.create(
            "Account", Name=f"Firm {number}", AccountNumber=key, Website=website
        )
        self.companies.append(Pair(company, account))
