"""What API calls are for, in words."""

from PySide6.QtCore import QCoreApplication

translate = QCoreApplication.translate

_PURPOSES = {
    "feed": "Looking for changes",
    "sweep": "Looking for late changes",
    "write": "Writing values",
    "create": "Creating records",
    "read": "Reading records",
    "query": "Looking records up",
    "conversations": "Reading conversations",
    "directory": "Reading everybody",
    "schema": "Reading the fields",
    "identity": "Asking who answers",
    "limits": "Asking for the limits",
}


def purpose_text(purpose: str) -> str:
    """What calls of that purpose do."""
    return translate("purposes", _PURPOSES.get(purpose, purpose))
