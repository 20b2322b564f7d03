"""Whose values stand under the names, with a way to another person or company."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.vocabulary import Family
from sfsync_gui.ui.panels.mapping.samples import Sample
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import IconButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel
from sfsync_gui.ui.widgets.layouts import row
from sfsync_gui.ui.widgets.search_field import SearchField


class SampleBar(QWidget):
    """Names the sample. `wanted` asks for whoever is searched for; `another_wanted` for the
    next."""

    wanted = Signal(str)
    another_wanted = Signal()

    def __init__(self, family: Family = Family.PEOPLE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._of_people = family is Family.PEOPLE
        self._label = ElidedLabel(tone=Tone.MUTED)
        another = self.tr("Another person") if self._of_people else self.tr("Another company")
        find = self.tr("Find a person") if self._of_people else self.tr("Find a company")
        self.another_button = IconButton("retry", another)
        self.search = SearchField(find)
        self.another_button.clicked.connect(self.another_wanted)
        self.search.searched.connect(self.wanted)
        line = row(
            IconLabel("person" if self._of_people else "company"),
            self._label,
            self.another_button,
            self.search,
            space=SPACE_GROUP,
        )
        line.setStretch(1, 1)
        self.setLayout(line)
        self.say(self.tr("No sample values yet"))

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def say(self, text: str) -> None:
        """Say why there is nobody."""
        self._label.setText(text)

    def show_sample(self, sample: Sample) -> None:
        """Name the person or the company."""
        if sample.people:
            name = sample.name or self._nameless()
            self.say(self.tr("Sample values of {name}").format(name=name))
        elif self.search.wanted:
            self.say(self._unknown())
        else:
            self.say(self._none_linked())
        self.another_button.setEnabled(bool(sample.people))

    def _nameless(self) -> str:
        if self._of_people:
            return self.tr("somebody without a name")
        return self.tr("a company without a name")

    def _unknown(self) -> str:
        if self._of_people:
            return self.tr("Nobody of this name is linked")
        return self.tr("No company of this name is linked")

    def _none_linked(self) -> str:
        if self._of_people:
            return self.tr("Sample values are shown when people are linked")
        return self.tr("Sample values are shown when companies are linked")
