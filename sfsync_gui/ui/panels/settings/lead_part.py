"""What new leads are made of where Intercom does not say: texts, options, and the owner."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.new_leads import OWNERS
from sfsync_gui.engine.lead_views import LeadOffers
from sfsync_gui.ui.panels.settings.fields import ChoiceField, TextField
from sfsync_gui.ui.texts.leads import owner_text
from sfsync_gui.ui.widgets.page import FormRow


class LeadPart(QWidget):
    """The fields of new leads; `entered` tells the name of a setting, its value, and that in
    words."""

    entered = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.texts = {
            "lead_company": TextField(
                "lead_company",
                self.tr("Company of people who have none"),
                self.tr("Salesforce wants one for each lead. A company in Intercom comes first."),
            ),
            "lead_last_name": TextField(
                "lead_last_name",
                self.tr("Last name of people without a name"),
                self.tr("Empty: the e-mail address."),
            ),
        }
        self.choices = {
            "lead_source": ChoiceField("lead_source", self.tr("Lead source"), ""),
            "lead_status": ChoiceField("lead_status", self.tr("Lead status"), ""),
            "lead_owner": ChoiceField(
                "lead_owner",
                self.tr("Owner"),
                self.tr(
                    "Where the owner in Intercom has no user with the same address in Salesforce, "
                    "the assignment rules decide."
                ),
            ),
        }
        for field in self.texts.values():
            field.entered.connect(lambda name, value: self.entered.emit(name, value, value))
        for one in self.choices.values():
            one.entered.connect(self._on_chosen)

    @property
    def parts(self) -> list[tuple[QWidget, str]]:
        """The fields with the words by which they are found."""
        words = self.tr("lead company name source status owner assignment teammate")
        return [(field, words) for field in (*self.texts.values(), *self.choices.values())]

    def show_settings(self, settings: Settings, offers: LeadOffers | None) -> None:
        """Show what is in force; without `offers` only that can be chosen."""
        for name, field in self.texts.items():
            field.show_value(getattr(settings, name))
        offers = offers or LeadOffers((), (), {})
        for name, found in (("lead_source", offers.sources), ("lead_status", offers.statuses)):
            choices = [("", self.tr("Salesforce’s own default"))]
            choices += [(one.value, one.label) for one in found]
            self.choices[name].offer(choices, getattr(settings, name))
        owners = [(one, owner_text(one)) for one in OWNERS]
        owners += sorted(offers.owners.items(), key=lambda one: one[1])
        self.choices["lead_owner"].offer(owners, settings.lead_owner)

    def put_back(self) -> None:
        """Forget what was entered and cannot be."""
        for field in self.texts.values():
            field.put_back()

    def label(self, name: str) -> str:
        """What a setting is called."""
        field: FormRow = self.texts[name] if name in self.texts else self.choices[name]
        return field.label

    def _on_chosen(self, name: str, value: str) -> None:
        self.entered.emit(name, value, self.choices[name].box.currentText())
