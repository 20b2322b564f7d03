"""Creations as they begin again: what was sent before is kept, to be looked for."""

from dataclasses import replace

from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.engine.storage import Creation, UnitOfWork


def anew(creation: Creation, choices: LeadChoices | TaskChoices) -> Creation:
    """A creation from its beginning; what was sent before is kept, to be looked for."""
    return replace(creation, state="wanted", attempts=0, looks=0, next_look_at=0.0, choices=choices)


def is_as_read(unit: UnitOfWork, creation: Creation) -> bool:
    """Whether nobody has changed or withdrawn the creation since it was read from the store."""
    return unit.state.creation(creation.id) == creation


def retry_creation(unit: UnitOfWork, creation: Creation) -> None:
    """A creation that failed is wanted again: it is looked for first, then sent with what is
    current."""
    if creation.state in ("refused", "unclear"):
        unit.state.put_creation(anew(creation, creation.choices))
