"""Overview: how each direction is, what was changed lately, and what the calls are used for."""

from sfsync_gui.ui.panels.overview.panel import OverviewPanel

__all__ = ["OverviewPanel"]
