"""The oracle: knows only the list of human edits, and what must have become of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import IdentityMapping
from sfsync_gui.core.vocabulary import BlankRule, HistoryKind, Side
from sfsync_gui.engine.storage import UnitOfWork
from tests.property.actions import HumanEdit, Story


class Lost(AssertionError):  # noqa: N818 - reads as the verdict
    """A human edit, or an invariant, was lost."""


class Verdict:
    """Judges one world that came to rest."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.links: list[IdentityMapping] = []
        self.history: list[HistoryEntry] = []
        self.errors: list[SyncError] = []
        self.fates: Counter[str] = Counter()

    async def judge(self) -> Counter[str]:
        """Raise `Lost` where a rule was broken; returns how many edits met which fate."""
        await self.story.store.run(self._load)
        self._check_links()
        self._check_creations()
        await self.story.store.run(self._check_directory)
        for edit in self.story.edits:
            self._check_edit(edit)
        return self.fates

    def _load(self, unit: UnitOfWork) -> None:
        self.links = unit.links.page(0, 1000)
        self.history = unit.history.recent(100_000)
        self.errors = unit.errors.all(0, 1000)

    # ------------------------------------------------------------------ invariants

    def _check_links(self) -> None:
        """One to one; both there; both still carrying the keys that the link was made for."""
        story = self.story
        for side in ("intercom_id", "salesforce_id"):
            ids = [getattr(link, side) for link in self.links]
            if len(ids) != len(set(ids)):
                raise Lost(f"{side}: linked twice")
        for link in self.links:
            contact = story.intercom.contact(link.intercom_id)
            record = story.salesforce.record(link.salesforce_id)
            if contact is None:
                if self._gone_silently(link.intercom_id):
                    continue
                raise Lost(f"link {link.id}: the contact is gone, the link is not")
            if record is None or record["IsDeleted"] or record.get("IsConverted"):
                raise Lost(f"link {link.id}: the record is gone, the link is not")
            keys = (str(contact["email"] or "").lower(), str(record["Email"] or "").lower())
            if keys != (link.intercom_key, link.salesforce_key) and link.intercom_key is not None:
                raise Lost(f"link {link.id}: keys {keys}, stored {link.intercom_key}")

    def _gone_silently(self, contact_id: str) -> bool:
        """A deletion in Intercom is learnt on access or by the daily sweep only."""
        return contact_id in self.story.structural

    def _check_creations(self) -> None:
        """No duplicate lead: never two by our own user for one address."""
        story = self.story
        own = Counter(
            str((story.salesforce.record(one) or {}).get("Email"))
            for one in story.salesforce.ids("Lead")
            if (story.salesforce.record(one) or {}).get("CreatedById")
            == story.salesforce.org.api_user_id
        )
        asked = Counter(story.created_for)
        for email, count in own.items():
            if count > max(1, len(asked)) and email != "None":
                raise Lost(f"{count} leads were created for {email}")
        wanted = sum(1 for one in self.history if one.kind is HistoryKind.CREATED)
        if sum(own.values()) > wanted + self._vanished():
            raise Lost(f"{sum(own.values())} leads in Salesforce, {wanted} in history")

    def _vanished(self) -> int:
        return 0

    def _check_directory(self, unit: UnitOfWork) -> None:
        """No position ahead of the store: what lies before it has been observed."""
        story = self.story
        position = unit.state.salesforce_position()
        if position is None:
            raise Lost("no position in Salesforce")
        for record_id in story.salesforce.ids("Lead") + story.salesforce.ids("Contact"):
            person = unit.directory.get(Side.SALESFORCE, record_id)
            email = (story.salesforce.record(record_id) or {})["Email"]
            if person is None or (person.key or "") != str(email or "").lower():
                raise Lost(f"{record_id} was not observed as it is")
        for contact in story.intercom.all_contacts():
            seen = unit.directory.get(Side.INTERCOM, contact["id"])
            if seen is None or (seen.key or "") != str(contact["email"] or "").lower():
                raise Lost(f"{contact['id']} was not observed as it is")

    # ------------------------------------------------------------------ edits

    def _check_edit(self, edit: HumanEdit) -> None:
        link = self._link_of(edit)
        if link is None:
            self.fates["not linked at the end"] += 1
            return
        for row in self.story.rows:
            source = row.field_for(edit.side, link.salesforce_kind)
            other = row.field_for(edit.side.other, link.salesforce_kind)
            if (
                source is None
                or other is None
                or source.removeprefix("custom_attributes.") != edit.field
            ):
                continue
            if row.direction.writes(edit.side.other):
                self._check_row(edit, row, link)

    def _link_of(self, edit: HumanEdit) -> IdentityMapping | None:
        for link in self.links:
            if edit.person in (link.intercom_id, link.salesforce_id):
                return link
        return None

    def _check_row(self, edit: HumanEdit, row: AttributeMapping, link: IdentityMapping) -> None:
        fate = self._fate(edit, row, link)
        if fate is None:
            raise Lost(f"{edit} was lost: row {row.id}, link {link}")
        self.fates[fate] += 1

    def _fate(self, edit: HumanEdit, row: AttributeMapping, link: IdentityMapping) -> str | None:
        if self._excused(edit, row, link):
            return "excused"
        if edit.value is None and row.blank_rule is BlankRule.KEEP:
            return "a blank that is not copied"
        if self._value_of(row, link, edit.side.other) == edit.value:
            return "arrived"
        if self._overtaken(edit, row, link):
            return "overtaken"
        if self._in_errors(row, link):
            return "in the errors"
        entries = [one for one in self.history if one.row_id == row.id and self._about(one, link)]
        if any(one.before == edit.value and one.side is edit.side for one in entries):
            return "the loser, in history"
        return None

    def _excused(self, edit: HumanEdit, row: AttributeMapping, link: IdentityMapping) -> bool:
        """Edits made before the people were linked, or of a row that was out of force then."""
        began = max(
            (one.at for one in self.history if self._begins(one, link)), default=link.created_at
        )
        events = [self.story.structural.get(one, 0.0) for one in _ids(link)]
        return (
            edit.at <= began + 1
            or edit.at <= max(events) + 1
            or edit.at <= self.story.removed_rows.get(row.id, -1.0) + 1
            or row.id not in {one.id for one in self.story.engine.context.rules.rows}
        )

    def _begins(self, entry: HistoryEntry, link: IdentityMapping) -> bool:
        kinds = (HistoryKind.LINKED, HistoryKind.MOVED)
        return entry.kind in kinds and self._about(entry, link)

    def _about(self, entry: HistoryEntry, link: IdentityMapping) -> bool:
        return entry.intercom_id == link.intercom_id and entry.salesforce_id == link.salesforce_id

    def _overtaken(self, edit: HumanEdit, row: AttributeMapping, link: IdentityMapping) -> bool:
        """A later human edit of the same row, or of a row that writes the same place."""
        places = defaultdict(set)
        for other in self._related(row, link):
            for side in Side:
                name = other.field_for(side, link.salesforce_kind)
                places[side].add(str(name).removeprefix("custom_attributes."))
        return any(
            later.order > edit.order
            and later.person in _ids(link)
            and later.field in places[later.side]
            for later in self.story.edits
        )

    def _related(self, row: AttributeMapping, link: IdentityMapping) -> Iterable[AttributeMapping]:
        fields = {row.field_for(side, link.salesforce_kind) for side in Side}
        for other in self.story.rows:
            if fields & {other.field_for(side, link.salesforce_kind) for side in Side}:
                yield other

    def _in_errors(self, row: AttributeMapping, link: IdentityMapping) -> bool:
        """The row is listed: its value was refused, or the value that wins over it was."""
        return any(
            error.link_id == link.id and error.row_id in (row.id, None) for error in self.errors
        )

    def _value_of(self, row: AttributeMapping, link: IdentityMapping, side: Side) -> str | None:
        name = str(row.field_for(side, link.salesforce_kind))
        if side is Side.SALESFORCE:
            value = (self.story.salesforce.record(link.salesforce_id) or {}).get(name)
        else:
            contact = self.story.intercom.contact(link.intercom_id) or {}
            inner = contact.get("custom_attributes", {})
            value = contact.get(name, inner.get(name.removeprefix("custom_attributes.")))
        return str(value) if value else None


def _ids(link: IdentityMapping) -> tuple[str, str]:
    return link.intercom_id, link.salesforce_id
