"""Tasks: the conversation that one is about, and errors of tasks apart from their person's own."""

import sqlalchemy as sa
from alembic import op

from sfsync_gui.store.dialects import BigInt, EscapedText

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns; what is there already is about leads."""
    op.add_column("creation", sa.Column("conversation_id", EscapedText()))
    op.create_index("ix_creation_conversation_id", "creation", ["conversation_id"])
    op.add_column("sync_error", sa.Column("creation_id", BigInt))


def downgrade() -> None:
    """Older versions open a backup instead."""
    raise NotImplementedError
