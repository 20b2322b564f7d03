"""Bringing existing records in line with the mapping: the dry run, before anything is written."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.bulk import BulkPreview
from sfsync_gui.ui.bulk.changes import SHOWN, ChangeLine, changes_table, list_grid, scrolled_list
from sfsync_gui.ui.panels.mapping.wording import row_name
from sfsync_gui.ui.texts.families import counted_linked
from sfsync_gui.ui.texts.numbers import counted, grouped
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import READING_WIDTH, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.banner import Banners
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton, QuietButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text


def count_lines(
    preview: BulkPreview, rows: Sequence[AttributeMapping], schema: Schema
) -> list[tuple[str, str]]:
    """How many values of each field would be written, most numerous first."""
    by_id = {row.id: row for row in rows}
    return [
        (_counted_field(by_id.get(row_id), side, schema), grouped(count))
        for (row_id, side), count in preview.by_field.most_common()
    ]


def _counted_field(row: AttributeMapping | None, side: Side, schema: Schema) -> str:
    if row is None:
        return SERVICE[side]
    name = row_name(row, schema)
    return f"{name} ({SERVICE[side]})"


class AlignDialog(Dialog):
    """Says how many values would change, of which fields, shows some of them, and asks."""

    def __init__(
        self,
        preview: BulkPreview,
        counts: Sequence[tuple[str, str]],
        lines: Sequence[ChangeLine],
        parent: QWidget | None,
        *,
        family: Family | None = Family.PEOPLE,
    ) -> None:
        super().__init__("", parent)
        self._family = family
        self.setWindowTitle(
            {
                Family.PEOPLE: self.tr("Bring linked people in line"),
                Family.COMPANIES: self.tr("Bring linked companies in line"),
                None: self.tr("Bring linked people and companies in line"),
            }[family]
        )
        self.setMinimumWidth(READING_WIDTH)
        self.body.addWidget(PlainLabel(self.windowTitle(), size=Text.SECTION))
        self.body.addWidget(PlainLabel(self._counts(preview), wrap=True))
        self.body.addSpacing(SPACE_GROUP)
        self.body.addWidget(self._by_field(counts))
        self.body.addSpacing(SPACE_GROUP)
        self.body.addWidget(changes_table(lines))
        self.body.addWidget(PlainLabel(self._rest(preview), tone=Tone.MUTED, wrap=True))
        self.body.addStretch()
        self.banners = Banners()
        self.body.addWidget(self.banners)
        self.export_button = QuietButton(self.tr("Export all"), icon_name="export")
        self.buttons.insertWidget(0, self.export_button)
        self.leave_button = self.add_button(
            Button(self.tr("Leave as they are")), accepts=False, default=True
        )
        self.align_button = self.add_button(PrimaryButton(self.tr("Bring in line")), accepts=True)

    def add_export(self, strip: QWidget, export: Callable[[], object]) -> None:
        """Let all values be written to a file; `strip` tells how far that is. The dialog stays."""
        self.body.addWidget(strip)
        self.export_button.clicked.connect(export)

    def _counts(self, preview: BulkPreview) -> str:
        values = preview.to_salesforce + preview.to_intercom
        told = [
            self.tr(
                "{values} of {people} would be written: {salesforce} in Salesforce, {intercom} in "
                "Intercom."
            ).format(
                values=counted(values, "value"),
                people=counted_linked(preview.records, self._family),
                salesforce=grouped(preview.to_salesforce),
                intercom=grouped(preview.to_intercom),
            )
        ]
        if preview.blanked:
            blanked = counted(preview.blanked, "value")
            told.append(self.tr("{values} would be emptied.").format(values=blanked))
        if preview.refused:
            refused = counted(preview.refused, "value does not fit", "values do not fit")
            told.append(self.tr("{refused} and would become sync errors.").format(refused=refused))
        return " ".join(told)

    def _rest(self, preview: BulkPreview) -> str:
        values = preview.to_salesforce + preview.to_intercom
        looked_at = self.tr("was looked at") if preview.links == 1 else self.tr("were looked at")
        told = self.tr("{people} {looked_at}; nothing has been written.").format(
            people=counted_linked(preview.links, self._family), looked_at=looked_at
        )
        if values > SHOWN:
            more = grouped(values - SHOWN)
            told = self.tr("And {more} more. ").format(more=more) + told
        return told

    def _by_field(self, counts: Sequence[tuple[str, str]]) -> QWidget:
        grid = list_grid()
        grid.setColumnStretch(0, 1)
        for number, (name, count) in enumerate(counts):
            grid.addWidget(ElidedLabel(name), number, 0)
            grid.addWidget(PlainLabel(count), number, 1, Qt.AlignmentFlag.AlignRight)
        return scrolled_list(grid, len(counts), self.tr("Values by field"))
