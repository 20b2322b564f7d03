"""The oracle of companies: what must have become of each edit, and who must be linked.

Edits are judged as those of people are, by the checks in which all companies were read. A company
and an account that carry one key and are both free must have been linked, unless nothing asked for
that: nobody has changed either of them, nor switched companies on, since both were free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sfsync_gui.core.history import HistoryEntry
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import IdentityMapping, Pair
from sfsync_gui.core.vocabulary import PersonKind, Side
from tests.property.census import text
from tests.property.company_story import CompanyStory, Switch
from tests.property.deeds import Deeds
from tests.property.invariants import Invariants
from tests.property.lives import Life
from tests.property.oracle import Oracle
from tests.property.timeline import HumanEdit, Lost
from tests.property.verdict import Evidence

TRIGGERS = ("website", "grade", "AccountNumber", "Fax", "Website", "BillingState")
"""Fields whose change has an unlinked company or account matched: mapped from there, or keys."""


def judge(evidence: Evidence, story: CompanyStory) -> Counter[str]:
    """Raise `Lost` where a rule was broken; returns what became of the edits of companies."""
    Invariants(evidence).check()
    Deeds(evidence).check()
    ours = {edit.order for edit in story.edits if _is_of_companies(story, edit)}
    people = Oracle(evidence)
    people.edits = [edit for edit in story.edits if edit.order not in ours]
    people.judge()
    companies = Oracle(evidence)
    companies.edits = [edit for edit in story.edits if edit.order in ours]
    companies.checks = story.company_checks
    fates = companies.judge()
    return fates + CompanyLinks(evidence, story).judge()


def _is_of_companies(story: CompanyStory, edit: HumanEdit) -> bool:
    return _is_account(edit.person) or edit.person in story.ever


def _is_account(one: str) -> bool:
    return one.startswith("001")


class CompanyLinks:
    """Judges the links of companies in a world at rest, companies being synced."""

    def __init__(self, evidence: Evidence, story: CompanyStory) -> None:
        self.story = story
        self.evidence = evidence
        self.links = [one for one in evidence.links if _is_account(one.salesforce_id)]
        self.field = story.key_field() or ""
        self.companies = story.companies()
        self.accounts = story.accounts()
        self.fates: Counter[str] = Counter()

    def judge(self) -> Counter[str]:
        """Raise `Lost`; returns how many links stand, and how many do not, by reason."""
        for link in self.evidence.links:
            self._is_within_a_family(link)
        for entry in self.evidence.history:
            self._is_never_written(entry)
            self._takes_nothing_back(entry)
        for link in self.links:
            self._stands(link)
            self._settled_at_what_is_there(link)
        self._nothing_is_left_unlinked()
        return Counter({f"link: {name}": number for name, number in self.fates.items()})

    # ------------------------------------------------------------------ what is linked

    def _is_within_a_family(self, link: IdentityMapping) -> None:
        is_company = link.intercom_id in self.story.ever
        kinds = {_is_account(link.salesforce_id), link.salesforce_kind is PersonKind.ACCOUNT}
        if kinds != {is_company}:
            raise Lost(f"linked across families: {link}")

    def _is_never_written(self, entry: HistoryEntry) -> None:
        """Keys are never written, nor is anything of people by a row of companies."""
        if not entry.kind.is_write:
            return
        of_companies = {row.id for row in self.story.rows if row.account_field is not None}
        if (entry.row_id in of_companies) != _is_account(entry.salesforce_id or ""):
            raise Lost(f"written across families: {entry}")

    def _takes_nothing_back(self, entry: HistoryEntry) -> None:
        """What we overwrote on one side comes to the other only if somebody typed it once more."""
        value = entry.after
        if not entry.kind.is_write or entry.side is None or value is None:
            return
        overwritten = [
            one.id
            for one in self.evidence.history
            if one.id < entry.id
            and one.kind.is_write
            and one.side is entry.side.other
            and (one.intercom_id, one.salesforce_id) == (entry.intercom_id, entry.salesforce_id)
            and (one.row_id, one.before) == (entry.row_id, value)
        ]
        typed = [edit.history for edit in self.story.edits if edit.value == value]
        arrived_late = any(str(value) in request.text for request in self.story.unanswered)
        if overwritten and overwritten[-1] > max(typed, default=0) and not arrived_late:
            raise Lost(f"an old reading was taken for news: {entry}")

    def _stands(self, link: IdentityMapping) -> None:
        """Both are there, and carry the keys by which they were linked, which are the same."""
        if link.intercom_id not in self.companies or link.salesforce_id not in self.accounts:
            raise Lost(f"the company or the account is gone, the link is not: {link}")
        if link.by_hand:
            self.fates["by hand"] += 1
            return
        keys = (self._key(link.intercom_id), self._key(link.salesforce_id))
        if keys != (link.intercom_key, link.salesforce_key):
            raise Lost(f"the keys are {keys}: {link}")
        if keys[0] == keys[1]:
            self.fates["by key"] += 1
        elif self._outlived_a_switch(link) or self._came_by_a_merge(link):
            self.fates["by another key"] += 1
        else:
            raise Lost(f"{keys} are no reason for {link}")

    def _outlived_a_switch(self, link: IdentityMapping) -> bool:
        """Links stay when another key is chosen, and when companies are switched on again."""
        made = self._life(link).spans[0].since
        return any(switch.history >= made for switch in self.story.switches[1:])

    def _came_by_a_merge(self, link: IdentityMapping) -> bool:
        return len(self._life(link).spans) > 1

    def _life(self, link: IdentityMapping) -> Life:
        return next(
            one for one in self.evidence.lives
            if one.ended is None and one.now.has(link.intercom_id)
        )  # fmt: skip

    def _settled_at_what_is_there(self, link: IdentityMapping) -> None:
        """What a row settled at is what its source holds."""
        in_error = {error.row_id for error in self.evidence.errors if error.link_id == link.id}
        for row in self.story.rows:
            pair = link.synced.get(row.id)
            if row.account_field is None or pair is None or row.id in in_error:
                continue
            for side in Side:
                if row.direction.writes(side.other):
                    self._holds(link, row, pair, side)

    def _holds(self, link: IdentityMapping, row: AttributeMapping, pair: Pair, side: Side) -> None:
        name = row.field_for(side, PersonKind.ACCOUNT) or ""
        held = self.story.held(side, link.id_on(side), name)
        if held != text(pair.of(side)):
            raise Lost(f"{side} holds {held!r} in {name}, {row.id} settled at {pair}: {link}")

    # ------------------------------------------------------------------ who is not

    def _key(self, one: str) -> str | None:
        if _is_account(one):
            return self.story.held(Side.SALESFORCE, one, self.field)
        return self.story.held(Side.INTERCOM, one, "company_id")

    def _nothing_is_left_unlinked(self) -> None:
        linked = {one for link in self.links for one in (link.intercom_id, link.salesforce_id)}
        for company, account in self._alike():
            if company in linked or account in linked:
                continue
            excuse = self._why_apart(company, account)
            if excuse is None:
                raise Lost(f"{company} and {account} carry {self._key(company)!r}, and are free")
            self.fates[f"none, {excuse}"] += 1

    def _alike(self) -> Iterator[tuple[str, str]]:
        for company in self.companies:
            for account in self.accounts:
                if self._key(company) is not None and self._key(company) == self._key(account):
                    yield company, account

    def _why_apart(self, company: str, account: str) -> str | None:
        """Why these two need not be linked."""
        if not self.story.is_listed(company):
            return "nobody belongs to the company"
        if self._is_kept_apart(company, account):
            return "unlinked by hand"
        since = max(self._free_since(company), self._free_since(account))
        if self._is_asked_for(company, account, since):
            return None
        return "nobody has changed either since both are free"

    def _is_kept_apart(self, company: str, account: str) -> bool:
        """Whether a person unlinked them, and the key of neither has changed since."""
        unlinked = [
            one.history
            for one in self.story.apart
            if (one.intercom_id, one.salesforce_id) == (company, account)
        ]
        changed = [
            edit.history
            for edit in self.story.key_edits
            if edit.person == account and edit.field == self.field and not self._undone(edit)
        ]
        return bool(unlinked) and max(unlinked) > max(changed, default=-1)

    def _free_since(self, one: str) -> int:
        """The entry of the history by which its last link ended."""
        ended = [
            life.ended or 0
            for life in self.evidence.lives
            if any(span.has(one) for span in life.spans)
        ]
        return max(ended, default=0)

    def _is_asked_for(self, company: str, account: str, since: int) -> bool:
        switches = self.story.switches
        switched = switches[-1].order if switches else 0
        if switches and self._links_both(switches[-1], since):
            return True
        both = (company, account)
        for order, history in (self.story.appeared.get(one, (0, 0)) for one in both):
            if order > switched and history >= since:
                return True
        return any(self._counts(edit, both, since, switched) for edit in self.story.edits)

    def _links_both(self, switch: Switch, since: int) -> bool:
        return switch.links_all and switch.history >= since

    def _counts(self, edit: HumanEdit, both: tuple[str, str], since: int, switched: int) -> bool:
        """Whether an edit has one of them matched: nobody undid it before it was seen."""
        return (
            edit.person in both
            and edit.field in TRIGGERS
            and edit.history >= since
            and edit.order > switched
            and not self._undone(edit)
        )

    def _undone(self, edit: HumanEdit) -> bool:
        """Whether the field held the same again before any check could see the edit."""
        for check in self.story.company_checks:
            if check.order > edit.order and check.began >= edit.seen_from:
                until = check.order
                break
        else:
            return True
        values = [
            one.value
            for one in self.story.edits
            if (one.person, one.field) == (edit.person, edit.field)
            and edit.order < one.order <= until
        ]
        return edit.before in values
