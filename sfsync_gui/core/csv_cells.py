"""Cells of a CSV file that a spreadsheet opens as text, never as a formula.

A cell that begins with = + - @, a tab or a carriage return is run as a formula by spreadsheets
(OWASP, “CSV Injection”); names and values come from strangers. Such a cell gets an apostrophe in
front, which spreadsheets show as text. Numbers keep their sign: they are no text.
"""

import csv
import io
from collections.abc import Iterable, Iterator

Cell = str | int | float | bool | None

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


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


def csv_lines(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """One line of text a row, as RFC 4180 has it (CRLF, quotes doubled), made when asked for."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([csv_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
