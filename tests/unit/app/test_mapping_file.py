"""The mapping as a file: what is written can be read, and what cannot be read is told by place."""

from dataclasses import replace

import pytest

from sfsync_gui.app.mapping_file import new_row_id, read_rows, write_rows
from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Direction

PLAN = AttributeMapping(
    "p1",
    "custom_attributes.plan “gold” \\ 🦊",
    Direction.TWO_WAY,
    lead_field="Plan__c",
    contact_field="Plan__c",
    blank_rule=BlankRule.COPY,
    conflict_rule=ConflictRule.NEWER,
    shorten=True,
)
PHONE = AttributeMapping("phone", "phone", Direction.TO_INTERCOM, contact_field="Phone")


def rows_of(text: str, *known: AttributeMapping) -> list[AttributeMapping]:
    return [one.row for one in read_rows(text, known, "a.toml")]


def test_what_is_written_is_read_as_it_was() -> None:
    assert rows_of(write_rows([PLAN, PHONE])) == [PLAN, PHONE]
    assert rows_of(write_rows([])) == []


def test_a_file_that_an_editor_has_marked_as_utf_8_is_read() -> None:
    assert rows_of("\ufeff" + write_rows([PHONE])) == [PHONE]


def test_why_a_row_is_switched_off_is_not_written() -> None:
    text = write_rows([replace(PHONE, disabled="Phone is gone")])
    assert "gone" not in text
    assert rows_of(text) == [PHONE]


def test_a_row_without_an_id_is_the_known_one_with_its_fields_or_a_new_one() -> None:
    text = '[[row]]\nintercom = "phone"\ndirection = "two_way"\ncontact = "Phone"\n'
    assert rows_of(text, replace(PHONE, id="kept"))[0].id == "kept"
    lead = AttributeMapping("phone", "phone", Direction.TWO_WAY, lead_field="Phone")
    assert rows_of(text, lead)[0].id == "phone:2"


def test_a_new_row_gets_an_id_that_is_free() -> None:
    taken = replace(PHONE, contact_field="MobilePhone")
    assert new_row_id([taken], PHONE) == "phone:2"
    assert new_row_id([], PHONE) == "phone"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("row = [", "It is not TOML:"),
        ("format = 1\nrow = ]", "line 2"),
        ("[[rows]]\n", "“rows” is not known at the top"),
        ("format = 2\n", "this version reads format = 1"),
        ("row = 3\n", "rows begin with [[row]]"),
        ("\n\n[[row]]\nintercom = 'phone'\nlead = 'Phone'\n", "row 1 (line 3): direction is miss"),
        ("[[row]]\nintercom = 'x'\ndirection = 'up'\nlead = 'X'\n", "direction is “up”"),
        ("[[row]]\nintercom = 'x'\ndirection = ['up']\nlead = 'X'\n", "direction is “['up']”"),
        ("[[row]]\nintercom = 'x'\nblank.keep = true\nlead = 'X'\n", "blank is “{'keep': True}”"),
        ("[[row]]\nintercom = 'x'\ndirection = 'two_way'\n", "lead and contact are missing"),
        ("[[row]]\ndirection = 'two_way'\nlead = 'X'\n", "intercom is missing"),
        (
            "[[row]]\nintercom = 'x'\ndirection = 'two_way'\nlead = 'X'\nshorten = 'yes'\n",
            "shorten must be true or false",
        ),
        (
            "[[row]]\nintercom = 'x'\ndirection = 'two_way'\nlead = 'X'\ncolour = 'red'\n",
            "“colour” is not known",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(SetupError) as caught:
        rows_of(text)
    assert caught.value.code == "mapping_file"
    assert caught.value.message.startswith("a.toml: ")
    assert told in caught.value.message


def test_every_place_at_fault_is_told_at_once() -> None:
    text = "[[row]]\nlead = 'X'\ndirection = 'two_way'\n[[row]]\nintercom = 'y'\nlead = 'Y'\n"
    with pytest.raises(SetupError) as caught:
        rows_of(text)
    assert "row 1 (line 1): intercom" in caught.value.message
    assert "row 2 (line 4): direction" in caught.value.message


def told_of(text: str) -> str:
    with pytest.raises(SetupError) as caught:
        rows_of(text)
    return caught.value.message


def test_everything_that_is_wrong_is_told_with_row_and_line() -> None:
    message = told_of(
        """format = 1

[[row]]
intercom = "phone"
direction = "sideways"
lead = "Phone"

# a comment with [[row]] in it
[[row]]
intercom = ""
direction = "two_way"
colour = "red"
shorten = "yes"
blank = "never"
conflict = 3

  [[row]]
lead = 5
"""
    )
    for words in (
        "row 1 (line 3): direction is “sideways”; it must be to_salesforce, to_intercom or two_way",
        "row 2 (line 9): “colour” is not known",
        "row 2 (line 9): intercom must be a name.",
        "row 2 (line 9): lead and contact are missing",
        "row 2 (line 9): shorten must be true or false",
        "row 2 (line 9): blank is “never”",
        "row 2 (line 9): conflict is “3”",
        "row 3 (line 17): intercom is missing",
        "row 3 (line 17): lead must be a name.",
        "row 3 (line 17): direction is missing",
    ):
        assert words in message


def test_where_lines_cannot_be_told_rows_are_counted() -> None:
    text = 'format = 1\n[[row]]\nintercom = """\n[[row]]\n"""\ndirection = "up"\nlead = "Phone"\n'
    assert "row 1: direction is “up”" in told_of(text)


SIZE = AttributeMapping("size", "size", Direction.TWO_WAY, account_field="NumberOfEmployees")


def test_rows_of_companies_are_written_and_read_as_they_were() -> None:
    text = write_rows([SIZE])
    assert 'account = "NumberOfEmployees"' in text
    assert "lead" not in text
    assert rows_of(text) == [SIZE]


def test_a_row_of_companies_gets_an_id_apart_from_those_of_people() -> None:
    text = '[[row]]\nintercom = "name"\ndirection = "two_way"\naccount = "Name"\n'
    assert rows_of(text)[0].id == "company:name"
    assert rows_of(text, replace(SIZE, intercom_attribute="name", account_field="Name"))[0].id == (
        "size"
    )


def test_a_row_is_of_accounts_or_of_people() -> None:
    text = '[[row]]\nintercom = "name"\ndirection = "two_way"\nlead = "Name"\naccount = "Name"\n'
    with pytest.raises(SetupError, match="account stands alone"):
        rows_of(text)
