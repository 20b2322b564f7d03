"""Whose values stand under the names, with a way to another person."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.ui.panels.mapping.samples import Sample
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import IconButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel
from sfsync_gui.ui.widgets.layouts import row
from sfsync_gui.ui.widgets.search_field import SearchField


class SampleBar(QWidget):
    """Names the sample person. `wanted` asks for whoever is searched for; `another_wanted` for
    the next."""

    wanted = Signal(str)
    another_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = ElidedLabel(tone=Tone.MUTED)
        self.another_button = IconButton("retry", self.tr("Another person"))
        self.search = SearchField(self.tr("Find a person"))
        self.another_button.clicked.connect(self.another_wanted)
        self.search.searched.connect(self.wanted)
        line = row(
            IconLabel("person"), self._label, self.another_button, self.search, space=SPACE_GROUP
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
        """Name the person."""
        if sample.people:
            name = sample.name or self.tr("somebody without a name")
            self.say(self.tr("Sample values of {name}").format(name=name))
        elif self.search.wanted:
            self.say(self.tr("Nobody of this name is linked"))
        else:
            self.say(self.tr("Sample values are shown when people are linked"))
        self.another_button.setEnabled(bool(sample.people))
