"""What an unlinked person has not sent, and why it is not linked although its key is known."""

import sqlalchemy as sa
from alembic import op

from sfsync_gui.store.dialects import BigInt, EscapedText, partial_index

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add two columns to the directory, and the index by which those with a note are listed."""
    op.add_column("person", sa.Column("unsent_at", BigInt))
    op.add_column("person", sa.Column("note", EscapedText()))
    op.create_index(
        "ix_person_note",
        "person",
        ["side", "id"],
        **partial_index(sa.column("note").is_not(None)),
    )


def downgrade() -> None:
    """Older versions open a backup instead."""
    raise NotImplementedError
