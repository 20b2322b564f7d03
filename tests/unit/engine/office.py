"""A world seen from a desk: what people do in both services, and what the app then knows."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from sfsync_gui.core.history import HistoryEntry, SyncError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.people import IdentityMapping, Person
from sfsync_gui.core.vocabulary import FirstRun, HistoryKind, MatchOutcome, Side, Trigger
from sfsync_gui.engine import commands
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.questions import UnlinkedPerson
from sfsync_gui.engine.storage import Creation, GuardHold
from sfsync_gui.store.queries import Queries
from tests.support.creations import creations_in
from tests.support.worlds import ATTRIBUTES, World, sample_rows

T = TypeVar("T")
ANN = "ann@example.com"
BOB = "bob@example.com"


class Office:
    """One world with a synchronous handle on everything that a test acts and looks with."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.world = World(seed, folder)
        self.intercom = self.world.intercom
        self.salesforce = self.world.salesforce
        self._runner = asyncio.Runner()
        for name in ATTRIBUTES:
            self.intercom.create_attribute(name, "string")

    @property
    def context(self) -> Context:
        """The engine's context."""
        return self.world.engine.context

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something of the engine to its end."""
        return self._runner.run(work)

    def close(self) -> None:
        """End the process, if it was started."""
        if hasattr(self.world, "engine"):
            self.run(self.world.stop_engine())
        self._runner.close()

    def user(self, email: str | None = ANN, role: str = "user", **values: Any) -> str:
        """A contact in Intercom; values that are no standard attributes are custom ones."""
        standard = {
            name: values.pop(name) for name in ("name", "phone", "external_id") if name in values
        }
        return self.intercom.create_contact(role, email, custom_attributes=values, **standard)

    def edit(self, contact_id: str, **values: Any) -> None:
        """Change a contact by a teammate's hand."""
        standard = {name: values.pop(name) for name in ("email", "name", "phone") if name in values}
        self.intercom.edit_contact(contact_id, custom_attributes=values, **standard)

    def lead(self, email: str | None = ANN, **fields: Any) -> str:
        """A lead in Salesforce."""
        given = {"LastName": "Lead", "Company": "Acme", **fields}
        return self.salesforce.create("Lead", Email=email, **given)

    def contact(self, email: str | None = ANN, **fields: Any) -> str:
        """A contact in Salesforce."""
        return self.salesforce.create("Contact", Email=email, **{"LastName": "Contact", **fields})

    def connect(
        self,
        rows: Sequence[AttributeMapping] | None = None,
        first_run: FirstRun = FirstRun.LINK_ALL,
    ) -> None:
        """Start the app, sign in to both sides and connect."""
        self.intercom.settle_index()
        self.world.start_engine()
        engine = self.world.engine
        self.run(engine.open())
        self.run(edit_rows(self.context, sample_rows() if rows is None else rows))
        self.run(engine.connect(first_run))
        self.pass_time(60)

    def restart(self) -> None:
        """End the process and start it anew."""
        self.run(self.world.stop_engine())
        self.world.start_engine()
        self.run(self.world.engine.open())
        self.run(self.world.engine.connect(FirstRun.LINK_ALL))

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.world.clock.advance(seconds)

    def check(self, after: float = 120.0) -> None:
        """Let the index of Intercom settle, then check both sides."""
        self.pass_time(after)
        self.run(self.world.engine.sync_once())

    def compare(self) -> None:
        """Let the index of Intercom settle, then compare everyone."""
        self.pass_time(120)
        self.run(self.world.engine.compare())

    def writes_of_check(self) -> int:
        """Check both sides; how many writes that made."""
        before = self.world.writes()
        self.check()
        return self.world.writes() - before

    def ic(self, contact_id: str, name: str) -> Any:
        """What Intercom holds."""
        contact = self.intercom.contact(contact_id)
        assert contact is not None
        if name in ATTRIBUTES:
            return contact["custom_attributes"].get(name)
        return contact[name]

    def sf(self, record_id: str, name: str) -> Any:
        """What Salesforce holds."""
        record = self.salesforce.record(record_id)
        assert record is not None
        return record[name]

    def links(self) -> dict[str, str]:
        """Salesforce Ids by Intercom contact ids."""
        return {link.intercom_id: link.salesforce_id for link in self.all_links()}

    def all_links(self) -> list[IdentityMapping]:
        """Every link."""
        return self.run(self.world.store.run(lambda unit: unit.links.page(0, 10_000)))

    def link(self, contact_id: str) -> IdentityMapping:
        """The link of a contact in Intercom."""
        (found,) = [link for link in self.all_links() if link.intercom_id == contact_id]
        return found

    def person(self, side: Side, person_id: str) -> Person:
        """The directory's entry."""
        found = self.run(self.world.store.run(lambda unit: unit.directory.get(side, person_id)))
        assert found is not None
        return found

    def unlinked(self) -> list[UnlinkedPerson]:
        """Who is listed as left unlinked, by side and id."""
        with closing(Queries(self.world.database)) as questions:
            return questions.unlinked_page(None, 100)

    def noted(self) -> dict[str, tuple[MatchOutcome, list[str]]]:
        """The notes of those left unlinked, and their candidates' ids."""
        return {
            one.id: (one.note, sorted(candidate.id for candidate in one.candidates))
            for one in self.unlinked()
        }

    def history(self) -> list[HistoryEntry]:
        """Everything that was done, oldest first."""
        return self.run(self.world.store.run(lambda unit: unit.history.recent(1000)))[::-1]

    def deeds(self, *kinds: HistoryKind) -> list[tuple[HistoryKind, Trigger]]:
        """The entries about links: their kind and trigger, oldest first."""
        wanted = kinds or (HistoryKind.LINKED, HistoryKind.UNLINKED, HistoryKind.MOVED)
        return [(one.kind, one.trigger) for one in self.history() if one.kind in wanted]

    def written(self) -> set[tuple[Side | None, str | None]]:
        """Which rows were written to which side."""
        return {(one.side, one.row_id) for one in self.history() if one.kind is HistoryKind.WRITTEN}

    def errors(self) -> list[SyncError]:
        """The open errors."""
        return self.run(self.world.store.run(lambda unit: unit.errors.all()))

    def codes(self) -> list[str]:
        """The codes of the open errors."""
        return sorted(error.code for error in self.errors())

    def holds(self) -> list[GuardHold]:
        """What the guard holds or has let go."""
        return self.run(self.world.store.run(lambda unit: unit.state.holds()))

    def creations(self) -> list[Creation]:
        """All creations."""
        return self.run(self.world.store.run(creations_in))

    def create_lead(self, contact_id: str) -> None:
        """Ask for a lead to be created."""
        self.run(commands.create_lead(self.context, contact_id))
