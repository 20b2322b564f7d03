"""What the long lists are sorted, filtered and searched by: narrow rows beside the wide ones.

All of it repeats what other tables say; `store.listing` keeps it current.
"""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from sfsync_gui.store.dialects import partial_index
from sfsync_gui.store.tables import Base, table_of


class LinkListingRow(Base):
    """One row a link."""

    __tablename__ = "link_listing"
    __table_args__ = (
        Index(None, "facets", "link_id"),
        Index(None, "facets", "intercom_name", "link_id"),
        Index(None, "facets", "salesforce_name", "link_id"),
        Index(None, "facets", "intercom_key", "link_id"),
    )

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    facets: Mapped[int]
    """`store.facets.link_facets`."""
    intercom_name: Mapped[str]
    salesforce_name: Mapped[str]
    intercom_key: Mapped[str]
    """These three folded, as lists are sorted by them."""
    words: Mapped[str]
    """The words of names and keys, and the Ids, as `core.search_words.searchable` writes them."""


class LinkWordRow(Base):
    """The words of each link, for finding those that begin as what is typed."""

    __tablename__ = "link_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: Mapped[str] = mapped_column(primary_key=True)
    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class HistoryListingRow(Base):
    """One row an entry of the history."""

    __tablename__ = "history_listing"
    __table_args__ = (Index(None, "facets", "history_id"),)

    history_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    facets: Mapped[int]
    """`store.facets.history_facets`."""
    row_id: Mapped[str | None]
    at: Mapped[int]
    words: Mapped[str]
    """As those of a link, as they were when the entry was made."""


Index(
    "ix_history_listing_row_id_facets_history_id",
    HistoryListingRow.row_id,
    HistoryListingRow.facets,
    HistoryListingRow.history_id,
    **partial_index(HistoryListingRow.row_id.is_not(None)),
)


class HistoryWordRow(Base):
    """The words of each entry of the history."""

    __tablename__ = "history_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: Mapped[str] = mapped_column(primary_key=True)
    history_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


LINK_LISTING = table_of(LinkListingRow)
LINK_WORD = table_of(LinkWordRow)
HISTORY_LISTING = table_of(HistoryListingRow)
HISTORY_WORD = table_of(HistoryWordRow)
