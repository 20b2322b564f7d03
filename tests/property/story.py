"""One world from its beginning until it has come to rest: what happens is drawn from its seed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from sfsync_gui.core.vocabulary import Side
from tests.property.hands import LEAD_PREFIX
from tests.property.rows import rows_of_a_world, source_of
from tests.property.wishes import OPEN, Wishes

Act = Callable[[], "bool | Awaitable[bool]"]

PAUSES = [0, 0, 1, 5, 30, 120, 400]
"""Seconds between two actions."""


class Story(Wishes):
    """A world in which things happen."""

    def __init__(self, seed: int, folder: Path) -> None:
        super().__init__(seed, folder)
        self.rows = rows_of_a_world(self.random)

    async def play(self, actions: int) -> None:
        """Connect, and let `actions` things happen with checks in between."""
        for name in (*(row.intercom_attribute for row in self.rows), "custom_attributes.tier"):
            self.make_attribute(name)
        self.salesforce.add_validation_rule(
            "Lead", "No_Bad_Phone", lambda record: "bad" in str(record.get("Phone")), "Bad phone."
        )
        self.populate()
        self.clock.advance(3600)
        await self.connect(self.rows)
        self.note_mapping()
        self.note_rules()
        self.connected = self.moment()
        self.look()
        await self.first_rules()
        for _ in range(actions):
            self.clock.advance(self.random.choice(PAUSES))
            await self._something()

    async def _something(self) -> None:
        choices = self._choices()
        _, act = self.random.choices(choices, [weight for weight, _ in choices])[0]
        result = act()
        done = result if isinstance(result, bool) else await result
        self.look()
        if done:
            self.done[act.__name__.strip("_")] += 1

    def _choices(self) -> list[tuple[float, Act]]:
        """What may happen, with its weight."""
        waiting = 6 if self.creations(OPEN) else 1
        return [
            (24, self.edit),
            (4, self.edit_many),
            (4, self.edit_both),
            (5, self.blank),
            (1.5, self.too_long),
            (1, self.edit_target),
            (2, self.touch),
            (1.8, self.intercom_key),
            (1.8, self.salesforce_key),
            (1.2, self.meet),
            (1.5, self.create_intercom),
            (1.5, self.create_salesforce),
            (1, self.create_both),
            (1.7, self._twin),
            (1.8, self.convert),
            (1.5, self.merge_salesforce),
            (1.6, self.merge_intercom),
            (0.5, self.become_user),
            (1, self.delete_intercom),
            (1.2, self.delete_salesforce),
            (12, self.fault),
            (5, self.crash),
            (4, self.interrupt),
            (1, self.reach_limit),
            (5, self.end_limit),
            (1.2, self.unlink),
            (1, self.link),
            (2, self.create_lead),
            (2.5 * waiting, self.change_rules),
            (8, self.qualify),
            (2.5, self.arrive),
            (1.5 * waiting, self.the_same_lead),
            (6, self.take_back),
            (1, self.retry),
            (2, self.edit_mapping),
            (24, self.check_both),
            (6, self.check_intercom),
            (5, self.check_salesforce),
            (1, self._compare),
            (1, self._sleep_long),
        ]

    async def _twin(self) -> bool:
        """Whoever was left over because somebody else was linked gets a partner by an update."""
        side = self.random.choice(list(Side))
        twins = self.new_twin(side)
        if twins is None:
            return False
        await self.pass_and_check()
        if twins[0] in {*self.contacts(), *self.records()}:
            self.part(side, twins[0])
        await self.pass_and_check()
        if twins[1] not in {*self.contacts(), *self.records()}:
            return True
        if twins[1].startswith(LEAD_PREFIX) and self.random.random() < 0.6:
            return self.convert_lead(twins[1])
        source = source_of(side, "alias" if side is Side.INTERCOM else "Title")
        return self.type_in(source, twins[1], self.value_for(source))

    async def _compare(self) -> bool:
        self.tell("full comparison")
        self.look()
        began = self.moment()
        done = await self.ordered(lambda: self.engine.compare())
        if done:
            self.comparisons.append(self.checked(began))
        return done

    def _sleep_long(self) -> bool:
        self.clock.advance(self.random.choice([1000, 3000]))
        return True
