"""What the long lists are sorted, filtered and searched by.

The tables begin empty: `store.listing.catch_up` fills them after the last migration.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sfsync_gui.store.dialects import BigInt, EscapedText, partial_index

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables, and what errors are searched by."""
    op.create_table(
        "link_listing",
        _number("link_id"),
        _number("facets"),
        _text("intercom_name"),
        _text("salesforce_name"),
        _text("intercom_key"),
        _text("words"),
        sa.PrimaryKeyConstraint("link_id", name="pk_link_listing"),
    )
    _index("link_listing", "facets", "link_id")
    for name in ("intercom_name", "salesforce_name", "intercom_key"):
        _index("link_listing", "facets", name, "link_id")
    _words("link_word", "link_id")
    op.create_table(
        "history_listing",
        _number("history_id"),
        _number("facets"),
        sa.Column("row_id", EscapedText()),
        _number("at"),
        _text("words"),
        sa.PrimaryKeyConstraint("history_id", name="pk_history_listing"),
    )
    _index("history_listing", "facets", "history_id")
    op.create_index(
        "ix_history_listing_row_id_facets_history_id",
        "history_listing",
        ["row_id", "facets", "history_id"],
        **partial_index(sa.column("row_id").is_not(None)),
    )
    _words("history_word", "history_id")
    op.add_column("sync_error", sa.Column("words", EscapedText()))
    _index("sync_error", "dismissed", "id")


def downgrade() -> None:
    """Older versions open a backup instead."""
    raise NotImplementedError


def _words(table: str, id_name: str) -> None:
    op.create_table(
        table,
        _text("word"),
        _number(id_name),
        sa.PrimaryKeyConstraint("word", id_name, name=f"pk_{table}"),
        sqlite_with_rowid=False,
    )


def _index(table: str, *names: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(names)}", table, list(names))


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, EscapedText(), nullable=False)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, BigInt, nullable=False, autoincrement=False)
