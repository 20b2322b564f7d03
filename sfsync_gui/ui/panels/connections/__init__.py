"""Connections: who is connected to what, signing in again, and disconnecting."""

from sfsync_gui.ui.panels.connections.panel import ConnectionsPanel

__all__ = ["ConnectionsPanel"]
