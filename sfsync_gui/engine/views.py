"""What the program shows of itself to a window: how things stand, and people side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sfsync_gui.core.budget import Gate
from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.findings import SetUpReport
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import IdentityMapping, Json, Value
from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.events import Activity, Event, Progress, SideStatus
from sfsync_gui.engine.storage import Profile


class Phase(StrEnum):
    """How far the program is."""

    STARTING = "starting"
    """The database is being opened."""
    UNCONNECTED = "unconnected"
    """At least one side was never connected, or was disconnected."""
    OPENING = "opening"
    """Both sides are connected and are being asked who they are and what fields they have.

    Where that fails (no network, signed out) it is tried again by itself.
    """
    FIRST_RUN = "first_run"
    """Everything is at hand, but a person has not said yet what to map and what to do first."""
    CONNECTING = "connecting"
    """Both directories are being read."""
    RUNNING = "running"
    FAILED = "failed"
    """The profile cannot be used; `Snapshot.reason` says why."""
    STOPPED = "stopped"


class SecretsKept(StrEnum):
    """Where the sign-ins are kept."""

    IN_KEYRING = "in_keyring"
    LOCKED = "locked"
    """The keyring is there, but locked or not answering."""
    IN_MEMORY = "in_memory"
    """There is no usable keyring: the sign-ins last until the program ends."""


@dataclass(frozen=True, slots=True)
class UsageView:
    """Salesforce's API calls of the last 24 hours. `limit` 0: not known yet; `cap` None: none.

    `org_used` counts every app of the org, this one included; `share` decides the gate.
    """

    own: int = 0
    org_used: int = 0
    limit: int = 0
    cap: int | None = None
    share: float = 0.0
    gate: Gate = Gate.OPEN
    forecast: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How things stand now. Times are unix seconds, 0 where it has not happened."""

    phase: Phase = Phase.STARTING
    activity: Activity = Activity.IDLE
    sides: Mapping[Side, SideStatus] = field(default_factory=dict)
    connections: Mapping[Side, Connection] = field(default_factory=dict)
    checked: Mapping[Side, float] = field(default_factory=dict)
    next_check: Mapping[Side, float] = field(default_factory=dict)
    progress: Progress | None = None
    profile: Profile | None = None
    secrets: SecretsKept = SecretsKept.IN_KEYRING
    usage: UsageView = field(default_factory=UsageView)
    errors: int = 0
    """Open sync errors that were not dismissed."""
    holds: int = 0
    """Unusual changes that wait for a person."""
    links: int = 0
    is_demo: bool = False
    reason: SfsyncError | None = None
    set_up: SetUpReport | None = None
    """What the newest check of the set-up found, None where there was none."""

    @property
    def paused(self) -> bool:
        """Whether a person paused the sync."""
        return self.activity is Activity.PAUSED


@dataclass(frozen=True, slots=True)
class SnapshotChanged:
    """Something in the snapshot is new; told at most some times a second."""

    snapshot: Snapshot


HandleEvent = Event | SnapshotChanged
"""What a listener receives."""


@dataclass(frozen=True, slots=True)
class SignInDefaults:
    """What sign-in forms show to begin with, and the addresses that a person registers.

    `salesforce_redirects` are the callback URLs of the External Client App, all of them;
    `intercom_redirect` is the one of the Intercom app. The others are empty for real accounts and
    filled in where a demo workspace is signed in to.
    """

    salesforce_redirects: tuple[str, ...]
    intercom_redirect: str
    salesforce_login_url: str = ""
    salesforce_client_id: str = ""
    intercom_api_url: str = ""
    intercom_client_id: str = ""
    intercom_client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PairField:
    """One row of two records side by side: the canonical values observed last, with an owner's
    address and an option's label in place of Ids.

    `differs`: both sides hold different values now. `waits`: a change is about to be written.
    """

    row: AttributeMapping
    intercom_label: str
    salesforce_label: str
    intercom_value: Value
    salesforce_value: Value
    differs: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class PairView:
    """A link with both records side by side, and where to open each in a browser."""

    link: IdentityMapping
    intercom_name: str
    salesforce_name: str
    fields: tuple[PairField, ...]
    intercom_url: str
    salesforce_url: str


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """A real person of one side, with raw values by attribute or field name."""

    side: Side
    kind: PersonKind
    id: str
    name: str
    values: Mapping[str, Json]
    link_id: int = 0
