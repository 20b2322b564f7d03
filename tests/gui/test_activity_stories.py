"""Activity tells in one line what became of a link: conversions, merges, deletions, other keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.engine.questions import LinkQuery, LinkRow
from sfsync_gui.sandbox.demo import DemoWorld
from sfsync_gui.ui.panels.activity import ActivityPanel
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.history import change_text
from tests.gui.conftest import Run, until
from tests.gui.programs import running, shown

LEAD, CONTACT = PersonKind.LEAD, PersonKind.CONTACT


@dataclass
class People:
    """Linked people of the demo workspace: two leads, two contacts."""

    leads: list[LinkRow]
    contacts: list[LinkRow]


Happening = Callable[[DemoWorld, People], object]


def people_of(host: Host) -> People:
    def linked(kind: PersonKind) -> list[LinkRow]:
        return host.questions.links_page(LinkQuery(salesforce_kind=kind), None, 2)

    return People(linked(LEAD), linked(CONTACT))


def convert(world: DemoWorld, people: People) -> None:
    world.salesforce.convert(people.leads[0].salesforce_id)


def convert_into_somebody_linked(world: DemoWorld, people: People) -> None:
    world.salesforce.convert(people.leads[0].salesforce_id, people.contacts[0].salesforce_id)


def merge_into_nobodys(world: DemoWorld, people: People) -> None:
    winner = world.salesforce.create("Contact", LastName="Winner")
    world.salesforce.merge(winner, people.contacts[0].salesforce_id)


def merge_two_that_are_linked(world: DemoWorld, people: People) -> None:
    first, second = people.contacts
    world.salesforce.merge(first.salesforce_id, second.salesforce_id)


def delete_in_salesforce(world: DemoWorld, people: People) -> None:
    world.salesforce.delete(people.contacts[0].salesforce_id)


def delete_in_intercom(world: DemoWorld, people: People) -> None:
    world.intercom.delete_contact(people.leads[0].intercom_id)


def change_key_in_salesforce(world: DemoWorld, people: People) -> None:
    world.salesforce.edit(people.contacts[0].salesforce_id, Email="other@nowhere.example")


def change_key_in_intercom(world: DemoWorld, people: People) -> None:
    world.intercom.edit_contact(people.contacts[0].intercom_id, email="new@nowhere.example")


@pytest.mark.parametrize(
    ("happens", "sentence"),
    [
        (convert, "Lead converted: the link moved to the contact"),
        (
            convert_into_somebody_linked,
            "Lead converted to a contact that is linked already: the lead’s link ended",
        ),
        (merge_into_nobodys, "Merged into another contact: the link moved to it"),
        (
            merge_two_that_are_linked,
            "Merged into another contact that is linked already: this link ended",
        ),
        (
            delete_in_salesforce,
            "Contact deleted in Salesforce: the link ended, the person in Intercom stays",
        ),
        (
            delete_in_intercom,
            "Person deleted in Intercom: the link ended, the lead in Salesforce stays",
        ),
        (
            change_key_in_salesforce,
            "Key changed in Salesforce: the link to the contact ended; both records stay",
        ),
        (
            change_key_in_intercom,
            "Key changed in Intercom: the link to the contact ended; both records stay",
        ),
    ],
    ids=lambda one: one.__name__ if callable(one) else "",
)
def test_one_line_tells_what_became_of_the_link(
    tmp_path: Path,
    served: ServedWorld,
    tasks: Tasks,
    qtbot: QtBot,
    run: Run,
    happens: Happening,
    sentence: str,
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            panel = ActivityPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            people = people_of(host)

            def now() -> None:
                happens(served.world, people)
                served.world.intercom.settle_index()

            served.server.call(now)
            await host.sync_now()
            if happens is delete_in_intercom:
                await be_found_missing(host)
            await until(lambda: sentence in told(panel), within=30)
            relay.stop()
            panel.hidden()

    run(story())


def told(panel: ActivityPanel) -> list[str]:
    """What the column says, newest first."""
    return [change_text(entry) for _, entry in panel.model.pages.at_hand()]


async def be_found_missing(host: Host) -> None:
    """Somebody who was deleted in Intercom is missed by the daily comparison."""
    await host._ask(lambda keeper: keeper.online().compare())
