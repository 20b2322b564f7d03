"""What the store keeps of the engine's own affairs: profile, creations, runs, holds, measures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.core.vocabulary import Family, FirstRun, PersonKind, Side


@dataclass(frozen=True, slots=True)
class Profile:
    """The one profile of a database: which workspace and org it belongs to.

    `connected_at` is 0 until the directory of both sides was read completely. `salesforce_since`
    and `intercom_since` are the services' times at which each directory reading began: people
    created later are new. For companies and accounts that is when their sync was switched on.
    """

    intercom_app_id: str
    salesforce_org_id: str
    intercom_name: str = ""
    salesforce_name: str = ""
    connected_at: int = 0
    intercom_since: int = 0
    salesforce_since: int = 0
    first_run: FirstRun = FirstRun.LINK_ALL
    intercom_companies_since: int = 0
    salesforce_companies_since: int = 0

    def since(self, kind: PersonKind) -> int:
        """The service's time from which on records of this kind are new."""
        if kind.family is Family.COMPANIES:
            is_company = kind.side is Side.INTERCOM
            return self.intercom_companies_since if is_company else self.salesforce_companies_since
        return self.intercom_since if kind.side is Side.INTERCOM else self.salesforce_since


class LinkedRecord(NamedTuple):
    """The records of a link; `kind` is Salesforce's."""

    link_id: int
    kind: PersonKind
    salesforce_id: str
    intercom_id: str


OPEN = ("wanted", "sending", "unclear")
"""The states of a creation that has not come to an end yet."""


@dataclass(frozen=True, slots=True)
class Creation:
    """A record whose creation was decided: written before it is sent, with what finds it again.

    `choices` are what a person wants of it; `conversation_id` is what a task is about. The text of
    a task is made anew for each sending, and is not among `values`. `state` is one of 'wanted',
    'sending', 'unclear', 'created', 'refused'. `since` is the service's time before the first
    sending; `attempts` counts sendings; `next_look_at` is by our clock.
    """

    intercom_id: str
    object: str
    values: Mapping[str, str | int | float | bool | None]
    since: int
    state: str
    attempts: int = 0
    looks: int = 0
    next_look_at: float = 0.0
    salesforce_id: str | None = None
    choices: LeadChoices | TaskChoices = LeadChoices()  # noqa: RUF009 - frozen
    conversation_id: str | None = None
    id: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it has not come to an end yet."""
        return self.state in OPEN

    @property
    def by_rule(self) -> bool:
        """Whether a rule wants it, and no person asked for it."""
        return self.choices.by_rule is not None

    @property
    def lead_choices(self) -> LeadChoices:
        """The choices for a lead; none where it is something else."""
        return self.choices if isinstance(self.choices, LeadChoices) else LeadChoices()

    @property
    def task_choices(self) -> TaskChoices:
        """The choices for a task; none where it is something else."""
        return self.choices if isinstance(self.choices, TaskChoices) else TaskChoices()


@dataclass(frozen=True, slots=True)
class BulkRun:
    """A bulk sync of linked people. `state`: 'previewed', 'running', 'paused', 'done', 'cancelled'.

    `cursor` is the id of the last link that was made due; `row_ids` None means all rows.
    """

    state: str
    row_ids: tuple[str, ...] | None
    total: int
    done: int
    cursor: int
    started_at: int
    id: int = 0

    @property
    def under_way(self) -> bool:
        """Whether it was begun and has not ended."""
        return self.state in ("running", "paused")


@dataclass(frozen=True, slots=True)
class GuardHold:
    """Writes of one kind that wait for a person.

    `state`: 'held', 'released' (what is still to be done of it), 'done' or 'dropped'.

    `measure` is 'ended', 'rewritten' or 'blanked:<row id>'. `pairs` ('intercom_id:salesforce_id')
    are the links whose writes are held, or after a release those exempt.
    """

    measure: str
    state: str
    since: int
    pairs: frozenset[str]
    id: int = 0


@dataclass(frozen=True, slots=True)
class Measures:
    """Distinct people pairs, as 'intercom_id:salesforce_id', by what was done to them.

    `blanked` is by row id. Writes that a person approved are left out (`core.guard.EXEMPT`).
    """

    ended: frozenset[str]
    rewritten: frozenset[str]
    blanked: Mapping[str, frozenset[str]]
