"""What people do in the two services, drawn from the world's seed."""

from __future__ import annotations

from sfsync_gui.core.vocabulary import Side
from tests.property.census import Text
from tests.property.hands import CONTACT_PREFIX, LEAD_PREFIX, Hands
from tests.property.rows import ALL, SOURCES, TARGETS, TIERS, TWO_WAY, Source, source_of


class People(Hands):
    """Teammates in Intercom and salespeople in Salesforce, with nothing but trouble in mind.

    Each action tells whether there was anybody to do it to.
    """

    def populate(self) -> None:
        """The people of the beginning."""
        for number in range(self.random.randint(7, 12)):
            email = f"p{number}-{self.seed}@example.com"
            sides = self.random.choice(["both"] * 5 + ["intercom", "salesforce"])
            if sides != "salesforce":
                role = self.random.choice(["user", "user", "lead"])
                tier = {"tier": self.random.choice(TIERS)}
                self.intercom.create_contact(
                    role, email=email, name=f"Person {number}", custom_attributes=tier
                )
            if sides != "intercom":
                self._new_record(email)

    # ------------------------------------------------------------------ who is there

    def contacts(self) -> list[str]:
        """Ids of the contacts that are there."""
        return [contact["id"] for contact in self.intercom.all_contacts()]

    def records(self) -> list[str]:
        """Ids of the leads and contacts that can be edited."""
        ids = self.salesforce.ids("Lead") + self.salesforce.ids("Contact")
        return [one for one in ids if not (self.salesforce.record(one) or {}).get("IsConverted")]

    def linked(self) -> list[tuple[str, str, int]]:
        """The links as they are now: both ids, and the link's own."""
        links = self.ask(lambda unit: unit.links.page(0, 1000))
        return [(link.intercom_id, link.salesforce_id, link.id) for link in links]

    def one(self, ids: list[str], linked_share: float = 0.95) -> str | None:
        """Somebody, if there is anybody; mostly somebody who is linked."""
        links = self.linked()
        known = {one for link in links for one in link[:2]}
        linked = [one for one in ids if one in known]
        if linked and self.random.random() < linked_share:
            return self.random.choice(linked)
        return self.any_of([one for one in ids if one not in known] or ids)

    def any_of(self, ids: list[str]) -> str | None:
        """Somebody, if there is anybody."""
        return self.random.choice(ids) if ids else None

    def someone_on(self, side: Side) -> str | None:
        """Somebody on a side."""
        return self.one(self.contacts() if side is Side.INTERCOM else self.records())

    # ------------------------------------------------------------------ edits

    def edit(self) -> bool:
        """An ordinary edit on either side."""
        source = self.random.choice(SOURCES)
        person = self.someone_on(source.side)
        if person is None:
            return False
        late = 0.0
        if source.side is Side.SALESFORCE and self.random.random() < 0.2:
            late = self.random.choice([30.0, 200.0])
        return self.type_in(source, person, self.value_for(source), late)

    def edit_many(self) -> bool:
        """Several people are edited before anybody looks: a batch."""
        name = self.random.choice(["phone", "phone", "alias", "first"])
        field = source_of(Side.INTERCOM, name)
        linked = {link[0] for link in self.linked()}
        people = [one for one in self.contacts() if one in linked or self.random.random() < 0.1]
        chosen = self.random.sample(people, min(4, len(people)))
        for one in chosen:
            self.type_in(field, one, self.value_for(field))
        return bool(chosen)

    def edit_both(self) -> bool:
        """Both sides of one link change the same two-way row before anybody looks."""
        known = {*self.records(), *self.contacts()}
        links = [link for link in self.linked() if known.issuperset(link[:2])]
        if not links:
            return False
        link = self.random.choice(links)
        sources = list(self.random.choice(TWO_WAY))
        self.random.shuffle(sources)
        for source in sources:
            person = link[0] if source.side is Side.INTERCOM else link[1]
            self.type_in(source, person, self.value_for(source))
            self.clock.advance(self.random.choice([0, 2]))
        return True

    def blank(self) -> bool:
        """Somebody empties a field, mostly one whose blanks are copied."""
        copied = [one for one in SOURCES if one.field in ("note", "Short_Note__c")]
        side = self.random.choice(list(Side))
        person = self.someone_on(side)
        sources = [one for one in SOURCES + tuple(copied) * 3 if one.side is side]
        if person is None:
            return False
        filled = [one for one in sources if self.held(side, person, one.field) is not None]
        return bool(filled) and self.type_in(self.random.choice(filled), person, None)

    def too_long(self) -> bool:
        """A text that its target cannot hold."""
        person = self.one(self.contacts())
        source = Source(Side.INTERCOM, "alias")
        return person is not None and self.type_in(
            source, person, self.new_text() + " very long" * 6
        )

    def edit_target(self) -> bool:
        """Somebody types where a row writes; the next change of its source writes again."""
        source = self.random.choice(TARGETS)
        person = self.someone_on(source.side)
        return person is not None and self.type_in(source, person, self.value_for(source))

    def touch(self) -> bool:
        """Time stamps move, and nothing else."""
        person, record = self.any_of(self.contacts()), self.any_of(self.records())
        self.tell(f"touch {person} and {record}")
        if person is not None:
            self.intercom.touch(person)
        if record is not None:
            self.salesforce.touch(record)
        return True

    # ------------------------------------------------------------------ keys

    def intercom_key(self) -> bool:
        """Somebody gets another e-mail address in Intercom."""
        person = self.one(self.contacts(), 0.5)
        if person is None:
            return False
        email = self._an_email(Side.SALESFORCE)
        self.key_edits.append(self.note_edit(Side.INTERCOM, person, "email", email))
        self.intercom.edit_contact(person, email=email)
        return True

    def salesforce_key(self) -> bool:
        """Somebody gets another e-mail address in Salesforce."""
        person = self.one(self.records(), 0.5)
        if person is None:
            return False
        email = self._an_email(Side.INTERCOM)
        self.key_edits.append(self.note_edit(Side.SALESFORCE, person, "Email", email))
        self.salesforce.edit(person, Email=email)
        return True

    def meet(self) -> bool:
        """Somebody who is not linked gets the address of somebody on the other side who is not."""
        linked = {one for link in self.linked() for one in link[:2]}
        contact = self.any_of([one for one in self.contacts() if one not in linked])
        records = [one for one in self.records() if one not in linked]
        record = self.any_of([one for one in records if self.held(Side.SALESFORCE, one, "Email")])
        if contact is None or record is None:
            return False
        email = self.held(Side.SALESFORCE, record, "Email")
        theirs = self.held(Side.INTERCOM, contact, "email")
        if theirs is None or self.random.random() < 0.5:
            self.key_edits.append(self.note_edit(Side.INTERCOM, contact, "email", email))
            self.intercom.edit_contact(contact, email=email)
        else:
            self.key_edits.append(self.note_edit(Side.SALESFORCE, record, "Email", theirs))
            self.salesforce.edit(record, Email=theirs)
        return True

    def _an_email(self, side: Side) -> str | None:
        """The address of somebody of a side, mostly of one who is not linked; or a new, or none."""
        people = self.contacts() if side is Side.INTERCOM else self.records()
        name = "email" if side is Side.INTERCOM else "Email"
        linked = {one for link in self.linked() for one in link[:2]}
        free = [one for one in people if one not in linked and self.held(side, one, name)]
        pool = self.random.choice([free, free, free, people, []])
        if pool:
            return self.held(side, self.random.choice(pool), name)
        return self.random.choice([f"{self.new_text()}@example.org", None])

    # ------------------------------------------------------------------ people come and go

    def create_intercom(self) -> bool:
        """A contact appears."""
        email = self._an_email(Side.SALESFORCE)
        person = self.intercom.create_contact(
            self.random.choice(["user", "user", "lead"]),
            email=email,
            name="New",
            custom_attributes={"tier": self.random.choice([None, *TIERS])},
        )
        self.tell(f"intercom: {person} is new, {email}")
        if self.random.random() < 0.15:
            phone = Source(Side.INTERCOM, "phone")
            self.type_in(phone, person, self.value_for(phone))
        return True

    def create_salesforce(self) -> bool:
        """A lead or a contact appears, perhaps late."""
        email = self._an_email(Side.INTERCOM)
        late = self.random.choice([0.0, 0.0, 0.0, 150.0])
        record = self._new_record(email, late)
        if late:
            self.late.add(record)
        self.tell(f"salesforce: {record} is new, {email}" + (f" ({late:g} s late)" if late else ""))
        return True

    def create_both(self) -> bool:
        """The same person is created on both sides before anybody looks."""
        email = f"{self.new_text()}@example.net"
        person = self.intercom.create_contact("user", email=email, name="Both")
        record = self._new_record(email)
        self.tell(f"both sides: {person} and {record} are new, {email}")
        return True

    def new_twin(self, side: Side) -> tuple[str, str] | None:
        """Somebody appears with the key of somebody linked; both ids on that side."""
        there = {*self.contacts(), *self.records()}
        links = [link for link in self.linked() if there.issuperset(link[:2])]
        if not links:
            return None
        link = self.random.choice(links)
        email = self.held(Side.SALESFORCE, link[1], "Email")
        if side is Side.INTERCOM:
            known, twin = link[0], self.intercom.create_contact("user", email=email, name="Twin")
        else:
            known, twin = link[1], self._new_record(email, lead_share=0.8)
        self.tell(f"{side}: {twin} is new, {email} like {known}")
        return known, twin

    def part(self, side: Side, person: str) -> None:
        """Somebody's link is to end."""
        if side is Side.SALESFORCE:
            self.salesforce.delete(person)
            self.tell(f"salesforce: {person} deleted")
            self.departures[person] = self.order
        else:
            email = f"{self.new_text()}@example.org"
            self.key_edits.append(self.note_edit(side, person, "email", email))
            self.intercom.edit_contact(person, email=email)

    def _new_record(self, email: str | None, late: float = 0.0, lead_share: float = 0.5) -> str:
        fields = {"LastName": "Person", "Email": email, "Title": self.new_text()}
        if self.random.random() >= lead_share:
            return self.salesforce.create("Contact", late, **fields)
        return self.salesforce.create("Lead", late, Company="Co", **fields)

    def convert(self) -> bool:
        """A lead becomes a contact: a new one, or one that exists, linked or not."""
        lead = self.one([one for one in self.records() if one.startswith(LEAD_PREFIX)])
        return lead is not None and self.convert_lead(lead)

    def convert_lead(self, lead: str) -> bool:
        """This lead becomes a contact."""
        contacts = [one for one in self.records() if one.startswith(CONTACT_PREFIX)]
        onto = self.random.choice([None, None, self.any_of(contacts)])
        before = self._typed(Side.SALESFORCE, onto)
        contact = self.salesforce.convert(lead, onto)
        self.tell(f"salesforce: {lead} converted to {'the' if onto else 'a new'} {contact}")
        self._note_filled(Side.SALESFORCE, onto, before)
        self.departures[lead] = self.order
        self.successors[lead] = contact
        return True

    def merge_salesforce(self) -> bool:
        """A record is merged into another."""
        prefix = self.random.choice([LEAD_PREFIX, CONTACT_PREFIX])
        found = [one for one in self.records() if one.startswith(prefix)]
        loser = self.one(found, 0.6)
        if loser is None or len(found) < 2:
            return False
        winner = self.random.choice([one for one in found if one != loser])
        self.salesforce.merge(winner, loser)
        self.tell(f"salesforce: {loser} merged into {winner}")
        self.departures[loser] = self.order
        self.successors[loser] = winner
        return True

    def merge_intercom(self) -> bool:
        """A lead in Intercom is merged into a user."""
        people = self.intercom.all_contacts()
        lead = self.one([one["id"] for one in people if one["role"] == "lead"])
        user = self.any_of([one["id"] for one in people if one["role"] == "user"])
        if lead is None or user is None:
            return False
        before = self._typed(Side.INTERCOM, user)
        self.intercom.merge_contacts(lead, user)
        self.tell(f"intercom: {lead} merged into {user}")
        self._note_filled(Side.INTERCOM, user, before)
        self.departures[lead] = self.order
        self.successors[lead] = user
        return True

    def become_user(self) -> bool:
        """A lead in Intercom becomes a user with the same id."""
        people = self.intercom.all_contacts()
        lead = self.one([one["id"] for one in people if one["role"] == "lead"])
        if lead is None:
            return False
        self.intercom.convert_to_user(lead)
        self.tell(f"intercom: {lead} is a user now")
        return True

    def delete_intercom(self) -> bool:
        """A contact is deleted, or archived."""
        person = self.one(self.contacts(), 0.6)
        if person is None or len(self.contacts()) < 5:
            return False
        if self.random.random() < 0.5:
            self.intercom.delete_contact(person)
            self.tell(f"intercom: {person} deleted")
        else:
            self.intercom.archive_contact(person)
            self.tell(f"intercom: {person} archived")
        self.departures[person] = self.order
        return True

    def delete_salesforce(self) -> bool:
        """A record is deleted."""
        person = self.one(self.records(), 0.4)
        if person is None or len(self.records()) < 5:
            return False
        self.salesforce.delete(person)
        self.tell(f"salesforce: {person} deleted")
        self.departures[person] = self.order
        return True

    # ------------------------------------------------------------------ what merging fills

    def _typed(self, side: Side, person: str | None) -> dict[str, Text]:
        """What somebody holds in all fields in which people type."""
        sources = [one for one in ALL if one.side is side]
        return {one.field: self.held(side, person, one.field) for one in sources} if person else {}

    def _note_filled(self, side: Side, person: str | None, before: dict[str, Text]) -> None:
        """Whoever merges people fills the blanks of the one with what the other had."""
        for field, value in self._typed(side, person).items():
            if person is not None and value != before[field]:
                edit = self.note_edit(side, person, field, value)
                if field in ("email", "Email"):
                    self.key_edits.append(edit)
