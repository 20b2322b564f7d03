"""Sync errors: what failed, why, and what to do."""

from sfsync_gui.ui.panels.errors.panel import ErrorsPanel

__all__ = ["ErrorsPanel"]
