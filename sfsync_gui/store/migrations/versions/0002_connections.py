"""Which account each side is connected to, and how each side was when it was last looked at."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sfsync_gui.store.dialects import BigInt, EscapedText

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "connection",
        _text("side"),
        _text("account_id"),
        _text("account_name"),
        _text("user_id"),
        _text("user_name"),
        _text("address"),
        _text("login_url"),
        _text("region"),
        _text("client_id"),
        _text("method"),
        sa.Column("is_sandbox", sa.Boolean(), nullable=False),
        sa.Column("since", BigInt, nullable=False),
        sa.PrimaryKeyConstraint("side", name="pk_connection"),
    )
    op.create_table(
        "side_report",
        _text("side"),
        _text("condition"),
        sa.Column("since", BigInt, nullable=False),
        _text("title"),
        _text("message"),
        _text("remedy"),
        sa.Column("checked_at", BigInt, nullable=False),
        sa.PrimaryKeyConstraint("side", name="pk_side_report"),
    )


def downgrade() -> None:
    """Older versions open a backup instead."""
    raise NotImplementedError


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, EscapedText(), nullable=False)
