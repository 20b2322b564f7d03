"""The filters above the errors: where the change was going, the object, the age, the cause."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.questions import ErrorCause, ErrorQuery
from sfsync_gui.ui.texts.times import DAY, HOUR
from sfsync_gui.ui.theme.tokens import SPACE_GROUP
from sfsync_gui.ui.widgets.buttons import Button, Role
from sfsync_gui.ui.widgets.filter_button import FilterButton
from sfsync_gui.ui.widgets.flow import Flow
from sfsync_gui.ui.widgets.search_field import SearchField

_Age = tuple[float, float]
"""From so many seconds ago, until so many seconds ago; 0 means without an end."""


class ErrorFilters(QWidget):
    """A search field and buttons that narrow the errors; `changed` tells that they did.

    `view_switch` stands before them, in the same lines.
    """

    changed = Signal()

    def __init__(
        self, now: Callable[[], float], view_switch: QWidget, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._cause: ErrorCause | None = None
        self.search = SearchField(self.tr("Name, e-mail or Id"))
        self.way = FilterButton(
            self.tr("Direction"),
            (
                (Side.SALESFORCE, self.tr("to Salesforce")),
                (Side.INTERCOM, self.tr("to Intercom")),
            ),
        )
        self.kind = FilterButton(
            self.tr("Object"),
            (
                (PersonKind.LEAD, self.tr("Salesforce lead")),
                (PersonKind.CONTACT, self.tr("Salesforce contact")),
                (PersonKind.ACCOUNT, self.tr("Salesforce account")),
            ),
        )
        self.age: FilterButton[_Age] = FilterButton(
            self.tr("Age"),
            (
                ((HOUR, 0), self.tr("last hour")),
                ((DAY, 0), self.tr("last day")),
                ((7 * DAY, 0), self.tr("last 7 days")),
                ((0, 7 * DAY), self.tr("older than 7 days")),
            ),
        )
        self.listed = FilterButton(
            self.tr("Dismissed"), ((True, self.tr("only")),), everything=self.tr("Left out")
        )
        self.cause_button = Button("", icon_name="close")
        self.cause_button.setProperty("role", Role.FILTER.value)
        self.cause_button.setProperty("active", "true")
        self.cause_button.setToolTip(self.tr("Show errors of all causes"))
        self.cause_button.hide()
        self.setLayout(
            Flow(
                view_switch,
                self.search,
                self.way,
                self.kind,
                self.age,
                self.listed,
                self.cause_button,
                space=SPACE_GROUP,
            )
        )
        self.search.searched.connect(self.changed)
        for button in (self.way, self.kind, self.age, self.listed):
            button.changed.connect(self.changed)
        self.cause_button.clicked.connect(self._on_cause_cleared)

    def query(self, cause: ErrorCause | None = None) -> ErrorQuery:
        """What they let through now; of one cause only, where it is given."""
        oldest, newest = self.age.value or (0, 0)
        return ErrorQuery(
            search=self.search.wanted,
            to_side=self.way.value,
            kind=self.kind.value,
            cause=cause or self._cause,
            since=self._now() - oldest if oldest else None,
            until=self._now() - newest if newest else None,
            dismissed=bool(self.listed.value),
        )

    @property
    def cause(self) -> ErrorCause | None:
        """The one cause that is looked at."""
        return self._cause

    @property
    def is_narrowed(self) -> bool:
        """Whether something is left out that is open."""
        buttons = (self.way, self.kind, self.age, self.listed)
        chosen = any(button.value is not None for button in buttons)
        return chosen or bool(self.search.wanted) or self._cause is not None

    def look_at(self, cause: ErrorCause | None, label: str = "") -> None:
        """Let through the errors of one cause, None for those of all."""
        self._cause = cause
        self.cause_button.setText(label)
        self.cause_button.setVisible(cause is not None)
        self.changed.emit()

    def clear(self) -> None:
        """Let everything through."""
        for button in (self.way, self.kind, self.age, self.listed):
            button.set_value(None)
        self.search.clear()
        self.look_at(None)

    def _on_cause_cleared(self) -> None:
        self.look_at(None)
