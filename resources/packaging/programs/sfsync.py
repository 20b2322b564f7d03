"""The `sfsync` commands, frozen."""

import os

from sfsync_gui.cli.main import application
from sfsync_gui.desktop.starting import environment_for_others

# Our own libraries have been found; from here on only other programs are started: a browser.
others = environment_for_others()
os.environ.clear()
os.environ.update(others)

application()
