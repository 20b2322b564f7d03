"""What the set-up check found and when, and a button that checks again."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.findings import Finding, Grade, SetUpReport
from sfsync_gui.ui.texts.services import SERVICE
from sfsync_gui.ui.theme.tokens import ICON_LARGE, SPACE_INSET, SPACE_SECTION, Tone
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import PlainLabel, RelativeTime, Text
from sfsync_gui.ui.widgets.layouts import boxed, clear, column, row
from sfsync_gui.ui.widgets.states import SkeletonRows

_GRADE = {
    Grade.GOOD: ("success", Tone.SUCCESS),
    Grade.NOTE: ("info", Tone.MUTED),
    Grade.WARNING: ("warning", Tone.WARNING),
    Grade.FAILED: ("danger", Tone.DANGER),
}


class Findings(QWidget):
    """Every finding, what is wrong first."""

    check_asked = Signal()

    def __init__(self, now: Callable[[], float] = time.time, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = column(space=SPACE_SECTION)
        self.again_button = Button(self.tr("Check again"), icon_name="retry")
        self.when = RelativeTime(template=self.tr("Checked {time}"), size=Text.CAPTION, now=now)
        line = row(self.again_button, self.when, None, space=SPACE_INSET)
        self.setLayout(column(self._rows, line, space=SPACE_SECTION))
        self.again_button.clicked.connect(self.check_asked)

    @property
    def rows(self) -> Sequence["FindingRow"]:
        """What is shown."""
        items = [self._rows.itemAt(place) for place in range(self._rows.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [one for one in widgets if isinstance(one, FindingRow)]

    def show_loading(self) -> None:
        """It is being looked for."""
        clear(self._rows)
        self._rows.addWidget(SkeletonRows(2))
        self.again_button.setEnabled(False)
        self.when.set_time(0)

    def show_report(self, report: SetUpReport | None) -> None:
        """Show what was found; nothing where it could not be asked."""
        clear(self._rows)
        grades = list(Grade)[::-1]
        findings = report.findings if report is not None else ()
        for finding in sorted(findings, key=lambda one: grades.index(one.grade)):
            self._rows.addWidget(FindingRow(finding))
        self.again_button.setEnabled(True)
        self.when.set_time(report.at if report is not None else 0)


class FindingRow(QWidget):
    """One finding: icon, what it is about, what it breaks, the clicks that mend it."""

    def __init__(self, finding: Finding, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        icon_name, tone = _GRADE[finding.grade]
        title = f"{_place(finding)}: {finding.subject}"
        words = column(
            PlainLabel(title, size=Text.STRONG), PlainLabel(finding.message, wrap=True), space=2
        )
        for text in (finding.breaks, finding.remedy):
            if text:
                words.addWidget(PlainLabel(text, tone=Tone.MUTED, wrap=True, selectable=True))
        sign = IconLabel(icon_name, tone, size=ICON_LARGE, name=finding.grade.value)
        line = row(sign, boxed(words), space=SPACE_INSET)
        line.setStretch(1, 1)
        line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)
        self.setAccessibleName(f"{title}. {finding.message}")


def _place(finding: Finding) -> str:
    """Whose doing it is."""
    if finding.side is None:
        return QCoreApplication.translate("FindingRow", "This computer")
    return SERVICE[finding.side]
