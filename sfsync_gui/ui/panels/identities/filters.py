"""The filters above the lists: words, kinds of people, states; why somebody is not linked."""

from enum import StrEnum

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.vocabulary import Family, MatchOutcome, PersonKind
from sfsync_gui.engine.questions import LinkQuery, LinkSort
from sfsync_gui.ui.panels.identities.wording import search_hint
from sfsync_gui.ui.widgets.filter_button import FilterButton
from sfsync_gui.ui.widgets.search_field import SearchField


class State(StrEnum):
    """How a link may be."""

    AMBIGUOUS = "ambiguous"
    WITH_ERRORS = "with_errors"
    WAITING = "waiting"


class LinkFilters(QObject):
    """A search field and buttons that narrow the links; `changed` tells that they did.

    The panel places `widgets`, in a line with others. All companies, and all accounts, are of one
    kind: there is no choice of kinds then.
    """

    changed = Signal()

    def __init__(self, parent: QObject, family: Family = Family.PEOPLE) -> None:
        super().__init__(parent)
        self.family = family
        self.search = SearchField(search_hint(family))
        self.record = FilterButton(
            self.tr("Salesforce"),
            ((PersonKind.LEAD, self.tr("lead")), (PersonKind.CONTACT, self.tr("contact"))),
        )
        self.role = FilterButton(
            self.tr("Intercom"),
            ((PersonKind.USER, self.tr("user")), (PersonKind.INTERCOM_LEAD, self.tr("lead"))),
        )
        self.state = FilterButton(
            self.tr("State"),
            (
                (State.AMBIGUOUS, self.tr("ambiguous")),
                (State.WITH_ERRORS, self.tr("with errors")),
                (State.WAITING, self.tr("waiting")),
            ),
        )
        kinds = (self.record, self.role) if family is Family.PEOPLE else ()
        self.widgets: tuple[QWidget, ...] = (self.search, *kinds, self.state)
        self._buttons = (*kinds, self.state)
        self.search.searched.connect(self.changed)
        for button in self._buttons:
            button.changed.connect(self.changed)

    def query(self, sort: LinkSort = LinkSort.LINKED, *, descending: bool = True) -> LinkQuery:
        """What they let through now, in that order."""
        return LinkQuery(
            search=self.search.wanted,
            intercom_kind=self.role.value,
            salesforce_kind=self.record.value,
            ambiguous=self.state.value is State.AMBIGUOUS,
            with_errors=self.state.value is State.WITH_ERRORS,
            waiting=self.state.value is State.WAITING,
            family=self.family,
            sort=sort,
            descending=descending,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether links are left out."""
        chosen = any(button.value is not None for button in self._buttons)
        return bool(self.search.wanted) or chosen

    def clear(self) -> None:
        """Let everything through."""
        for button in self._buttons:
            button.set_value(None)
        self.search.clear()
        self.changed.emit()


class UnlinkedFilters(QObject):
    """A search field and a button that narrow those left unlinked. The panel places `widgets`."""

    changed = Signal()

    def __init__(self, parent: QObject, family: Family = Family.PEOPLE) -> None:
        super().__init__(parent)
        self.family = family
        self.why = FilterButton(
            self.tr("Why"),
            (
                (MatchOutcome.AMBIGUOUS, self.tr("ambiguous")),
                (MatchOutcome.ALREADY_LINKED, self.tr("already linked")),
            ),
        )
        self.search = SearchField(search_hint(family))
        self.widgets: tuple[QWidget, ...] = (self.search, self.why)
        self.search.searched.connect(self.changed)
        self.why.changed.connect(self.changed)

    @property
    def wanted(self) -> tuple[MatchOutcome | None, str] | None:
        """What they let through now: the reason and the words; None for everybody."""
        if self.why.value is None and not self.search.wanted:
            return None
        return self.why.value, self.search.wanted

    def clear(self) -> None:
        """Let everything through."""
        self.why.set_value(None)
        self.search.clear()
        self.changed.emit()
