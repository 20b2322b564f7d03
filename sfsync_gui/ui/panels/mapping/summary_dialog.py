"""What applying a draft means, before it is done."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QScrollArea, QWidget

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.mapping_change import MappingChange
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Family
from sfsync_gui.ui.panels.mapping.wording import row_sentence
from sfsync_gui.ui.texts.families import are_linked
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import (
    DIALOG,
    POPOVER_HEIGHT,
    SPACE_EDGE,
    SPACE_GROUP,
    SPACE_SECTION,
    SPACE_TIGHT,
    Tone,
)
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row


class SummaryDialog(Dialog):
    """Lists the rows that are added, changed and removed, each with what that does."""

    def __init__(
        self,
        change: MappingChange,
        schema: Schema,
        parent: QWidget | None,
        family: Family | None = Family.PEOPLE,
    ) -> None:
        super().__init__("", parent)
        self._family = family
        self.setWindowTitle(self.tr("Apply the attribute mapping"))
        self._schema = schema
        self.parts = column(space=SPACE_SECTION)
        self._add("plus", self.tr("Added"), change.added, self._added_text())
        self._add("retry", self.tr("Other fields"), change.replaced, self._replaced_text())
        self._add("edit", self.tr("Changed"), change.altered, self._altered_text())
        self._add("minus", self.tr("Removed"), change.removed, self._removed_text())
        self.parts.addStretch(1)
        in_line = (
            self.tr("Then show what would bring existing people in line")
            if family is Family.PEOPLE
            else self.tr("Then show what would bring existing records in line")
        )
        self.align_box = QCheckBox(in_line)
        self.align_box.setChecked(bool(change.fresh_ids))
        self.body.addWidget(PlainLabel(self._title(change), size=Text.SECTION, wrap=True))
        self.body.addWidget(PlainLabel(self._consequence(change), tone=Tone.MUTED, wrap=True))
        self.body.addSpacing(SPACE_GROUP)
        self.body.addWidget(_scrolled(boxed(self.parts)))
        self.body.addWidget(self.align_box)
        self.align_box.setVisible(bool(change.links and (change.fresh_ids or change.altered)))
        self.cancel_button = self.add_button(Button(self.tr("Cancel")), accepts=False)
        self.apply_button = self.add_button(
            PrimaryButton(self.tr("Apply")), accepts=True, default=True
        )

    def _title(self, change: MappingChange) -> str:
        rows = (*change.added, *change.replaced, *change.altered, *change.removed)
        count = counted(len({one.id for one in rows}), "change")
        return self.tr("Apply {changes} to the mapping").format(changes=count)

    def _consequence(self, change: MappingChange) -> str:
        told = []
        if change.links:
            told.append(are_linked(change.links, self._family) + ".")
        told.append(self.tr("Applying writes nothing by itself."))
        if change.errors:
            errors = counted(change.errors, "open error is", "open errors are")
            told.append(self.tr("{errors} closed with the rows.").format(errors=errors))
        return " ".join(told)

    def _added_text(self) -> str:
        return self.tr("The values of today count as settled: what changes from now on is synced.")

    def _replaced_text(self) -> str:
        return self.tr("As if removed and added: values stay, what changes from now on is synced.")

    def _altered_text(self) -> str:
        return self.tr("What was synced before counts as settled.")

    def _removed_text(self) -> str:
        return self.tr("Values stay in both services and are no longer synced.")

    def _add(
        self, icon_name: str, head: str, rows: Sequence[AttributeMapping], meaning: str
    ) -> None:
        if not rows:
            return
        lines = column(PlainLabel(head, size=Text.STRONG), space=SPACE_TIGHT)
        for one in rows:
            lines.addWidget(PlainLabel(row_sentence(one, self._schema), wrap=True))
        lines.addWidget(PlainLabel(meaning, size=Text.CAPTION, tone=Tone.MUTED, wrap=True))
        sign = IconLabel(icon_name)
        part = row(sign, boxed(lines), space=SPACE_GROUP)
        part.setStretch(1, 1)
        part.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        self.parts.addLayout(part)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything it says, from top to bottom."""
        return tuple(label.text() for label in self.findChildren(PlainLabel))


async def ask_to_apply(
    change: MappingChange, schema: Schema, parent: QWidget, family: Family | None = Family.PEOPLE
) -> tuple[bool, bool]:
    """Show what a change means: whether to apply it, and whether to look at values then.

    `family` is that of all links, None where companies are linked as well as people.
    """
    dialog = SummaryDialog(change, schema, parent, family)
    align = [dialog.align_box.isChecked() and not dialog.align_box.isHidden()]
    dialog.align_box.toggled.connect(lambda checked: align.__setitem__(0, checked))
    return await dialog.answered(), align[0]


def _scrolled(content: QWidget) -> QScrollArea:
    area = QScrollArea(widgetResizable=True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    height = content.heightForWidth(DIALOG - 2 * SPACE_EDGE)
    area.setFixedHeight(min(POPOVER_HEIGHT, height + SPACE_TIGHT))
    return area
