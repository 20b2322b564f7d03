"""Activity: every change that was made, newest first."""

from sfsync_gui.ui.panels.activity.panel import ActivityPanel

__all__ = ["ActivityPanel"]
