"""What a person does with links: sync, open, copy, unlink and link, each with what it means."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.desktop.opening import open_page
from sfsync_gui.engine.handle import Phase
from sfsync_gui.engine.questions import LinkRow, PersonRow, UnlinkedPerson
from sfsync_gui.ui.panels.identities import wording
from sfsync_gui.ui.panels.identities.link_dialog import LinkDialog, Wish
from sfsync_gui.ui.panels.identities.unlinked_details import row_of
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.texts.families import counted_records
from sfsync_gui.ui.texts.history import person_text
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.dialogs import Question, ask
from sfsync_gui.ui.widgets.table import RowAction


class LinkActions(QObject):
    """Done through the panel's handle; the lists are told what came and went."""

    unlinked = Signal(list)
    """The ids of links that a person ended here."""

    task_wanted = Signal(object)
    """A task about the person of this link is wanted."""

    linked = Signal(object)
    """The link that a person made here, None where it cannot be shown."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._undos: list[Callable[[], object]] = []

    # ------------------------------------------------------------------ on rows

    def of_links(self, links: Sequence[LinkRow]) -> Sequence[RowAction[LinkRow]]:
        """What can be done with these."""
        has_pages = not self._panel.handle.snapshot.is_demo
        return (
            RowAction(self.tr("Sync now"), "sync", self.sync, many=True),
            RowAction(
                self.tr("Open in Salesforce"),
                "external",
                lambda rows: self.open_record(rows[0], Side.SALESFORCE),
                enabled=has_pages,
            ),
            RowAction(
                self.tr("Open in Intercom"),
                "external",
                lambda rows: self.open_record(rows[0], Side.INTERCOM),
                enabled=has_pages,
            ),
            RowAction(
                self.tr("Copy Salesforce Id"),
                "copy",
                lambda rows: self.copy_ids([link.salesforce_id for link in rows]),
                many=True,
            ),
            RowAction(
                self.tr("Copy Intercom Id"),
                "copy",
                lambda rows: self.copy_ids([link.intercom_id for link in rows]),
                many=True,
            ),
            *self._for_people(links),
            RowAction(self.tr("Unlink…"), "unlink", self.unlink, many=True, danger=True),
        )

    def _for_people(self, links: Sequence[LinkRow]) -> Sequence[RowAction[LinkRow]]:
        """What can be done with people only."""
        if any(link.salesforce_kind.family is not Family.PEOPLE for link in links):
            return ()
        is_running = self._panel.handle.snapshot.phase is Phase.RUNNING
        return (
            RowAction(
                self.tr("Create task…"),
                "task",
                lambda rows: self.create_task(rows[0]),
                enabled=is_running,
            ),
        )

    def create_task(self, link: LinkRow) -> None:
        """Have a task about this person created."""
        self.task_wanted.emit(link)

    def of_unlinked(self, people: Sequence[UnlinkedPerson]) -> Sequence[RowAction[UnlinkedPerson]]:
        """What can be done with somebody left unlinked."""
        return (
            RowAction(self.tr("Link…"), "link", lambda rows: self.link_unlinked(rows[0])),
            RowAction(
                self.tr("Copy Id"),
                "copy",
                lambda rows: self.copy_ids([person.id for person in rows]),
                many=True,
            ),
        )

    # ------------------------------------------------------------------ sync, open, copy

    def sync(self, links: Sequence[LinkRow]) -> None:
        """Read both records of each, and write what differs."""
        self._start(self._sync(links))

    async def _sync(self, links: Sequence[LinkRow]) -> None:
        self._panel.toast(self.tr("Syncing {who}").format(who=self._who(links)), Tone.ACCENT)
        for link in links:
            await self._panel.handle.sync_link(link.id)

    def open_record(self, link: LinkRow, side: Side) -> None:
        """Show a record where it lives, in the browser."""
        self._start(self._open(link, side))

    async def _open(self, link: LinkRow, side: Side) -> None:
        pair = await self._panel.handle.pair(link.id)
        url = ""
        if pair is not None:
            url = pair.intercom_url if side is Side.INTERCOM else pair.salesforce_url
        if url:
            open_page(url)
        else:
            said = self.tr("There is no page for this record in {service}")
            self._panel.toast(said.format(service=SERVICE[side]), Tone.WARNING)

    def copy_ids(self, ids: Sequence[str]) -> None:
        """Put Ids on the clipboard, one a line."""
        QGuiApplication.clipboard().setText("\n".join(ids))
        said = self.tr("Copied {ids}")
        self._panel.toast(said.format(ids=ids[0] if len(ids) == 1 else counted(len(ids), "Id")))

    # ------------------------------------------------------------------ unlink

    def unlink(self, links: Sequence[LinkRow]) -> None:
        """Ask, saying what it means, and then end these links."""
        if links:
            self._start(self._unlink(tuple(links)))

    async def _unlink(self, links: tuple[LinkRow, ...]) -> None:
        if not await ask(self._panel, self._question(links)):
            return
        for link in links:
            await self._panel.handle.unlink(link.id)
        self.unlinked.emit([link.id for link in links])
        self._offer_undo(
            self.tr("Unlinked {who}").format(who=self._who(links)),
            lambda: self._start(self._link_again(links)),
        )

    def _question(self, links: tuple[LinkRow, ...]) -> Question:
        family = links[0].salesforce_kind.family
        if len(links) == 1:
            title = self.tr("Unlink {name}").format(name=wording.intercom_name(links[0]))
            pair = wording.pair_text(links[0])
            said = self.tr(
                "Nothing is synced any more between {pair}. Both records stay as they are.\n\n"
                "They are kept apart until a key changes on either side, or you link them again."
            ).format(pair=pair)
        else:
            title = self.tr("Unlink {who}").format(who=counted_records(len(links), family))
            said = (
                self.tr(
                    "Nothing is synced any more between these people and their records in "
                    "Salesforce. All records stay as they are."
                )
                if family is Family.PEOPLE
                else self.tr(
                    "Nothing is synced any more between these companies and their accounts in "
                    "Salesforce. All records stay as they are."
                )
            )
            said += "\n\n" + self.tr(
                "Each pair is kept apart until a key changes on either side, or you link it again."
            )
        errors = sum(link.errors for link in links)
        if errors:
            closing = self.tr("{errors} of theirs will be closed.")
            said += "\n\n" + closing.format(errors=counted(errors, self.tr("open error")))
        keep = self.tr("Keep linked")
        return Question(title, said, self.tr("Unlink"), keep, danger=True)

    async def _link_again(self, links: tuple[LinkRow, ...]) -> None:
        for link in links:
            await self._panel.handle.link(
                link.intercom_id, link.salesforce_kind, link.salesforce_id
            )
        self.linked.emit(await self._link_of(links[0].intercom_id))
        self._panel.toast(self.tr("Linked {who} again").format(who=self._who(links)))

    # ------------------------------------------------------------------ link

    def link_by_hand(
        self,
        intercom: PersonRow | None = None,
        salesforce: PersonRow | None = None,
        family: Family = Family.PEOPLE,
    ) -> None:
        """Have two people, or a company and an account, chosen and compared, and link them.

        Where one of them is given, it tells of which `family` both are.
        """
        given = intercom or salesforce
        family = given.kind.family if given is not None else family
        self._start(self._link_by_hand(LinkDialog(self._panel, intercom, salesforce, family)))

    def link_unlinked(self, person: UnlinkedPerson, candidate: PersonRow | None = None) -> None:
        """Link somebody left unlinked, with one of the candidates where it is given."""
        people = {person.side: row_of(person)}
        if candidate is not None:
            people[candidate.side] = candidate
        self.link_by_hand(people.get(Side.INTERCOM), people.get(Side.SALESFORCE))

    async def _link_by_hand(self, dialog: LinkDialog) -> None:
        if await dialog.answered() and dialog.wish is not None:
            await self._link(dialog.wish)

    async def _link(self, wish: Wish) -> None:
        contact, record = wish.intercom, wish.salesforce
        await self._panel.handle.link(contact.id, record.kind, record.id, replacing=wish.replacing)
        link = await self._link_of(contact.id)
        self.linked.emit(link)
        said = self.tr("Linked {contact} and {record}").format(
            contact=person_text(contact.name, contact.key, contact.id),
            record=person_text(record.name, record.key, record.id),
        )
        if link is None or wish.replacing:
            self._panel.toast(said)
        else:
            self._offer_undo(said, lambda: self._start(self._end_again(link)))

    async def _end_again(self, link: LinkRow) -> None:
        await self._panel.handle.unlink(link.id)
        self.unlinked.emit([link.id])
        self._panel.toast(self.tr("Unlinked {who}").format(who=self._who((link,))))

    async def _link_of(self, intercom_id: str) -> LinkRow | None:
        """The link that this person has now."""
        person = await self._panel.ask(lambda store: store.person(Side.INTERCOM, intercom_id))
        link_id = None if person is None else person.link_id
        if link_id is None:
            return None
        return await self._panel.ask(lambda store: store.link(link_id))

    # ------------------------------------------------------------------ undo

    def undo(self) -> bool:
        """Take back the last unlinking or linking; whether there was one."""
        if not self._undos:
            return False
        self._undos.pop()()
        return True

    def _offer_undo(self, said: str, undo: Callable[[], object]) -> None:
        def once() -> None:
            if undo in self._undos:
                self._undos.remove(undo)
                undo()

        self._undos.append(undo)
        self._panel.toast(said, action=self.tr("Undo"), on_action=once)

    # ------------------------------------------------------------------ small things

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._panel.tasks.start(work)

    def _who(self, links: Sequence[LinkRow]) -> str:
        if len(links) == 1:
            return wording.intercom_name(links[0])
        return counted_records(len(links), links[0].salesforce_kind.family)
