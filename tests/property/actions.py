"""What people do in a simulated world, and what goes wrong in it: drawn from one seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import ConflictRule, Direction, FirstRun, Side
from sfsync_gui.engine.commands import create_lead, unlink
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.sandbox.faults import Fault, FaultKind
from sfsync_gui.sandbox.intercom import IntercomSandbox
from sfsync_gui.sandbox.salesforce import SalesforceSandbox
from tests.support.worlds import ATTRIBUTES, CrashError, World, sample_rows

SOURCES = {
    Side.INTERCOM: ("phone", "note", "alias", "first", "town"),
    Side.SALESFORCE: ("Phone", "Short_Note__c", "Title", "Notes__c", "City"),
}
FAULTS = (
    FaultKind.RATE_LIMITED,
    FaultKind.SERVER_ERROR,
    FaultKind.SERVER_ERROR_APPLIED,
    FaultKind.RESET_BEFORE,
    FaultKind.RESET_AFTER,
    FaultKind.LATE_APPLY,
    FaultKind.LOCK_ROW,
    FaultKind.SESSION_EXPIRED,
)


@dataclass(frozen=True, slots=True)
class HumanEdit:
    """A value that a person typed: the only thing that the oracle knows."""

    at: float
    order: int
    side: Side
    person: str
    field: str
    value: str | None


class Story(World):
    """A world in which things happen; remembers every human edit."""

    def __init__(self, seed: int, folder: Path) -> None:
        super().__init__(seed, folder)
        self.edits: list[HumanEdit] = []
        self.structural: dict[str, float] = {}
        self.removed_rows: dict[str, float] = {}
        self.created_for: list[str] = []
        self.done: Counter[str] = Counter()
        self._number = 0
        self.rows = sample_rows(self.random.choice(list(ConflictRule)))

    async def play(self, actions: int) -> None:
        """Connect, let `actions` things happen with checks in between, then come to rest."""
        for name in ATTRIBUTES:
            self.intercom.create_attribute(name, "string")
        self.salesforce.add_validation_rule(
            "Lead", "No_Bad_Phone", lambda record: "bad" in str(record.get("Phone")), "Bad phone."
        )
        for number in range(self.random.randint(6, 9)):
            self._person(number)
        self.clock.advance(3600)
        await self.connect(self.rows)
        for _ in range(actions):
            self.clock.advance(self.random.choice([0, 0, 1, 5, 30, 120, 400]))
            await self._something()
        self.intercom.faults.clear()
        self.salesforce.faults.clear()
        self.crashes.left = 0

    def _person(self, number: int) -> None:
        email = f"p{number}-{self.seed}@example.com"
        role = self.random.choice(["user", "lead"])
        sides = self.random.choice(["both", "both", "both", "intercom", "salesforce"])
        if sides != "salesforce":
            self.intercom.create_contact(role, email=email, name=f"Person {number}")
        if sides != "intercom":
            self._salesforce_person(email)

    def _salesforce_person(self, email: str) -> str:
        if self.random.random() < 0.5:
            return self.salesforce.create("Contact", LastName="Person", Email=email)
        return self.salesforce.create("Lead", LastName="Person", Email=email, Company="Co")

    async def _something(self) -> None:
        choices: list[tuple[int, str, Callable[[], object]]] = [
            (14, "edit intercom", self._edit_intercom),
            (14, "edit salesforce", self._edit_salesforce),
            (4, "both sides at once", self._edit_both),
            (3, "blank", self._blank),
            (2, "too long", self._too_long),
            (3, "intercom key", self._intercom_key),
            (3, "salesforce key", self._salesforce_key),
            (3, "convert", self._convert),
            (2, "merge in salesforce", self._merge_salesforce),
            (2, "merge in intercom", self._merge_intercom),
            (2, "delete in intercom", self._delete_intercom),
            (2, "delete in salesforce", self._delete_salesforce),
            (3, "create in intercom", self._create_intercom),
            (3, "create in salesforce", self._create_salesforce),
            (2, "touch", self._touch),
            (16, "fault", self._fault),
            (7, "crash", self._crash),
            (2, "unlink by hand", self._unlink),
            (2, "edit the mapping", self._edit_mapping),
            (2, "create a lead", self._create_lead),
            (22, "check both", lambda: self._check(list(Side))),
            (8, "check intercom", lambda: self._check([Side.INTERCOM])),
            (5, "check salesforce", lambda: self._check([Side.SALESFORCE])),
            (1, "compare", lambda: self._guarded(self.engine.compare)),
        ]
        weights = [weight for weight, _, _ in choices]
        _, name, action = self.random.choices(choices, weights)[0]
        result = action()
        if hasattr(result, "__await__"):
            result = await result
        if result is not False:
            self.done[name] += 1

    async def _check(self, sides: list[Side]) -> None:
        self.engine.conditions.look_again()
        if self.random.random() < 0.5:
            self.engine.times.swept = 0.0
        await self._guarded(lambda: self.engine.check(sides))

    async def _guarded(self, work: Callable[[], object]) -> None:
        """Do something in which the process may die; if it does, start it anew."""
        try:
            await work()  # type: ignore[misc]
        except CrashError:
            self.done["crashed"] += 1
            while True:
                try:
                    await self.restart()
                except CrashError:
                    continue
                except Exception:  # a fault met the start: a person tries again later
                    self.clock.advance(60)
                    self.intercom.faults.clear()
                    self.salesforce.faults.clear()
                    continue
                break

    # ------------------------------------------------------------------ what people do

    def contacts(self) -> list[str]:
        """Ids of the contacts that are there."""
        return [contact["id"] for contact in self.intercom.all_contacts()]

    def records(self) -> list[str]:
        """Ids of the leads and contacts that can be edited."""
        ids = self.salesforce.ids("Lead") + self.salesforce.ids("Contact")
        return [one for one in ids if not (self.salesforce.record(one) or {}).get("IsConverted")]

    def _value(self, bad: bool = False) -> str:
        self._number += 1
        return f"{'bad ' if bad else ''}v{self._number}"

    def note_edit(self, side: Side, person: str, field: str, value: str | None) -> None:
        """Remember a human edit."""
        self.edits.append(HumanEdit(self.clock.now(), len(self.edits), side, person, field, value))

    def edit_contact(self, person: str, field: str, value: str | None) -> None:
        """A person edits a contact in Intercom."""
        if field == "phone":
            self.intercom.edit_contact(person, phone=value)
        else:
            self.intercom.edit_contact(person, custom_attributes={field: value})
        self.note_edit(Side.INTERCOM, person, field, value)

    def edit_record(self, person: str, field: str, value: str | None, late: float = 0.0) -> bool:
        """A person edits a lead or contact in Salesforce."""
        if field == "City" and person.startswith("003"):
            return False
        self.salesforce.edit(person, late, **{field: value})
        self.note_edit(Side.SALESFORCE, person, field, value)
        return True

    def _edit_intercom(self) -> bool:
        person = self._one(self.contacts())
        if person is None:
            return False
        bad = self.random.random() < 0.08
        self.edit_contact(person, self.random.choice(SOURCES[Side.INTERCOM]), self._value(bad))
        return True

    def _edit_salesforce(self) -> bool:
        person = self._one(self.records())
        if person is None:
            return False
        late = self.random.choice([0.0, 0.0, 0.0, 0.0, 200.0])
        if late:
            self.done["late commit"] += 1
        field = self.random.choice(SOURCES[Side.SALESFORCE])
        return self.edit_record(person, field, self._value(), late)

    async def _edit_both(self) -> bool:
        """Both sides of one link change the same two-way row before anybody looks."""
        link = await self._a_link()
        if link is None or self.intercom.contact(link[0]) is None or link[1] not in self.records():
            return False
        field = self.random.choice([("phone", "Phone"), ("note", "Short_Note__c")])
        for side in self.random.sample(list(Side), 2):
            if side is Side.INTERCOM:
                self.edit_contact(link[0], field[0], self._value())
            else:
                self.edit_record(link[1], field[1], self._value())
            self.clock.advance(self.random.choice([0, 2]))
        return True

    def _blank(self) -> bool:
        if self.random.random() < 0.5:
            person = self._one(self.contacts())
            if person is not None:
                self.edit_contact(person, self.random.choice(SOURCES[Side.INTERCOM]), None)
            return person is not None
        person = self._one(self.records())
        if person is None:
            return False
        return self.edit_record(person, self.random.choice(SOURCES[Side.SALESFORCE]), None)

    def _too_long(self) -> bool:
        person = self._one(self.contacts())
        if person is not None:
            self.edit_contact(person, "alias", self._value() + " very long" * 6)
        return person is not None

    def _intercom_key(self) -> bool:
        person = self._one(self.contacts())
        if person is None:
            return False
        self.structural[person] = self.clock.now()
        self.intercom.edit_contact(person, email=self._an_email())
        return True

    def _salesforce_key(self) -> bool:
        person = self._one(self.records())
        if person is None:
            return False
        self.structural[person] = self.clock.now()
        self.salesforce.edit(person, Email=self._an_email())
        return True

    def _an_email(self) -> str | None:
        """Somebody else's address, a new one, or none."""
        known = [self.salesforce.record(one) or {} for one in self.records()]
        emails = [record.get("Email") for record in known]
        emails += [contact.get("email") for contact in self.intercom.all_contacts()]
        found = [str(email) for email in emails if email]
        return self.random.choice(
            [*found, f"{self._value()}@example.com", f"{self._value()}@x.org"]
        )

    def _convert(self) -> bool:
        leads = [one for one in self.records() if one.startswith("00Q")]
        lead = self._one(leads)
        if lead is None:
            return False
        contacts = [one for one in self.records() if one.startswith("003")]
        onto = self.random.choice([None, None, self._one(contacts)])
        contact = self.salesforce.convert(lead, onto)
        self._mark(lead, contact)
        return True

    def _merge_salesforce(self) -> bool:
        prefix = self.random.choice(["00Q", "003"])
        found = [one for one in self.records() if one.startswith(prefix)]
        if len(found) < 2:
            return False
        winner, loser = self.random.sample(found, 2)
        self.salesforce.merge(winner, loser)
        self._mark(winner, loser)
        return True

    def _merge_intercom(self) -> bool:
        people = self.intercom.all_contacts()
        leads = [one["id"] for one in people if one["role"] == "lead"]
        users = [one["id"] for one in people if one["role"] == "user"]
        lead, user = self._one(leads), self._one(users)
        if lead is None or user is None:
            return False
        self.intercom.merge_contacts(lead, user)
        self._mark(lead, user)
        return True

    def _delete_intercom(self) -> bool:
        person = self._one(self.contacts())
        if person is None or len(self.contacts()) < 4:
            return False
        self.intercom.delete_contact(person)
        self._mark(person)
        return True

    def _delete_salesforce(self) -> bool:
        person = self._one(self.records())
        if person is None or len(self.records()) < 4:
            return False
        self.salesforce.delete(person)
        self._mark(person)
        return True

    def _create_intercom(self) -> bool:
        email = self._an_email()
        person = self.intercom.create_contact("user", email=email, name="New", phone=self._value())
        self._mark(person)
        return True

    def _create_salesforce(self) -> bool:
        self._mark(self._salesforce_person(self._an_email() or "x@example.com"))
        return True

    def _touch(self) -> bool:
        person, record = self._one(self.contacts()), self._one(self.records())
        if person is not None:
            self.intercom.touch(person)
        if record is not None:
            self.salesforce.touch(record)
        return True

    def _mark(self, *people: str) -> None:
        for person in people:
            self.structural[person] = self.clock.now()

    def _one(self, ids: list[str]) -> str | None:
        return self.random.choice(ids) if ids else None

    # ------------------------------------------------------------------ what goes wrong

    def _fault(self) -> bool:
        kind = self.random.choice(FAULTS)
        service: IntercomSandbox | SalesforceSandbox = self.intercom
        if self.random.random() < 0.5:
            service = self.salesforce
        if kind in (FaultKind.LOCK_ROW, FaultKind.SESSION_EXPIRED):
            service = self.salesforce
        writes = self.random.random() < 0.7
        if service is self.intercom:
            method, path = ("PUT", r"^/contacts/") if writes else (None, r"^/contacts")
        else:
            method, path = ("POST", "composite") if writes else (None, "/services/data")
        service.faults.arm(
            Fault(
                kind,
                method=method,
                path=path,
                skip=self.random.choice([0, 0, 1]),
                times=self.random.choice([1, 1, 2]),
                delay=self.random.choice([1.0, 20.0, 90.0]),
            )
        )
        return True

    def _crash(self) -> bool:
        self.crashes.left = self.random.randint(1, 60)
        return True

    # ------------------------------------------------------------------ what the user does

    async def _a_link(self) -> tuple[str, str, int] | None:
        links = await self.store.run(lambda unit: unit.links.page(0, 100))
        if not links:
            return None
        link = self.random.choice(links)
        return link.intercom_id, link.salesforce_id, link.id

    async def _unlink(self) -> bool:
        link = await self._a_link()
        if link is None:
            return False
        self._mark(link[0], link[1])
        await self._guarded(lambda: unlink(self.engine.context, link[2]))
        return True

    async def _edit_mapping(self) -> None:
        """Change a rule, or take a row out and put it back later."""
        context = self.engine.context
        rows = list(context.rules.rows)
        gone = [row for row in self.rows if row.id not in {one.id for one in rows}]
        if gone:
            self.removed_rows[gone[0].id] = self.clock.now()
            rows.append(gone[0])
        elif self.random.random() < 0.5:
            row = rows.pop(self.random.randrange(len(rows)))
            self.removed_rows[row.id] = self.clock.now()
        else:
            rules = list(ConflictRule)
            rows = [
                replace(row, conflict_rule=self.random.choice(rules))
                if row.direction is Direction.TWO_WAY
                else row
                for row in rows
            ]
        await self._guarded(lambda: self._edited(rows))

    async def _edited(self, rows: list[AttributeMapping]) -> None:
        try:
            await edit_rows(self.engine.context, rows)
        except Exception:
            self.done["mapping edit met a fault"] += 1

    async def _create_lead(self) -> bool:
        links = await self.store.run(lambda unit: unit.links.page(0, 100))
        linked = {link.intercom_id for link in links}
        free = [one for one in self.contacts() if one not in linked]
        known = await self.store.run(
            lambda unit: [p.id for p in unit.directory.get_many(Side.INTERCOM, free).values()]
        )
        person = self._one([one for one in free if one in known])
        if person is None:
            return False
        self._mark(person)
        self.created_for.append(person)
        await self._guarded(lambda: self._asked(person))
        return True

    async def _asked(self, person: str) -> None:
        try:
            await create_lead(self.engine.context, person)
        except Exception:
            self.done["lead for nobody"] += 1


__all__ = ["FAULTS", "FirstRun", "HumanEdit", "Story"]
