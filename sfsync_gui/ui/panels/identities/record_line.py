"""One person of a pair in a line: what it is and its Id, to be copied or opened."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.ui.panels.identities.wording import KIND_ICON, kind_text
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import ROW_HEIGHT, SPACE_HAIR, Tone
from sfsync_gui.ui.widgets.buttons import CopyButton, IconButton
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row


class RecordLine(QWidget):
    """Kind and name above the Id, with buttons that copy the Id and open the record."""

    open_wanted = Signal()

    def __init__(
        self, kind: PersonKind, name: str, person_id: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        service = SERVICE[kind.side]
        self._kind = kind
        self._name = ElidedLabel()
        self.set_name(name)
        caption = ElidedLabel(person_id, size=Text.CAPTION, tone=Tone.MUTED, middle=True)
        words = boxed(column(self._name, caption, space=0))
        self.copy_button = CopyButton(person_id, self.tr("{service} Id").format(service=service))
        self.open_button = IconButton(
            "external", self.tr("Open in {service}").format(service=service)
        )
        self.open_button.clicked.connect(self.open_wanted)
        self.open_button.hide()
        line = row(
            IconLabel(KIND_ICON[kind], name=kind_text(kind)),
            words,
            self.copy_button,
            self.open_button,
            space=SPACE_HAIR,
        )
        line.insertSpacing(1, SPACE_HAIR * 3)
        line.setStretch(2, 1)
        self.setLayout(line)
        self.setMinimumHeight(ROW_HEIGHT)

    def set_name(self, name: str) -> None:
        """The person has another name now."""
        self._name.setText(f"{kind_text(self._kind)} · {name}")

    def allow_open(self, *, allowed: bool) -> None:
        """Whether there is a page to be opened."""
        self.open_button.setVisible(allowed)
