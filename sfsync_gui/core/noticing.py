"""What a new reading says has happened to a person, as the trigger tables name it."""

from dataclasses import dataclass

from sfsync_gui.core.people import IdentityMapping, Person
from sfsync_gui.core.vocabulary import Side, Trigger

GONE = {
    (Side.INTERCOM, False): Trigger.INTERCOM_DELETED,
    (Side.INTERCOM, True): Trigger.INTERCOM_MERGED,
    (Side.SALESFORCE, False): Trigger.SALESFORCE_DELETED,
    (Side.SALESFORCE, True): Trigger.SALESFORCE_MERGED,
}
"""What happened to somebody of a side who is no longer there, merged into another or not."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """A person as a reading shows it, and what was known before.

    `since` is the service's time from which on people created are new. `updated` are the mapped
    attributes that differ from the baseline (Intercom only).
    """

    person: Person
    prior: Person | None
    link: IdentityMapping | None
    since: int
    updated: frozenset[str] = frozenset()

    def trigger(self) -> Trigger | None:
        """What happened, None where it is nothing that the tables know."""
        if self.person.side is Side.INTERCOM:
            return self._in_intercom()
        return self._in_salesforce()

    def _in_intercom(self) -> Trigger | None:
        prior = self.prior
        if self.link is not None:
            return Trigger.INTERCOM_KEY_UPDATED if self._key_left(self.link) else None
        if prior is None:
            is_new = self.person.created_at >= self.since
            return Trigger.INTERCOM_CREATED if is_new else Trigger.INTERCOM_UPDATED
        if self.person.key != prior.key:
            return Trigger.INTERCOM_KEY_UPDATED
        return Trigger.INTERCOM_UPDATED if self.updated or prior.deleted else None

    def _in_salesforce(self) -> Trigger | None:
        person, prior = self.person, self.prior
        if person.deleted:
            is_news = self.link is not None or prior is None or not prior.deleted
            return GONE[Side.SALESFORCE, person.merged_into is not None] if is_news else None
        if person.converted:
            is_news = self.link is not None or prior is None or not prior.converted
            return Trigger.SALESFORCE_CONVERTED if is_news else None
        if self.link is not None:
            return Trigger.SALESFORCE_KEY_UPDATED if self._key_left(self.link) else None
        if prior is None:
            is_new = person.created_at >= self.since
            return Trigger.SALESFORCE_CREATED if is_new else Trigger.SALESFORCE_UPDATED
        if person.key != prior.key:
            return Trigger.SALESFORCE_KEY_UPDATED
        return Trigger.SALESFORCE_UPDATED if person.version > prior.version else None

    def _key_left(self, link: IdentityMapping) -> bool:
        """Whether the key is not the one of the link; a link made by hand outlives key changes."""
        stored = link.intercom_key if self.person.side is Side.INTERCOM else link.salesforce_key
        return not link.by_hand and self.person.key != stored
