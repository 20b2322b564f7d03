"""Where orders are carried out, and what they result in; see `orders`."""

from dataclasses import dataclass
from typing import Any

from sfsync_gui.engine.context import Context
from sfsync_gui.engine.loop import Engine

Result = dict[str, Any]
"""What an order results in, as JSON."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an order is carried out; `engine` is None where only the store can be reached."""

    context: Context
    engine: Engine | None = None

    def go_on(self) -> None:
        """Have the engine act on what was asked for, now."""
        if self.engine is not None:
            self.engine.sync_now()
