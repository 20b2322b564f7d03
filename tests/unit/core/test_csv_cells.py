"""Cells of a file that a spreadsheet opens as text."""

import csv
import io

import pytest

from sfsync_gui.core.csv_cells import Cell, csv_cell, csv_lines


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


def test_lines_are_read_back_as_they_were() -> None:
    rows = [["Ada, Countess", 'says "hello"', "two\nlines"], ["נור", "", "🎉"]]
    text = "".join(csv_lines(rows))
    assert text.count("\r\n") == 2
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows
