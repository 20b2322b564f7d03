"""What goes wrong between the engine and the services, drawn from the world's seed."""

from __future__ import annotations

from collections.abc import Callable

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.sandbox.faults import Fault, FaultKind
from tests.property.people import People
from tests.property.rows import source_of
from tests.support.fragile import POINTS

_BOTH = (
    FaultKind.RATE_LIMITED,
    FaultKind.SERVER_ERROR,
    FaultKind.SERVER_ERROR_APPLIED,
    FaultKind.RESET_BEFORE,
    FaultKind.RESET_AFTER,
    FaultKind.LATE_APPLY,
)
FAULTS = {
    Side.INTERCOM: _BOTH,
    Side.SALESFORCE: (*_BOTH, FaultKind.LOCK_ROW, FaultKind.SESSION_EXPIRED),
}
"""The kinds of fault that can be planned, by side."""

ADDRESSES = {
    (Side.INTERCOM, "write"): ("PUT", r"^/contacts/"),
    (Side.INTERCOM, "any"): (None, r"^/contacts"),
    (Side.INTERCOM, "companies: write"): ("PUT", r"^/companies/"),
    (Side.INTERCOM, "companies: any"): (None, r"^/companies"),
    (Side.SALESFORCE, "write"): ("POST", r"/composite"),
    (Side.SALESFORCE, "any"): (None, r"/services/data"),
    (Side.SALESFORCE, "creation"): ("POST", r"/sobjects/Lead"),
}


class Mishaps(People):
    """Requests that fail, a process that dies, and people who come in between."""

    def fault(self) -> bool:
        """A request of the near future will meet a fault."""
        side = self.random.choice(list(Side))
        kind = self.random.choice(FAULTS[side])
        what = "write" if self.random.random() < 0.7 else "any"
        return self._arm(side, kind, what)

    def fault_of_creation(self) -> bool:
        """The next lead that we create will meet a fault."""
        return self._arm(Side.SALESFORCE, self.random.choice(FAULTS[Side.SALESFORCE]), "creation")

    def _arm(self, side: Side, kind: FaultKind, what: str) -> bool:
        method, path = ADDRESSES[side, what]
        delay = self.random.choice([1.0, 20.0, 90.0])
        service = self.intercom if side is Side.INTERCOM else self.salesforce
        service.faults.arm(
            Fault(
                kind,
                method=method,
                path=path,
                skip=self.random.choice([0, 0, 1]),
                times=self.random.choice([1, 1, 2]),
                delay=delay,
            )
        )
        self.tell(f"a fault is planned: {side} {kind}, {what}, {delay:g} s")
        return True

    def crash(self) -> bool:
        """The process will die after some steps, at any point or at one of a kind."""
        if self.random.random() < 0.5:
            self.crashes.left = self.random.randint(1, self.random.choice([12, 60]))
        else:
            self.crashes.die_at(self.random.choice(POINTS), self.random.randint(1, 4))
        return True

    def reach_limit(self) -> bool:
        """The day's API calls are used up, or nearly."""
        used = self.salesforce.usage.used(self.clock.now())
        self.salesforce.usage.limit = used + self.random.choice([0, 2])
        self.tell("salesforce: the daily limit is reached")
        return True

    def end_limit(self) -> bool:
        """The day's API calls are there again."""
        if self.salesforce.usage.limit > 100_000:
            return False
        self.lift_limit()
        self.tell("salesforce: the daily limit is lifted")
        return True

    def interrupt(self) -> bool:
        """Somebody does something in the middle of the engine's next work."""
        act = self.random.choice(
            [
                self.edit_one_way,
                self.edit_one_way,
                self.intercom_key,
                self.salesforce_key,
                self.convert,
                self.merge_salesforce,
                self.merge_intercom,
                self.delete_salesforce,
                self.delete_intercom,
            ]
        )
        return self.interrupt_by(act)

    def interrupt_by(self, act: Callable[[], bool]) -> bool:
        """This happens in the middle of the engine's next work."""

        def happen() -> None:
            act()
            self.look()

        self.crashes.interrupt(self.random.randint(1, 40), happen)
        return True

    def edit_one_way(self) -> bool:
        """An edit that no write of ours can overwrite unseen: there are no conditional writes."""
        side = self.random.choice(list(Side))
        names = ("alias", "first") if side is Side.INTERCOM else ("Title",)
        source = source_of(side, self.random.choice(names))
        person = self.someone_on(side)
        return person is not None and self.type_in(source, person, self.value_for(source))
