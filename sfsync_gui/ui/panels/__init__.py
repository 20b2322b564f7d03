"""The panels, in the order of the sidebar. Each is loaded when it is first shown."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

if TYPE_CHECKING:
    from sfsync_gui.ui.panels.panel import Panel


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """What the sidebar knows of a panel before it is loaded: `module` and `name` find its class."""

    key: str
    label: str
    icon_name: str
    module: str
    name: str

    @property
    def title(self) -> str:
        """Its title in the user's language."""
        return QCoreApplication.translate("panels", self.label)

    def load(self) -> "type[Panel]":
        """Its class."""
        return cast("type[Panel]", getattr(import_module(self.module), self.name))


def _entry(key: str, label: object, icon_name: str) -> PanelEntry:
    return PanelEntry(key, str(label), icon_name, f"{__name__}.{key}.panel", f"{key.title()}Panel")


PANELS: tuple[PanelEntry, ...] = (
    _entry("overview", QT_TRANSLATE_NOOP("panels", "Overview"), "overview"),
    _entry("connections", QT_TRANSLATE_NOOP("panels", "Connections"), "connections"),
    _entry("mapping", QT_TRANSLATE_NOOP("panels", "Attribute mapping"), "mapping"),
    _entry("identities", QT_TRANSLATE_NOOP("panels", "Identity mappings"), "identities"),
    _entry("errors", QT_TRANSLATE_NOOP("panels", "Sync errors"), "warning"),
    _entry("activity", QT_TRANSLATE_NOOP("panels", "Activity"), "activity"),
    _entry("settings", QT_TRANSLATE_NOOP("panels", "Settings"), "settings"),
)
