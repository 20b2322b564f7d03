"""The digest of the reading that a person's entry and each side of a link show."""

import sqlalchemy as sa
from alembic import op

from sfsync_gui.store.dialects import BigInt

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; without a digest the next reading is looked into and gives one."""
    op.add_column("person", sa.Column("digest", BigInt))
    for side in ("intercom", "salesforce"):
        op.add_column("identity_mapping", sa.Column(f"{side}_digest", BigInt))


def downgrade() -> None:
    """Older versions open a backup instead."""
    raise NotImplementedError
