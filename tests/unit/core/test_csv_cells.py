"""Cells of a file that a spreadsheet opens as text."""

import csv
import io

import pytest

from sfsync_gui.core.csv_cells import Cell, copied_cell, csv_cell, csv_lines


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (-5, "-5"),
        (2.5, "2.5"),
        ("Ada", "Ada"),
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")'),
        ("+44 20 7946", "'+44 20 7946"),
        ("  -1+1", "'  -1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1＋1", "'＝1＋1"),
        ("a\x00b", "ab"),
        ("\x00=1", "'=1"),
        ("יעל", "יעל"),
    ],
)
def test_a_cell_is_text_and_never_a_formula(value: Cell, text: str) -> None:
    assert csv_cell(value) == text


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("Ada", "Ada"),
        ("", ""),
        ("+43 (1) 234-56/7.8", "+43 (1) 234-56/7.8"),
        ("+4312345", "+4312345"),
        ("-5", "-5"),
        ("+43 1 234 ext. 5", "'+43 1 234 ext. 5"),
        ("+A1", "'+A1"),
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
        ('=HYPERLINK("x")', '\'=HYPERLINK("x")'),
        ("=1", "'=1"),
        ("@ada", "'@ada"),
        ("＋1", "'＋1"),
    ],
)
def test_a_copied_cell_is_no_formula_and_a_number_stays_as_it_is_dialled(
    text: str, copied: str
) -> None:
    assert copied_cell(text) == copied


def test_lines_are_read_back_as_they_were() -> None:
    rows = [["Ada, Countess", 'says "hello"', "two\nlines"], ["נור", "", "🎉"]]
    text = "".join(csv_lines(rows))
    assert text.count("\r\n") == 2
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows
