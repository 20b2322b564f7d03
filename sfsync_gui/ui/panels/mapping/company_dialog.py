"""By which field of Account companies are matched: setting that up, and changing it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from sfsync_gui.core.company_state import CompanyState
from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.schema import SalesforceField
from sfsync_gui.core.vocabulary import FirstRun
from sfsync_gui.engine.company_status import CompanyStatus
from sfsync_gui.ui.panels.mapping.company_texts import found_text
from sfsync_gui.ui.panels.mapping.workbench import Workbench
from sfsync_gui.ui.tasks import told
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, SPACE_INSET, Tone
from sfsync_gui.ui.widgets.buttons import Button, LinkButton, PrimaryButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import row
from sfsync_gui.ui.widgets.page import FormRow
from sfsync_gui.ui.widgets.segmented import Option, Segmented


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What a person chose: a field of Account, None to sync companies no more."""

    field: str | None
    first_run: FirstRun = FirstRun.LINK_ALL


class CompanyKeyDialog(Dialog):
    """Accepted, it has a `wish`."""

    def __init__(
        self, panel: Workbench, status: CompanyStatus, fields: Sequence[SalesforceField]
    ) -> None:
        super().__init__("", panel)
        self._panel = panel
        self._rules = panel.rules
        # Also while something keeps them from being synced: their key may be gone.
        self._is_on = panel.rules.company_key is not None or status.state is CompanyState.JOINING
        # A key by which nobody was linked was none: it is as if they were set up anew.
        self._links_first = not self._is_on or not status.facts.links
        self._task: asyncio.Task[Any] | None = None
        self.wish: KeyWish | None = None
        self.setWindowTitle(
            self.tr("Change by what companies are matched")
            if self._is_on
            else self.tr("Sync companies with accounts")
        )
        self.field_box = self._make_field_box(fields)
        self.look_button = LinkButton(self.tr("Look for a field that matches"), flush=True)
        self.found = PlainLabel(tone=Tone.MUTED, wrap=True)
        self.first_run: Segmented[FirstRun] = Segmented(
            self.tr("What happens first"),
            [
                Option(FirstRun.LINK_ALL, self.tr("Link all who match")),
                Option(FirstRun.AS_THEY_CHANGE, self.tr("Link as they change")),
            ],
            FirstRun.LINK_ALL,
        )
        self.problem = PlainLabel(size=Text.CAPTION, tone=Tone.DANGER, wrap=True)
        self._arrange()
        self.field_box.currentIndexChanged.connect(self._refresh)
        self.look_button.clicked.connect(self._on_look_clicked)
        self._refresh()

    def _arrange(self) -> None:
        label = self.tr("Account field that holds the company id")
        self.body.setSpacing(SPACE_INSET)
        self.body.addWidget(PlainLabel(self.windowTitle(), size=Text.SECTION))
        self.body.addWidget(FormRow(label, self.field_box))
        self.body.addLayout(row(self.look_button, None, space=SPACE_GROUP))
        self.body.addWidget(self.found)
        if self._links_first:
            self.body.addWidget(FormRow(self.tr("What happens first"), self.first_run))
        self.body.addWidget(self.problem)
        self.body.addWidget(PlainLabel(self._meaning(), tone=Tone.MUTED, wrap=True))
        self.off_button = Button(self.tr("Stop syncing companies"))
        self.off_button.clicked.connect(self._on_off_clicked)
        self.buttons.insertWidget(0, self.off_button)
        self.off_button.setVisible(self._is_on)
        self.add_button(Button(self.tr("Cancel")), accepts=False)
        verb = self.tr("Change") if self._is_on else self.tr("Sync companies")
        self.change_button = self.add_button(PrimaryButton(verb), accepts=True, default=True)
        self.change_button.clicked.disconnect()
        self.change_button.clicked.connect(self._on_change_clicked)

    def _meaning(self) -> str:
        if not self._links_first:
            return self.tr(
                "Links that exist stay. All accounts are read once; then companies are matched "
                "anew as they change. If you stop, links and rows are kept."
            )
        return self.tr(
            "All companies and accounts are read once, and nothing is written by that. People "
            "are synced meanwhile. Who belongs to which company is never synced."
        )

    def _make_field_box(self, fields: Sequence[SalesforceField]) -> QComboBox:
        box = QComboBox()
        box.addItem(self.tr("Choose a field"), None)
        for field in fields:
            box.addItem(field.label, field.name)
            box.setItemData(box.count() - 1, field.name, Qt.ItemDataRole.ToolTipRole)
        key = self._rules.company_key or self._rules.awaited_key
        if key is not None:
            box.setCurrentIndex(max(0, box.findData(key.account_field)))
        return box

    # ------------------------------------------------------------------ what is chosen

    @property
    def field(self) -> str | None:
        """The name of the field that is chosen."""
        name: str | None = self.field_box.currentData()
        return name

    def _refresh(self) -> None:
        problem = self._problem()
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.found.setVisible(bool(self.found.text()))
        key = self._rules.company_key
        same = key is not None and key.account_field == self.field
        self.change_button.setEnabled(self.field is not None and not problem and not same)

    def _problem(self) -> str:
        """Why the field cannot be the key: a row maps it, and its values would be overwritten."""
        mapped = {row.account_field for row in self._rules.rows if row.account_field}
        if self.field not in mapped:
            return ""
        return self.tr("{field} is mapped already. Remove its row first.").format(
            field=self.field_box.currentText()
        )

    # ------------------------------------------------------------------ looking

    def _on_look_clicked(self) -> None:
        self.look_button.setEnabled(False)
        self.found.setText(self.tr("Companies and accounts are being read…"))
        self._refresh()
        self._task = self._panel.tasks.start(self._look())

    async def _look(self) -> None:
        try:
            found = await self._panel.handle.suggest_company_keys()
        except Exception as failure:  # the edge where the dialog says why nothing was found
            self._say_failure(told(failure))
            return
        finally:
            self.look_button.setEnabled(True)
        self.found.setText(found_text(found))
        if found:
            self.field_box.setCurrentIndex(max(0, self.field_box.findData(found[0].field)))
        self._refresh()

    def _say_failure(self, failure: SfsyncError) -> None:
        parts = (f"{failure.title}.", failure.message, failure.remedy)
        self.found.setText(" ".join(part for part in parts if part))
        self._refresh()

    # ------------------------------------------------------------------ the end

    def _on_change_clicked(self) -> None:
        self.wish = KeyWish(self.field, self.first_run.value)
        self.accept()

    def _on_off_clicked(self) -> None:
        self.wish = KeyWish(None)
        self.accept()

    def done(self, result: int) -> None:
        """Stop looking; afterwards the dialog is gone."""
        if self._task is not None:
            self._task.cancel()
        super().done(result)


async def ask_for_company_key(
    panel: Workbench, status: CompanyStatus, fields: Sequence[SalesforceField]
) -> KeyWish | None:
    """What a person chose among these fields of Account, None where all is to stay as it is."""
    dialog = CompanyKeyDialog(panel, status, fields)
    chosen: list[KeyWish | None] = []
    dialog.accepted.connect(lambda: chosen.append(dialog.wish))
    await dialog.answered()
    return chosen[0] if chosen else None
