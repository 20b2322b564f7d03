"""By which field of Account companies could be matched: what is offered, and what would match."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sfsync_gui.core.keys import normalise_key
from sfsync_gui.core.mapping import COMPANY_ID, MappingKey
from sfsync_gui.core.people import PersonRecord
from sfsync_gui.core.schema import SalesforceField, SalesforceType

KEY_TYPES = frozenset(
    {
        SalesforceType.ID,
        SalesforceType.STRING,
        SalesforceType.URL,
        SalesforceType.EMAIL,
        SalesforceType.PHONE,
        SalesforceType.COMBOBOX,
    }
)
"""Types of fields whose values are compared as text, and that a query can filter by."""

_USUAL = ("AccountNumber", "Name", "Website", "Id")
"""Standard fields that are offered before all others."""


def key_fields(fields: Iterable[SalesforceField]) -> list[SalesforceField]:
    """The fields of Account that can be the key: the usual ones, custom ones, then the rest."""
    return sorted((field for field in fields if field.type in KEY_TYPES), key=_place)


def _place(field: SalesforceField) -> tuple[int, int, str, str]:
    usual = _USUAL.index(field.name) if field.name in _USUAL else len(_USUAL)
    is_custom = field.name.endswith("__c")
    rank = 0 if field.name in _USUAL else 1 if is_custom else 2
    return rank, usual, field.label.casefold(), field.name


@dataclass(frozen=True, slots=True)
class KeySuggestion:
    """A field of Account by which `matched` of the `sampled` companies would find an account."""

    field: str
    label: str
    matched: int
    sampled: int

    @property
    def share(self) -> float:
        """The part of the sampled companies that would match."""
        return self.matched / self.sampled if self.sampled else 0.0


class KeySample:
    """Counts which of some companies would find an account, by each field that could be the key."""

    def __init__(
        self, companies: Iterable[PersonRecord], fields: Sequence[SalesforceField]
    ) -> None:
        found = (canonical_key(company, COMPANY_ID) for company in companies)
        self._wanted = {key for key in found if key is not None}
        self._fields = fields
        self._matched: Mapping[str, set[str]] = {field.name: set() for field in fields}

    @property
    def sampled(self) -> int:
        """How many companies with a key there are."""
        return len(self._wanted)

    def add(self, accounts: Collection[PersonRecord]) -> None:
        """Look at accounts."""
        for name, matched in self._matched.items():
            keys = {canonical_key(account, name) for account in accounts}
            matched.update(self._wanted.intersection(key for key in keys if key is not None))

    def suggestions(self) -> list[KeySuggestion]:
        """The fields that match anybody, most first; of equals the one that is offered first."""
        found = [
            KeySuggestion(field.name, field.label, len(matched), self.sampled)
            for field in self._fields
            if (matched := self._matched[field.name])
        ]
        return sorted(found, key=lambda one: -one.matched)


def canonical_key(record: PersonRecord, name: str) -> str | None:
    """What a field of a record would be as its key."""
    key = MappingKey.of_companies(name)
    return normalise_key(key, record.kind, record.raw.get(name))
