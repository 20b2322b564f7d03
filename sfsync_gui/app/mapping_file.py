"""The mapping as a TOML file: rows and nothing else, no secret and nothing of people.

format = 1

[[row]]
id = "custom_attributes.plan"          # may be left out
intercom = "custom_attributes.plan"
direction = "two_way"                  # to_salesforce, to_intercom
lead = "Plan__c"                       # at least one of lead and contact
contact = "Plan__c"                    # or account alone, for an attribute of companies
blank = "keep"                         # copy
conflict = "salesforce"                # intercom, newer
shorten = false
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import tomli_w

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.mapping import AttributeMapping, Places
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Direction, Family

FORMAT = 1

_MARK = "\ufeff"
"""What some editors put before a text in UTF-8; TOML knows no such character."""

_ROW_START = re.compile(r"\s*\[\[\s*row\s*\]\]")
_OBJECTS = ("lead", "contact", "account")
_KEYS = ("id", "intercom", "direction", *_OBJECTS, "blank", "conflict", "shorten")
_NAMES = ("id", "intercom", *_OBJECTS)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of a file, with what a person needs to find it: its number and its line."""

    row: AttributeMapping
    number: int
    line: int | None

    @property
    def place(self) -> str:
        """Where the row stands."""
        return _place(self.number, self.line)


def write_rows(rows: Sequence[AttributeMapping]) -> str:
    """The text of a mapping file."""
    content: dict[str, Any] = {"format": FORMAT}
    if rows:
        content["row"] = [_row_values(row) for row in rows]
    return tomli_w.dumps(content)


def _row_values(row: AttributeMapping) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": row.id,
        "intercom": row.intercom_attribute,
        "direction": row.direction.value,
        "lead": row.lead_field,
        "contact": row.contact_field,
        "account": row.account_field,
        "blank": row.blank_rule.value,
        "conflict": row.conflict_rule.value,
        "shorten": row.shorten,
    }
    return {key: value for key, value in values.items() if value is not None}


def read_rows(text: str, known: Iterable[AttributeMapping], source: str) -> list[FileRow]:
    """The rows of a mapping file.

    A row without an id that maps the same fields as one of the `known` is that one. Raises
    `SetupError` that names every place at fault.
    """
    text = text.removeprefix(_MARK)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused(source, [f"It is not TOML: {error}."]) from None
    problems = _frame_problems(content)
    entries = _entries(content, source)
    lines = _lines(text, entries)
    found: list[FileRow] = []
    ids = _Ids(known)
    for number, (entry, line) in enumerate(zip(entries, lines, strict=True), 1):
        wrong = _entry_problems(entry)
        problems += [f"{_place(number, line)}: {one}" for one in wrong]
        if not wrong:
            found.append(FileRow(_row(entry, ids), number, line))
    if problems:
        raise _refused(source, problems)
    return found


def _frame_problems(content: Mapping[str, Any]) -> list[str]:
    problems = [
        f"“{name}” is not known at the top; rows begin with [[row]]."
        for name in content
        if name not in ("format", "row")
    ]
    if content.get("format", FORMAT) != FORMAT:
        problems.append(f"format is {content['format']}; this version reads format = {FORMAT}.")
    return problems


def _entries(content: Mapping[str, Any], source: str) -> list[Mapping[str, Any]]:
    entries = content.get("row", [])
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise _refused(source, ["row is not a list of tables; rows begin with [[row]]."])
    return entries


def _lines(text: str, entries: Sequence[Any]) -> list[int | None]:
    """The line of each row; None where they cannot be told apart from the text of a value."""
    starts = [n for n, line in enumerate(text.splitlines(), 1) if _ROW_START.match(line)]
    if len(starts) == len(entries):
        return list(starts)
    return [None] * len(entries)


def _entry_problems(entry: Mapping[str, Any]) -> list[str]:
    problems = [
        f"“{name}” is not known; known are {', '.join(_KEYS)}."
        for name in entry
        if name not in _KEYS
    ]
    for name in _NAMES:
        value = entry.get(name)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            problems.append(f"{name} must be a name.")
    if not entry.get("intercom"):
        problems.append("intercom is missing: the name of an attribute, such as phone.")
    if not any(entry.get(name) for name in _OBJECTS):
        problems.append("lead and contact are missing: at least one is needed, or account.")
    if entry.get("account") and (entry.get("lead") or entry.get("contact")):
        problems.append("account stands alone: companies have rows of their own.")
    if "direction" not in entry:
        problems.append(f"direction is missing: {_choices(Direction)}.")
    for name, choices in (
        ("direction", Direction),
        ("blank", BlankRule),
        ("conflict", ConflictRule),
    ):
        if name in entry and entry[name] not in list(choices):  # it may be a list, or a table
            problems.append(f"{name} is “{entry[name]}”; it must be {_choices(choices)}.")
    if not isinstance(entry.get("shorten", False), bool):
        problems.append("shorten must be true or false.")
    return problems


def _choices(words: Iterable[str]) -> str:
    *first, last = [str(word) for word in words]
    return f"{', '.join(first)} or {last}"


class _Ids:
    """Gives rows the ids of the known ones with the same fields, or new ones."""

    def __init__(self, known: Iterable[AttributeMapping]) -> None:
        self._of_places: dict[Places, str] = {}
        self._taken: set[str] = set()
        for row in known:
            self._of_places[row.places] = row.id
            self._taken.add(row.id)

    def of(self, row: AttributeMapping) -> str:
        """The id for the fields of a row."""
        known = self._of_places.get(row.places)
        if known is not None:
            return known
        begin = row.intercom_attribute
        if row.family is Family.COMPANIES:
            begin = f"company:{begin}"
        number, row_id = 1, begin
        while row_id in self._taken:
            number += 1
            row_id = f"{begin}:{number}"
        self._taken.add(row_id)
        return row_id


def new_row_id(known: Iterable[AttributeMapping], row: AttributeMapping) -> str:
    """The id for a row that is to be added to those known."""
    return _Ids(known).of(row)


def _row(entry: Mapping[str, Any], ids: _Ids) -> AttributeMapping:
    row = AttributeMapping(
        id=entry.get("id", ""),
        intercom_attribute=entry["intercom"],
        direction=Direction(entry["direction"]),
        lead_field=entry.get("lead"),
        contact_field=entry.get("contact"),
        account_field=entry.get("account"),
        blank_rule=BlankRule(entry.get("blank", BlankRule.KEEP)),
        conflict_rule=ConflictRule(entry.get("conflict", ConflictRule.SALESFORCE)),
        shorten=entry.get("shorten", False),
    )
    return row if row.id else replace(row, id=ids.of(row))


def _place(number: int, line: int | None) -> str:
    return f"row {number}" if line is None else f"row {number} (line {line})"


def _refused(source: str, problems: Sequence[str]) -> SetupError:
    return SetupError(
        "The mapping file cannot be used",
        f"{source}: {' '.join(problems)}",
        "Correct the file, then import it again. Nothing was changed.",
        subject=source,
        code="mapping_file",
    )
