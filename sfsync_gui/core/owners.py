"""Who in Intercom is who in Salesforce among the people that own records: paired by e-mail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sfsync_gui.core.values import canonical_text, fold_email


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who can own records: a teammate of Intercom or an active user of Salesforce."""

    id: str
    email: str


@dataclass(frozen=True, slots=True)
class OwnerPair:
    """A teammate and the user with the same e-mail address; None where there is nobody.

    `others` are further people of either side with that address: the one of the lowest id counts.
    """

    teammate: Owner | None
    user: Owner | None
    others: tuple[Owner, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether both sides have somebody."""
        return self.teammate is not None and self.user is not None


def pair_owners(teammates: Mapping[str, str], users: Mapping[str, str]) -> tuple[OwnerPair, ...]:
    """Everybody of both sides, given as e-mail addresses by id: pairs, teammates, then users."""
    here, there = _by_email(teammates), _by_email(users)
    pairs = [_pair(here.get(email, []), there.get(email, [])) for email in {**here, **there}]
    return tuple(sorted(pairs, key=_place))


def ids_by_email(emails: Mapping[str, str]) -> dict[str, str]:
    """Ids by folded e-mail address; the lowest id where several share one, so that it is stable."""
    return {email: owners[0].id for email, owners in _by_email(emails).items()}


def folded(email: str | None) -> str:
    """An e-mail address as it is compared; empty for none."""
    return fold_email(canonical_text(email) or "")


def _by_email(emails: Mapping[str, str]) -> dict[str, list[Owner]]:
    found: dict[str, list[Owner]] = {}
    for person_id in sorted(emails, key=lambda person_id: (len(person_id), person_id)):
        email = folded(emails[person_id])
        if email:
            found.setdefault(email, []).append(Owner(person_id, emails[person_id]))
    return found


def _pair(here: list[Owner], there: list[Owner]) -> OwnerPair:
    return OwnerPair(_first(here), _first(there), (*here[1:], *there[1:]))


def _first(owners: Iterable[Owner]) -> Owner | None:
    return next(iter(owners), None)


def _place(pair: OwnerPair) -> tuple[bool, bool, str]:
    """Pairs first, then whoever is in Intercom only; by address."""
    known = pair.teammate or pair.user
    return not pair.is_whole, pair.teammate is None, folded(known.email if known else "")
