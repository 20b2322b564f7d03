"""The table of the mapping by itself: many rows do not hold the window up, and keep their order."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from sfsync_gui.core.mapping import AttributeMapping, MappingKey
from sfsync_gui.core.schema import (
    IntercomAttribute,
    IntercomType,
    SalesforceField,
    SalesforceType,
    Schema,
)
from sfsync_gui.core.vocabulary import Direction
from sfsync_gui.ui.application import Application
from sfsync_gui.ui.panels.mapping.draft import Draft
from sfsync_gui.ui.panels.mapping.offering import Place
from sfsync_gui.ui.panels.mapping.table import AT_ONCE, MappingTable
from sfsync_gui.ui.panels.mapping.views import Facts, RowView, row_views

COUNT = 25
SCHEMA = Schema(
    {f"a{n}": IntercomAttribute(f"a{n}", f"Attribute {n}", IntercomType.TEXT) for n in range(99)},
    {
        "Lead": {
            f"F{n}": SalesforceField("Lead", f"F{n}", f"Field {n}", SalesforceType.STRING)
            for n in range(99)
        },
        "Contact": {},
    },
)


def views(*numbers: int, direction: Direction = Direction.TWO_WAY) -> list[RowView]:
    rows = [AttributeMapping(f"r{n}", f"a{n}", direction, f"F{n}") for n in numbers]
    return row_views(Draft(rows), Facts(SCHEMA, MappingKey()))


def ids(table: MappingTable) -> list[str]:
    return [row.view.row.id for row in table.rows]


@pytest.fixture
def table(qtbot: QtBot, application: Application) -> MappingTable:
    shown = MappingTable()
    qtbot.addWidget(shown)
    shown.resize(800, 400)
    shown.show()
    return shown


def test_many_rows_come_in_order_the_first_at_once(table: MappingTable, qtbot: QtBot) -> None:
    table.show_views(views(*range(COUNT)))
    assert ids(table) == [f"r{n}" for n in range(AT_ONCE)]
    qtbot.waitUntil(lambda: len(table.rows) == COUNT)
    assert ids(table) == [f"r{n}" for n in range(COUNT)]


def test_a_row_that_is_still_to_come_is_shown_when_it_is_wanted(
    table: MappingTable, qtbot: QtBot
) -> None:
    table.show_views(views(*range(COUNT)))
    table.show_row("r20")
    row = table.row("r20")
    assert row is not None
    assert table.focusWidget() is row.cell(Place.INTERCOM)
    assert not row.visibleRegion().isEmpty()


def test_rows_go_and_come_between_others_and_stay_the_same_widgets(
    table: MappingTable, qtbot: QtBot
) -> None:
    table.show_views(views(1, 2, 5))
    kept = table.row("r5")
    table.show_views(views(1, 3, 4, 5))
    assert ids(table) == ["r1", "r3", "r4", "r5"]
    assert table.row("r5") is kept
    table.show_views(views(5, 1))
    assert ids(table) == ["r5", "r1"]


def test_a_row_shows_what_it_has_become(table: MappingTable) -> None:
    before = views(1)
    table.show_views(before)
    row = table.row("r1")
    assert row is not None
    table.show_views([replace(before[0], notes=(), state="altered")])
    assert row.toolTip() == "Changed, not applied yet"
    assert row.note_texts == ()


def test_an_edit_while_rows_are_still_to_come(table: MappingTable, qtbot: QtBot) -> None:
    table.show_views(views(*range(COUNT)))
    table.show_views(views(*range(1, COUNT), direction=Direction.TO_INTERCOM))
    qtbot.waitUntil(lambda: len(table.rows) == COUNT - 1)
    assert {row.arrows.value for row in table.rows} == {Direction.TO_INTERCOM}
    assert ids(table) == [f"r{n}" for n in range(1, COUNT)]
