"""By what people or companies are matched, as a quiet line above the table."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from sfsync_gui.core.mapping import OBJECTS, MappingKey, MatchingOrder, SyncRules
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import Family, PersonKind
from sfsync_gui.ui.panels.mapping.offering import Place, attribute_place
from sfsync_gui.ui.panels.mapping.wording import field_label
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import LinkButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel
from sfsync_gui.ui.widgets.layouts import row


class KeyLine(QWidget):
    """'People are matched by Email ↔ Email, contacts before leads', and a way to change it."""

    change_wanted = Signal()

    def __init__(self, family: Family = Family.PEOPLE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._family = family
        of_people = family is Family.PEOPLE
        self._label = ElidedLabel(tone=Tone.MUTED)
        self.change_button = LinkButton(self.tr("Change…"))
        self.change_button.setAccessibleDescription(
            self.tr("Change by what people are matched")
            if of_people
            else self.tr("Change by what companies are matched")
        )
        self.change_button.clicked.connect(self.change_wanted)
        self._label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        line = row(IconLabel("key"), self._label, self.change_button, None, space=SPACE_GROUP)
        self.setLayout(line)

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def show_key(self, rules: SyncRules, schema: Schema) -> None:
        """Say by what the family is matched now."""
        self.change_button.setEnabled(True)
        key = rules.key_of(self._family)
        self._label.setText("" if key is None else self._said(key, rules.order, schema))

    def _said(self, key: MappingKey, order: MatchingOrder, schema: Schema) -> str:
        if self._family is Family.PEOPLE:
            said = self.tr("People are matched by {key}")
            said += self.tr(", contacts before leads") if _contacts_first(order) else ""
        else:
            said = self.tr("Companies are matched by {key}")
        said += self.tr(", only where one carries it") if order.strict else ""
        return said.format(key=key_text(key, schema, self._family))

    def show_changing(self) -> None:
        """Say that the key is being changed."""
        self.change_button.setEnabled(False)
        self._label.setText(
            self.tr("The key is being changed: everybody’s is read…")
            if self._family is Family.PEOPLE
            else self.tr("The key is being changed: all companies and accounts are read…")
        )


def key_text(key: MappingKey, schema: Schema, family: Family = Family.PEOPLE) -> str:
    """'Email ↔ Email', or with each object's field where they are not called the same."""
    attribute = field_label(attribute_place(family), key.intercom_attribute, schema)
    labels = {
        name: field_label(Place(name), field, schema)
        for name in OBJECTS[family]
        if (field := key.salesforce_field(name))
    }
    if len(labels) == len(OBJECTS[family]) and len(set(labels.values())) == 1:
        return f"{attribute} ↔ {next(iter(labels.values()))}"
    return f"{attribute} ↔ " + ", ".join(f"{name} {label}" for name, label in labels.items())


def _contacts_first(order: MatchingOrder) -> bool:
    return order.salesforce[0] is PersonKind.CONTACT
