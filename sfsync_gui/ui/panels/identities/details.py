"""The pane at the right: the details of a link or of one left unlinked, kept up to date."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.questions import (
    ErrorQuery,
    HistoryQuery,
    LinkRow,
    PersonRow,
    Questions,
    UnlinkedPerson,
)
from sfsync_gui.ui.panels.identities import wording
from sfsync_gui.ui.panels.identities.actions import LinkActions
from sfsync_gui.ui.panels.identities.link_details import LinkDetails, LinkFacts
from sfsync_gui.ui.panels.identities.unlinked_details import UnlinkedDetails
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.tasks import told
from sfsync_gui.ui.texts.history import person_text
from sfsync_gui.ui.widgets.details import SplitView

_REST = 80
"""Milliseconds before what is shown is read: an arrow key that is held passes many rows."""

_MOST = 1000
"""Errors of one link that are counted, at most."""


class Details(QObject):
    """Shows one person or pair at a time in the pane of `split`."""

    errors_wanted = Signal(object)
    """The errors of this link are to be seen."""

    def __init__(self, panel: Panel, split: SplitView, actions: LinkActions) -> None:
        super().__init__(panel)
        self._panel, self._split, self._actions = panel, split, actions
        self.shown: LinkDetails | UnlinkedDetails | None = None
        self._read_soon = QTimer(self, singleShot=True, interval=_REST)
        self._read_soon.timeout.connect(self.refresh)
        split.details.closed.connect(self.close)

    def show_link(self, link: LinkRow) -> None:
        """Open the pane on a link, with what the list knows; the rest follows."""
        if not (isinstance(self.shown, LinkDetails) and self.shown.link.id == link.id):
            details = LinkDetails(link, self._panel)
            details.sync_wanted.connect(lambda: self._actions.sync([details.link]))
            details.unlink_wanted.connect(lambda: self._actions.unlink([details.link]))
            details.task_wanted.connect(lambda: self._actions.create_task(details.link))
            details.errors_wanted.connect(lambda: self.errors_wanted.emit(details.link))
            details.open_wanted.connect(lambda side: self._actions.open_record(details.link, side))
            details.link_wanted.connect(lambda other: self._link_other(details.link, other))
            for wish in (details.history.more_wanted, details.retry_wanted):
                wish.connect(self.refresh)
            self._show(details)
        self._head(link)
        self._split.open_details()
        self._read_soon.start()

    def show_unlinked(self, person: UnlinkedPerson) -> None:
        """Open the pane on somebody left unlinked, or bring it up to date."""
        shown = self.shown
        if isinstance(shown, UnlinkedDetails) and _same(shown.person, person):
            shown.show_person(person)
        else:
            details = UnlinkedDetails(person)
            details.link_wanted.connect(
                lambda candidate: self._actions.link_unlinked(details.person, candidate)
            )
            self._show(details)
            name = person_text(person.name, person.key, person.id)
            self._split.details.set_heading(name, person.key or "")
        self._split.open_details()

    def _show(self, details: LinkDetails | UnlinkedDetails) -> None:
        self.shown = details
        self._split.details.set_content(details)

    def _head(self, link: LinkRow) -> None:
        self._split.details.set_heading(wording.intercom_name(link), link.intercom_key or "")

    def close(self) -> None:
        """Close the pane."""
        self._read_soon.stop()
        self.shown = None
        self._split.close_details()

    def close_links(self, link_ids: list[int]) -> None:
        """Close the pane where it shows one of these links."""
        if isinstance(self.shown, LinkDetails) and self.shown.link.id in link_ids:
            self.close()

    def refresh(self) -> None:
        """Read anew what is shown of a link."""
        if isinstance(self.shown, LinkDetails):
            self._panel.tasks.start(self._read(self.shown))

    async def _read(self, details: LinkDetails) -> None:
        link, wanted = details.link, details.history.wanted
        try:
            pair = await self._panel.handle.pair(link.id)
            now, others, history, errors = await self._panel.ask(partial(_facts, link, wanted))
        except Exception as failure:  # the edge where the details say why there are none
            if self.shown is details:
                details.show_failure(told(failure))
            return
        if self.shown is details:  # else another is shown by now, and this one is gone
            has_more = len(history) > wanted
            shown = tuple(history[:wanted])
            facts = LinkFacts(now, pair, tuple(others), shown, has_more, errors)
            details.show_facts(facts)
            self._head(details.link)

    def _link_other(self, link: LinkRow, other: PersonRow) -> None:
        """Link one of the pair with another who carries the key, in place of its partner."""
        self._panel.tasks.start(self._ask_for_other(link, other))

    async def _ask_for_other(self, link: LinkRow, other: PersonRow) -> None:
        kept_id = link.salesforce_id if other.side is Side.INTERCOM else link.intercom_id
        kept = await self._panel.ask(lambda store: store.person(other.side.other, kept_id))
        people = (other, kept) if other.side is Side.INTERCOM else (kept, other)
        self._actions.link_by_hand(*people)


def _facts(
    link: LinkRow, wanted: int, store: Questions
) -> tuple[LinkRow | None, list[PersonRow], list[HistoryEntry], int]:
    now = store.link(link.id)
    others: list[PersonRow] = []
    if now is not None and now.ambiguous:
        for side, key in (
            (Side.SALESFORCE, now.intercom_key),
            (Side.INTERCOM, now.salesforce_key),
        ):
            family = now.salesforce_kind.family
            others += [] if key is None else store.carriers(side, key, family)
    own = (link.intercom_id, link.salesforce_id)
    history = store.history_page(HistoryQuery(pair=own), None, wanted + 1)
    errors = store.errors_matching(ErrorQuery(person=(Side.INTERCOM, link.intercom_id)), _MOST)
    return now, [one for one in others if one.id not in own], history, errors


def _same(first: UnlinkedPerson, second: UnlinkedPerson) -> bool:
    return (first.side, first.id) == (second.side, second.id)
