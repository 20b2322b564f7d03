"""From the wish to bring linked records in line to a bulk sync: dry run, dialog, start."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication

from sfsync_gui.core.csv_cells import Cell
from sfsync_gui.engine.bulk import BulkChange, BulkPreview
from sfsync_gui.ui.bulk.align_dialog import AlignDialog, count_lines
from sfsync_gui.ui.bulk.changes import SHOWN, change_lines, names_of
from sfsync_gui.ui.exporting import CsvExport
from sfsync_gui.ui.panels.exporter import Exporter
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.texts.families import all_linked, only
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import Tone

translate = QCoreApplication.translate

_COLUMNS: Sequence[tuple[str, Callable[[BulkChange], Cell]]] = (
    ("Intercom Id", lambda change: change.link.intercom_id),
    ("Salesforce Id", lambda change: change.link.salesforce_id),
    ("Key", lambda change: change.link.salesforce_key),
    ("Written to", lambda change: SERVICE[change.write.side]),
    ("Field", lambda change: change.write.field),
    ("Now", lambda change: change.write.before),
    ("Then", lambda change: change.write.value),
)
"""The columns of the file: their heads are the same in all languages, for the sake of scripts."""


async def offer_bulk(panel: Panel, row_ids: Sequence[str] | None = None) -> bool:
    """Show what a bulk sync of these rows (None: all) would write; start it where a person says so.

    Returns whether it was started. Nothing is asked where everybody agrees already.
    """
    return await offer(panel, await panel.handle.preview_bulk(row_ids), row_ids)


async def offer(panel: Panel, preview: BulkPreview, row_ids: Sequence[str] | None = None) -> bool:
    """Show a dry run that has been worked out; start the bulk sync where a person says so."""
    handle = panel.handle
    rows, schema = (await handle.rules()).rows, await handle.schema()
    family = only(row.family for row in rows if row_ids is None or row.id in row_ids)
    if not preview.to_salesforce + preview.to_intercom:
        agree = translate("bulk", "All {linked} agree already")
        panel.toast(agree.format(linked=all_linked(family)))
        return False
    sample = preview.samples[:SHOWN]
    names = await panel.ask(lambda store: names_of(store, [link for link, _ in sample]))
    lines = change_lines(sample, names, rows, schema)
    dialog = AlignDialog(preview, count_lines(preview, rows, schema), lines, panel, family=family)
    exporter = Exporter(panel, "bulk-sync", dialog.banners)
    dialog.add_export(exporter.strip, lambda: exporter.choose(_export(panel, row_ids)))
    try:
        if not await dialog.answered():
            return False
    finally:
        exporter.cancel()
    await handle.start_bulk(row_ids)
    panel.toast(translate("bulk", "The bulk sync has begun"), Tone.ACCENT)
    return True


def _export(panel: Panel, row_ids: Sequence[str] | None) -> CsvExport[BulkChange]:
    async def fetch(after: BulkChange | None, limit: int) -> Sequence[BulkChange]:
        begin = 0 if after is None else after.link.id
        return await panel.handle.bulk_changes(row_ids, begin, limit)

    return CsvExport(_COLUMNS, fetch)
