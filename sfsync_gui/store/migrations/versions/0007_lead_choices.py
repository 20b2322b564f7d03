"""What a person chose for a lead that is to be created."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column; NULL is no choice at all."""
    op.add_column("creation", sa.Column("choices", sa.Text))


def downgrade() -> None:
    """Older versions open a backup instead."""
    raise NotImplementedError
