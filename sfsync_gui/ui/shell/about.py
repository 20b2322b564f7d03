"""What this program is, and of which versions it is made."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from sfsync_gui.desktop.paths import APP_NAME
from sfsync_gui.desktop.versions import versions
from sfsync_gui.ui.theme.icons import artwork
from sfsync_gui.ui.theme.tokens import ICON_APPLICATION, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.buttons import Button, CopyButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.key_values import KeyValueTable
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import column, row


def facts(data_dir: Path) -> list[tuple[str, str]]:
    """The versions and places that a report of a problem needs."""
    return [*versions(), ("Data folder", str(data_dir))]


class AboutDialog(Dialog):
    """Name, purpose, versions; the versions can be copied."""

    def __init__(self, data_dir: Path, parent: QWidget | None) -> None:
        super().__init__(f"About {APP_NAME}", parent)
        sign = QLabel()
        size = QSize(ICON_APPLICATION, ICON_APPLICATION)
        sign.setPixmap(artwork("sfsync").pixmap(size, self.devicePixelRatio()))
        purpose = self.tr("Keeps the people of an Intercom workspace and a Salesforce org in step.")
        words = column(
            PlainLabel(APP_NAME, size=Text.TITLE),
            PlainLabel(purpose, tone=Tone.MUTED, wrap=True),
        )
        head = row(sign, words, space=SPACE_SECTION)
        head.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        head.setStretch(1, 1)
        known = facts(data_dir)
        self.body.setSpacing(SPACE_SECTION)
        self.body.addLayout(head)
        self.body.addWidget(KeyValueTable(known))
        text = "\n".join(f"{name}: {value}" for name, value in known)
        self.buttons.insertWidget(0, CopyButton(text, self.tr("versions")))
        self.add_button(Button(self.tr("Close")), accepts=False, default=True)
