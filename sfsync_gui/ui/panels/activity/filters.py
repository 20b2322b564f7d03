"""The filters above the changes: who, what happened, which row, which way, why, since when."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import Family, HistoryKind, PersonKind, Side, Trigger
from sfsync_gui.engine.questions import HistoryQuery
from sfsync_gui.ui.texts.fields import FieldTexts
from sfsync_gui.ui.texts.history import kind_text, reason_text
from sfsync_gui.ui.texts.times import DAY, HOUR
from sfsync_gui.ui.widgets.buttons import Button, Role
from sfsync_gui.ui.widgets.filter_button import FilterButton
from sfsync_gui.ui.widgets.flow import Flow
from sfsync_gui.ui.widgets.search_field import SearchField

translate = QCoreApplication.translate

Pair = tuple[str, str]
"""The ids of two people, Intercom's first."""


class ActivityFilters(QWidget):
    """A search field and buttons that narrow the history; `changed` tells that they did."""

    changed = Signal()

    def __init__(self, now: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._pair: Pair | None = None
        self.search = SearchField(self.tr("Name, e-mail or Id"))
        self.family = FilterButton(
            self.tr("About"),
            ((Family.PEOPLE, self.tr("people")), (Family.COMPANIES, self.tr("companies"))),
        )
        self.family.hide()
        self.field: FilterButton[str] = FilterButton(self.tr("Field"), ())
        self.way = FilterButton(
            self.tr("Direction"),
            (
                (Side.SALESFORCE, self.tr("to Salesforce")),
                (Side.INTERCOM, self.tr("to Intercom")),
            ),
        )
        self.kind = FilterButton(self.tr("What"), [(one, kind_text(one)) for one in HistoryKind])
        self.trigger = FilterButton(self.tr("Why"), [(one, reason_text(one)) for one in Trigger])
        self.age = FilterButton(
            self.tr("When"),
            (
                (HOUR, self.tr("last hour")),
                (DAY, self.tr("last day")),
                (7 * DAY, self.tr("last 7 days")),
                (30 * DAY, self.tr("last 30 days")),
            ),
        )
        self.person_button = Button("", icon_name="close")
        self.person_button.setProperty("role", Role.FILTER.value)
        self.person_button.setProperty("active", "true")
        self.person_button.setToolTip(self.tr("Show the changes of everybody"))
        self.person_button.hide()
        self._buttons = (self.family, self.field, self.way, self.kind, self.trigger, self.age)
        self.setLayout(Flow(self.search, self.person_button, *self._buttons))
        self.search.searched.connect(self.changed)
        for button in self._buttons:
            button.changed.connect(self.changed)
        self.person_button.clicked.connect(lambda: self.look_at(None))

    def query(self) -> HistoryQuery:
        """What they let through now."""
        kind, age = self.kind.value, self.age.value
        return HistoryQuery(
            search=self.search.wanted,
            pair=self._pair,
            row_id=self.field.value,
            to_side=self.way.value,
            trigger=self.trigger.value,
            kinds=frozenset() if kind is None else frozenset({kind}),
            since=None if age is None else self._now() - age,
            family=self.family.value,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether something is left out."""
        chosen = any(button.value is not None for button in self._buttons)
        return chosen or bool(self.search.wanted) or self._pair is not None

    def offer_rows(self, rows: Sequence[AttributeMapping], fields: FieldTexts) -> None:
        """The rows of the mapping, to choose a field among; companies where there are any."""
        labels = sorted((_row_label(row, fields), row.id) for row in rows)
        self.field.set_choices([(row_id, label) for label, row_id in labels])
        self.family.setVisible(any(row.family is Family.COMPANIES for row in rows))

    def look_at(self, pair: Pair | None, name: str = "") -> None:
        """Let through what happened to one pair of people, None for everybody."""
        self._pair = pair
        self.person_button.setText(name)
        self.person_button.setVisible(pair is not None)
        self.changed.emit()

    def clear(self) -> None:
        """Let everything through."""
        for button in self._buttons:
            button.set_value(None)
        self.search.clear()
        self.look_at(None)


def _row_label(row: AttributeMapping, fields: FieldTexts) -> str:
    if row.family is Family.PEOPLE:
        return fields.label(Side.INTERCOM, None, row.intercom_attribute)
    label = fields.label(Side.SALESFORCE, PersonKind.ACCOUNT, row.account_field)
    return translate("activity", "{field} of companies").format(field=label)
