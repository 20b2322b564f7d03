"""Tags and segments, asked for where a rule for leads depends on them.

Readings show the first tags of a person, by id, and no segments. What decides is asked for before
a reading is observed, and only for people without a link whom the rest of a rule lets through.
"""

import logging
from collections.abc import Mapping, Sequence

from sfsync_gui.core.failures import MissingPermissionError, RecordError
from sfsync_gui.core.lead_rules import LABELS, SEGMENT, TAG, needs_labels
from sfsync_gui.core.people import Labels, PersonRecord
from sfsync_gui.core.permissions import Permission
from sfsync_gui.core.values import canonical_record
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.lacking import is_withheld, note_grant, note_lack
from sfsync_gui.engine.marks import TAGS_MISSED
from sfsync_gui.engine.storage import UnitOfWork

_log = logging.getLogger(__name__)


async def with_labels(
    context: Context, records: Sequence[PersonRecord], *, everybody: bool = False
) -> tuple[PersonRecord, ...]:
    """The records of a page of contacts, with the tags and segments on which rules depend.

    A reading that was taken in already is left as it is, unless `everybody` is looked at: who is
    in a segment changes without the person, and of a tag nothing is known where the app was not
    permitted to read it. Then tags stay unknown, and only rules that ask for one wait. Raises
    whatever else asking raises.
    """
    needs = await _needs(context, records, everybody=everybody)
    if not needs:
        return tuple(records)
    named = _Names(context)
    labelled = []
    for record in records:
        if record.id in needs:
            try:
                labels = await named.labels(record, needs[record.id])
            except RecordError as failure:  # what was known of this one stays
                _log.info("somebody's tags or segments cannot be read: %s", failure.detail)
                labels = Labels()
            record = record._replace(labels=labels)
        labelled.append(record)
    return tuple(labelled)


class _Names:
    """The names of tags, read once if they are needed at all."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._intercom = context.intercom
        self._tags: Mapping[str, str] | None = None

    async def labels(self, record: PersonRecord, wanted: frozenset[str]) -> Labels:
        """What is wanted of a person's labels."""
        tags = await self._tags_of(record) if TAG in wanted else None
        if SEGMENT not in wanted:
            return Labels(tags)
        return Labels(tags, frozenset(await self._intercom.segments_of(record.id)))

    async def _tags_of(self, record: PersonRecord) -> frozenset[str] | None:
        """The names of a person's tags; None where the app may not read tags."""
        context = self._context
        if is_withheld(context, Permission.READ_TAGS):
            context.tags_unread += 1
            return None
        asked = record.tags is None or (bool(record.tags) and self._tags is None)
        try:
            tags = await self._ask_for_tags(record)
        except MissingPermissionError as failure:
            context.tags_unread += 1
            await note_lack(context, failure)
            return None
        if asked:
            await note_grant(context, Permission.READ_TAGS)
        return tags

    async def _ask_for_tags(self, record: PersonRecord) -> frozenset[str]:
        if record.tags is None:
            return frozenset(await self._intercom.tags_of(record.id))
        if record.tags and self._tags is None:
            self._tags = await self._intercom.tags()
        known = self._tags or {}
        return frozenset(known[tag] for tag in record.tags if tag in known)


async def _needs(
    context: Context, records: Sequence[PersonRecord], *, everybody: bool
) -> dict[str, frozenset[str]]:
    """Which labels decide, by the id of the person."""
    rules = context.rules.lead_rules
    on_labels = {one.attribute for rule in rules for one in rule.conditions} & set(LABELS)
    if not on_labels:
        return {}
    ids = [record.id for record in records]

    def work(unit: UnitOfWork) -> tuple[dict[str, int], set[str], bool]:
        linked = set(unit.links.of(Side.INTERCOM, ids))
        missed = TAG in on_labels and bool(unit.state.mark(TAGS_MISSED))
        return unit.directory.digests(Side.INTERCOM, ids), linked, missed

    taken_in, linked, missed = await context.store.run(work)
    everybody = everybody and (SEGMENT in on_labels or missed)
    schema, digest_of = context.schema, context.lookups.digests.of
    names = schema.attributes(Family.PEOPLE)
    found = {}
    for record in records:
        is_news = everybody or taken_in.get(record.id) != digest_of(record)
        if record.id in linked or record.deleted or not is_news:
            continue
        wanted = needs_labels(rules, record.kind, canonical_record(record, schema, names))
        if wanted:
            found[record.id] = wanted
    return found
