"""The steps of the first run, and at which of them a person is: told from how things stand."""

from enum import Enum

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.handle import Phase, Snapshot

translate = QCoreApplication.translate


class Step(Enum):
    """In the order in which they are taken."""

    WELCOME = "welcome"
    SALESFORCE = "salesforce"
    INTERCOM = "intercom"
    CHECK = "check"
    MAPPING = "mapping"
    FIRST = "first"

    @property
    def label(self) -> str:
        """Its name in the list of steps."""
        return {
            Step.WELCOME: translate("wizard", "Welcome"),
            Step.SALESFORCE: translate("wizard", "Salesforce"),
            Step.INTERCOM: translate("wizard", "Intercom"),
            Step.CHECK: translate("wizard", "Check"),
            Step.MAPPING: translate("wizard", "Attributes"),
            Step.FIRST: translate("wizard", "Start"),
        }[self]

    @property
    def next(self) -> "Step | None":
        """The one after it."""
        steps = list(Step)
        place = steps.index(self) + 1
        return steps[place] if place < len(steps) else None

    @property
    def is_looked_at(self) -> bool:
        """Whether there is nothing to do in it but to look and go on."""
        return self in (Step.CHECK, Step.MAPPING)

    def comes_before(self, other: "Step") -> bool:
        """Whether it is taken earlier than the other."""
        steps = list(Step)
        return steps.index(self) < steps.index(other)

    @property
    def before(self) -> "Step | None":
        """The one before it."""
        steps = list(Step)
        place = steps.index(self)
        return steps[place - 1] if place else None


NEEDED_IN = frozenset({Phase.UNCONNECTED, Phase.OPENING, Phase.FIRST_RUN, Phase.CONNECTING})


def is_needed(snapshot: Snapshot) -> bool:
    """Whether the first run is not over: nothing was ever connected to its end."""
    if snapshot.is_demo or snapshot.phase not in NEEDED_IN:
        return False
    return snapshot.profile is None or not snapshot.profile.connected_at


def may_enter(step: Step, snapshot: Snapshot) -> bool:
    """Whether everything that a step rests on is there."""
    if step in (Step.WELCOME, Step.SALESFORCE, Step.INTERCOM):
        return True
    return set(snapshot.connections) == set(Side) and snapshot.phase is not Phase.UNCONNECTED


def is_done(step: Step, snapshot: Snapshot) -> bool:
    """Whether a step has nothing left to do."""
    if step is Step.WELCOME:
        return bool(snapshot.connections)
    if step is Step.SALESFORCE:
        return Side.SALESFORCE in snapshot.connections
    if step is Step.INTERCOM:
        return Side.INTERCOM in snapshot.connections
    return False


def resume_at(snapshot: Snapshot) -> Step:
    """Where a person goes on: at the first step that has something left to do."""
    if snapshot.phase is Phase.CONNECTING:
        return Step.FIRST
    return next(step for step in Step if not is_done(step, snapshot))
