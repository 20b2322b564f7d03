"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from sfsync_gui.store.dialects import BigInt, EscapedText, partial_index

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    _people()
    _links()
    _errors()
    _history()
    _mapping()
    _runs()
    _small_things()


def downgrade() -> None:
    """Older versions open a backup instead."""
    raise NotImplementedError


def _text(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, EscapedText(), **{"nullable": False, **options})


def _json(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), **{"nullable": True, **options})


def _number(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, BigInt, **{"nullable": False, **options})


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _people() -> None:
    op.create_table(
        "person",
        _text("side"),
        _text("id"),
        _text("kind"),
        _text("name"),
        _text("key", nullable=True),
        _number("created_at"),
        _number("modified_at"),
        _number("version"),
        _number("active_at"),
        _flag("deleted"),
        _text("merged_into", nullable=True),
        _flag("converted"),
        _text("converted_to", nullable=True),
        _json("baseline"),
        _text("due", nullable=True),
        _json("due_attributes"),
        _text("search_name"),
        _key("person", "side", "id"),
    )
    op.create_index("ix_person_side_key", "person", ["side", "key"])
    op.create_index("ix_person_side_search_name", "person", ["side", "search_name"])
    op.create_index("ix_person_side_kind_deleted", "person", ["side", "kind", "deleted"])
    due = sa.column("due", EscapedText()).is_not(None)
    op.create_index(
        "ix_person_due", "person", ["due", "modified_at", "side", "id"], **partial_index(due)
    )


def _links() -> None:
    op.create_table(
        "identity_mapping",
        _number("id"),
        _text("intercom_id"),
        _text("salesforce_kind"),
        _text("salesforce_id"),
        _text("intercom_key", nullable=True),
        _text("salesforce_key", nullable=True),
        _text("trigger"),
        _number("created_at"),
        _flag("by_hand"),
        _flag("ambiguous"),
        _json("intercom_observed"),
        _json("salesforce_observed"),
        _json("synced"),
        _json("due"),
        _json("in_doubt"),
        _flag("is_due"),
        _flag("due_intercom"),
        _flag("due_salesforce"),
        _flag("is_in_doubt"),
        _key("identity_mapping", "id"),
        sa.UniqueConstraint("intercom_id", name="uq_identity_mapping_intercom_id"),
        sa.UniqueConstraint("salesforce_id", name="uq_identity_mapping_salesforce_id"),
        sqlite_autoincrement=True,
    )
    for name in ("is_due", "due_intercom", "due_salesforce", "is_in_doubt"):
        raised = sa.column(name, sa.Boolean()).is_(True)
        op.create_index(
            f"ix_identity_mapping_{name}", "identity_mapping", ["id"], **partial_index(raised)
        )
    op.create_table(
        "kept_apart",
        _text("intercom_id"),
        _text("salesforce_id"),
        _text("intercom_key", nullable=True),
        _text("salesforce_key", nullable=True),
        _key("kept_apart", "intercom_id", "salesforce_id"),
    )
    op.create_index("ix_kept_apart_salesforce_id", "kept_apart", ["salesforce_id"])


def _errors() -> None:
    op.create_table(
        "sync_error",
        _number("id"),
        _text("identity"),
        _text("error_class"),
        _text("side"),
        _text("code"),
        _text("message"),
        _text("remedy"),
        _number("first_at"),
        _number("last_at"),
        _number("attempts"),
        _number("link_id", nullable=True),
        _text("intercom_id", nullable=True),
        _text("salesforce_id", nullable=True),
        _text("salesforce_kind", nullable=True),
        _text("person_name"),
        _text("row_id", nullable=True),
        _text("field", nullable=True),
        _json("refused"),
        _flag("dismissed"),
        _flag("holds"),
        _key("sync_error", "id"),
        sa.UniqueConstraint("identity", name="uq_sync_error_identity"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sync_error_last_at_id", "sync_error", ["last_at", "id"])
    for name in ("link_id", "intercom_id", "salesforce_id"):
        op.create_index(f"ix_sync_error_{name}", "sync_error", [name])


def _history() -> None:
    op.create_table(
        "history",
        _number("id"),
        _text("kind"),
        _number("at"),
        _text("trigger"),
        _text("intercom_id", nullable=True),
        _text("salesforce_id", nullable=True),
        _text("salesforce_kind", nullable=True),
        _text("person_name"),
        _text("side", nullable=True),
        _text("row_id", nullable=True),
        _text("field", nullable=True),
        _json("before"),
        _json("after"),
        _text("note"),
        _key("history", "id"),
        sqlite_autoincrement=True,
    )
    for columns in (
        ["at"],
        ["kind", "side"],
        ["intercom_id", "id"],
        ["salesforce_id", "id"],
        ["row_id", "intercom_id", "salesforce_id", "at"],
    ):
        op.create_index(f"ix_history_{'_'.join(columns)}", "history", columns)


def _mapping() -> None:
    op.create_table(
        "attribute_mapping",
        _text("id"),
        _number("position"),
        _text("intercom_attribute"),
        _text("direction"),
        _text("lead_field", nullable=True),
        _text("contact_field", nullable=True),
        _text("blank_rule"),
        _text("conflict_rule"),
        _flag("shorten"),
        _text("disabled", nullable=True),
        _key("attribute_mapping", "id"),
    )
    op.create_table(
        "profile",
        _number("id", autoincrement=False),
        _text("intercom_app_id"),
        _text("salesforce_org_id"),
        _text("intercom_name"),
        _text("salesforce_name"),
        _number("connected_at"),
        _number("intercom_since"),
        _number("salesforce_since"),
        _text("first_run"),
        _key("profile", "id"),
    )


def _runs() -> None:
    op.create_table(
        "creation",
        _number("id"),
        _text("intercom_id"),
        _text("object"),
        _json("values", nullable=False),
        _number("since"),
        _text("state"),
        _number("attempts"),
        _number("looks"),
        sa.Column("next_look_at", sa.Float(53), nullable=False),
        _text("salesforce_id", nullable=True),
        _key("creation", "id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_creation_state", "creation", ["state"])
    op.create_table(
        "bulk_run",
        _number("id"),
        _text("state"),
        _json("row_ids"),
        _number("total"),
        _number("done"),
        _number("cursor"),
        _number("started_at"),
        _key("bulk_run", "id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "guard_hold",
        _number("id"),
        _text("measure"),
        _text("state"),
        _number("since"),
        _json("pairs", nullable=False),
        _key("guard_hold", "id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_guard_hold_state", "guard_hold", ["state"])


def _small_things() -> None:
    op.create_table(
        "feed_position", _text("side"), _number("position"), _key("feed_position", "side")
    )
    op.create_table(
        "api_usage",
        _number("hour", autoincrement=False),
        _text("side"),
        _text("purpose"),
        _number("calls"),
        _key("api_usage", "hour", "side", "purpose"),
    )
    op.create_table(
        "setting", _text("name"), _json("value", nullable=False), _key("setting", "name")
    )
