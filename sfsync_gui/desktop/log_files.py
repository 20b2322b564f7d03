"""The log of the program with a window: a small file that replaces itself, in the data folder.

What is logged names people by id at most, and never a secret: that is held where it is written.
"""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sfsync_gui.desktop.paths import log_path

SIZE = 1_000_000
"""Bytes of one file; two older ones are kept."""

_KEPT = 2
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_TALKATIVE = ("httpx", "httpcore", "urllib3", "asyncio", "alembic", "keyring")
"""Libraries of which only warnings are of use; some write whole addresses below that."""


def start_logging(data_dir: Path) -> RotatingFileHandler:
    """Write to the log from now on; the folder must be there. Raises OSError."""
    path = log_path(data_dir)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    handler = RotatingFileHandler(path, maxBytes=SIZE, backupCount=_KEPT, encoding="utf-8")
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler
