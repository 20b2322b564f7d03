"""What the program tells of tasks that are to be created: before, and after asking for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.new_tasks import TaskOrigin
from sfsync_gui.core.people import Value
from sfsync_gui.core.schema import Option
from sfsync_gui.core.vocabulary import PersonKind


class TaskStanding(StrEnum):
    """How it stands with a task for an Intercom person."""

    NEW = "new"
    """It can be created."""
    NOT_LINKED = "not_linked"
    """The person has no record in Salesforce that a task could be about."""
    UNDER_WAY = "under_way"
    """One about this conversation was asked for, and what came of it is not known yet."""


@dataclass(frozen=True, slots=True)
class TaskField:
    """A value that a new task would have, by the label of its field; `value` is canonical."""

    field: str
    label: str
    value: Value
    origin: TaskOrigin


@dataclass(frozen=True, slots=True)
class TaskPreview:
    """What asking for a task would do.

    `kind` and `salesforce_id` are the record that it would be about. `logged_id` is the task that
    there is about the same conversation already. `problem` and `remedy` tell why it cannot be
    sent. `missing` are labels of fields that Salesforce requires and nothing fills.
    """

    intercom_id: str
    name: str
    standing: TaskStanding
    kind: PersonKind | None = None
    salesforce_id: str | None = None
    fields: tuple[TaskField, ...] = ()
    description: str = ""
    is_cut: bool = False
    logged_id: str | None = None
    missing: tuple[str, ...] = ()
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen for a field, and what Salesforce takes where nothing is."""

    options: tuple[Option, ...]
    default: str = ""


@dataclass(frozen=True, slots=True)
class TaskOffers:
    """What can be chosen for a new task. `types` is None where the field is hidden.

    `owners` are e-mail addresses by User Id.
    """

    subjects: Choice
    statuses: Choice
    priorities: Choice
    types: Choice | None
    owners: Mapping[str, str]


class TaskEnding(StrEnum):
    """What came of asking for a task."""

    CREATED = "created"
    REFUSED = "refused"
    WAITING = "waiting"
    """Not known yet: a side does not answer, the sync is paused, or somebody has to decide."""


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What came of asking for a task. `task_id` is set for CREATED, `error` for REFUSED."""

    ending: TaskEnding
    task_id: str | None = None
    subject: str = ""
    error: SyncError | None = None


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation of a person, and the task that there is about it. Times in unix seconds."""

    id: str
    title: str
    is_closed: bool
    created_at: int
    updated_at: int
    task_id: str | None
    task_state: str
    """The state of the newest creation of a task about it, empty where none was wanted."""


@dataclass(frozen=True, slots=True)
class ConversationRows:
    """The newest conversations of a person, the newest first; `total` is how many there are."""

    rows: tuple[ConversationRow, ...]
    total: int
