"""What people do with companies and accounts on both sides, drawn from the world's seed."""

from __future__ import annotations

from pathlib import Path

from sfsync_gui.core.vocabulary import PersonKind, Side
from sfsync_gui.engine.commands import link_by_hand
from tests.property.census import Text
from tests.property.rows import Source
from tests.property.timeline import CleanCheck
from tests.property.wishes import Wishes

KEY_FIELDS = ("AccountNumber", "Fax")
"""The fields of Account by which companies are matched, in turn."""

_STANDARD = ("website", "company_id")

SITE, WEBSITE = Source(Side.INTERCOM, "website"), Source(Side.SALESFORCE, "Website")
GRADE = Source(Side.INTERCOM, "grade")
STATE = Source(Side.SALESFORCE, "BillingState")
COMPANY_SOURCES = (SITE, GRADE, WEBSITE, STATE)
"""Fields whose values a row of companies carries over."""

COMPANY_TARGETS = (Source(Side.INTERCOM, "region"), Source(Side.SALESFORCE, "Site"))
"""Fields that a row of companies writes one way."""


class CompanyPeople(Wishes):
    """Whoever looks after companies. Each action tells whether there was anything to do it to."""

    def __init__(self, seed: int, folder: Path) -> None:
        super().__init__(seed, folder)
        self.appeared: dict[str, tuple[int, int]] = {}
        self.ever: set[str] = set()
        self.company_checks: list[CleanCheck] = []

    # ------------------------------------------------------------------ who is there

    def companies(self) -> list[str]:
        """Ids of the companies that are there, listed or not."""
        return [company["id"] for company in self.intercom.companies()]

    def accounts(self) -> list[str]:
        """Ids of the accounts that are there; those that came with a converted lead have no key."""
        return self.salesforce.ids("Account")

    def of_side(self, side: Side) -> list[str]:
        """Ids of the companies, or of the accounts."""
        return self.companies() if side is Side.INTERCOM else self.accounts()

    def any_link(self) -> tuple[str, str, int] | None:
        """A link of a company and an account that are both there, if there is one."""
        there = {*self.companies(), *self.accounts()}
        links = [link for link in self.linked() if there.issuperset(link[:2])]
        return self.random.choice(links) if links else None

    def is_listed(self, company: str) -> bool:
        """Whether anybody belongs to a company."""
        return bool(self.intercom.workspace.companies.members(company))

    def held(self, side: Side, person: str, field: str) -> Text:
        """What a service holds in a field, of a company, too."""
        if side is Side.INTERCOM and (stored := self.intercom.company(person)) is not None:
            name = field.removeprefix("custom_attributes.")
            value = stored[name] if name in _STANDARD else stored["custom_attributes"].get(name)
            return value or None
        return super().held(side, person, field)

    # ------------------------------------------------------------------ edits

    def type_of_company(self, source: Source, one: str, value: Text, late: float = 0.0) -> bool:
        """Somebody types a value; False where it stands there already."""
        before = self.held(source.side, one, source.field)
        if before == value:
            return False
        edit = self.note_edit(source.side, one, source.field, value, late, before)
        if source.field in KEY_FIELDS:
            self.key_edits.append(edit)
        if source.side is Side.SALESFORCE:
            self.salesforce.edit(one, late, **{source.field: value})
        elif source.field in _STANDARD:
            self.intercom.edit_company(one, website=value)
        else:
            self.intercom.edit_company(one, custom_attributes={source.field: value})
        return True

    def _type_somewhere(self, source: Source, value: Text, late: float = 0.0) -> bool:
        one = self.one(self.of_side(source.side))
        return one is not None and self.type_of_company(source, one, value, late)

    def edit_company(self) -> bool:
        """An ordinary edit on either side."""
        source = self.random.choice(COMPANY_SOURCES)
        is_late = source.side is Side.SALESFORCE and self.random.random() < 0.2
        late = self.random.choice([30.0, 200.0]) if is_late else 0.0
        return self._type_somewhere(source, self.new_text(), late)

    def edit_company_both(self) -> bool:
        """Both sides of a link change the same row before anybody looks."""
        link = self.any_link()
        if link is None:
            return False
        company, account, _ = link
        pairs = [(SITE, company), (WEBSITE, account)]
        self.random.shuffle(pairs)
        for source, one in pairs:
            self.type_of_company(source, one, self.new_text())
            self.clock.advance(self.random.choice([0, 2]))
        return True

    def blank_company(self) -> bool:
        """Somebody empties a field."""
        return self._type_somewhere(self.random.choice(COMPANY_SOURCES), None)

    def edit_company_target(self) -> bool:
        """Somebody types where a row writes."""
        return self._type_somewhere(self.random.choice(COMPANY_TARGETS), self.new_text())

    def edit_company_one_way(self) -> bool:
        """An edit that no write of ours can overwrite unseen."""
        return self._type_somewhere(self.random.choice([GRADE, STATE]), self.new_text())

    def too_long_for_an_account(self) -> bool:
        """A text that its target cannot hold."""
        return self._type_somewhere(GRADE, self.new_text() + " very long" * 9)

    # ------------------------------------------------------------------ keys

    def make_anew(self) -> bool:
        """A company is made anew under another key, or the same: its `company_id` cannot change."""
        one = self.one(self.companies(), 0.5)
        if one is None:
            return False
        key = self._a_key(Side.SALESFORCE) or self.held(Side.INTERCOM, one, "company_id") or ""
        self.delete(Side.INTERCOM, one)
        self._add_company(key)
        return True

    def account_key(self) -> bool:
        """An account gets another key, that of a company mostly; a new one, or none."""
        one = self.one(self.accounts(), 0.5)
        value = self._a_key(Side.INTERCOM) or self.random.choice([self.new_key(), None])
        field = Source(Side.SALESFORCE, self.random.choice((*KEY_FIELDS, KEY_FIELDS[0])))
        return one is not None and self.type_of_company(field, one, value)

    def _keys(self, side: Side) -> list[str]:
        name = "company_id" if side is Side.INTERCOM else KEY_FIELDS[0]
        found = (self.held(side, one, name) for one in self.of_side(side))
        return [key for key in found if key is not None]

    def _a_key(self, side: Side) -> Text:
        """The key of somebody of a side, mostly of one who is not linked; or None."""
        name = "company_id" if side is Side.INTERCOM else KEY_FIELDS[0]
        linked = {one for link in self.linked() for one in link[:2]}
        free = [one for one in self.of_side(side) if one not in linked]
        pool = self.random.choice([free, free, self.of_side(side), []])
        one = self.any_of(pool)
        return None if one is None else self.held(side, one, name)

    def _known_or_new_key(self, side: Side) -> str:
        known = self._a_key(side) if self.random.random() < 0.7 else None
        return known or self.new_key()

    def new_key(self) -> str:
        """A key that no company has; sometimes it is the e-mail address of somebody."""
        email = self._an_email(self.random.choice(list(Side)))
        return email if email is not None and self.random.random() < 0.5 else self.new_text()

    # ------------------------------------------------------------------ they come and go

    def create_company(self) -> bool:
        """A company appears, mostly with the key of an account, and mostly listed."""
        return self._add_company(self._known_or_new_key(Side.SALESFORCE))

    def _add_company(self, key: str) -> bool:
        """Two companies never have one key."""
        if key in self._keys(Side.INTERCOM):
            return False
        company = self.firms.in_intercom_only(key, listed=self.random.random() < 0.8)
        self.ever.add(company)
        self.tell(f"intercom: company {company} is new, {key}")
        self.appeared[company] = (self.order, self.newest_entry())
        return True

    def create_account(self) -> bool:
        """An account appears, mostly with the key of a company, be that linked or not."""
        key = self._known_or_new_key(Side.INTERCOM)
        account = self.firms.in_salesforce_only(key, Fax=self.random.choice([key, None]))
        self.tell(f"salesforce: account {account} is new, {key}")
        self.appeared[account] = (self.order, self.newest_entry())
        return True

    def delete_one(self) -> bool:
        """A company or an account is deleted."""
        side = self.random.choice(list(Side))
        there = self.of_side(side)
        one = self.one(there, 0.5)
        if one is None or len(there) < 4:
            return False
        self.delete(side, one)
        return True

    def delete(self, side: Side, one: str) -> None:
        """Somebody deletes a company, or an account and with it its contacts."""
        before = self.records()
        if side is Side.INTERCOM:
            self.intercom.delete_company(one)
        else:
            self.salesforce.delete(one)
        self.tell(f"{side}: {one} deleted")
        for gone in {one, *before} - set(self.records()):
            self.departures[gone] = self.order

    def merge_accounts(self) -> bool:
        """An account is merged into another, linked or not."""
        there = self.accounts()
        loser = self.one(there, 0.6)
        if loser is None or len(there) < 3:
            return False
        winner = self.random.choice([one for one in there if one != loser])
        self.salesforce.merge(winner, loser)
        self.tell(f"salesforce: {loser} merged into {winner}")
        self.departures[loser] = self.order
        self.successors[loser] = winner
        return True

    def drop_from_list(self) -> bool:
        """The last contact of a company leaves it."""
        company = self.any_of([one for one in self.companies() if self.is_listed(one)])
        if company is None:
            return False
        for contact in self.intercom.workspace.companies.members(company):
            self.intercom.detach_company(contact, company)
        self.tell(f"intercom: nobody belongs to {company}")
        return True

    def come_back(self) -> bool:
        """Somebody belongs to a company to which nobody belonged."""
        company = self.any_of([one for one in self.companies() if not self.is_listed(one)])
        contact = self.any_of(self.contacts())
        if company is None or contact is None:
            return False
        self.intercom.attach_company(contact, company)
        self.tell(f"intercom: {contact} belongs to {company}")
        return True

    # ------------------------------------------------------------------ the user

    async def link_companies(self) -> bool:
        """A company and an account are linked, whatever their keys."""
        taken = {one for link in self.linked() for one in link[:2]}
        company = self.any_of([one for one in self.companies() if one not in taken])
        account = self.any_of([one for one in self.accounts() if one not in taken])
        if company is None or account is None:
            return False
        self.tell(f"link {company} and {account} by hand")
        await self.ordered(
            lambda: link_by_hand(self.engine.context, company, PersonKind.ACCOUNT, account)
        )
        return True
