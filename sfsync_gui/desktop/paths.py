"""Where the product keeps its files on this operating system."""

from pathlib import Path

import platformdirs

APP_NAME = "SFSync"
DATABASE_NAME = "sfsync.db"


def default_data_dir() -> Path:
    """The user's data folder for this application, whether it exists yet or not."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def database_path(data_dir: Path) -> Path:
    """The database of the profile kept in a data folder."""
    return data_dir / DATABASE_NAME
