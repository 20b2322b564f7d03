"""The data folder, the log, the diagnostics and crash reports: what helps when help is needed."""

from PySide6.QtWidgets import QSizePolicy, QWidget

from sfsync_gui.desktop.crash_reports import CrashReports
from sfsync_gui.desktop.opening import open_folder
from sfsync_gui.engine.handle import Handle
from sfsync_gui.ui.support.crash_dialog import CrashDialog
from sfsync_gui.ui.support.diagnostics_dialog import show_diagnostics
from sfsync_gui.ui.support.log_window import show_log
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import SPACE_TIGHT, Tone
from sfsync_gui.ui.widgets.buttons import Button, CopyButton
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, column, row


class SupportPart(QWidget):
    """The buttons, and what each is for."""

    def __init__(self, handle: Handle, tasks: Tasks) -> None:
        super().__init__()
        self._handle, self._tasks = handle, tasks
        self._reports = CrashReports(handle.data_dir)
        path = str(handle.data_dir)
        self.path = ElidedLabel(path, size=Text.CODE, middle=True)
        self.copy_button = CopyButton(path, self.tr("path"))
        self.folder_button = Button(self.tr("Open folder"), icon_name="folder")
        self.log_button = Button(self.tr("Open log"), icon_name="log")
        self.diagnostics_button = Button(self.tr("Save diagnostics…"), icon_name="export")
        self.crash_button = Button(self.tr("Show the newest"), icon_name="warning")
        self._crashes = PlainLabel(size=Text.CAPTION, tone=Tone.MUTED, wrap=True)
        self.path.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        place = row(self.path, self.copy_button, None, space=SPACE_TIGHT)
        self.folder = boxed(
            column(
                place,
                row(self.folder_button, None),
                _hint(self.tr("Your sign-ins are not in it: the password store keeps them.")),
                space=SPACE_TIGHT,
            )
        )
        self.log = _with_hint(
            self.log_button, self.tr("What SFSync did, without sign-ins and values of people.")
        )
        self.diagnostics = _with_hint(
            self.diagnostics_button,
            self.tr("One file for whoever helps you. You see what is in it before it is saved."),
        )
        self.crashes = boxed(column(row(self.crash_button, None), self._crashes, space=SPACE_TIGHT))
        self.folder_button.clicked.connect(lambda: open_folder(handle.data_dir))
        self.log_button.clicked.connect(lambda: show_log(self.log, handle.data_dir, tasks))
        self.diagnostics_button.clicked.connect(
            lambda: show_diagnostics(self.diagnostics, handle, tasks)
        )
        self.crash_button.clicked.connect(self._show_crash)
        self.refresh()

    def refresh(self) -> None:
        """Count the crash reports anew."""
        number = len(self._reports.all())
        self.crash_button.setEnabled(number > 0)
        words = counted(number, self.tr("crash report")) if number else self.tr("No crash reports")
        self._crashes.setText(
            self.tr("{words}. They stay on this computer until you discard them.").format(
                words=words
            )
            if number
            else f"{words}."
        )

    def _show_crash(self) -> None:
        reports = self._reports.all()
        if reports:
            dialog = CrashDialog(self._reports, reports[0], self.crashes.window())
            dialog.finished.connect(lambda _: self.refresh())
            dialog.open()


def _hint(text: str) -> PlainLabel:
    return PlainLabel(text, size=Text.CAPTION, tone=Tone.MUTED, wrap=True)


def _with_hint(button: Button, hint: str) -> QWidget:
    button.setAccessibleDescription(hint)
    return boxed(column(row(button, None), _hint(hint), space=SPACE_TIGHT))
