"""What the product remembers of its deeds and its troubles: history entries and sync errors."""

from dataclasses import dataclass

from sfsync_gui.core.people import Value
from sfsync_gui.core.vocabulary import ErrorClass, Family, HistoryKind, PersonKind, Side, Trigger

CONVERSATIONS = "conversations"
"""What stands for the row in an error of reading conversations, which is about nobody."""

WRITES = "writes"
"""The same where the app may not change anybody in Intercom."""

TAGS = "tags"
"""The same where the app may not read tags."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that the product did, or a value that lost. Belongs to the people, not the link.

    `side` is the service written to; `before` and `after` are canonical values of that side.
    `at` is in unix seconds. `note` is a short machine-readable reason, never a sentence.
    """

    kind: HistoryKind
    at: int
    trigger: Trigger
    intercom_id: str | None
    salesforce_id: str | None
    salesforce_kind: PersonKind | None = None
    person_name: str = ""
    side: Side | None = None
    row_id: str | None = None
    field: str | None = None
    before: Value = None
    after: Value = None
    note: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class SyncError:
    """A failure that stays listed until it is fixed.

    One open error exists per (link or person, row, direction), and one for each task that could
    not be created (`creation_id`). `side` is the service that could
    not be written (or read). `refused` is the canonical source value that was refused: while the
    error `holds`, the planner leaves out exactly this value. A retry ends the holding, not the
    error. Times are unix seconds.
    """

    error_class: ErrorClass
    side: Side
    code: str
    message: str
    remedy: str
    first_at: int
    last_at: int
    attempts: int = 1
    link_id: int | None = None
    intercom_id: str | None = None
    salesforce_id: str | None = None
    salesforce_kind: PersonKind | None = None
    person_name: str = ""
    row_id: str | None = None
    field: str | None = None
    refused: Value = None
    dismissed: bool = False
    holds: bool = True
    creation_id: int | None = None
    id: int = 0

    @property
    def family(self) -> Family:
        """Whom the error is about: companies, or people; what is about nobody counts to these."""
        return Family.PEOPLE if self.salesforce_kind is None else self.salesforce_kind.family

    def about(self, side: Side) -> str | None:
        """The id of the person on that side, None where the error is not about one."""
        return self.intercom_id if side is Side.INTERCOM else self.salesforce_id
