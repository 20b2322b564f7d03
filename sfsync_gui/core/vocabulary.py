"""The words of the product as small enumerations, used by every layer."""

from enum import StrEnum


class Side(StrEnum):
    """One of the two services."""

    INTERCOM = "intercom"
    SALESFORCE = "salesforce"

    @property
    def other(self) -> "Side":
        """The opposite service."""
        return Side.SALESFORCE if self is Side.INTERCOM else Side.INTERCOM


class Family(StrEnum):
    """Who is paired with whom: people with people, companies with accounts, never across."""

    PEOPLE = "people"
    COMPANIES = "companies"


class PersonKind(StrEnum):
    """What a record is on its own side: an Intercom role, a company, or a Salesforce object.

    Companies and accounts go the way of people, and are paired with each other only. `side` is the
    service in which records of a kind live, `family` tells with whom they are paired.
    """

    USER = "user", Side.INTERCOM, Family.PEOPLE
    INTERCOM_LEAD = "lead", Side.INTERCOM, Family.PEOPLE
    LEAD = "Lead", Side.SALESFORCE, Family.PEOPLE
    CONTACT = "Contact", Side.SALESFORCE, Family.PEOPLE
    COMPANY = "company", Side.INTERCOM, Family.COMPANIES
    ACCOUNT = "Account", Side.SALESFORCE, Family.COMPANIES

    _value_: str
    side: Side
    family: Family

    def __new__(
        cls, value: str, side: Side = Side.INTERCOM, family: Family = Family.PEOPLE
    ) -> "PersonKind":
        """A member. Side and family are looked at for each record that is read: no properties."""
        kind = str.__new__(cls, value)
        kind._value_, kind.side, kind.family = value, side, family
        return kind


class Direction(StrEnum):
    """Which way an attribute mapping copies values."""

    TO_SALESFORCE = "to_salesforce"
    TO_INTERCOM = "to_intercom"
    TWO_WAY = "two_way"

    def writes(self, side: Side) -> bool:
        """Whether a row of this direction may write to `side`."""
        if self is Direction.TWO_WAY:
            return True
        return self is (
            Direction.TO_SALESFORCE if side is Side.SALESFORCE else Direction.TO_INTERCOM
        )


class BlankRule(StrEnum):
    """What a blank on the source side does to a value on the target side."""

    KEEP = "keep"
    COPY = "copy"


class ConflictRule(StrEnum):
    """Who wins when both sides changed to different values."""

    SALESFORCE = "salesforce"
    INTERCOM = "intercom"
    NEWER = "newer"


class Trigger(StrEnum):
    """What happened to a person, or who asked: rows of the trigger tables and our own causes."""

    INTERCOM_UPDATED = "intercom_updated"
    INTERCOM_KEY_UPDATED = "intercom_key_updated"
    INTERCOM_CREATED = "intercom_created"
    INTERCOM_DELETED = "intercom_deleted"
    INTERCOM_MERGED = "intercom_merged"
    LEAD_CREATED_FROM_INTERCOM = "lead_created_from_intercom"
    SALESFORCE_UPDATED = "salesforce_updated"
    SALESFORCE_KEY_UPDATED = "salesforce_key_updated"
    SALESFORCE_CREATED = "salesforce_created"
    SALESFORCE_DELETED = "salesforce_deleted"
    SALESFORCE_CONVERTED = "salesforce_converted"
    SALESFORCE_MERGED = "salesforce_merged"
    LINKED_AT_CONNECTING = "linked_at_connecting"
    LINKED_BY_HAND = "linked_by_hand"
    UNLINKED_BY_HAND = "unlinked_by_hand"
    BULK_SYNC = "bulk_sync"
    RETRY = "retry"
    COMPARISON = "comparison"
    CHAIN = "chain"
    REVERTED = "reverted"
    """A person took a change of ours back."""
    TASK_FROM_INTERCOM = "task_from_intercom"
    """A person asked for a task about a person or a conversation."""
    CONVERSATION_CLOSED = "conversation_closed"
    """A conversation was closed, and closed conversations are logged as tasks."""

    @property
    def side(self) -> Side | None:
        """The service in which the trigger happened; None for causes of our own."""
        if self.value.startswith("intercom") or self is Trigger.LEAD_CREATED_FROM_INTERCOM:
            return Side.INTERCOM
        return Side.SALESFORCE if self.value.startswith("salesforce") else None


class MatchOutcome(StrEnum):
    """What came of looking for a person's partner on the other side."""

    FOUND = "found"
    NONE = "none"
    ALREADY_LINKED = "already_linked"
    """Every candidate is linked to somebody else."""
    KEPT_APART = "kept_apart"
    """The only candidates left are those that a person unlinked by hand."""
    AMBIGUOUS = "ambiguous"
    """Several candidates, and strict mode leaves such a person unlinked."""

    @property
    def is_noted(self) -> bool:
        """Whether a person decides: somebody carries the key, and still there is no link."""
        return self in (MatchOutcome.ALREADY_LINKED, MatchOutcome.AMBIGUOUS)


class ErrorClass(StrEnum):
    """The classes of failure; each decides what the engine does next."""

    TRANSIENT = "transient"
    SIGN_IN = "sign_in"
    ORG = "org"
    SETUP = "setup"
    TRIGGER = "trigger"
    RECORD = "record"


class SignInCause(StrEnum):
    """Why a sign-in failed or ended, as far as the service's answer tells; never a guess.

    What each means for a person, and what to do, stands in the failure that carries it.
    """

    NEVER_FINISHED = "never_finished"
    """Nobody came back from the sign-in page in time, or it was closed."""
    TOKEN_REMOVED = "token_removed"  # noqa: S105 - not a token
    """The access was revoked, has expired, or is not known to the service."""
    SIGN_INS_USED_UP = "sign_ins_used_up"
    """The user has signed in too often lately, and the service accepts no more for now."""
    API_DISABLED = "api_disabled"
    """The user or the org may not use the API."""
    PASSWORD_POLICY = "password_policy"  # noqa: S105 - not a password
    """The user has to change or verify something in the service first, such as the password."""
    DENIED = "denied"
    """The user refused the access, or an administrator has to allow the application first."""
    EXPIRED_CODE = "expired_code"
    """The code that the sign-in page gave was used too late, or was used already."""
    WRONG_STATE = "wrong_state"
    """The answer does not belong to this sign-in."""
    UNKNOWN_APP = "unknown_app"
    """The service does not know the client id, its secret or its redirect address."""
    ORG_GONE = "org_gone"
    """The org or workspace is closed, locked or suspended."""
    USER_INACTIVE = "user_inactive"
    """The user has been deactivated or frozen."""
    IP_RESTRICTED = "ip_restricted"
    """The user may not sign in from this network, or at this hour."""
    NETWORK = "network"
    """The page could not be reached, or what answered is not the service."""
    OTHER = "other"
    """The service named a reason that has no name here; `detail` holds its words."""


class StoreTrouble(StrEnum):
    """Why a database cannot be used: the code of a `StoreError`."""

    IN_USE = "in_use"
    """Another process has it open."""
    DAMAGED = "damaged"
    FOREIGN = "foreign"
    """It belongs to another application."""
    NEWER = "newer"
    """It was written by a newer version."""
    NOT_WRITABLE = "not_writable"
    FULL = "full"
    """There is no room on the disk."""


class HistoryKind(StrEnum):
    """What an entry of the history tells."""

    WRITTEN = "written"
    OVERRULED = "overruled"
    """A value was written, too, over one that lost a conflict."""
    LINKED = "linked"
    UNLINKED = "unlinked"
    MOVED = "moved"
    CREATED = "created"
    OPTION_ADDED = "option_added"
    HELD = "held"

    @property
    def is_write(self) -> bool:
        """Whether a value was written."""
        return self in WRITES


WRITES = frozenset({HistoryKind.WRITTEN, HistoryKind.OVERRULED})
"""The kinds of entries that tell of a value that was written."""


class FirstRun(StrEnum):
    """What the user chose to happen first after connecting."""

    AS_THEY_CHANGE = "as_they_change"
    LINK_ALL = "link_all"
    LINK_ALL_AND_BULK = "link_all_and_bulk"
