"""Changing by what people are matched, and whom is preferred where several carry the key."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QRadioButton, QWidget

from sfsync_gui.core.keys import EXTERNAL_ID
from sfsync_gui.core.mapping import MappingKey, MatchingOrder, SyncRules
from sfsync_gui.core.rows import check_rows
from sfsync_gui.core.schema import PERSON_OBJECTS, SalesforceField, SalesforceType, Schema
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.ui.panels.mapping.offering import Place
from sfsync_gui.ui.panels.mapping.wording import field_label
from sfsync_gui.ui.theme.tokens import SPACE_INSET, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column
from sfsync_gui.ui.widgets.page import FormRow
from sfsync_gui.ui.widgets.segmented import Option, Segmented

_KEY_TYPES = frozenset(
    {
        SalesforceType.STRING,
        SalesforceType.EMAIL,
        SalesforceType.PHONE,
        SalesforceType.URL,
        SalesforceType.INT,
    }
)
_CONTACTS = (PersonKind.CONTACT, PersonKind.LEAD)
_LEADS = (PersonKind.LEAD, PersonKind.CONTACT)
_USERS = (PersonKind.USER, PersonKind.INTERCOM_LEAD)
_INTERCOM_LEADS = (PersonKind.INTERCOM_LEAD, PersonKind.USER)


class KeyDialog(Dialog):
    """Offers e-mail, or the user id and a Salesforce field; tells them by `key` and `order`."""

    def __init__(self, rules: SyncRules, schema: Schema, parent: QWidget | None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Change by what people are matched"))
        self._rules, self._schema = rules, schema
        self.email_button = QRadioButton(self.tr("E-mail address"))
        user_id = field_label(Place.INTERCOM, EXTERNAL_ID, schema)
        self.id_button = QRadioButton(
            self.tr("{user_id} of users, and a field of Salesforce").format(user_id=user_id)
        )
        group = QButtonGroup(self)
        for button in (self.email_button, self.id_button):
            group.addButton(button)
        self.fields = {name: self._field_box(name) for name in PERSON_OBJECTS}
        self._fields_box = boxed(
            column(
                FormRow(self.tr("Lead field"), self.fields["Lead"]),
                FormRow(self.tr("Contact field"), self.fields["Contact"]),
                space=SPACE_INSET,
                margins=(SPACE_SECTION, 0, 0, 0),
            )
        )
        self.salesforce_order: Segmented[tuple[PersonKind, ...]] = Segmented(
            self.tr("In Salesforce"),
            [
                Option(_CONTACTS, self.tr("Contact before lead")),
                Option(_LEADS, self.tr("Lead before contact")),
            ],
            rules.order.salesforce,
        )
        self.intercom_order: Segmented[tuple[PersonKind, ...]] = Segmented(
            self.tr("In Intercom"),
            [
                Option(_USERS, self.tr("User before lead")),
                Option(_INTERCOM_LEADS, self.tr("Lead before user")),
            ],
            rules.order.intercom,
        )
        self.strict = QCheckBox(self.tr("Leave them unlinked, and list them"))
        self.strict.setChecked(rules.order.strict)
        self.problem = PlainLabel(size=Text.CAPTION, tone=Tone.DANGER, wrap=True)
        self._arrange()
        is_email = rules.key.is_email
        (self.email_button if is_email else self.id_button).setChecked(True)
        self._connect(group)
        self._refresh()

    def _arrange(self) -> None:
        self.body.setSpacing(SPACE_INSET)
        for item in (
            PlainLabel(self.windowTitle(), size=Text.SECTION),
            self.email_button,
            self.id_button,
            self._fields_box,
            PlainLabel(self.tr("Where several carry the key"), size=Text.STRONG),
            FormRow(self.tr("In Salesforce"), self.salesforce_order),
            FormRow(self.tr("In Intercom"), self.intercom_order),
            self.strict,
            self.problem,
            PlainLabel(self._meaning(), tone=Tone.MUTED, wrap=True),
        ):
            self.body.addWidget(item)
        self.add_button(Button(self.tr("Cancel")), accepts=False)
        self.change_button = self.add_button(
            PrimaryButton(self.tr("Change")), accepts=True, default=True
        )

    def _meaning(self) -> str:
        return self.tr(
            "Links that exist stay. With another key everybody on both sides is read once, and "
            "nothing is synced until that is done; then people are matched anew as they change."
        )

    def _connect(self, group: QButtonGroup) -> None:
        group.buttonToggled.connect(self._refresh)
        for box in self.fields.values():
            box.currentIndexChanged.connect(self._refresh)
        self.salesforce_order.chosen.connect(self._refresh)
        self.intercom_order.chosen.connect(self._refresh)
        self.strict.toggled.connect(self._refresh)

    def _field_box(self, object_name: str) -> QComboBox:
        box = QComboBox()
        box.addItem(self.tr("Not matched"), None)
        fields = self._schema.salesforce.get(object_name, {})
        for field in _key_fields(fields.values()):
            box.addItem(field.label, field.name)
            box.setItemData(box.count() - 1, field.name, Qt.ItemDataRole.ToolTipRole)
        if not self._rules.key.is_email:
            box.setCurrentIndex(box.findData(self._rules.key.salesforce_field(object_name)))
        return box

    # ------------------------------------------------------------------ what is chosen

    @property
    def key(self) -> MappingKey:
        """The key that is chosen."""
        if self.email_button.isChecked():
            return MappingKey()
        lead, contact = (self.fields[name].currentData() for name in PERSON_OBJECTS)
        return MappingKey(EXTERNAL_ID, lead, contact)

    @property
    def order(self) -> MatchingOrder:
        """The order that is chosen."""
        return MatchingOrder(
            self.salesforce_order.value, self.intercom_order.value, self.strict.isChecked()
        )

    def _refresh(self) -> None:
        self._fields_box.setEnabled(self.id_button.isChecked())
        problem = self._problem()
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        same = (self.key, self.order) == (self._rules.key, self._rules.order)
        self.change_button.setEnabled(not problem and not same)

    def _problem(self) -> str:
        key = self.key
        if not (key.lead_field or key.contact_field):
            return self.tr("Choose the Lead field, the Contact field or both.")
        problems = check_rows(self._rules.rows, key, self._schema)
        known = {one.reason for one in check_rows(self._rules.rows, self._rules.key, self._schema)}
        new = [one.reason for one in problems if one.reason not in known]
        if not new:
            return ""
        return self.tr("{reason} Remove its row first.").format(reason=new[0])


async def ask_for_key(
    rules: SyncRules, schema: Schema, parent: QWidget
) -> tuple[MappingKey, MatchingOrder] | None:
    """Another key and order, None where it is to stay as it is."""
    dialog = KeyDialog(rules, schema, parent)
    chosen: list[tuple[MappingKey, MatchingOrder]] = []
    dialog.accepted.connect(lambda: chosen.append((dialog.key, dialog.order)))
    await dialog.answered()
    return chosen[0] if chosen else None


def _key_fields(fields: Iterable[SalesforceField]) -> list[SalesforceField]:
    """Text and whole numbers that can be searched for: those can hold a key; custom ones first."""
    found = [field for field in fields if field.type in _KEY_TYPES and field.filterable]
    return sorted(found, key=lambda one: (not one.name.endswith("__c"), one.label.casefold()))
