"""What a crash left behind: shown to whoever uses the computer, who decides what becomes of it."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from sfsync_gui.desktop.crash_reports import CrashReport, CrashReports
from sfsync_gui.desktop.opening import open_folder
from sfsync_gui.ui.support.text_view import TextView
from sfsync_gui.ui.texts import times
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.banner import Notice
from sfsync_gui.ui.widgets.buttons import Button, CopyButton, DangerButton
from sfsync_gui.ui.widgets.dialogs import Dialog
from sfsync_gui.ui.widgets.labels import PlainLabel, Text

translate = QCoreApplication.translate
_WIDTH = 720
_VIEW_HEIGHT = 340


class CrashDialog(Dialog):
    """Shows a report. It stays unless a person discards it; nothing is sent."""

    def __init__(self, reports: CrashReports, report: CrashReport, parent: QWidget | None) -> None:
        super().__init__(self.tr("Crash report"), parent)
        self.setMinimumWidth(_WIDTH)
        self._reports, self._report = reports, report
        text = reports.text(report)
        self.view = TextView(self.tr("The report"))
        self.view.setPlainText(text)
        self.view.setMinimumHeight(_VIEW_HEIGHT)
        self.body.addWidget(PlainLabel(_title(report), size=Text.SECTION, wrap=True))
        self.body.addWidget(
            PlainLabel(
                self.tr(
                    "{time}. The report holds no sign-ins and no values of people. "
                    "Nothing is sent by itself."
                ).format(time=times.exact(report.at)),
                tone=Tone.MUTED,
                wrap=True,
            )
        )
        self.body.addWidget(self.view, 1)
        self.copy_button = CopyButton(text, self.tr("the report"))
        self.buttons.insertWidget(0, self.copy_button)
        self.discard_button = DangerButton(self.tr("Discard"))
        self.discard_button.clicked.connect(self._discard)  # before the dialog tells that it ends
        self.add_button(self.discard_button, accepts=False)
        self.folder_button = Button(self.tr("Open folder"), icon_name="folder")
        self.folder_button.clicked.connect(lambda: open_folder(reports.folder))
        self.buttons.addWidget(self.folder_button)
        self.close_button = self.add_button(Button(self.tr("Close")), accepts=False, default=True)

    def _discard(self) -> None:
        self._reports.discard(self._report)


def crash_notice(report: CrashReport) -> Notice:
    """What the next start says of a report."""
    return Notice(
        Tone.WARNING,
        _title(report),
        translate(
            "crash", "There is a report of it, without your sign-ins. Nothing is sent by itself."
        ),
        translate("crash", "Show report"),
        dismissable=True,
    )


def _title(report: CrashReport) -> str:
    if report.stopped:
        return translate("crash", "SFSync stopped unexpectedly")
    return translate("crash", "Something went wrong in SFSync last time")
