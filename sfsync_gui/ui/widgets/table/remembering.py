"""Columns and sorting of a table, kept over restarts."""

import json
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QByteArray

from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.widgets.table.header import Arrangement, Header
from sfsync_gui.ui.widgets.table.model import PagedModel


def bring_back(preferences: Preferences, name: str, head: Header, model: PagedModel[Any]) -> None:
    """Arrange the columns and sort as they were left; what makes no sense counts as not kept."""
    kept = _kept(preferences, name)
    head.arrange(kept)
    sortable = [column.key for column in model.columns if column.sortable]
    sort = kept.get("sort")
    if isinstance(sort, str) and sort in sortable:
        model.query = replace(model.query, sort=sort, descending=bool(kept.get("descending")))


def keep(preferences: Preferences, name: str, head: Header, model: PagedModel[Any]) -> None:
    """Remember how they are now."""
    state = {"sort": model.query.sort, "descending": model.query.descending}
    text = json.dumps({**head.arrangement(), **state})
    preferences.set_bytes(name, QByteArray(text.encode()))


def _kept(preferences: Preferences, name: str) -> Arrangement:
    try:
        kept = json.loads(bytes(preferences.bytes(name).data()))
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}
