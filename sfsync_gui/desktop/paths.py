"""Where the product keeps its files on this operating system, and where its resources lie."""

import sys
import sysconfig
from functools import lru_cache
from pathlib import Path

import platformdirs

APP_NAME = "SFSync"
DISTRIBUTION = "sfsync-gui"
DATABASE_NAME = "sfsync.db"
LOG_FOLDER = "logs"
LOG_NAME = "sfsync.log"
SHARE_NAME = DISTRIBUTION
"""The folder under `share/` in which an installed wheel keeps the resources."""


def default_data_dir() -> Path:
    """The user's data folder for this application, whether it exists yet or not."""
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def database_path(data_dir: Path) -> Path:
    """The database of the profile kept in a data folder."""
    return data_dir / DATABASE_NAME


def log_path(data_dir: Path) -> Path:
    """The log of whichever program has the profile in a data folder open."""
    return data_dir / LOG_FOLDER / LOG_NAME


@lru_cache(maxsize=1)
def resource_dir() -> Path:
    """The folder with icons and translations.

    Frozen, it is unpacked beside the program (`sys._MEIPASS`, PyInstaller's run-time information);
    in a checkout it is the top-level `resources/`; a wheel installs it under `share/sfsync-gui`
    (`data-files` in pyproject.toml). Raises FileNotFoundError where the installation is broken.
    """
    places = list(_resource_places())
    for place in places:
        if (place / "icons").is_dir():
            return place
    raise FileNotFoundError(f"no resources in any of {', '.join(map(str, places))}")


def _resource_places() -> tuple[Path, ...]:
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return (Path(frozen) / "resources",)
    user_scheme = sysconfig.get_preferred_scheme("user")
    installed = (sysconfig.get_path("data"), sysconfig.get_path("data", user_scheme))
    return (
        Path(__file__).parents[2] / "resources",
        *(Path(place) / "share" / SHARE_NAME for place in installed),
    )
