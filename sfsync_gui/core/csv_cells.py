"""Cells of a CSV file, or of the clipboard, that a spreadsheet takes as text, never as a formula.

A cell that begins with = + - @, a tab or a carriage return is run as a formula by spreadsheets
(OWASP, “CSV Injection”); names and values come from strangers. Such a cell gets an apostrophe in
front, which spreadsheets show as text. Numbers keep their sign: they are no text.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator

Cell = str | int | float | bool | None

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_NUMBER = re.compile(r"[+-][0-9 ()./-]*")


def csv_cell(value: Cell) -> str:
    """The text of one cell, empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).replace("\x00", "")  # at which some programs stop to read
    if isinstance(value, str) and text.lstrip(" ").startswith(_DANGEROUS):
        return f"'{text}"
    return text


def copied_cell(text: str) -> str:
    """The text of one cell on the clipboard: as in a file, but for numbers.

    A file is opened by spreadsheets; what is copied goes into messages and telephones, too. So a
    number, such as that of a telephone, stays as it is: with digits alone a formula does no harm.
    """
    return text if _NUMBER.fullmatch(text) else csv_cell(text)


def csv_lines(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """One line of text a row, as RFC 4180 has it (CRLF, quotes doubled), made when asked for."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([csv_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
