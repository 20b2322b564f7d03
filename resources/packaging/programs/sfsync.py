"""The `sfsync` commands, frozen."""

from sfsync_gui.cli.main import application

application()
