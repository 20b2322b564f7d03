"""What stands in and under a row of the mapping."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QLocale

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, PersonKind, Side
from sfsync_gui.engine.handle import SamplePerson
from sfsync_gui.ui.panels.mapping.offering import Place
from sfsync_gui.ui.panels.mapping.options import Fate, option_lines, pairs_of, summary
from sfsync_gui.ui.panels.mapping.samples import sample_of
from sfsync_gui.ui.panels.mapping.wording import (
    can_shorten,
    kind_of,
    notes_of,
    row_name,
    row_sentence,
    rule_texts,
)
from sfsync_gui.ui.texts.values import value_text
from sfsync_gui.ui.theme.tokens import Tone
from tests.unit.ui.mapping_world import BOTH, DOWN, NAME, PHONE, PLAN, SCHEMA, UP, row

LIST = SCHEMA.intercom["custom_attributes.plan"]
OPEN, RESTRICTED = (SCHEMA.salesforce[name]["Plan__c"] for name in ("Lead", "Contact"))


@pytest.fixture(autouse=True)
def english() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))


def texts(one: AttributeMapping, *problems: str) -> list[str]:
    return [note.text for note in notes_of(one, SCHEMA, problems)]


def test_a_row_reads_as_a_sentence() -> None:
    assert row_sentence(PHONE, SCHEMA) == "Phone ⇄ Lead Phone, Contact Phone"
    assert row_sentence(replace(NAME, contact_field=None), SCHEMA) == "Name ← Lead Full Name"
    assert row_name(AttributeMapping("x", "", BOTH), SCHEMA) == "New row"
    assert row_name(AttributeMapping("x", "", BOTH, "Title"), SCHEMA) == "Title"
    assert row_name(AttributeMapping("x", "gone", BOTH, "Title"), SCHEMA) == "gone"


def test_rules_are_told_in_a_few_words() -> None:
    assert rule_texts(PHONE, SCHEMA) == ("Blanks ignored", "Salesforce wins")
    assert rule_texts(NAME, SCHEMA) == ("Blanks ignored",)
    changed = replace(
        PHONE, blank_rule=BlankRule.COPY, conflict_rule=ConflictRule.NEWER, shorten=True
    )
    assert rule_texts(changed, SCHEMA) == ("Blanks copied", "Newer wins", "Long text cut")
    assert not can_shorten(PLAN, SCHEMA)


def test_a_row_that_is_put_together_says_what_comes_next() -> None:
    assert "only what fits" in texts(AttributeMapping("x", "", BOTH))[0]
    assert "Lead field, a Contact" in texts(AttributeMapping("x", "phone", BOTH))[0]
    assert texts(AttributeMapping("x", "", BOTH, "Title")) == ["Choose an Intercom attribute."]


def test_a_warning_of_both_objects_is_said_once() -> None:
    (warning,) = notes_of(replace(PHONE, direction=UP), SCHEMA, ())
    assert (warning.tone, warning.options) == (Tone.WARNING, False)
    assert warning.text.startswith("Phone holds 40 characters")
    assert warning.text.endswith("reported.")
    (cut,) = texts(replace(PHONE, direction=UP, shorten=True))
    assert cut.endswith("cut.")


def test_a_warning_of_one_object_names_it() -> None:
    (warning,) = texts(row("name", UP, "Phone", "Greeting__c"))
    assert warning.startswith("Lead: Phone holds 40 characters")


def test_a_formula_is_up_to_a_day_late() -> None:
    assert "up to a day late" in texts(row("name", DOWN, "Greeting__c", None))[1]


def test_problems_stand_in_the_place_of_warnings() -> None:
    (note,) = notes_of(replace(PHONE, direction=UP), SCHEMA, ["It is written twice."])
    assert (note.tone, note.text) == (Tone.DANGER, "It is written twice.")


def test_a_row_that_is_switched_off_says_why_and_what_to_do() -> None:
    off = replace(PHONE, disabled="Phone is read-only in Salesforce.")
    (note,) = notes_of(off, SCHEMA, ())
    assert note.tone is Tone.DANGER
    assert note.text.startswith("Switched off: Phone is read-only in Salesforce. Make the field")


class TestOptions:
    def test_side_by_side(self) -> None:
        lines = option_lines(LIST, OPEN, BOTH)
        assert [(one.intercom, one.salesforce, one.fate) for one in lines] == [
            ("Free", "Free", Fate.MATCHED),
            ("Pro", "Pro", Fate.MATCHED),
            ("Trial", "", Fate.ADDED_TO_SALESFORCE),
            ("", "Team", Fate.ADDED_TO_INTERCOM),
        ]
        assert summary(lines) == (
            "2 options match, Team will be added to Intercom, Trial will be added to Salesforce"
        )

    def test_a_restricted_picklist_takes_no_other(self) -> None:
        fates = {one.fate for one in option_lines(LIST, RESTRICTED, UP)}
        assert fates == {Fate.MATCHED, Fate.REFUSED, Fate.UNUSED}
        told = summary(option_lines(LIST, RESTRICTED, UP))
        assert told == (
            "2 options match, Trial cannot be added to Salesforce, 1 without a counterpart"
        )

    def test_what_is_not_copied_needs_no_counterpart(self) -> None:
        fates = [one.fate for one in option_lines(LIST, RESTRICTED, DOWN)]
        assert fates == [Fate.MATCHED, Fate.MATCHED, Fate.UNUSED, Fate.ADDED_TO_INTERCOM]

    def test_only_lists_and_picklists_have_them(self) -> None:
        assert [field.object for _, field in pairs_of(PLAN, SCHEMA)] == ["Lead", "Contact"]
        assert pairs_of(PHONE, SCHEMA) == []
        assert pairs_of(row("name", DOWN, "Plan__c", None), SCHEMA) == []

    def test_the_note_under_a_row_names_each_object_where_they_differ(self) -> None:
        notes = notes_of(PLAN, SCHEMA, ())
        assert [note.options for note in notes] == [True, True]
        assert notes[0].text.startswith("Lead: 2 options match")
        assert notes[0].tone is Tone.MUTED
        assert notes[1].text.startswith("Contact: ")
        assert "Trial cannot be added" in notes[1].text
        assert notes[1].tone is Tone.WARNING


def test_kinds_in_a_word() -> None:
    lead = SCHEMA.salesforce["Lead"]
    assert kind_of(lead["OwnerId"]) == "User"
    assert kind_of(lead["Greeting__c"]) == "Text formula"
    assert kind_of(lead["Address"]) == "address"
    assert kind_of(SCHEMA.intercom["custom_attributes.plan"]) == "List"


class TestSamples:
    SAMPLE = sample_of(
        [
            SamplePerson(
                Side.INTERCOM,
                PersonKind.USER,
                "i1",
                "Ada",
                {"phone": " 1 2\n3 ", "owner_id": 7, "custom_attributes.plan": "pro", "name": None},
                4,
            ),
            SamplePerson(
                Side.SALESFORCE,
                PersonKind.LEAD,
                "00Q",
                "Ada L",
                {"OwnerId": "005", "Plan__c": "team", "Seats__c": 1200.0},
                4,
            ),
        ]
    )

    @pytest.mark.parametrize(
        ("place", "name", "shown"),
        [
            (Place.INTERCOM, "phone", "1 2 3"),
            (Place.INTERCOM, "owner_id", "tea@example.com"),
            (Place.INTERCOM, "custom_attributes.plan", "Pro"),
            (Place.INTERCOM, "name", "Blank"),
            (Place.INTERCOM, "role", ""),  # the reading did not show it
            (Place.INTERCOM, "gone", ""),
            (Place.LEAD, "OwnerId", "use@example.com"),
            (Place.LEAD, "Plan__c", "Team"),
            (Place.LEAD, "Seats__c", "1,200"),
            (Place.CONTACT, "Seats__c", ""),  # the person is a lead
        ],
    )
    def test_a_value(self, place: Place, name: str, shown: str) -> None:
        assert self.SAMPLE.text(place, name, SCHEMA) == shown

    def test_who_it_is(self) -> None:
        assert (self.SAMPLE.name, self.SAMPLE.link_id) == ("Ada", 4)
        assert (sample_of([]).name, sample_of([]).link_id) == ("", 0)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "Yes"),
        (False, "No"),
        (1204, "1,204"),
        (0.5, "0.5"),
        ("<b>x</b>", "<b>x</b>"),
        ("2026-03-14", "3/14/26"),
        ("2026-13-40", "2026-13-40"),
    ],
)
def test_values_as_people_read_them(value: str | float | bool | None, shown: str) -> None:
    assert value_text(value) == shown
