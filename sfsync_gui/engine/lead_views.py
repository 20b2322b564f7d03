"""What the program tells of leads that are to be created: before, and after asking for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sfsync_gui.core.history import SyncError
from sfsync_gui.core.new_leads import Origin
from sfsync_gui.core.people import IdentityMapping, Value
from sfsync_gui.core.schema import Option
from sfsync_gui.core.vocabulary import MatchOutcome, PersonKind


class Standing(StrEnum):
    """How it stands with the lead of an Intercom person."""

    NEW = "new"
    """Nobody in Salesforce carries the key: a lead can be created."""
    MATCHED = "matched"
    """Somebody carries the key, and would be linked instead."""
    UNDECIDED = "undecided"
    """Somebody carries the key, but is not linked by itself: a person decides."""
    LINKED = "linked"
    """The person has a link."""
    UNDER_WAY = "under_way"
    """A lead was asked for before, and what came of it is not known yet."""


@dataclass(frozen=True, slots=True)
class LeadMatch:
    """Somebody in Salesforce who carries the person's key, or is linked to the person."""

    kind: PersonKind
    id: str
    name: str
    link_id: int | None


@dataclass(frozen=True, slots=True)
class LeadField:
    """A value that a new lead would have, by the label of its field; `value` is canonical.

    `source` is the label of the Intercom attribute, empty where it comes from none.
    """

    field: str
    label: str
    value: Value
    origin: Origin
    source: str


@dataclass(frozen=True, slots=True)
class LeadPreview:
    """What asking for a lead would do.

    `matches` says who carries the key; `why` is set for UNDECIDED. `problem` and `remedy` tell
    why the lead cannot be sent. `missing` are labels of fields that Salesforce requires and
    nothing fills. `assigned`: Salesforce's assignment rules choose the owner.
    """

    intercom_id: str
    name: str
    key: str | None
    standing: Standing
    why: MatchOutcome | None = None
    matches: tuple[LeadMatch, ...] = ()
    fields: tuple[LeadField, ...] = ()
    assigned: bool = True
    missing: tuple[str, ...] = ()
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class LeadOffers:
    """What can be chosen for a new lead: picklist options, and e-mail addresses by User Id."""

    sources: tuple[Option, ...]
    statuses: tuple[Option, ...]
    owners: Mapping[str, str]


class Ending(StrEnum):
    """What came of asking for a lead."""

    CREATED = "created"
    LINKED = "linked"
    """The person is linked to a record that was there before."""
    REFUSED = "refused"
    WAITING = "waiting"
    """Not known yet: a side does not answer, the sync is paused, or somebody has to decide."""


@dataclass(frozen=True, slots=True)
class LeadOutcome:
    """What came of asking for a lead. `link` is set for CREATED and LINKED, `error` for REFUSED."""

    ending: Ending
    link: IdentityMapping | None = None
    error: SyncError | None = None
