"""What stands at the end of the title row: undo, redo, more, a new row, and apply."""

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from sfsync_gui.ui.panels.mapping.draft import Draft
from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.widgets.buttons import Button, IconButton, PrimaryButton
from sfsync_gui.ui.widgets.tooltips import plain


class MappingActions(QObject):
    """The buttons, and the menu behind the dots. All are off while there is nothing to edit."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(panel)
        self.undo_button = IconButton("undo", self.tr("Undo"))
        self.redo_button = IconButton("redo", self.tr("Redo"))
        self.more_button = IconButton("more", self.tr("More"))
        self.add_button = Button(self.tr("Add row"), icon_name="plus")
        self.apply_button = PrimaryButton(self.tr("Apply…"), icon_name="check")
        menu = QMenu(panel)
        self.suggest = menu.addAction(icon("rule"), self.tr("Add suggested rows"))
        self.check = menu.addAction(icon("retry"), self.tr("Check the fields again"))
        menu.addSeparator()
        self.import_file = menu.addAction(icon("import"), self.tr("Import…"))
        self.export_file = menu.addAction(icon("export"), self.tr("Export…"))
        self.more_button.setMenu(menu)
        self.redo_shortcut = QShortcut(QKeySequence.StandardKey.Redo, panel)
        self._applying = False

    @property
    def widgets(self) -> Sequence[QWidget]:
        """From left to right."""
        return (
            self.undo_button,
            self.redo_button,
            self.more_button,
            self.add_button,
            self.apply_button,
        )

    def set_applying(self, applying: bool) -> None:
        """Whether a draft is being put into force."""
        self._applying = applying
        self.apply_button.setText(self.tr("Applying…") if applying else self.tr("Apply…"))

    def show_for(self, draft: Draft, *, editing: bool, adding: bool = True) -> None:
        """Offer what can be done with a draft; `adding`: rows can be added to what is on show."""
        self.more_button.setEnabled(editing)
        self.add_button.setEnabled(editing and adding)
        self.suggest.setEnabled(adding)
        undo, redo = draft.undo_text, draft.redo_text
        self.undo_button.setEnabled(editing and bool(undo))
        self.redo_button.setEnabled(editing and bool(redo))
        self.undo_button.setToolTip(_with_what(self.tr("Undo"), undo))
        self.redo_button.setToolTip(_with_what(self.tr("Redo"), redo))
        self.apply_button.setEnabled(editing and bool(draft.changes) and not self._applying)


def _with_what(verb: str, what: str) -> str:
    return plain(f"{verb}: {what}") if what else verb
