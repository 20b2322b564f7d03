"""Choosing the field of a cell: a search, what fits in groups, and why not the others."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView, QWidget

from sfsync_gui.ui.panels.mapping.choice_list import ENTRY, ChoiceDelegate, ChoiceModel
from sfsync_gui.ui.panels.mapping.offering import Choice
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import POPOVER_HEIGHT, ROW_HEIGHT, SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.buttons import QuietButton
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, row
from sfsync_gui.ui.widgets.popover import Popover
from sfsync_gui.ui.widgets.search_field import SearchField

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class FieldPicker(Popover):
    """Tells by `picked` the field that was chosen, None for none at all.

    Typing searches, arrow keys move, Enter chooses.
    """

    picked = Signal(object)

    def __init__(
        self,
        name: str,
        choices: Sequence[Choice],
        current: str,
        parent: QWidget,
        *,
        nothing: str = "",
    ) -> None:
        super().__init__(name, parent)
        self.model = ChoiceModel(choices, current, nothing, self)
        self.search = SearchField(self.tr("Search by label or API name"))
        self.view = QListView()
        self.empty = PlainLabel(tone=Tone.MUTED, wrap=True)
        self.left_out = PlainLabel(size=Text.CAPTION, tone=Tone.MUTED)
        self.why_button = QuietButton(self.tr("Why not?"))
        self.why_button.setCheckable(True)
        self.view.setProperty("role", "choices")
        self.view.setModel(self.model)
        self.view.setItemDelegate(ChoiceDelegate(self.view))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(False)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setAccessibleName(name)
        self.setFixedHeight(POPOVER_HEIGHT)
        self._foot = boxed(row(self.left_out, None, self.why_button))
        self._foot.setFixedHeight(ROW_HEIGHT)
        for widget in (self.search, self.view, self.empty, self._foot):
            self.body.addWidget(widget, 1 if widget is self.view else 0)
        self.empty.setContentsMargins(SPACE_GROUP, SPACE_GROUP, SPACE_GROUP, SPACE_GROUP)
        self.setFocusProxy(self.search)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._on_text_changed)
        self.view.clicked.connect(self._pick)
        self.view.entered.connect(self._on_entered)
        self.why_button.toggled.connect(self._on_why_toggled)
        self._refresh()

    def open_at(self, anchor: QWidget) -> None:
        """Open with the keyboard in the search."""
        super().open_at(anchor)
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)
        self._refresh()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Keys that move or choose go to the list while the search has the keyboard."""
        if watched is self.search and isinstance(event, QKeyEvent):
            if event.type() is not QEvent.Type.KeyPress:
                return False
            if event.key() in _MOVES:
                self.view.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._pick(self.view.currentIndex())
                return True
        return False

    def _on_text_changed(self, text: str) -> None:
        self.model.search(text)
        self._refresh()

    def _on_why_toggled(self, shown: bool) -> None:
        self.model.show_reasons(shown)
        self._refresh()
        if shown:
            self.view.scrollToBottom()
            first = self.model.rowCount() - self.model.left_out - 1
            top = QListView.ScrollHint.PositionAtTop
            self.view.scrollTo(self.model.index(first), top)

    def _on_entered(self, index: QModelIndex) -> None:
        if self.model.flags(index) & Qt.ItemFlag.ItemIsSelectable:
            self.view.setCurrentIndex(index)

    def _refresh(self) -> None:
        """Stand at the best line, and tell how many are left out."""
        first = self.model.first_choice()
        index = self.model.index(first) if first >= 0 else QModelIndex()
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index, QListView.ScrollHint.PositionAtCenter)
        left_out = self.model.left_out
        has_rows = self.model.rowCount() > 0
        self.view.setVisible(has_rows)
        self.empty.setVisible(not has_rows)
        self.empty.setText(
            self.tr("No field that fits has this name.") if left_out else self.tr("Nothing found.")
        )
        self.body.setStretchFactor(self.empty, 0 if has_rows else 1)
        self._foot.setVisible(left_out > 0)
        self.left_out.setText(
            self.tr("{fields} left out").format(fields=counted(left_out, "field"))
        )

    def _pick(self, index: QModelIndex) -> None:
        if not index.isValid() or not self.model.flags(index) & Qt.ItemFlag.ItemIsSelectable:
            return
        entry = index.data(ENTRY)
        self.close()
        self.picked.emit(entry)
