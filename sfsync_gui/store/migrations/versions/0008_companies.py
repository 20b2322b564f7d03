"""Companies and accounts beside people: rows of the mapping, and since when they are synced."""

import sqlalchemy as sa
from alembic import op

from sfsync_gui.store.dialects import BigInt, EscapedText, partial_index

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns, and indexes that hold companies alone: they are few among many people."""
    op.add_column("attribute_mapping", sa.Column("account_field", EscapedText()))
    for side in ("intercom", "salesforce"):
        op.add_column("profile", sa.Column(f"{side}_companies_since", BigInt))
    op.create_index(
        "ix_person_companies",
        "person",
        ["side", "search_name"],
        **partial_index(_are_companies("kind")),
    )
    op.create_index(
        "ix_identity_mapping_companies",
        "identity_mapping",
        ["id"],
        **partial_index(_are_companies("salesforce_kind")),
    )


def _are_companies(kind: str) -> sa.ColumnElement[bool]:
    return sa.column(kind).in_([sa.literal_column(one) for one in ("'company'", "'Account'")])


def downgrade() -> None:
    """Older versions open a backup instead."""
    raise NotImplementedError
