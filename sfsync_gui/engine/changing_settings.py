"""Putting the user's settings into force, with what follows from a change of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sfsync_gui.core.mapping import Settings
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.storage import UnitOfWork


def change_stored(unit: UnitOfWork, changes: Mapping[str, Any]) -> Settings:
    """Store other values of some settings, by name, and return all as they are then.

    Where logging is off, how far conversations were read is forgotten: switched on again, it
    begins anew.
    """
    settings = replace(unit.state.settings(), **changes)
    unit.state.put_settings(settings)
    if not settings.log_conversations:
        unit.state.put_conversations_position(None)
    return settings


def take_settings(context: Context, settings: Settings) -> None:
    """Work with settings that are stored."""
    context.conversations_begun &= settings.log_conversations
    context.settings = settings
