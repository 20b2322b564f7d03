"""Settings: how often each side is looked at, the cap on calls, the appearance."""

from sfsync_gui.ui.panels.settings.panel import SettingsPanel

__all__ = ["SettingsPanel"]
