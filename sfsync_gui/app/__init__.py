"""The composition root: the one place that builds the parts and wires them together.

Names are loaded when they are first used: a command that only looks into the store must not wait
for the clients of both services.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfsync_gui.app.wiring import (
        ClientLimits,
        IntercomAccount,
        LocalClock,
        Running,
        SalesforceAccount,
        build,
        make_data_dir,
        offline_context,
        open_and_connect,
        wire,
    )

__all__ = [
    "ClientLimits",
    "IntercomAccount",
    "LocalClock",
    "Running",
    "SalesforceAccount",
    "build",
    "make_data_dir",
    "offline_context",
    "open_and_connect",
    "wire",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("sfsync_gui.app.wiring"), name)
