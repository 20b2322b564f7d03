"""Creations are found by their turn, their person and their record, however many there are."""

import sqlalchemy as sa
from alembic import op

from sfsync_gui.store.dialects import EscapedText

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the queue in which each open creation waits, and the indexes; drop that of states."""
    op.add_column("creation", sa.Column("queue", EscapedText()))
    creation = sa.table(
        "creation", sa.column("queue"), sa.column("state"), sa.column("choices", sa.Text())
    )
    ruled = creation.c.choices.contains('"by_rule":')
    for queue, condition in (("ruled", ruled), ("asked", creation.c.queue.is_(None))):
        is_open = creation.c.state.in_(("wanted", "sending", "unclear"))
        op.execute(sa.update(creation).where(is_open, condition).values(queue=queue))
    op.drop_index("ix_creation_state", "creation")
    op.create_index(
        "ix_creation_queue_next_look_at_id", "creation", ["queue", "next_look_at", "id"]
    )
    op.create_index("ix_creation_queue_since", "creation", ["queue", "since"])
    for column in ("intercom_id", "salesforce_id"):
        op.create_index(f"ix_creation_{column}", "creation", [column])


def downgrade() -> None:
    """Older versions open a backup instead."""
    raise NotImplementedError
