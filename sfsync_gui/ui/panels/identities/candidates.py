"""People who carry a key, under one another, each with a button that links it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.engine.questions import PersonRow
from sfsync_gui.ui.panels.identities.wording import KIND_ICON, kind_text
from sfsync_gui.ui.texts.history import person_text
from sfsync_gui.ui.texts.numbers import grouped
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, clear, column, row

SHOWN = 10
"""So many are listed; whoever carries more has another problem than linking."""


class CandidateList(QWidget):
    """`link_wanted` tells the person whose button was pressed."""

    link_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._people: tuple[PersonRow, ...] = ()
        self._lines = column(space=SPACE_GROUP)
        self.setLayout(self._lines)
        self.hide()

    @property
    def people(self) -> tuple[PersonRow, ...]:
        """Who is listed."""
        return self._people

    def set_people(self, people: Sequence[PersonRow]) -> None:
        """List these, and nobody else."""
        if tuple(people) == self._people:
            return
        self._people = tuple(people)
        clear(self._lines)
        for person in self._people[:SHOWN]:
            self._lines.addWidget(self._line(person))
        more = len(self._people) - SHOWN
        if more > 0:
            text = self.tr("and {count} more").format(count=grouped(more))
            self._lines.addWidget(PlainLabel(text, tone=Tone.MUTED))
        self.setVisible(bool(self._people))

    def _line(self, person: PersonRow) -> QWidget:
        name = person_text(person.name, person.key, person.id)
        linked = self.tr("linked") if person.link_id is not None else self.tr("not linked")
        caption = f"{kind_text(person.kind)} · {linked} · {person.id}"
        words = boxed(
            column(
                ElidedLabel(name),
                ElidedLabel(caption, size=Text.CAPTION, tone=Tone.MUTED),
                space=0,
            )
        )
        button = Button(self.tr("Link…"))
        button.setAccessibleDescription(name)
        button.clicked.connect(partial(self.link_wanted.emit, person))
        line = row(IconLabel(KIND_ICON[person.kind]), words, button, space=SPACE_GROUP)
        line.setStretch(1, 1)
        return boxed(line)
