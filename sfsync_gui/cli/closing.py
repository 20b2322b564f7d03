"""The closing check of the demo: both sides of all links, compared in the services' own data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sfsync_gui.cli.account import open_errors
from sfsync_gui.cli.wording import counted, field_label, person_text, value_text
from sfsync_gui.core.conversion import Converter, ValueRefusedError
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.people import IdentityMapping, Pair, Value
from sfsync_gui.core.values import intercom_value, salesforce_value, same
from sfsync_gui.core.vocabulary import BlankRule, Direction, Side
from sfsync_gui.engine.context import Lookups
from sfsync_gui.engine.questions import LinkQuery, LinkRow
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.sandbox.demo import DemoWorld
from sfsync_gui.store.queries import Queries

_CUSTOM_ATTRIBUTE = "custom_attributes."
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not the same on both sides.

    `reason` is "error", "blank", "one_way" (a person changed the target of a one-way row) or ""
    (unknown).
    """

    person: str
    field: str
    intercom: Value
    salesforce: Value
    reason: str

    def text(self) -> str:
        """The difference as a line."""
        return (
            f"{self.person}: {self.field} is {value_text(self.intercom)} in Intercom and "
            f"{value_text(self.salesforce)} in Salesforce"
        )


@dataclass(slots=True)
class ClosingCheck:
    """What the comparison found."""

    people: int = 0
    agreeing: int = 0
    values: int = 0
    differences: list[Difference] = field(default_factory=list)

    def of(self, reason: str) -> list[Difference]:
        """The differences with this reason."""
        return [one for one in self.differences if one.reason == reason]

    @property
    def unexplained(self) -> list[Difference]:
        """Differences for which there is no reason: there should be none."""
        return self.of("")

    def sentence(self) -> str:
        """The result in one sentence."""
        people = counted(self.people, "linked person", "linked people")
        if not self.differences:
            return f"All {people} agree: {counted(self.values, 'value')} compared on both sides."
        parts = [f"{self.agreeing:,} of {people} agree in all mapped values"]
        reasons = (
            ("error", "explained by the errors above"),
            ("blank", "because a blank never overwrites a value"),
            ("one_way", "because somebody edited the target of a one-way row"),
            ("", "without an explanation"),
        )
        for reason, words in reasons:
            found = len(self.of(reason))
            if found:
                parts.append(f"{counted(found, 'difference')} {words}")
        return "; ".join(parts) + "."


def all_links(unit: UnitOfWork) -> dict[int, IdentityMapping]:
    """All stored links by id."""
    found: dict[int, IdentityMapping] = {}
    while page := unit.links.page(max(found, default=0), _PAGE):
        found |= {link.id: link for link in page}
    return found


def check_world(
    world: DemoWorld, queries: Queries, links: Mapping[int, IdentityMapping], lookups: Lookups
) -> ClosingCheck:
    """Compare all links. Must run on the thread that serves the world."""
    errors = _errors_by_link(queries)
    check = ClosingCheck()
    for link in _links(queries):
        pairs = links[link.id].synced if link.id in links else {}
        found = list(_compared(world, link, lookups, pairs, errors.get(link.id, {}), check))
        check.people += 1
        check.agreeing += not found
        check.differences += found
    return check


def _links(queries: Queries) -> Iterable[LinkRow]:
    after: LinkRow | None = None
    while page := queries.links_page(LinkQuery(descending=False), after, _PAGE):
        yield from page
        after = page[-1]


def _errors_by_link(queries: Queries) -> dict[int, dict[str | None, SyncError]]:
    found: dict[int, dict[str | None, SyncError]] = {}
    for dismissed in (False, True):
        for error in open_errors(queries, dismissed=dismissed):
            found.setdefault(error.link_id or 0, {})[error.row_id] = error
    return found


def _compared(
    world: DemoWorld,
    link: LinkRow,
    lookups: Lookups,
    pairs: Mapping[str, Pair],
    errors: Mapping[str | None, SyncError],
    check: ClosingCheck,
) -> Iterable[Difference]:
    name = person_text(link.intercom_name, link.salesforce_name, link.intercom_id)
    contact = world.intercom.contact(link.intercom_id)
    record = world.salesforce.record(link.salesforce_id)
    if contact is None or record is None or record.get("IsDeleted"):
        side = Side.INTERCOM if contact is None else Side.SALESFORCE
        yield Difference(name, f"the person in {side.value.title()}", None, None, "")
        return
    for row_id, converter in lookups.converters[link.salesforce_kind].items():
        check.values += 1
        intercom = intercom_value(converter.attribute, _raw(contact, converter.attribute.name))
        salesforce = salesforce_value(converter.field, record.get(converter.field.name))
        if not _agree(converter, intercom, salesforce):
            now = Pair(intercom, salesforce)
            listed = row_id in errors or None in errors
            reason = "error" if listed else _reason(converter, pairs.get(row_id), now)
            label = field_label(converter.attribute.name)
            yield Difference(name, label, intercom, salesforce, reason)


def _raw(contact: dict[str, Any], name: str) -> Any:
    if name.startswith(_CUSTOM_ATTRIBUTE):
        return contact["custom_attributes"].get(name.removeprefix(_CUSTOM_ATTRIBUTE))
    return contact.get(name)


def _agree(converter: Converter, intercom: Value, salesforce: Value) -> bool:
    """Whether what the row's direction copies is there already."""
    direction = converter.row.direction
    try:
        if direction is Direction.TO_INTERCOM:
            return same(converter.to_intercom(salesforce), intercom)
        return same(converter.to_salesforce(intercom), salesforce)
    except ValueRefusedError:
        return False


def _reason(converter: Converter, settled: Pair | None, now: Pair) -> str:
    """Why a difference is as it should be, "" where nothing tells.

    `settled` are the values at which the row last came to rest.
    """
    row = converter.row
    sources = [side.other for side in Side if row.direction.writes(side)]
    if row.blank_rule is BlankRule.KEEP and any(now.of(source) is None for source in sources):
        return "blank"
    if len(sources) > 1 or settled is None:
        return ""
    return "one_way" if same(settled.of(sources[0]), now.of(sources[0])) else ""
