"""The draft of a mapping: edits, undo and redo, and following what is in force."""

from dataclasses import replace
from itertools import count

import pytest

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import BlankRule, Direction, Family
from sfsync_gui.ui.panels.mapping.draft import Draft, is_blank, is_complete, problems_of
from tests.unit.ui.mapping_world import DOWN, KEY, NAME, PHONE, PLAN, SCHEMA, UP, row


@pytest.fixture
def draft() -> Draft:
    numbers = count(1)
    return Draft([PHONE, NAME], lambda: f"new{next(numbers)}")


def ids(draft: Draft) -> list[str]:
    return [one.id for one in draft.rows]


def test_a_draft_begins_as_what_is_in_force(draft: Draft) -> None:
    assert draft.rows == (PHONE, NAME)
    assert draft.changes == 0
    assert draft.undo_text == draft.redo_text == ""
    assert draft.undo() == draft.redo() == ""


def test_each_edit_can_be_undone_and_done_again(draft: Draft) -> None:
    draft.put(replace(PHONE, direction=UP), "turn")
    draft.remove("name", "remove")
    assert ids(draft) == ["phone"]
    assert draft.changes == 2
    assert draft.undo() == "remove"
    assert draft.rows == (replace(PHONE, direction=UP), NAME)
    assert draft.undo() == "turn"
    assert draft.changes == 0
    assert (draft.redo_text, draft.redo()) == ("turn", "turn")
    assert draft.redo() == "remove"
    assert ids(draft) == ["phone"]
    assert draft.redo() == ""


def test_an_edit_after_undo_ends_redo(draft: Draft) -> None:
    draft.remove("name", "remove")
    draft.undo()
    draft.put(replace(PHONE, direction=UP), "turn")
    assert draft.redo_text == ""


def test_an_edit_that_changes_nothing_is_none(draft: Draft) -> None:
    draft.put(PHONE, "turn")
    assert draft.undo_text == ""


def test_a_blank_row_is_one_and_no_change(draft: Draft) -> None:
    blank = draft.add_blank("add")
    assert is_blank(blank)
    assert draft.add_blank("add") == blank
    assert ids(draft) == ["phone", "name", "new1"]
    assert draft.changes == 0
    assert draft.complete_rows == (PHONE, NAME)


def test_a_row_of_one_side_is_a_change_that_is_not_complete(draft: Draft) -> None:
    half = replace(draft.add_blank("add"), lead_field="Title")
    draft.put(half, "choose")
    assert draft.started_rows == (half,)
    assert not is_complete(half)
    assert draft.changes == 1
    assert draft.change.added == ()


def test_rows_that_are_added_get_ids_of_their_own(draft: Draft) -> None:
    (added,) = draft.add([replace(PLAN, id="phone")], "suggest")
    assert ids(draft) == ["phone", "name", "new1"]
    assert draft.state_of(added) == "added"


def test_how_a_row_differs_from_what_is_in_force(draft: Draft) -> None:
    assert draft.state_of(PHONE) == ""
    assert draft.state_of(replace(PHONE, direction=UP)) == "altered"
    assert draft.state_of(replace(PHONE, lead_field="Title")) == "replaced"


def test_discarding_can_be_undone(draft: Draft) -> None:
    draft.remove("name", "remove")
    draft.discard("discard")
    assert draft.changes == 0
    draft.undo()
    assert ids(draft) == ["phone"]


def test_what_is_applied_is_the_base_and_undo_goes_on(draft: Draft) -> None:
    draft.put(replace(PHONE, direction=UP), "turn")
    draft.settle(draft.rows)
    assert draft.changes == 0
    draft.undo()
    assert draft.change.altered == (PHONE,)


class TestFollowing:
    def test_what_was_not_edited_becomes_as_it_is(self, draft: Draft) -> None:
        off = replace(PHONE, disabled="Phone is gone")
        draft.remove("name", "remove")
        draft.follow((off, NAME, PLAN))
        assert list(draft.rows) == [off, PLAN]
        draft.undo()
        assert list(draft.rows) == [off, NAME, PLAN]
        assert draft.changes == 0

    def test_an_edit_stays(self, draft: Draft) -> None:
        edited = replace(PHONE, blank_rule=BlankRule.COPY)
        draft.put(edited, "rule")
        draft.follow((replace(PHONE, direction=UP), NAME))
        assert draft.rows == (edited, NAME)
        assert draft.changes == 1

    def test_what_is_gone_elsewhere_goes_unless_it_was_edited(self, draft: Draft) -> None:
        draft.put(replace(PHONE, direction=UP), "turn")
        draft.follow(())
        assert ids(draft) == ["phone"]
        assert draft.state_of(draft.rows[0]) == "added"


class TestSwitchedOff:
    OFF = replace(PHONE, disabled="Phone is read-only")

    def test_another_direction_or_field_is_judged_anew(self) -> None:
        draft = Draft([self.OFF])
        draft.put(replace(self.OFF, direction=DOWN), "turn")
        assert [one.disabled for one in draft.rows] == [None]
        draft.undo()
        assert [one.disabled for one in draft.rows] == ["Phone is read-only"]
        draft.put(replace(self.OFF, lead_field="Title"), "choose")
        assert [one.disabled for one in draft.rows] == [None]

    def test_another_rule_leaves_it_off(self) -> None:
        draft = Draft([self.OFF])
        draft.put(replace(self.OFF, blank_rule=BlankRule.COPY), "rule")
        assert draft.rows[0].disabled == "Phone is read-only"


def test_problems_are_those_of_complete_rows() -> None:
    twice = row("name", UP, "Phone", None, "twice")
    half = AttributeMapping("half", "", UP, "Phone")
    found = problems_of([PHONE, half, twice], KEY, SCHEMA)
    assert list(found) == ["twice"]
    assert found["twice"] == ("Lead Phone is written by another row already.",)


def test_a_blank_row_of_companies_stands_beside_one_of_people(draft: Draft) -> None:
    person = draft.add_blank("add")
    company = draft.add_blank("add", Family.COMPANIES)
    assert (person.family, company.family) == (Family.PEOPLE, Family.COMPANIES)
    assert draft.add_blank("add", Family.COMPANIES) == company  # one that is there is taken
    assert draft.of(Family.COMPANIES) == (company,)
    assert draft.changes == 0


def test_a_row_of_companies_is_complete_with_an_account_field() -> None:
    begun = AttributeMapping("a", "size", Direction.TWO_WAY, account_field="")
    assert not is_complete(begun)
    assert not is_blank(begun)
    assert is_complete(replace(begun, account_field="NumberOfEmployees"))
