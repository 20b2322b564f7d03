"""simple-salesforce, without what it would load for nothing: the one place that imports it.

Its package imports its client for the Metadata API, and its sign-ins by password and certificate.
SFSync uses neither, and they bring zeep, lxml and PyJWT with cryptography along: 145 modules, 15 MB
of memory. So something else stands in for these two modules while the package is loaded. Whoever
calls what they hold gets the real thing, loaded then; whoever imports them later gets them, too.

Where simple-salesforce is no longer put together like that, it is imported as usual.
"""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

__all__ = ["Salesforce", "SalesforceError"]

_PACKAGE = "simple_salesforce"
_DEFERRED = {
    f"{_PACKAGE}.login": "SalesforceLogin",
    f"{_PACKAGE}.metadata": "SfdcMetadataApi",
}
"""The modules that wait until they are used, and what the package takes from each."""


class _StandIns(MetaPathFinder, Loader):
    """Finds and loads what stands in for the modules, as Python's import system asks for it."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name in _DEFERRED else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Python's own, empty module will do."""

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, _DEFERRED[module.__name__], _later(module.__name__))


def _later(module: str) -> type:
    """What a module holds, loaded when it is called."""

    class Later:
        def __new__(cls, *arguments: Any, **named: Any) -> Any:
            real = getattr(importlib.import_module(module), _DEFERRED[module])
            return real(*arguments, **named)

        def __init_subclass__(cls) -> None:
            raise ImportError(f"{module} is needed at once")

    return Later


def _load_lean() -> None:
    """Import the package with the stand-ins; leave nothing of it where that fails."""
    finder = _StandIns()
    sys.meta_path.insert(0, finder)
    try:
        package = importlib.import_module(_PACKAGE)
    except Exception:  # whatever it wants of them beyond a name
        _forget(_PACKAGE)
        return
    finally:
        sys.meta_path.remove(finder)
    for module in _DEFERRED:
        _forget(module)
        vars(package).pop(module.rpartition(".")[2], None)


def _forget(name: str) -> None:
    """Have a module, and those in it, loaded anew by whoever imports them next."""
    for known in tuple(sys.modules):
        if known == name or known.startswith(f"{name}."):
            del sys.modules[known]


if _PACKAGE not in sys.modules:
    _load_lean()

from simple_salesforce.api import Salesforce  # noqa: E402
from simple_salesforce.exceptions import SalesforceError  # noqa: E402
