"""One world of people and companies: what happens in it is drawn from its seed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sfsync_gui.core.mapping import MappingKey
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Side
from sfsync_gui.engine.companies import stop_companies, sync_companies
from sfsync_gui.engine.context import Joining
from sfsync_gui.engine.events import Checked
from tests.property.census import Moment
from tests.property.company_people import KEY_FIELDS, STATE, CompanyPeople
from tests.property.mishaps import FAULTS
from tests.property.rows import rows_of_a_world
from tests.support.firms import COMPANY_ROWS

Act = Callable[[], "bool | Awaitable[bool]"]

PAUSES = [0, 0, 1, 5, 30, 120, 400]
"""Seconds between two actions."""


@dataclass(frozen=True, slots=True)
class Switch:
    """Companies were switched on, or got another key field.

    `links_all`: all who match are linked then. `history` is the newest entry before.
    """

    order: int
    history: int
    links_all: bool


class CompanyStory(CompanyPeople):
    """A world in which things happen to companies, and to a few people besides."""

    def __init__(self, seed: int, folder: Path) -> None:
        super().__init__(seed, folder)
        conflict = self.random.choice(list(ConflictRule))
        blank = self.random.choice(list(BlankRule))
        ours = (replace(row, conflict_rule=conflict, blank_rule=blank) for row in COMPANY_ROWS)
        self.rows = (*rows_of_a_world(self.random), *ours)
        self.switches: list[Switch] = []

    async def play(self, actions: int) -> None:
        """Connect, switch companies on, and let `actions` things happen."""
        people = [row for row in self.rows if row.account_field is None]
        for name in (*(row.intercom_attribute for row in people), "custom_attributes.tier"):
            self.make_attribute(name)
        self.populate()
        self.populate_companies()
        self.clock.advance(3600)
        await self.connect(self.rows)
        self.note_mapping()
        self.connected = self.moment()
        self.look()
        await self.switch_on()
        for _ in range(actions):
            self.clock.advance(self.random.choice(PAUSES))
            await self._something()

    def populate_companies(self) -> None:
        """The companies and accounts of the beginning; some accounts have another second key."""
        for number in range(self.random.randint(6, 9)):
            # Some companies carry the address of somebody, as the people of the beginning do.
            address = f"p{number}-{self.seed}@example.com"
            key = address if self.random.random() < 0.4 else f"K{number}"
            sides = self.random.choice(["both"] * 5 + ["intercom", "salesforce"])
            if sides != "salesforce":
                listed = self.random.random() < 0.9
                self.ever.add(self.firms.in_intercom_only(key, listed=listed))
            if sides != "intercom":
                second = self.random.choice([key, key, f"K{number + 1}", None])
                self.firms.in_salesforce_only(key, Fax=second)

    async def _something(self) -> None:
        choices = self._choices()
        _, act = self.random.choices(choices, [weight for weight, _ in choices])[0]
        result = act()
        done = result if isinstance(result, bool) else await result
        self.look()
        if done:
            self.done[act.__name__.strip("_")] += 1

    def _choices(self) -> list[tuple[float, Act]]:
        """What may happen, with its weight; while companies are off they are soon on again."""
        is_on = self.engine.context.rules.company_key is not None
        return [
            (30, self.edit_company),
            (6, self.edit_company_both),
            (7, self.blank_company),
            (2, self.edit_company_target),
            (1.5, self.too_long_for_an_account),
            (1.8, self.make_anew),
            (2.5, self.account_key),
            (2, self.create_company),
            (3.5, self.create_account),
            (1.2, self.delete_one),
            (1.3, self._twin),
            (2.5, self.merge_accounts),
            (2.5, self.drop_from_list),
            (3, self.come_back),
            (3, self.unlink),
            (1.2, self.link_companies),
            (1.2 if is_on else 0, self.switch_off),
            (0 if is_on else 12, self.switch_on),
            (1.5 if is_on else 0, self.switch_key),
            (8, self.edit),
            (2, self.edit_both),
            (1, self.intercom_key),
            (1, self.salesforce_key),
            (0.7, self.convert),
            (0.7, self.delete_intercom),
            (0.7, self.delete_salesforce),
            (8, self.fault_of_companies),
            (4, self.fault),
            (4, self.crash),
            (4, self.interrupt),
            (0.7, self.reach_limit),
            (4, self.end_limit),
            (1, self.retry),
            (22, self.check_both),
            (5, self.check_intercom),
            (4, self.check_salesforce),
            (5, self.go_on),
        ]

    async def _twin(self) -> bool:
        """An account that was left over, because another had its company, is changed by somebody
        when that company is free again."""
        link = self.any_link()
        key = None if link is None else self.held(Side.INTERCOM, link[0], "company_id")
        if link is None or key is None:
            return False
        twin = self.firms.in_salesforce_only(key, Fax=key)
        self.tell(f"salesforce: account {twin} is new, {key} like {link[1]}")
        self.appeared[twin] = (self.order, self.newest_entry())
        await self.pass_and_check()
        if link[1] in self.accounts():
            self.delete(Side.SALESFORCE, link[1])
        await self.pass_and_check()
        return twin in self.accounts() and self.type_of_company(STATE, twin, self.new_text())

    # ------------------------------------------------------------------ switches

    async def switch_on(self) -> bool:
        """Companies are synced from now on, by one of the fields."""
        await self._switch(self.random.choice((*KEY_FIELDS, *KEY_FIELDS[:1] * 3)))
        return True

    async def switch_key(self) -> bool:
        """Companies are matched by the other field."""
        key = self.engine.context.rules.company_key
        other = KEY_FIELDS[0] if key and key.account_field == KEY_FIELDS[1] else KEY_FIELDS[1]
        await self._switch(other)
        return True

    async def _switch(self, field: str) -> None:
        self.tell(f"companies are synced by {field}")
        key, context = MappingKey.of_companies(field), self.engine.context
        known = (Joining.REKEY, Joining.RESUME)
        was_on = context.rules.company_key is not None or context.joining in known
        order, history = self.order, self.newest_entry()
        has_links = any(one[0] in self.companies() for one in self.linked())
        await self.ordered(lambda: sync_companies(self.engine.context, key))
        if self.key_field() == field:
            self.switches.append(Switch(order, history, not (was_on and has_links)))

    async def switch_off(self) -> bool:
        """Companies are synced no more."""
        self.tell("companies are not synced any more")
        await self.ordered(lambda: stop_companies(self.engine.context))
        return True

    def key_field(self) -> str | None:
        """The field by which companies are to be matched, as it is stored."""
        key = self.ask(lambda unit: unit.state.company_key())
        return key.account_field if key else None

    # ------------------------------------------------------------------ mishaps

    def fault_of_companies(self) -> bool:
        """A request for companies, or a write of either side, will meet a fault."""
        side = self.random.choice(list(Side))
        what = self.random.choice(["write", "any"])
        if side is Side.INTERCOM:
            what = f"companies: {what}"
        return self._arm(side, self.random.choice(FAULTS[side]), what)

    def interrupt(self) -> bool:
        """Something happens in the middle of the engine's next work."""
        one_way = self.edit_company_one_way
        acts = [self.make_anew, self.account_key, self.delete_one, self.merge_accounts]
        others = [self.drop_from_list, self.come_back, self.create_account]
        act = self.random.choice([one_way, one_way, *acts, *others])
        return self.interrupt_by(act)

    # ------------------------------------------------------------------ checks

    async def check(self, sides: list[Side]) -> None:
        """Look at these sides; mostly it is time for all companies, too."""
        if self.random.random() < 0.7:
            self.engine.times.swept_companies = 0.0
        await super().check(sides)

    async def go_on(self) -> bool:
        """The schedule does its work for a while, and people theirs: whether any were checked
        between two pages of the companies."""
        self.tell("the schedule goes on by itself")
        self.engine.times.swept_companies = 0.0
        between = False
        for _ in range(self.random.randint(3, 8)):
            if self.random.random() < 0.4:
                self.engine.sync_now()
            pages, told = self.engine.context.sweep, len(self.events)
            if not await self.guarded(lambda: self.engine.step()):
                break
            checked = any(isinstance(event, Checked) for event in self.events[told:])
            between |= checked and pages is not None and pages is self.engine.context.sweep
            self.look()
            self.clock.advance(self.random.choice([0, 1, 6, 6, 20, 70]))
            acts = [self.edit_company, self.edit_company, self.edit_company_one_way, self.edit]
            self.random.choice(acts)()
        return between

    def note_if_clean(self, begun: Moment, told: int) -> None:
        """Remember besides whether all companies were read in it."""
        known = len(self.checks)
        super().note_if_clean(begun, told)
        context = self.engine.context
        is_on = context.rules.company_key is not None and context.joining is Joining.NOT
        is_on &= context.sweep is None
        if len(self.checks) > known and is_on and self.engine.times.swept_companies >= begun.at:
            self.company_checks.append(self.checks[-1])

    async def come_to_rest(self) -> int:
        """Nothing more happens, and companies are synced."""
        self.intercom.faults.clear()
        self.salesforce.faults.clear()
        self.crashes.calm()
        self.lift_limit()
        await self.engine.sync_once()
        if self.key_field() is None:
            await self.switch_on()
        self.clock.advance(120)  # companies wait for so long after a failure
        return await super().come_to_rest()
