"""Saving the diagnostics: a person sees each text that goes into the file before it is written."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.desktop import diagnostics
from sfsync_gui.desktop.crash_reports import CrashReports
from sfsync_gui.desktop.diagnostics import Document
from sfsync_gui.desktop.opening import open_folder
from sfsync_gui.desktop.versions import versions
from sfsync_gui.engine.handle import Handle
from sfsync_gui.ui.files import choose_file
from sfsync_gui.ui.support.text_view import TextView
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.numbers import locale
from sfsync_gui.ui.theme.tokens import SPACE_GROUP, Tone
from sfsync_gui.ui.widgets.banner import Banners, notice_of
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.labels import PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import row
from sfsync_gui.ui.widgets.toast import Toasts

_WIDTH = 760
_LIST_WIDTH = 160
_VIEW_HEIGHT = 300
_FAILURE = "failure"


class DiagnosticsDialog(Dialog):
    """Lists what goes in, shows each text, and saves it where a person says."""

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None) -> None:
        super().__init__(self.tr("Save diagnostics"), parent)
        self.setMinimumWidth(_WIDTH)
        self._handle, self._tasks = handle, tasks
        self._reports = CrashReports(handle.data_dir)
        self._documents: Sequence[Document] = ()
        self.banners = Banners()
        self.list = QListWidget()
        self.list.setProperty("role", "parts")
        self.list.setAccessibleName(self.tr("What goes into the file"))
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view = TextView(self.tr("The text of the chosen part"))
        self.view.setMinimumHeight(_VIEW_HEIGHT)
        self.holds = PlainLabel(size=Text.CAPTION, tone=Tone.MUTED, wrap=True)
        self._arrange()
        self.list.currentRowChanged.connect(self._show)
        self.save_button.clicked.connect(self._choose_place)
        tasks.start(self._gather())

    def _arrange(self) -> None:
        self.body.addWidget(PlainLabel(self.tr("Diagnostics for support"), size=Text.SECTION))
        self.body.addWidget(
            PlainLabel(
                self.tr(
                    "These texts are saved as one file, which you can send to whoever helps you. "
                    "There are no sign-ins in them, and no names, addresses or values of people. "
                    "Nothing is sent by itself."
                ),
                tone=Tone.MUTED,
                wrap=True,
            )
        )
        self.body.addWidget(self.banners)
        parts = row(self.list, self.view, space=SPACE_GROUP)
        parts.setStretch(1, 1)
        self.body.addLayout(parts, 1)
        self.body.addWidget(self.holds)
        self.add_button(Button(self.tr("Cancel")), accepts=False)
        self.save_button = PrimaryButton(self.tr("Save…"), icon_name="export")
        self.save_button.setDefault(True)
        self.save_button.setEnabled(False)
        self.buttons.addWidget(self.save_button)

    # ------------------------------------------------------------------ what goes in

    async def _gather(self) -> None:
        known = await self._known()
        self._documents = await asyncio.to_thread(
            diagnostics.gathered, versions(), known, self._reports
        )
        for document in self._documents:
            self.list.addItem(self._item(document))
        self.list.setCurrentRow(0)
        self.save_button.setEnabled(True)
        self.save_button.setFocus()

    async def _known(self) -> Mapping[str, object]:
        """What the program behind the window tells of itself, or why it tells nothing."""
        try:
            return await self._handle.diagnostics()
        except SfsyncError as failure:
            kind, title = type(failure).__name__, failure.title
            return {"status": {"reason": {"kind": kind, "code": failure.code, "title": title}}}

    def _show(self, number: int) -> None:
        if 0 <= number < len(self._documents):
            document = self._documents[number]
            self.view.setPlainText(document.text)
            self.holds.setText(self._holds(document.name))

    def _item(self, document: Document) -> QListWidgetItem:
        size = locale().formattedDataSize(len(document.text.encode()), 0)
        item = QListWidgetItem(self._named(document.name)[0])
        item.setToolTip(f"{document.name}, {size}")
        return item

    def _holds(self, name: str) -> str:
        return self._named(name)[1]

    def _named(self, name: str) -> tuple[str, str]:
        """What a document is called, and what is in it."""
        if name.startswith("crashes/"):
            holds = self.tr("Where in SFSync it happened, without any values.")
            return self.tr("Crash report"), holds
        texts = {
            "versions.txt": (
                self.tr("Versions"),
                self.tr("Of which versions SFSync is made, and your system."),
            ),
            "status.json": (
                self.tr("Status"),
                self.tr("How far SFSync is, and how each side is."),
            ),
            "settings.json": (self.tr("Settings"), self.tr("What is set under Settings.")),
            "mapping.json": (
                self.tr("Mapping"),
                self.tr("Which fields are mapped; fields of your own are numbered."),
            ),
            "counts.json": (
                self.tr("Counts"),
                self.tr("How many people, links, changes and errors there are."),
            ),
            "log.txt": (
                self.tr("Log"),
                self.tr("The end of the log, without the texts of exceptions."),
            ),
        }
        return texts.get(name, (name, ""))

    # ------------------------------------------------------------------ saving

    def _choose_place(self) -> None:
        choose_file(
            self,
            self.tr("Save diagnostics"),
            (self.tr("Zip files"), "zip"),
            lambda path: self._tasks.start(self.save(path)),
            save_as=diagnostics.file_name(self._handle.now()),
        )

    async def save(self, path: Path) -> None:
        """Save there, and close; where that fails say why and let a person choose again."""
        self.banners.clear(_FAILURE)
        try:
            await asyncio.to_thread(diagnostics.save, path, self._documents)
        except SfsyncError as failure:
            self.banners.show_notice(_FAILURE, notice_of(failure))
            return
        self._tell_saved(path)
        self.accept()

    def _tell_saved(self, path: Path) -> None:
        parent = self.parentWidget()
        toasts = parent.window().findChild(Toasts) if parent is not None else None
        if toasts is not None:
            toasts.show_text(
                self.tr("Saved as {name}").format(name=path.name),
                action=self.tr("Open folder"),
                on_action=lambda: open_folder(path.parent),
            )


def show_diagnostics(parent: QWidget, handle: Handle, tasks: Tasks) -> DiagnosticsDialog:
    """Open the dialog above a window."""
    dialog = DiagnosticsDialog(handle, tasks, parent.window())
    dialog.open()
    return dialog
