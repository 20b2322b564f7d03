"""How things stand, kept up to date from the engine's events: what becomes the snapshot."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.findings import SetUpReport
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.events import (
    Activity,
    ActivityChanged,
    Checked,
    ErrorOpened,
    ErrorsClosed,
    Event,
    GuardHeld,
    HistoryAdded,
    Progress,
    SetUpChecked,
    SideStatus,
)
from sfsync_gui.engine.handle import Phase, SecretsKept, Snapshot, UsageView
from sfsync_gui.engine.loop import Engine
from sfsync_gui.engine.ports import ApiUsage
from sfsync_gui.engine.questions import Questions
from sfsync_gui.engine.storage import Profile, Store, UnitOfWork

_COUNTED = (ErrorOpened, ErrorsClosed, GuardHeld, HistoryAdded)


@dataclass(slots=True)
class Counts:
    """What is counted in the store for the snapshot."""

    errors: int = 0
    holds: int = 0
    links: int = 0

    async def read(self, store: Store, questions: Questions) -> None:
        """Count anew. Raises `StoreError`."""
        self.links, self.holds = await store.run(_count_in_store)
        self.errors = await asyncio.to_thread(questions.error_count)


@dataclass(slots=True)
class Outlook:
    """The state behind the snapshots of one program."""

    is_demo: bool = False
    phase: Phase = Phase.STARTING
    activity: Activity = Activity.IDLE
    reason: SfsyncError | None = None
    secrets: SecretsKept = SecretsKept.IN_KEYRING
    connections: Mapping[Side, Connection] = field(default_factory=dict)
    profile: Profile | None = None
    """As it is stored, for as long as there is no engine that has a newer one."""
    signed_out: Mapping[Side, SideStatus] = field(default_factory=dict)
    """Sides without a sign-in, while there can be no engine for that."""
    progress: Progress | None = None
    counts: Counts = field(default_factory=Counts)
    checked: dict[Side, float] = field(default_factory=dict)
    set_up: SetUpReport | None = None

    async def read_accounts(self, store: Store) -> None:
        """Look up which accounts are connected, and what is known of them. Raises `StoreError`."""
        self.connections, self.profile, self.set_up = await store.run(_accounts_in_store)

    def note(self, event: Event) -> bool:
        """Take an event in; returns whether the store has to be counted anew."""
        match event:
            case ActivityChanged(activity):
                self.activity = activity
                if activity is not Activity.CONNECTING:
                    self.progress = None
            case Checked(side, at):
                self.checked[side] = at
            case Progress():
                self.progress = event
            case SetUpChecked(report):
                self.set_up = report
        return isinstance(event, _COUNTED)

    def snapshot(self, engine: Engine | None) -> Snapshot:
        """How things stand now."""
        shown = Snapshot(
            phase=self.phase,
            activity=self.activity,
            sides=dict(self.signed_out),
            connections=dict(self.connections),
            checked=dict(self.checked),
            progress=self.progress,
            secrets=self.secrets,
            errors=self.counts.errors,
            holds=self.counts.holds,
            links=self.counts.links,
            is_demo=self.is_demo,
            reason=self.reason,
            profile=self.profile,
            set_up=self.set_up,
        )
        if engine is None:
            return shown
        return replace(
            shown,
            activity=Activity.PAUSED if engine.paused else self.activity,
            sides=dict(engine.conditions.statuses),
            next_check=_next_checks(engine),
            profile=_known(engine.context.profile) or self.profile,
            usage=_usage(engine),
        )


def _known(profile: Profile) -> Profile | None:
    """None for the blank that an engine has before it has opened its own."""
    return profile if profile.salesforce_org_id else None


def _next_checks(engine: Engine) -> dict[Side, float]:
    settings = engine.context.settings
    intervals = {
        Side.INTERCOM: settings.intercom_interval,
        Side.SALESFORCE: settings.salesforce_interval,
    }
    found = {}
    for side, interval in intervals.items():
        checked = engine.times.checked[side]
        retry_at = engine.conditions.statuses[side].retry_at
        if checked:
            found[side] = max(checked + interval, retry_at or 0.0)
    return found


def _usage(engine: Engine) -> UsageView:
    spending, cap = engine.spending, engine.context.settings.api_cap
    usage = spending.usage or ApiUsage(0, 0)
    return UsageView(
        own=spending.own_salesforce_calls(),
        org_used=usage.used,
        limit=usage.limit,
        cap=cap,
        share=spending.share(cap),
        gate=spending.gate(cap),
        forecast=spending.forecast(engine.context.clock.now()),
    )


def _accounts_in_store(
    unit: UnitOfWork,
) -> tuple[Mapping[Side, Connection], Profile | None, SetUpReport | None]:
    return unit.state.connections(), unit.state.profile(), unit.state.set_up_report()


def _count_in_store(unit: UnitOfWork) -> tuple[int, int]:
    """Links and held changes."""
    held = sum(hold.state == "held" for hold in unit.state.holds())
    return unit.links.count(), held
