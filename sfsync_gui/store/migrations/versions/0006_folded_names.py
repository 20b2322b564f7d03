"""Names of people are searched and sorted without accents and brackets as well.

Nothing of the tables changes: `store.listing.catch_up` folds the names after the last migration.
"""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Only what comes after it matters."""


def downgrade() -> None:
    """Older versions open a backup instead."""
    raise NotImplementedError
