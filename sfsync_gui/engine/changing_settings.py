"""Putting the user's settings into force, with what follows from a change of them."""

from sfsync_gui.core.mapping import Settings
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.storage import UnitOfWork


def store_settings(unit: UnitOfWork, settings: Settings) -> None:
    """Store them. Where logging is off, how far conversations were read is forgotten: switched on
    again, it begins anew."""
    unit.state.put_settings(settings)
    if not settings.log_conversations:
        unit.state.put_conversations_position(None)


def take_settings(context: Context, settings: Settings) -> None:
    """Work with settings that are stored."""
    context.conversations_begun &= settings.log_conversations
    context.settings = settings
