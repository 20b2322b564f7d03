"""The form of a new lead: what must be there, what can be chosen, and what comes with it."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from sfsync_gui.core.new_leads import OWNERS, LeadChoices
from sfsync_gui.core.schema import Option
from sfsync_gui.engine.lead_views import LeadField, LeadOffers, LeadPreview
from sfsync_gui.ui.panels.identities.creation_form import (
    fill,
    fill_owners,
    side_by_side,
    usual_text,
)
from sfsync_gui.ui.texts.leads import origin_text, owner_text
from sfsync_gui.ui.texts.values import value_text
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.labels import ElidedLabel, Text
from sfsync_gui.ui.widgets.layouts import clear, column
from sfsync_gui.ui.widgets.page import FormRow
from sfsync_gui.ui.widgets.surfaces import Divider

_CHOSEN = ("LastName", "Company", "LeadSource", "Status", "OwnerId")


class LeadForm(QWidget):
    """Shows a preview; `choices` is what a person changed in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.last_name, self.company = QLineEdit(), QLineEdit()
        self.source, self.status, self.owner = QComboBox(), QComboBox(), QComboBox()
        self._last_name_row = _HintedRow(self.tr("Last name"), self.last_name)
        self._company_row = _HintedRow(self.tr("Company"), self.company)
        self.values = LeadValues()
        self.setLayout(
            column(
                side_by_side(self._last_name_row, self._company_row),
                side_by_side(
                    FormRow(self.tr("Lead source"), self.source),
                    FormRow(self.tr("Lead status"), self.status),
                ),
                FormRow(self.tr("Owner"), self.owner),
                self.values,
                space=SPACE_SECTION,
            )
        )

    def show_preview(self, preview: LeadPreview, offers: LeadOffers) -> None:
        """Fill it anew."""
        fields = {one.field: one for one in preview.fields}
        for edit, hinted, name in (
            (self.last_name, self._last_name_row, "LastName"),
            (self.company, self._company_row, "Company"),
        ):
            field = fields.get(name)
            edit.setText(value_text(field.value) if field else "")
            edit.setModified(False)
            hinted.set_hint(origin_text(field) if field else "")
        self._fill_options(self.source, offers.sources, fields.get("LeadSource"))
        self._fill_options(self.status, offers.statuses, fields.get("Status"))
        self._fill_owners(offers, fields.get("OwnerId"), assigned=preview.assigned)
        self.values.set_fields([one for one in preview.fields if one.field not in _CHOSEN])

    def _fill_options(
        self, box: QComboBox, options: Sequence[Option], field: LeadField | None
    ) -> None:
        usual = self.tr("Salesforce’s own default")
        if field is not None:
            usual = usual_text(field.value, origin_text(field))
        fill(box, [(None, usual), *((one.value, one.label) for one in options)])

    def _fill_owners(self, offers: LeadOffers, field: LeadField | None, *, assigned: bool) -> None:
        if field is not None:
            usual = usual_text(field.value, origin_text(field))
        else:
            usual = owner_text("rules" if assigned else "signed_in")
        kinds = [(one, owner_text(one)) for one in OWNERS]
        fill_owners(self.owner, usual, kinds, offers.owners)

    def choices(self, *, allow_duplicates: bool = False) -> LeadChoices:
        """What a person chose."""
        return LeadChoices(
            last_name=_entered(self.last_name),
            company=_entered(self.company),
            source=self.source.currentData(),
            status=self.status.currentData(),
            owner=self.owner.currentData(),
            allow_duplicates=allow_duplicates,
        )


class LeadValues(QWidget):
    """A table of values that come with a lead: the field, the value, and where it comes from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_GROUP)
        self._grid.setVerticalSpacing(SPACE_GROUP)
        for place, share in enumerate((3, 4, 4)):
            self._grid.setColumnStretch(place, share)
        self.setLayout(self._grid)

    def set_fields(self, fields: Sequence[LeadField]) -> None:
        """Show these, and hide where there are none."""
        clear(self._grid)
        self.setVisible(bool(fields))
        for place, head in enumerate((self.tr("Field"), self.tr("Value"), self.tr("From"))):
            self._grid.addWidget(ElidedLabel(head, size=Text.CAPTION, tone=Tone.MUTED), 0, place)
        self._grid.addWidget(Divider(), 1, 0, 1, 3)
        for line, field in enumerate(fields, start=2):
            value = value_text(field.value)
            for place, label in enumerate(
                (
                    ElidedLabel(field.label, tone=Tone.MUTED),
                    ElidedLabel(value, middle="@" in value),
                    ElidedLabel(origin_text(field), tone=Tone.MUTED),
                )
            ):
                label.setAccessibleDescription(field.label)
                self._grid.addWidget(label, line, place)


class _HintedRow(FormRow):
    """A row whose hint changes."""

    def set_hint(self, hint: str) -> None:
        """Say something else below the control."""
        self._hint_text = hint
        self.set_problem("")


def _entered(edit: QLineEdit) -> str | None:
    return edit.text().strip() or None if edit.isModified() else None
