"""The companies of a workspace: what is stored of them, who belongs to them, and their list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sfsync_gui.sandbox.intercom.model import Company, Label

Later = Callable[[Callable[[], None]], None]
"""Does something when the index gets to know of a change: some time later, or at once."""


class Companies:
    """Nothing here refuses a request: see `company_writes`.

    `now` gives the service's time in whole seconds. The list lags as that of the contacts does.
    """

    def __init__(self, now: Callable[[], int], later: Later) -> None:
        self._now = now
        self._later = later
        self._versions = 0
        self._all: dict[str, Company] = {}
        self._listed: dict[str, Company] = {}
        self._members: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self.tags: dict[str, Label] = {}
        self.segments: dict[str, Label] = {}

    def get(self, company_id: str) -> Company | None:
        """Return the company of an id, None if there is none, or it was deleted."""
        company = self._all.get(company_id)
        return None if company is None or company.deleted else company

    def with_key(self, key: str) -> Company | None:
        """Return the company that has this `company_id`, the customer's own key."""
        return next((one for one in self.everything() if one.company_id == key), None)

    def everything(self) -> list[Company]:
        """Return all companies that were not deleted, oldest first, whoever belongs to them."""
        return [company for company in self._all.values() if not company.deleted]

    def add(self, key: str, **values: Any) -> Company:
        """Add a company with this `company_id`."""
        now = self._now()
        new_id = f"{now:08x}c{len(self._all):015x}"
        company = Company(id=new_id, company_id=key, created_at=now, updated_at=now)
        return self._store(replace(company, **values))

    def change(self, company: Company, **values: Any) -> Company:
        """Change a company and move `updated_at`; a change of nothing changes nothing at all."""
        changed = replace(company, **values)
        if changed == company:
            return company
        return self._store(replace(changed, updated_at=self._now()))

    def label(self, company: Company, kind: str, name: str) -> str:
        """Put a tag or segment (`kind`: "tags", "segments") on a company; return the label's id."""
        labels: dict[str, Label] = getattr(self, kind)
        label = next((one for one in labels.values() if one.name == name), None)
        if label is None:
            label = Label(f"{kind[0]}{len(labels) + 1:07}", name, self._now())
            labels[label.id] = label
        held = dict.fromkeys((*getattr(company, kind), label.id))
        self.change(company, **{kind: tuple(held)})
        return label.id

    def delete(self, company_id: str) -> None:
        """Archive a company: nobody finds it any more. Its people must have left it before."""
        self._store(replace(self._all[company_id], deleted=True))

    def members(self, company_id: str) -> list[str]:
        """Return the ids of the contacts that belong to a company, in the order they came."""
        return list(self._members[company_id])

    def join(self, company_id: str, contact_id: str, *, touched: bool) -> None:
        """Have a contact belong to a company; `touched`: that moves its `updated_at`."""
        self._members[company_id][contact_id] = None
        self._count(company_id, touched=touched)

    def leave(self, company_id: str, contact_id: str, *, touched: bool) -> None:
        """Have a contact belong to a company no more."""
        self._members[company_id].pop(contact_id, None)
        self._count(company_id, touched=touched)

    def listed(self) -> list[Company]:
        """Return the companies that lists show, the one whose latest request is newest first.

        Companies without any contact are not in lists; the order is by `last_request_at`
        (documented at "List all companies").
        """
        found = [company for company in self._listed.values() if company.user_count]
        return sorted(found, key=lambda one: (-(one.last_request_at or 0), one.id))

    def settle_index(self) -> None:
        """Make the list current now."""
        self._listed = {one.id: one for one in self.everything()}

    def _count(self, company_id: str, *, touched: bool) -> None:
        company = self._all[company_id]
        counted = replace(company, user_count=len(self._members[company_id]))
        self._store(replace(counted, updated_at=self._now()) if touched else counted)

    def _store(self, company: Company) -> Company:
        """Keep a new version of a company, and let the index know some time later."""
        self._versions += 1
        stored = replace(company, version=self._versions)
        self._all[stored.id] = stored
        self._later(lambda: self._index(stored))
        return stored

    def _index(self, company: Company) -> None:
        """Take a version over into the list, unless a newer one is there already."""
        known = self._listed.get(company.id)
        if known is None or known.version < company.version:
            self._listed[company.id] = company
        if self._all[company.id].deleted:
            del self._listed[company.id]
