"""Having an order carried out by a command."""

from collections.abc import Callable
from pathlib import Path

from sfsync_gui.app.desk import Result
from sfsync_gui.app.orders import Order
from sfsync_gui.engine.events import Event, unheard


async def give(data_dir: Path, order: Order, emit: Callable[[Event], None] = unheard) -> Result:
    """Carry an order out: here, or by the process that has the profile open.

    Raises whatever the order is refused with.
    """
    # Loaded only here: looking at the store needs none of the services.
    from sfsync_gui.cli import session

    return await session.carry_out_anywhere(data_dir, order, emit)
