"""Bringing a database to the revision of the tables. Alembic is loaded only when there is work."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from sfsync_gui.core.failures import StoreError
from sfsync_gui.store import listing, tables

if TYPE_CHECKING:
    from alembic.config import Config


@dataclass(frozen=True, slots=True)
class Migrations:
    """A folder of Alembic scripts and the revision that it leads to."""

    location: Path
    head: str

    def knows(self, revision: str) -> bool:
        """Whether there is a way from this revision to ours."""
        from alembic.script import ScriptDirectory

        scripts = ScriptDirectory.from_config(self._config())
        return revision in {script.revision for script in scripts.walk_revisions()}

    def upgrade(self, connection: Connection, path: Path) -> None:
        """Bring the database to `head` in one transaction.

        Raises `StoreError`, after which the database is as it was.
        """
        from alembic import command

        config = self._config()
        config.attributes["connection"] = connection
        try:
            with connection.begin():
                command.upgrade(config, self.head)
                listing.catch_up(connection)
        except Exception as error:
            # Whatever a script raises: nothing was changed, and the reason must be told.
            raise _failed(path, error) from error

    def _config(self) -> "Config":
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(self.location).replace("%", "%%"))
        return config


PACKAGED = Migrations(Path(__file__).with_name("migrations"), tables.REVISION)
"""The migrations of this version."""


def _failed(path: Path, error: Exception) -> StoreError:
    cause = getattr(error, "orig", None) or error
    return StoreError(
        title="The database could not be brought up to date",
        message=f"The database {path.name} could not be changed to this version's form. "
        "It was left as it is.",
        remedy="Go back to the version of SFSync that was used before, and report this.",
        subject=str(path),
        detail=f"{type(cause).__name__}: {cause}",
    )
