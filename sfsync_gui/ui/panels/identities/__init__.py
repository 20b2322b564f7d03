"""Identity mappings: which Intercom person is linked to which lead or contact."""

from sfsync_gui.ui.panels.identities.panel import IdentitiesPanel

__all__ = ["IdentitiesPanel"]
