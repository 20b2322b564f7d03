"""The gallery: every widget of the kit on one page, in both schemes, at 1x and 2x.

`python -m tests.screenshots.gallery FOLDER` renders it to PNG files, to be looked at.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QProgressBar,
    QRadioButton,
    QSpinBox,
    QWidget,
)

from sfsync_gui.core.vocabulary import Direction
from sfsync_gui.ui.application import make_application
from sfsync_gui.ui.loop import run
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.numbers import grouped
from sfsync_gui.ui.theme.icons import icon_names
from sfsync_gui.ui.theme.scheme import SchemeChoice
from sfsync_gui.ui.theme.tokens import SPACE_EDGE, Tone
from sfsync_gui.ui.widgets.banner import Banner, Notice
from sfsync_gui.ui.widgets.buttons import (
    Button,
    CopyButton,
    DangerButton,
    IconButton,
    PrimaryButton,
    QuietButton,
)
from sfsync_gui.ui.widgets.comparison import ComparedField, RecordComparison
from sfsync_gui.ui.widgets.details import DetailsPane, SplitView
from sfsync_gui.ui.widgets.dialogs import Question, QuestionDialog
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.key_values import KeyValueTable
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, RelativeTime, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.page import FormRow, Section
from sfsync_gui.ui.widgets.search_field import SearchField
from sfsync_gui.ui.widgets.segmented import Option, Segmented
from sfsync_gui.ui.widgets.states import EmptyState, SkeletonRows
from sfsync_gui.ui.widgets.surfaces import Badge, Divider
from sfsync_gui.ui.widgets.table import Cell, Column, PagedModel, Query, RowAction, TableView
from sfsync_gui.ui.widgets.toast import Toasts


def _buttons() -> QWidget:
    disabled = PrimaryButton("Sync now", icon_name="sync")
    disabled.setEnabled(False)
    return Section(
        "Buttons",
        row(
            PrimaryButton("Sync now", icon_name="sync"),
            Button("Pause", icon_name="pause"),
            DangerButton("Disconnect"),
            QuietButton("Open in Salesforce", icon_name="external"),
            disabled,
            IconButton("more", "More"),
            CopyButton("ada@example.com", "e-mail"),
            None,
        ),
    )


def _text() -> QWidget:
    long = ElidedLabel("a.very.long.address.of.somebody@subsidiary.example.com", middle=True)
    long.setFixedWidth(220)
    return Section(
        "Text",
        PlainLabel("Attribute mapping", size=Text.TITLE),
        PlainLabel("Body text <b>is never HTML</b>, whatever comes from a service.", wrap=True),
        row(*(PlainLabel(tone.value, tone=tone) for tone in list(Tone)[:7] if tone.value), None),
        row(long, RelativeTime(time.time() - 130), PlainLabel("00Q5e00001AbCdE", size=Text.CODE)),
        row(Badge(7), Badge(1204), Badge(12, Tone.DANGER), Badge(3, Tone.ACCENT), None),
    )


def _fields() -> QWidget:
    combo = QComboBox()
    combo.addItems(["Lead.Company", "Lead.Phone"])
    ticked = QCheckBox("Log closed conversations as tasks")
    ticked.setChecked(True)
    chosen = QRadioButton("Salesforce wins")
    chosen.setChecked(True)
    wrong = FormRow("Login address", QLineEdit("https://example"), hint="Your My Domain")
    wrong.set_problem("This is not an address of Salesforce")
    bar = QProgressBar(value=40, textVisible=False)
    off = QLineEdit("Disabled")
    off.setEnabled(False)
    ways = [
        Option(Direction.TO_SALESFORCE, "Intercom to Salesforce", "arrow-right", icon_only=True),
        Option(Direction.TO_INTERCOM, "Salesforce to Intercom", "arrow-left", icon_only=True),
        Option(Direction.TWO_WAY, "Both ways", "arrow-both", icon_only=True),
    ]
    schemes = [
        Option("system", "System", "system"),
        Option("light", "Light", "light"),
        Option("dark", "Dark", "dark"),
    ]
    return Section(
        "Fields",
        row(SearchField("Search people"), combo, QSpinBox(value=5, suffix=" minutes"), off, None),
        row(
            FormRow("Client id", QLineEdit("3MVG9"), hint="From the app's settings"),
            wrong,
        ),
        row(ticked, QCheckBox("Off"), chosen, QRadioButton("Intercom wins"), None),
        row(
            Segmented("Direction", ways, Direction.TWO_WAY),
            Segmented("Appearance", schemes, "light"),
            None,
        ),
        bar,
    )


def _messages() -> QWidget:
    return Section(
        "Messages",
        Banner(
            Notice(
                Tone.DANGER,
                "Salesforce is signed out",
                "The access was revoked. Sign in again; the sync goes on where it stopped.",
                "Reconnect",
            )
        ),
        Banner(
            Notice(Tone.WARNING, "640 changes are held back", "That is unusual.", "Look at them")
        ),
        Banner(Notice(Tone.SUCCESS, "Everyone is in step", dismissable=True)),
        Banner(Notice(Tone.ACCENT, "A demo workspace", "Nothing leaves this computer.")),
    )


def _comparison() -> RecordComparison:
    return RecordComparison(
        [
            ComparedField("Phone", "+44 20 7946 0001", "+44 20 7946 0002", Direction.TWO_WAY, True),
            ComparedField("Plan", "pro", "pro", Direction.TO_SALESFORCE),
            ComparedField("Owner", "", "Grace Hopper", Direction.TO_INTERCOM, True, True),
        ]
    )


def _records() -> QWidget:
    facts = KeyValueTable(
        [
            ("Linked", "2 March, by e-mail"),
            ("Trigger", "Updated in Intercom"),
            ("Lead", row_widget()),
        ]
    )
    return Section("Records", row(facts, Divider(vertical=True), _comparison(), space=SPACE_EDGE))


def row_widget() -> QWidget:
    """An id with its copy button."""
    return boxed(row(PlainLabel("00Q5e00001AbCdE", size=Text.CODE), CopyButton("x", "id"), None))


def _icons() -> QWidget:
    names = icon_names()
    half = len(names) // 2
    return Section(
        "Icons",
        *(
            row(*(IconLabel(name, Tone.TEXT) for name in part))
            for part in (names[:half], names[half:])
        ),
    )


@dataclass(frozen=True)
class _Person:
    id: int
    name: str
    email: str
    kind: str
    changes: int
    failed: bool


_PEOPLE = [
    _Person(1, "Ada Lovelace", "ada@example.com", "Lead", 12, False),
    _Person(
        2,
        "Grace Brewster Murray Hopper, Rear Admiral",
        "grace@navy.example.mil",
        "Contact",
        1204,
        True,
    ),
    _Person(
        3, "Алексей Леонов", "alexei.arkhipovich.leonov@cosmonauts.example.org", "Contact", 3, False
    ),
    *(
        _Person(n, f"Person {n}", f"person.{n}@example.com", "Lead", n * 7, n % 5 == 0)
        for n in range(4, 60)
    ),
]


def _state_cell(person: _Person) -> Cell:
    if person.failed:
        return Cell("2 errors", "danger", Tone.DANGER, Tone.DANGER)
    return Cell("In step", "success", Tone.MUTED, Tone.SUCCESS)


def _columns() -> list[Column[_Person]]:
    return [
        Column(
            "name", "Name", lambda p: Cell(p.name, strong=True), 200, stretch=True, sortable=True
        ),
        Column("email", "E-mail", lambda p: p.email, 200, middle=True, sortable=True),
        Column(
            "kind", "Kind", lambda p: Cell(p.kind, "lead" if p.kind == "Lead" else "contact"), 110
        ),
        Column("state", "State", _state_cell, 120),
        Column("changes", "Changes", lambda p: grouped(p.changes), 90, right=True, sortable=True),
    ]


async def _fetch(query: Query, after: _Person | None, limit: int) -> list[_Person]:
    found = [person for person in _PEOPLE if query.search in person.name]
    start = found.index(after) + 1 if after else 0
    return found[start : start + limit]


def _actions(people: Sequence[_Person]) -> list[RowAction[_Person]]:
    names = (("Sync now", "sync"), ("Open in Salesforce", "external"), ("Unlink", "unlink"))
    return [RowAction(name, icon, print, danger=name == "Unlink") for name, icon in names]


async def _table_page(folder: Path, name: str) -> None:
    tasks = Tasks()
    model = PagedModel(_columns(), lambda person: person.id, _fetch, tasks)
    model.query = Query(sort="name")
    table = TableView(model, "Identity mappings", actions=_actions)
    details = DetailsPane()
    details.set_heading("Ada Lovelace", "ada@example.com")
    details.set_content(
        row_of_buttons(),
        Section("Facts", KeyValueTable([("Linked", "2 March"), ("Trigger", "By e-mail")])),
        Section("Records", _comparison()),
    )
    split = SplitView(table, details)
    split.resize(1040, 460)
    split.show()
    model.start()
    await asyncio.sleep(0.1)
    table.activateWindow()
    table.setFocus()
    table.select_key(2)
    await asyncio.sleep(0.1)
    split.grab().save(str(folder / f"table-{name}.png"))
    split.open_details()
    await asyncio.sleep(0.1)
    table.horizontalScrollBar().setValue(70)
    table.verticalScrollBar().setValue(10)
    await asyncio.sleep(0.1)
    split.grab().save(str(folder / f"table-details-{name}.png"))
    model.ask(search="Nobody at all")
    await asyncio.sleep(0.1)
    split.grab().save(str(folder / f"table-empty-{name}.png"))


def row_of_buttons() -> QWidget:
    """What can be done with a person."""
    return boxed(
        row(Button("Sync now", icon_name="sync"), Button("Unlink", icon_name="unlink"), None)
    )


def gallery() -> QWidget:
    """The page."""
    empty = EmptyState(
        "success", "No sync errors", detail="What fails will be listed here.", action="Sync now"
    )
    empty.setMinimumHeight(240)
    skeleton = SkeletonRows(3)
    skeleton.setFixedHeight(240)
    page = boxed(
        column(
            _buttons(),
            _text(),
            _fields(),
            _messages(),
            _records(),
            row(empty, skeleton),
            _icons(),
            space=SPACE_EDGE,
            margins=SPACE_EDGE,
        )
    )
    page.resize(QSize(1000, 1320))
    return page


def render(folder: Path, scheme: SchemeChoice, ratio: int) -> None:
    """Render into PNG files named after scheme and ratio."""
    application = make_application(["gallery"], scheme)
    page = gallery()
    toasts = Toasts(page)
    page.show()
    toasts.show_text("Unlinked Ada Lovelace", action="Undo")
    _settle(application)
    page.grab().save(str(folder / f"gallery-{scheme.value}-{ratio}x.png"))
    question = Question(
        "Unlink Ada Lovelace?",
        "Both records stay. The pair is kept apart until a key changes or you link them again.",
        "Unlink",
        "Keep linked",
        danger=True,
        remember="Do not ask again",
    )
    dialog = QuestionDialog(question, None)
    dialog.open()
    _settle(application)
    dialog.grab().save(str(folder / f"question-{scheme.value}-{ratio}x.png"))
    run(application, _table_page(folder, f"{scheme.value}-{ratio}x"))


def _settle(application: QApplication) -> None:
    for _ in range(5):
        application.processEvents()


def main() -> None:
    """Render all: each scheme and ratio in a process of its own, since Qt reads both at start."""
    if len(sys.argv) == 4:
        render(Path(sys.argv[1]), SchemeChoice(sys.argv[2]), int(sys.argv[3]))
        return
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for scheme in ("light", "dark"):
        for ratio in ("1", "2"):
            settings = {"QT_SCALE_FACTOR": ratio, "QT_QPA_PLATFORM": "offscreen"}
            command = [
                sys.executable,
                "-m",
                "tests.screenshots.gallery",
                str(folder),
                scheme,
                ratio,
            ]
            subprocess.run(command, check=True, env={**os.environ, **settings})


if __name__ == "__main__":
    main()
