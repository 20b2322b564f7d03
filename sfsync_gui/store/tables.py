"""The tables, as SQLAlchemy's typed declarative classes. They never leave this package.

Columns that hold JSON are plain text written by `codec`: ASCII, compact, keys sorted, so that
equal content is equal text on every database. Times are unix seconds.
"""

from typing import cast

from sqlalchemy import Float, Index, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from sfsync_gui.store.dialects import BigInt, EscapedText, partial_index
from sfsync_gui.store.families import are_companies

REVISION = "0010"
"""The migration that these tables correspond to (a test compares the two)."""


class Base(DeclarativeBase):
    """The declarative base; `str` columns are escaped text, `int` columns have 64 bits."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: EscapedText, int: BigInt, float: Float(53)}  # noqa: RUF012


class ProfileRow(Base):
    """The one profile (id 1)."""

    __tablename__ = "profile"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    intercom_app_id: Mapped[str]
    salesforce_org_id: Mapped[str]
    intercom_name: Mapped[str]
    salesforce_name: Mapped[str]
    connected_at: Mapped[int]
    intercom_since: Mapped[int]
    salesforce_since: Mapped[int]
    first_run: Mapped[str]
    intercom_companies_since: Mapped[int | None]
    salesforce_companies_since: Mapped[int | None]


class ConnectionRow(Base):
    """The account that each side is connected to. No secret is ever here."""

    __tablename__ = "connection"

    side: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    account_name: Mapped[str]
    user_id: Mapped[str]
    user_name: Mapped[str]
    address: Mapped[str]
    login_url: Mapped[str]
    region: Mapped[str]
    client_id: Mapped[str]
    method: Mapped[str]
    is_sandbox: Mapped[bool]
    since: Mapped[int]


class SideReportRow(Base):
    """How each side was when it was last looked at."""

    __tablename__ = "side_report"

    side: Mapped[str] = mapped_column(primary_key=True)
    condition: Mapped[str]
    since: Mapped[int]
    title: Mapped[str]
    message: Mapped[str]
    remedy: Mapped[str]
    checked_at: Mapped[int]


class PersonRow(Base):
    """The directory: every person of both sides."""

    __tablename__ = "person"

    side: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    key: Mapped[str | None]
    created_at: Mapped[int]
    modified_at: Mapped[int]
    version: Mapped[int]
    active_at: Mapped[int]
    deleted: Mapped[bool]
    merged_into: Mapped[str | None]
    converted: Mapped[bool]
    converted_to: Mapped[str | None]
    baseline: Mapped[str | None] = mapped_column(Text)
    due: Mapped[str | None]
    due_attributes: Mapped[str | None] = mapped_column(Text)
    unsent_at: Mapped[int | None]
    note: Mapped[str | None]
    digest: Mapped[int | None]
    search_name: Mapped[str]
    """The name as `core.search_words.sort_text` has it."""


Index("ix_person_side_key", PersonRow.side, PersonRow.key)
Index("ix_person_side_search_name", PersonRow.side, PersonRow.search_name)
Index(
    "ix_person_companies",
    PersonRow.side,
    PersonRow.search_name,
    **partial_index(are_companies(PersonRow.kind)),
)
Index("ix_person_side_kind_deleted", PersonRow.side, PersonRow.kind, PersonRow.deleted)
Index(
    "ix_person_due",
    PersonRow.due,
    PersonRow.modified_at,
    PersonRow.side,
    PersonRow.id,
    **partial_index(PersonRow.due.is_not(None)),
)
Index(
    "ix_person_note",
    PersonRow.side,
    PersonRow.id,
    **partial_index(PersonRow.note.is_not(None)),
)


class AttributeMappingRow(Base):
    """The rows of the mapping in the user's order."""

    __tablename__ = "attribute_mapping"

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    intercom_attribute: Mapped[str]
    direction: Mapped[str]
    lead_field: Mapped[str | None]
    contact_field: Mapped[str | None]
    blank_rule: Mapped[str]
    conflict_rule: Mapped[str]
    shorten: Mapped[bool]
    disabled: Mapped[str | None]
    account_field: Mapped[str | None]


class IdentityMappingRow(Base):
    """The links. The `is_…` and `due_…` flags repeat what the JSON says, for the indexes."""

    __tablename__ = "identity_mapping"
    __table_args__ = (
        UniqueConstraint("intercom_id"),
        UniqueConstraint("salesforce_id"),
        # Ids are never given twice: cursors and errors remember them.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    intercom_id: Mapped[str]
    salesforce_kind: Mapped[str]
    salesforce_id: Mapped[str]
    intercom_key: Mapped[str | None]
    salesforce_key: Mapped[str | None]
    trigger: Mapped[str]
    created_at: Mapped[int]
    by_hand: Mapped[bool]
    ambiguous: Mapped[bool]
    intercom_observed: Mapped[str | None] = mapped_column(Text)
    salesforce_observed: Mapped[str | None] = mapped_column(Text)
    synced: Mapped[str | None] = mapped_column(Text)
    due: Mapped[str | None] = mapped_column(Text)
    in_doubt: Mapped[str | None] = mapped_column(Text)
    is_due: Mapped[bool]
    due_intercom: Mapped[bool]
    due_salesforce: Mapped[bool]
    is_in_doubt: Mapped[bool]
    intercom_digest: Mapped[int | None]
    salesforce_digest: Mapped[int | None]


for _flag in (
    IdentityMappingRow.is_due,
    IdentityMappingRow.due_intercom,
    IdentityMappingRow.due_salesforce,
    IdentityMappingRow.is_in_doubt,
):
    Index(
        f"ix_identity_mapping_{_flag.key}", IdentityMappingRow.id, **partial_index(_flag.is_(True))
    )


Index(
    "ix_identity_mapping_companies",
    IdentityMappingRow.id,
    **partial_index(are_companies(IdentityMappingRow.salesforce_kind)),
)


class KeptApartRow(Base):
    """Pairs that a person unlinked by hand."""

    __tablename__ = "kept_apart"

    intercom_id: Mapped[str] = mapped_column(primary_key=True)
    salesforce_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    intercom_key: Mapped[str | None]
    salesforce_key: Mapped[str | None]


class FeedPositionRow(Base):
    """How far each feed was read."""

    __tablename__ = "feed_position"

    side: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]


class SyncErrorRow(Base):
    """The open errors. No foreign key: an error outlives its link until the engine closes it."""

    __tablename__ = "sync_error"
    __table_args__ = (
        UniqueConstraint("identity"),
        Index(None, "last_at", "id"),
        Index(None, "dismissed", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str]
    """What only one open error may have: link or people, row and side, as JSON."""
    error_class: Mapped[str]
    side: Mapped[str]
    code: Mapped[str]
    message: Mapped[str]
    remedy: Mapped[str]
    first_at: Mapped[int]
    last_at: Mapped[int]
    attempts: Mapped[int]
    link_id: Mapped[int | None] = mapped_column(index=True)
    intercom_id: Mapped[str | None] = mapped_column(index=True)
    salesforce_id: Mapped[str | None] = mapped_column(index=True)
    salesforce_kind: Mapped[str | None]
    person_name: Mapped[str]
    row_id: Mapped[str | None]
    field: Mapped[str | None]
    refused: Mapped[str | None] = mapped_column(Text)
    dismissed: Mapped[bool]
    holds: Mapped[bool]
    words: Mapped[str | None]
    """What it is searched by (`store.listing`)."""
    creation_id: Mapped[int | None]


class HistoryRow(Base):
    """Everything that was done. Belongs to the people: no foreign key to a link."""

    __tablename__ = "history"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "kind", "side"),
        Index(None, "intercom_id", "id"),
        Index(None, "salesforce_id", "id"),
        Index(None, "row_id", "intercom_id", "salesforce_id", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    at: Mapped[int]
    trigger: Mapped[str]
    intercom_id: Mapped[str | None]
    salesforce_id: Mapped[str | None]
    salesforce_kind: Mapped[str | None]
    person_name: Mapped[str]
    side: Mapped[str | None]
    row_id: Mapped[str | None]
    field: Mapped[str | None]
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str]


class CreationRow(Base):
    """Records whose creation was decided."""

    __tablename__ = "creation"
    __table_args__ = (
        Index(None, "queue", "next_look_at", "id"),
        Index(None, "queue", "since"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    intercom_id: Mapped[str] = mapped_column(index=True)
    object: Mapped[str]
    values: Mapped[str] = mapped_column(Text)
    since: Mapped[int]
    state: Mapped[str]
    attempts: Mapped[int]
    looks: Mapped[int]
    next_look_at: Mapped[float]
    salesforce_id: Mapped[str | None] = mapped_column(index=True)
    choices: Mapped[str | None] = mapped_column(Text)
    conversation_id: Mapped[str | None] = mapped_column(index=True)
    queue: Mapped[str | None]
    """Among which creations an open one waits; NULL at its end."""


class BulkRunRow(Base):
    """Bulk syncs."""

    __tablename__ = "bulk_run"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    row_ids: Mapped[str | None] = mapped_column(Text)
    total: Mapped[int]
    done: Mapped[int]
    cursor: Mapped[int]
    started_at: Mapped[int]


class GuardHoldRow(Base):
    """Writes that wait for a person."""

    __tablename__ = "guard_hold"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    since: Mapped[int]
    pairs: Mapped[str] = mapped_column(Text)


class ApiUsageRow(Base):
    """Own API calls by hour (unix hours), side and purpose."""

    __tablename__ = "api_usage"

    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    calls: Mapped[int]


class SettingRow(Base):
    """Mapping key, matching order, settings and marks, by name, as JSON."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Text)


def table_of(row_class: type[Base]) -> Table:
    """The Core table of a declarative class: statements here are built on Core, for speed."""
    return cast("Table", row_class.__table__)


PROFILE = table_of(ProfileRow)
CONNECTION = table_of(ConnectionRow)
SIDE_REPORT = table_of(SideReportRow)
PERSON = table_of(PersonRow)
ATTRIBUTE_MAPPING = table_of(AttributeMappingRow)
IDENTITY_MAPPING = table_of(IdentityMappingRow)
KEPT_APART = table_of(KeptApartRow)
FEED_POSITION = table_of(FeedPositionRow)
SYNC_ERROR = table_of(SyncErrorRow)
HISTORY = table_of(HistoryRow)
CREATION = table_of(CreationRow)
BULK_RUN = table_of(BulkRunRow)
GUARD_HOLD = table_of(GuardHoldRow)
API_USAGE = table_of(ApiUsageRow)
SETTING = table_of(SettingRow)
