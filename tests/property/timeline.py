"""A world that remembers: every human edit, the mapping at each time, and the clean checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sfsync_gui.core.failures import SfsyncError, SignInError
from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.lead_rules import LeadRule
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import Person
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import Checked, ErrorOpened, SideCondition
from tests.property.census import Census, Moment, Text, text
from tests.support.creations import creations_in
from tests.support.fragile import CrashError
from tests.support.worlds import World

INDEX_LAG = 90.0
"""Seconds by which Intercom's index lags at most; a late commit in Salesforce tells its own."""

STEP_LIMIT = 60_000
"""Requests and transactions (each has two points) that no world comes near."""


@dataclass(frozen=True, slots=True)
class HumanEdit:
    """A value that a person typed.

    `order` counts all that happens in a world. From `seen_from` on a reading must show it.
    `history` is the newest entry of the history at that time: who was linked then follows from it.
    """

    order: int
    at: float
    seen_from: float
    history: int
    side: Side
    person: str
    field: str
    value: Text
    before: Text = None


@dataclass(frozen=True, slots=True)
class CleanCheck:
    """A check after which nothing was left to do: whatever it could see is settled.

    It ended as number `order` of all that happened, and `history` was the newest entry then.
    """

    begun: Moment
    order: int
    ended: float
    history: int

    @property
    def began(self) -> float:
        """When it began, by the clock."""
        return self.begun.at


@dataclass(frozen=True, slots=True)
class Mapping:
    """The rows in force from some moment on."""

    order: int
    at: float
    rows: tuple[AttributeMapping, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules for leads in force from some moment on."""

    since: Moment
    rules: tuple[LeadRule, ...]


@dataclass(frozen=True, slots=True)
class TakingBack:
    """A person wanted a change of ours taken back.

    `done` is None where nobody knows: the process died meanwhile, or a service did not answer.
    `held` is what the service held in that field, before and after. `ended` is the number of what
    happened last until then.
    """

    since: Moment
    ended: int
    entry: HistoryEntry
    done: bool | None
    held: frozenset[Text]

    @property
    def person(self) -> str:
        """The id of the person on the side that was written."""
        of_intercom = self.entry.side is Side.INTERCOM
        return (self.entry.intercom_id if of_intercom else self.entry.salesforce_id) or ""

    @property
    def field(self) -> str:
        """The field, by the name under which people edit it."""
        return (self.entry.field or "").removeprefix("custom_attributes.")


class Lost(AssertionError):  # noqa: N818 - reads as the verdict
    """A human edit was lost, or an invariant does not hold."""


@dataclass(frozen=True, slots=True)
class KeptApart:
    """A pair that a person unlinked, and whether anything has allowed it since."""

    intercom_id: str
    salesforce_id: str
    history: int


class Timeline(World):
    """A world, its story so far, and what the oracle may know of it."""

    rows: tuple[AttributeMapping, ...]
    """The first mapping."""

    connected: Moment
    """When both accounts had been connected: whoever appears from then on is new."""

    def __init__(self, seed: int, folder: Path) -> None:
        super().__init__(seed, folder, index_lag=(0.5, INDEX_LAG), page_size=3)
        self.crashes.limit = STEP_LIMIT
        self.edits: list[HumanEdit] = []
        self.checks: list[CleanCheck] = []
        self.mappings: list[Mapping] = []
        self.rules: list[Rules] = []
        self.comparisons: list[CleanCheck] = []
        self.taken_back: list[TakingBack] = []
        self.census = Census(self.intercom, self.salesforce)
        self.apart: list[KeptApart] = []
        self.key_edits: list[HumanEdit] = []
        self.late: set[str] = set()
        self.departures: dict[str, int] = {}
        self.successors: dict[str, str] = {}
        self.asked_leads: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.story: list[str] = []
        self.order = 0
        self.began = self.clock.now()

    # ------------------------------------------------------------------ remembering

    def tell(self, what: str) -> None:
        """Add a line to the story."""
        self.order += 1
        self.story.append(f"{self.order:4} {self.clock.now() - self.began:9.1f} s  {what}")

    def newest_entry(self) -> int:
        """The id of the newest entry of the history."""
        entries = self.ask(lambda unit: unit.history.recent(1))
        return entries[0].id if entries else 0

    def moment(self) -> Moment:
        """Now."""
        return Moment(self.order, self.clock.now(), self.newest_entry())

    def look(self) -> None:
        """See who has become another since somebody looked last."""
        news = self.census.news()
        if news:
            self.census.note(news, self.moment())

    def note_edit(
        self,
        side: Side,
        person: str,
        field: str,
        value: Text,
        late: float = 0.0,
        before: Text = None,
    ) -> HumanEdit:
        """Remember that a person typed this."""
        self.tell(f"{side}: {person} {field} = {value!r}" + (f" ({late:g} s late)" if late else ""))
        now = self.clock.now()
        lag = INDEX_LAG + 1 if side is Side.INTERCOM else late + 1
        edit = HumanEdit(
            self.order, now, now + lag, self.newest_entry(), side, person, field, value, before
        )
        self.edits.append(edit)
        return edit

    def note_mapping(self) -> None:
        """Remember which rows are in force now."""
        rows = self.engine.context.rules.rows
        if not self.mappings or self.mappings[-1].rows != rows:
            self.tell("the mapping in force: " + ", ".join(_shown(row) for row in rows))
            self.mappings.append(Mapping(self.order, self.clock.now(), rows))

    def note_rules(self) -> None:
        """Remember which rules for leads are in force now."""
        rules = self.engine.context.rules.lead_rules
        if not self.rules or self.rules[-1].rules != rules:
            self.tell("the rules for leads: " + ("; ".join(map(_rule, rules)) or "none"))
            self.rules.append(Rules(self.moment(), rules))

    def known(self, side: Side, ids: Iterable[str]) -> dict[str, Person]:
        """Those of these people whom the directory knows."""
        return self.ask(lambda unit: unit.directory.get_many(side, ids))

    def opened_errors(self) -> list[SyncError]:
        """Every sync error that came up or was renewed, in order."""
        return [event.error for event in self.events if isinstance(event, ErrorOpened)]

    def held(self, side: Side, person: str, field: str) -> Text:
        """What a service holds in a field of somebody, as text."""
        if side is Side.SALESFORCE:
            return text((self.salesforce.record(person) or {}).get(field))
        contact = self.intercom.contact(person) or {}
        name = field.removeprefix("custom_attributes.")
        standard = contact.get(name) if name == field else None
        return text(standard or contact.get("custom_attributes", {}).get(name))

    # ------------------------------------------------------------------ the process

    async def check(self, sides: list[Side]) -> None:
        """Look at these sides, and remember whether nothing was left to do."""
        self.look()
        self.tell("check " + " and ".join(sides))
        begun, told = self.moment(), len(self.events)
        self.engine.conditions.look_again()
        swept = sides == list(Side) and self.random.random() < 0.6
        if swept:
            self.engine.times.swept = 0.0
        engine = self.engine
        await self.guarded(lambda: self.engine.check(sides))
        if swept and engine is self.engine:
            self.note_if_clean(begun, told)

    async def check_both(self) -> bool:
        """A check of both sides."""
        await self.check(list(Side))
        return True

    async def check_intercom(self) -> bool:
        """A check of Intercom alone."""
        await self.check([Side.INTERCOM])
        return True

    async def check_salesforce(self) -> bool:
        """A check of Salesforce alone."""
        await self.check([Side.SALESFORCE])
        return True

    async def pass_and_check(self) -> None:
        """Time passes, then both sides are checked."""
        self.clock.advance(100)
        await self.check(list(Side))

    def note_if_clean(self, begun: Moment, told: int) -> None:
        """Remember a check if both feeds were read, and nothing was left to do after it.

        `told` is how many events there were before.
        """
        read = {event.side for event in self.events[told:] if isinstance(event, Checked)}
        if read != set(Side):
            return
        statuses = self.engine.conditions.statuses.values()
        ready = all(status.condition is SideCondition.READY for status in statuses)
        at_rest = self.ask(
            lambda unit: not unit.directory.is_anyone_due() and not unit.links.due(None, 1)
        )
        if ready and at_rest:
            self.checks.append(self.checked(begun))

    def checked(self, begun: Moment) -> CleanCheck:
        """A check that ends now."""
        self.order += 1
        return CleanCheck(begun, self.order, self.clock.now(), self.newest_entry())

    async def guarded(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Do something in which the process may die; if it does, start it anew.

        Returns whether it came to its end.
        """
        try:
            await work()
        except CrashError as crash:
            self.tell(f"the process dies {crash}")
            if self.ask(lambda unit: bool(creations_in(unit, ("sending",)))):
                self.struck["a lead is asked for, and the process dies"] += 1
        else:
            return True
        self._no_position_is_ahead_of_the_store()
        self.look()
        self.clock.advance(self.random.choice([0, 0, 60, 1200]))
        while True:
            try:
                await self.restart()
            except CrashError:
                continue
            except SfsyncError as failure:
                self.tell(f"it cannot start: {failure}")
                self.clock.advance(60)
                self.lift_limit()
                if isinstance(failure, SignInError):  # it died with a new refresh token unsaved
                    self.sign_in()
                continue
            break
        self.tell("the process runs again")
        self.note_mapping()
        self.note_rules()
        return False

    def _no_position_is_ahead_of_the_store(self) -> None:
        """Whoever was changed before the position is known as changed, whenever the process dies.

        Late commits carry older stamps than others that were read before them.
        """
        position = self.ask(lambda unit: unit.state.salesforce_position())
        if position is None:
            return
        stamps = {
            record_id: values["SystemModstamp"]
            for name in ("Lead", "Contact")
            for record_id, values in self.salesforce.org.store.tables[name].rows.items()
            if record_id not in self.late and values["SystemModstamp"] < position.system_modstamp
        }
        known = self.known(Side.SALESFORCE, stamps)
        for record_id, stamp in stamps.items():
            person = known.get(record_id)
            if person is None or person.version < stamp:
                raise Lost(f"the position {position} is ahead: {record_id} of {stamp} is {person}")

    async def ordered(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Do what a person asked of the program; it may be refused, or meet a fault."""
        self.look()
        done = False

        async def attempt() -> None:
            nonlocal done
            with suppress(SfsyncError):
                await work()
                done = True

        return await self.guarded(attempt) and done

    def lift_limit(self) -> None:
        """A new day: Salesforce may be called again."""
        self.salesforce.usage.limit = 1_000_000

    async def come_to_rest(self) -> int:
        """Nothing more happens; returns how many writes the last of several passes made."""
        self.intercom.faults.clear()
        self.salesforce.faults.clear()
        self.crashes.calm()
        self.lift_limit()
        await self.engine.sync_once()  # a paused side only learns that it may go on
        while self.ask(lambda unit: bool(creations_in(unit, ("wanted", "sending")))):
            self.clock.advance(300)  # what was lost is looked for, and sent again
            await self.engine.sync_once()
        now, told = self.moment(), len(self.events)
        begun = Moment(now.order, now.at + 25 * 60, now.history)
        made = await self.settle()
        self.tell("everything has come to rest")
        self.look()
        self.note_if_clean(begun, told)
        return made


def _shown(row: AttributeMapping) -> str:
    arrow = {"to_salesforce": "→", "to_intercom": "←", "two_way": "↔"}[row.direction]
    attribute = row.intercom_attribute.removeprefix("custom_attributes.")
    return (
        f"{attribute} {arrow} {row.lead_field or '–'}|{row.contact_field or '–'}"
        f" ({row.blank_rule}, {row.conflict_rule})"
    )


def _rule(rule: LeadRule) -> str:
    conditions = (f"{one.attribute} {one.test} {one.value}".strip() for one in rule.conditions)
    return f"{rule.id}: {' and '.join(conditions)}" + (", everybody" if rule.everybody else "")
