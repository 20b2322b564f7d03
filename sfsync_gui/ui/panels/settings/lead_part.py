"""What new leads are made of where Intercom does not say: texts, options, and the owner."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.new_leads import OWNERS
from sfsync_gui.core.setting_limits import TEXT_LIMITS, text_refusal_of
from sfsync_gui.engine.lead_views import LeadOffers
from sfsync_gui.ui.texts.leads import owner_text
from sfsync_gui.ui.theme.tokens import POPOVER
from sfsync_gui.ui.widgets.page import FormRow


class TextField(FormRow):
    """A text that is in force as soon as it is left; `entered` tells one that is right and new."""

    entered = Signal(str, str)

    def __init__(self, name: str, label: str, hint: str, parent: QWidget | None = None) -> None:
        self.edit = QLineEdit()
        super().__init__(label, self.edit, hint=hint, parent=parent)
        self.name, self.value = name, ""
        self.edit.setObjectName(name)
        self.edit.setMaxLength(TEXT_LIMITS[name].longest)
        self.edit.setEnabled(False)
        _keep_narrow(self, self.edit)
        self.edit.editingFinished.connect(self._on_left)
        self.edit.textEdited.connect(lambda _: self.set_problem(""))

    def show_value(self, value: str) -> None:
        """Show what is in force, unless a person is changing it."""
        self.value = value
        self.edit.setEnabled(True)
        if not self.edit.isModified():
            self.put_back()

    def put_back(self) -> None:
        """Forget what was entered."""
        self.edit.setText(self.value)
        self.edit.setModified(False)
        self.set_problem("")

    def _on_left(self) -> None:
        if not self.edit.isModified():
            return
        value = self.edit.text().strip()
        if text_refusal_of(self.name, value) is not None:
            self.set_problem(self.tr("Salesforce requires this: it cannot be empty."))
            return
        is_new, self.value = value != self.value, value
        self.put_back()
        if is_new:
            self.entered.emit(self.name, value)


class ChoiceField(FormRow):
    """One of several values; `entered` tells another that a person chose."""

    entered = Signal(str, str)

    def __init__(self, name: str, label: str, hint: str, parent: QWidget | None = None) -> None:
        self.box = QComboBox()
        super().__init__(label, self.box, hint=hint, parent=parent)
        self.name, self.value = name, ""
        self.box.setObjectName(name)
        self.box.setEnabled(False)
        _keep_narrow(self, self.box)
        self.box.activated.connect(self._on_chosen)

    def offer(self, choices: Sequence[tuple[str, str]], value: str) -> None:
        """Offer these values with their labels, and show the one in force; it is always offered."""
        self.value = value
        known = {one for one, _ in choices}
        self.box.clear()
        for one, label in (*choices, *([] if value in known else [(value, value)])):
            self.box.addItem(label, one)
        self.box.setCurrentIndex(self.box.findData(value))
        self.box.setEnabled(True)

    def _on_chosen(self, _index: int) -> None:
        chosen = str(self.box.currentData())
        if chosen != self.value:
            self.value = chosen
            self.entered.emit(self.name, chosen)


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


def _keep_narrow(row: FormRow, control: QWidget) -> None:
    control.setFixedWidth(POPOVER)
    layout = row.layout()
    if layout is not None:
        layout.setAlignment(control, Qt.AlignmentFlag.AlignLeft)
