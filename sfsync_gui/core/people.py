"""People as the services show them, as the directory keeps them, and the links between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sfsync_gui.core.vocabulary import Family, MatchOutcome, PersonKind, Side, Trigger

RecordRef = tuple[PersonKind, str]
"""Which record: its kind, which tells the side, and its id."""

Json = str | int | float | bool | None
"""A scalar as it travels on the wire."""

Value = str | int | float | bool | None
"""A canonical value: what `core.values` makes of a wire value. None is blank.

Text and e-mail are str, numbers int or float, booleans bool, dates 'YYYY-MM-DD', datetimes
'YYYY-MM-DDTHH:MM:SSZ', list options and owners str.
"""


@dataclass(frozen=True, slots=True)
class Labels:
    """The names of a person's tags and segments in Intercom; None where nobody asked."""

    tags: frozenset[str] | None = None
    segments: frozenset[str] | None = None


class PersonRecord(NamedTuple):
    """A person as one reading of a service showed it. A tuple: one is made of everyone read.

    `raw` holds wire values by field name (Intercom custom attributes as
    `custom_attributes.<name>`); a name that is missing is unknown, never blank. Times are unix
    seconds by the service's clock: `created_at`, `modified_at` (Intercom `updated_at`,
    Salesforce `LastModifiedDate`), `version` (Intercom `updated_at`, Salesforce
    `SystemModstamp`), `active_at` (last seen; 0 where unknown).
    """

    kind: PersonKind
    id: str
    raw: Mapping[str, Json]
    created_at: int
    modified_at: int
    version: int
    active_at: int = 0
    deleted: bool = False
    merged_into: str | None = None
    converted: bool = False
    converted_to: str | None = None
    tags: tuple[str, ...] | None = None
    """The ids of an Intercom person's tags; None where not all of them came with the reading."""
    labels: Labels = Labels()

    @property
    def side(self) -> Side:
        """The service that the record comes from."""
        return self.kind.side


def partner_kind(salesforce_kind: PersonKind) -> PersonKind:
    """What a Salesforce record is paired with in Intercom: a contact (as a user), or a company."""
    is_account = salesforce_kind is PersonKind.ACCOUNT
    return PersonKind.COMPANY if is_account else PersonKind.USER


@dataclass(frozen=True, slots=True)
class Gone:
    """Proof that a person is no longer there: 404, or 410 with the one it was merged into."""

    side: Side
    id: str
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """An entry of the directory: what is known of one person of one side, linked or not.

    `key` is the normalised mapping key, None where blank or malformed. `baseline` maps an
    attribute to a fingerprint of its value at the last observation (Intercom only). `due` is the
    trigger that still has to be acted upon, `due_attributes` the Intercom attributes that it
    updated (None: all). Where nobody was found these stay, without a trigger: they are unsent, the
    newest of them changed at `unsent_at` (unix seconds, Intercom's clock). `note` is why the
    person is not linked although somebody carries its key. `digest` is that of the reading that
    the entry shows (see `core.digests`), 0 where it shows something else.
    """

    side: Side
    id: str
    kind: PersonKind
    name: str
    key: str | None
    created_at: int
    modified_at: int
    version: int
    active_at: int = 0
    deleted: bool = False
    merged_into: str | None = None
    converted: bool = False
    converted_to: str | None = None
    baseline: Mapping[str, str] = field(default_factory=dict)
    due: Trigger | None = None
    due_attributes: frozenset[str] | None = frozenset()
    unsent_at: int = 0
    note: MatchOutcome | None = None
    digest: int = 0

    def at_rest(self, note: MatchOutcome | None = None) -> "Person":
        """The person with nothing due and nothing unsent."""
        return replace(self, due=None, due_attributes=frozenset(), unsent_at=0, note=note)


@dataclass(frozen=True, slots=True)
class Pair:
    """The two canonical values at which a row of a link last settled."""

    intercom: Value
    salesforce: Value

    def of(self, side: Side) -> Value:
        """The member that belongs to `side`."""
        return self.intercom if side is Side.INTERCOM else self.salesforce


@dataclass(frozen=True, slots=True)
class PutBack:
    """A value to be put in the place of one that we wrote, as long as that is still there.

    Both are canonical in the type of the field on `side`.
    """

    side: Side
    value: Value
    over: Value


@dataclass(frozen=True, slots=True)
class Due:
    """Why a row of a link must be planned: towards which sides, and the trigger that asked.

    With `put_back` a person takes a change of ours back: that is done instead of copying.
    """

    towards: frozenset[Side]
    trigger: Trigger
    put_back: PutBack | None = None


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A value that was sent for a row with unknown outcome and may still arrive.

    `value` and `before` are canonical in the target's type, `source` the value of the other side
    that it was made from; `at` is our clock's unix second of the sending. `trigger` and
    `overrules` are as in the write: they are told when it turns out to have arrived.
    """

    side: Side
    value: Value
    source: Value
    at: int
    before: Value = None
    trigger: Trigger = Trigger.RETRY
    overrules: bool = False

    def pair(self) -> Pair:
        """The pair at which the row settles if the write has arrived."""
        if self.side is Side.SALESFORCE:
            return Pair(intercom=self.source, salesforce=self.value)
        return Pair(intercom=self.value, salesforce=self.source)


@dataclass(frozen=True, slots=True)
class Observation:
    """The newest canonical values read from one service for a linked person, by field name.

    `digest` is that of the reading (see `core.digests`), 0 where the values are not of a reading.
    """

    values: Mapping[str, Value]
    version: int
    modified_at: int
    digest: int = 0


@dataclass(frozen=True, slots=True)
class IdentityMapping:
    """A link: the stored one-to-one pair of an Intercom contact and a Salesforce record.

    `intercom_key` and `salesforce_key` are as they were when the link was made. `synced`, `due`
    and `in_doubt` are by row id. `id` is 0 until the store has given one.
    """

    intercom_id: str
    salesforce_kind: PersonKind
    salesforce_id: str
    intercom_key: str | None
    salesforce_key: str | None
    trigger: Trigger
    created_at: int
    by_hand: bool = False
    ambiguous: bool = False
    id: int = 0
    intercom: Observation | None = None
    salesforce: Observation | None = None
    synced: Mapping[str, Pair] = field(default_factory=dict)
    due: Mapping[str, Due] = field(default_factory=dict)
    in_doubt: Mapping[str, tuple[InDoubt, ...]] = field(default_factory=dict)

    @property
    def family(self) -> Family:
        """Whether it is a link of people or of companies."""
        return self.salesforce_kind.family

    def id_on(self, side: Side) -> str:
        """The id of the linked person on `side`."""
        return self.intercom_id if side is Side.INTERCOM else self.salesforce_id

    def record_on(self, side: Side) -> RecordRef:
        """The linked record on `side`; contacts of Intercom are users here, whatever their role."""
        if side is Side.SALESFORCE:
            return self.salesforce_kind, self.salesforce_id
        return partner_kind(self.salesforce_kind), self.intercom_id

    def observed(self, side: Side) -> Observation | None:
        """What was last read from `side`, None before the first reading."""
        return self.intercom if side is Side.INTERCOM else self.salesforce
