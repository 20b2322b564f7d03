"""Leads by rule and by hand, and changes taken back: what a person wants, drawn from the seed."""

from __future__ import annotations

from collections.abc import Sequence

from sfsync_gui.core.failures import RecordError
from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.lead_rules import ROLE, Comparison, Condition, LeadRule
from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.commands import create_lead
from sfsync_gui.engine.lead_rule_edits import change_lead_rules
from sfsync_gui.engine.leads import have_lead
from sfsync_gui.engine.marks import LAST_COMPARISON
from sfsync_gui.engine.reverting import revert
from sfsync_gui.engine.storage import Creation
from tests.property.census import CUSTOM, Moment
from tests.property.rows import ALL, PLANS, TIERS, Source
from tests.property.timeline import TakingBack
from tests.property.users import Users
from tests.support.creations import creations_in

OPEN = ("wanted", "sending")
MOST_RULES = 3
STEPS = 16
"""Steps of the schedule in which a comparison of a few people ends, if nothing comes between."""

Rules = tuple[LeadRule, ...]


class Wishes(Users):
    """The person at the window makes rules, has leads created, and takes changes back."""

    _removed: tuple[LeadRule, ...] = ()
    _comparing: Moment | None = None

    # ------------------------------------------------------------------ rules

    async def first_rules(self) -> None:
        """Rules that are there from the beginning, or nearly."""
        for _ in range(self.random.choice([0, 1, 2, 3])):
            await self._change_rules()
        if self.engine.context.rules.lead_rules:
            await self.go_on()

    async def change_rules(self) -> bool:
        """A rule is made, removed, moved, or put back; mostly the program goes on then."""
        await self._change_rules()
        return await self.go_on() if self.random.random() < 0.7 else True

    async def _change_rules(self) -> None:
        before = self.engine.context.rules.lead_rules
        after = self._other_rules(before)
        if any(one.choices.by_rule for one in self.creations(OPEN)):
            self.struck["a rule is changed while a lead waits"] += 1
        await self.ordered(lambda: change_lead_rules(self.engine.context, lambda _rules: after))
        self._removed = tuple(one for one in before if one not in after) or self._removed
        self.note_rules()

    def _other_rules(self, rules: Rules) -> Rules:
        gone = [one for one in self._removed if one not in rules]
        if gone and self.random.random() < 0.3:
            return (*rules, gone[0])
        if len(rules) < MOST_RULES and (not rules or self.random.random() < 0.6):
            place = self.random.randint(0, len(rules))
            return (*rules[:place], self._new_rule(), *rules[place:])
        chosen = self.random.choice(rules)
        rest = tuple(one for one in rules if one is not chosen)
        return (chosen, *rest) if self.random.random() < 0.5 else rest

    def _new_rule(self) -> LeadRule:
        conditions = self.random.sample(
            [
                Condition(f"{CUSTOM}tier", Comparison.IS, self.random.choice(TIERS)),
                Condition(f"{CUSTOM}plan", Comparison.IS, self.random.choice(PLANS)),
                Condition(f"{CUSTOM}seats", Comparison.MORE_THAN, str(self._number + 5)),
                Condition(f"{CUSTOM}town", Comparison.IS_SET),
                Condition(f"{CUSTOM}town", Comparison.IS_BLANK),
                Condition(ROLE, Comparison.IS, self.random.choice(["user", "lead"])),
                Condition(f"{CUSTOM}tier", Comparison.IS_NOT, self.random.choice(TIERS)),
            ],
            self.random.choice([1, 1, 2]),
            counts=[6, 1, 1, 1, 1, 2, 3],
        )
        unique = tuple(dict.fromkeys(conditions))
        return LeadRule(self.new_text(), unique, self.random.random() < 0.4)

    async def go_on(self) -> bool:
        """The program runs by its schedule, until everybody has been read for the rules."""
        self.tell("the program goes on by its schedule")
        self.clock.advance(300)
        self.look()
        await self.guarded(self._steps)
        return True

    async def _steps(self) -> None:
        engine = self.engine
        for _ in range(STEPS):
            if self._compared() > 0:
                break
            self._comparing = self._comparing or self.moment()
            await engine.step()
            self.clock.advance(2)
        if self._comparing and self._compared() > 0:
            self.comparisons.append(self.checked(self._comparing))
            self._comparing = None

    def _compared(self) -> float:
        return self.ask(lambda unit: unit.state.mark(LAST_COMPARISON))

    # ------------------------------------------------------------------ people

    def qualify(self) -> bool:
        """Somebody, mostly not linked, comes to fit a rule, or no longer does."""
        linked = {link[0] for link in self.linked()}
        free = [one for one in self.contacts() if one not in linked]
        person = self.any_of(free if free and self.random.random() < 0.9 else self.contacts())
        if person is None:
            return False
        if self.random.random() < 0.1 and (twins := self.new_twin(Side.INTERCOM)) is not None:
            person = twins[1]  # whose key somebody in Salesforce carries, who is linked
            self.look()
        rules = self.engine.context.rules.lead_rules
        conditions = self.random.choice(rules).conditions if rules else ()
        done = [self._meet_condition(person, one) for one in conditions]
        if not any(done) or self.random.random() < 0.1:
            tier = Source(Side.INTERCOM, "tier", "tier")
            done.append(self.type_in(tier, person, self.value_for(tier)))
        if any(done):
            self._trouble(person)
        return any(done)

    def arrive(self) -> bool:
        """Somebody appears who fits a rule, mostly."""
        rules = self.engine.context.rules.lead_rules
        conditions = self.random.choice(rules).conditions if rules else ()
        roles = [one.value for one in conditions if one.attribute == ROLE]
        person = self.intercom.create_contact(
            roles[0] if roles else self.random.choice(["user", "lead"]),
            email=f"{self.new_text()}@example.com",
            name="Newly Arrived",
        )
        self.tell(f"intercom: {person} is new")
        self.look()
        for one in conditions:
            if one.attribute != ROLE:
                self._meet_condition(person, one)
        if self.random.random() < 0.7:
            self._trouble(person)
        return True

    def _trouble(self, person: str) -> None:
        """What comes between somebody who qualifies and a lead."""
        phone = Source(Side.INTERCOM, "phone")
        match self.random.randint(0, 11):
            case 0 | 1 | 2 | 3:
                self.fault_of_creation()
            case 4:
                self.interrupt_by(self.the_same_lead)
            case 5 | 6:
                self.type_in(phone, person, f"bad {self.new_text()}")
            case 7:
                self._enter(person)
            case 8 | 9:
                self.crashes.left = self.random.randint(8, 40)

    def _meet_condition(self, person: str, condition: Condition) -> bool:
        """Somebody is made to fit a condition, where that is in a teammate's hand."""
        if condition.attribute == ROLE:
            role = self.census.versions[person][-1].values[ROLE]
            if condition.value != "user" or role != "lead":
                return False
            self.intercom.convert_to_user(person)
            self.tell(f"intercom: {person} is a user now")
            return True
        name = condition.attribute.removeprefix(CUSTOM)
        kind = name if name in ("tier", "plan") else "number" if name == "seats" else "text"
        source = Source(Side.INTERCOM, name, kind)
        if condition.test is Comparison.IS:
            return self.type_in(source, person, condition.value)
        if condition.test is Comparison.IS_BLANK:
            return self.type_in(source, person, None)
        return self.type_in(source, person, self.value_for(source))

    def the_same_lead(self) -> bool:
        """A salesperson enters somebody for whom a lead is about to be created."""
        waiting = [one.intercom_id for one in self.creations(OPEN)]
        person = self.any_of([one for one in waiting if one in self.contacts()])
        if person is None or not self._enter(person):
            return False
        self.done["a person is quicker"] += 1
        return True

    def _enter(self, person: str) -> bool:
        """A salesperson enters somebody who is known in Intercom."""
        email = self.held(Side.INTERCOM, person, "email")
        if email is None:
            return False
        record = self._new_record(email)
        self.tell(f"salesforce: {record} is new, {email} like {person}")
        return True

    # ------------------------------------------------------------------ leads by hand

    async def create_lead(self) -> bool:
        """A lead is wanted for somebody; mostly for somebody who is not linked."""
        linked = {link[0] for link in self.linked()}
        people = self.contacts()
        free = [one for one in people if one not in linked]
        person = self.any_of(free if free and self.random.random() < 0.8 else people)
        if person is None:
            return False
        choices = self.random.choice([None, None, LeadChoices(company=self.new_text())])
        self.tell(f"create a lead for {person}" + (f", {choices.company}" if choices else ""))
        self.asked_leads[person] += 1
        begun = len(self.creations())
        if self.random.random() < 0.4:
            self.crashes.left = self.random.randint(1, 25)
        if self.random.random() < 0.3:
            self.fault_of_creation()
        if self.random.random() < 0.3:
            self.interrupt_by(self.the_same_lead)
        at_once = self.random.random() < 0.5
        done = await self.ordered(
            lambda: (
                have_lead(self.engine, person, choices)
                if at_once
                else create_lead(self.engine.context, person, choices)
            )
        )
        still = person in {link[0] for link in self.linked()}
        if done and person in linked and still and len(self.creations()) == begun:
            self.done["a lead for somebody linked"] += 1
        return True

    def creations(self, states: Sequence[str] = ()) -> list[Creation]:
        """All creations in these states; in whatever state, where none is named."""
        return self.ask(lambda unit: creations_in(unit, states))

    # ------------------------------------------------------------------ taking back

    async def take_back(self) -> bool:
        """A change of ours is to be taken back: the newest, or any."""
        entries = self.ask(lambda unit: unit.history.recent(60))
        # Entries of one transaction come in any order, which must not tell worlds of a seed apart.
        written = sorted(
            (one for one in entries if one.kind.is_write),
            key=lambda one: (-one.at, one.intercom_id, one.row_id, one.side, one.id),
        )
        if not written:
            return False
        newest = self.random.random() < 0.6
        entry = self.random.choice(written[:4] if newest else written)
        if await self._take_back(entry) and self.random.random() < 0.4:
            self._change_too(entry)
        return True

    def _change_too(self, entry: HistoryEntry) -> bool:
        """Somebody types where a change is about to be taken back, or where it came from."""
        side = self.random.choice(list(Side))
        person = entry.intercom_id if side is Side.INTERCOM else entry.salesforce_id
        rows = [one for one in self.engine.context.rules.rows if one.id == entry.row_id]
        if not rows or person not in {*self.contacts(), *self.records()}:
            return False
        name = rows[0].field_for(side, entry.salesforce_kind or PersonKind.CONTACT) or ""
        fields = [one for one in ALL if (one.side, one.field) == (side, name.removeprefix(CUSTOM))]
        return bool(fields) and self.type_in(fields[0], person, self.value_for(fields[0]))

    async def _take_back(self, entry: HistoryEntry) -> bool:
        since = self.moment()
        taking = TakingBack(since, since.order, entry, None, frozenset())
        self.tell(
            f"take back {entry.after!r}, {entry.row_id} of {taking.person}, to {entry.before!r}"
        )
        done: list[bool] = []

        async def attempt() -> None:
            try:
                await revert(self.engine.context, entry.id)
                done.append(True)
            except RecordError as refused:
                if refused.code != "cannot_revert":
                    raise
                self.tell(f"refused: {refused.message}")
                done.append(False)

        held = {self._held_of(taking)}
        ended = await self.ordered(attempt)
        held.add(self._held_of(taking))
        outcome = done[0] if done and (ended or done[0]) else None
        self.taken_back.append(TakingBack(since, self.order, entry, outcome, frozenset(held)))
        return outcome is True

    def _held_of(self, taking: TakingBack) -> str | None:
        assert taking.entry.side is not None
        return self.held(taking.entry.side, taking.person, taking.field)
