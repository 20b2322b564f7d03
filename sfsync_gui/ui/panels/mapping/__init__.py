"""Attribute mapping: the table of rows, edited as a draft until a person applies it."""

from sfsync_gui.ui.panels.mapping.panel import MappingPanel

__all__ = ["MappingPanel"]
