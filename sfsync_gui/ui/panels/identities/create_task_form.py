"""The form of a new task: subject, due date, what Salesforce offers, a comment and the text."""

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from sfsync_gui.core.new_leads import BY_SIGN_IN, BY_TEAMMATE
from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.engine.task_views import Choice, TaskField, TaskOffers, TaskPreview
from sfsync_gui.ui.panels.identities.creation_form import (
    Entry,
    fill,
    fill_owners,
    side_by_side,
    usual_text,
)
from sfsync_gui.ui.texts.tasks import default_text, origin_text, owner_text
from sfsync_gui.ui.texts.values import value_text
from sfsync_gui.ui.theme.tokens import DATE, ROW_HEIGHT, SPACE_GROUP, SPACE_SECTION
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.page import FormRow

_COMMENT_ROWS = 2
_TEXT_ROWS = 6


class TaskForm(QWidget):
    """Shows a preview; `choices` is what a person changed in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.subject = QLineEdit()
        self.due = QCheckBox(self.tr("Due on"))
        self.day = QDateEdit()
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setFixedWidth(DATE)
        self.day.setAccessibleName(self.tr("Due date"))
        self.due.toggled.connect(self.day.setEnabled)
        self.status, self.priority = QComboBox(), QComboBox()
        self.type, self.owner = QComboBox(), QComboBox()
        self.comment, self.text = QPlainTextEdit(), QPlainTextEdit()
        self.text.setReadOnly(True)
        for box in (self.status, self.priority, self.type):
            # Two stand side by side, each as wide as the other whatever it offers.
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
        self._usual_day = ""
        self._arrange()

    def _arrange(self) -> None:
        due = boxed(row(self.due, self.day, None, space=SPACE_GROUP))
        due_row = FormRow(self.tr("Due date"), due)
        self._type_row = FormRow(self.tr("Type"), self.type)
        self._text_row = FormRow(self.tr("What the task will say"), self.text)
        for edit, rows in ((self.comment, _COMMENT_ROWS), (self.text, _TEXT_ROWS)):
            edit.setFixedHeight(rows * ROW_HEIGHT)
            edit.setTabChangesFocus(True)
        self.setLayout(
            column(
                FormRow(self.tr("Subject"), self.subject),
                side_by_side(due_row, self._type_row),
                side_by_side(
                    FormRow(self.tr("Status"), self.status),
                    FormRow(self.tr("Priority"), self.priority),
                ),
                FormRow(self.tr("Owner"), self.owner),
                FormRow(self.tr("Comment"), self.comment),
                self._text_row,
                space=SPACE_SECTION,
            )
        )

    def show_preview(self, preview: TaskPreview, offers: TaskOffers) -> None:
        """Fill it anew; a comment that was written stays."""
        fields = {one.field: one for one in preview.fields}
        subject = fields.get("Subject")
        self.subject.setText(value_text(subject.value) if subject else "")
        self.subject.setModified(False)
        self._show_day(fields.get("ActivityDate"))
        _fill_options(self.status, offers.statuses, fields.get("Status"))
        _fill_options(self.priority, offers.priorities, fields.get("Priority"))
        self._type_row.setVisible(offers.types is not None)
        if offers.types is not None:
            _fill_options(self.type, offers.types, fields.get("Type"), self.tr("None"))
        self._fill_owners(offers, fields.get("OwnerId"))
        self._text_row.setVisible(bool(preview.description))
        self.text.setPlainText(preview.description)

    def _show_day(self, field: TaskField | None) -> None:
        self._usual_day = str(field.value) if field is not None and field.value else ""
        day = QDate.fromString(self._usual_day, Qt.DateFormat.ISODate)
        self.day.setDate(day if day.isValid() else QDate.currentDate())
        self.due.setChecked(bool(self._usual_day))
        self.day.setEnabled(bool(self._usual_day))

    def _fill_owners(self, offers: TaskOffers, field: TaskField | None) -> None:
        usual = owner_text(BY_SIGN_IN)
        if field is not None:
            usual = usual_text(field.value, origin_text(field))
        kinds = [(one, owner_text(one)) for one in (BY_SIGN_IN, BY_TEAMMATE)]
        fill_owners(self.owner, usual, kinds, offers.owners)

    def choices(self, conversation_id: str | None) -> TaskChoices:
        """What a person chose."""
        edited = self.subject.text().strip() if self.subject.isModified() else ""
        return TaskChoices(
            subject=edited or None,
            due=self._chosen_day(),
            status=self.status.currentData(),
            priority=self.priority.currentData(),
            type=self.type.currentData() if self.type.count() else None,
            owner=self.owner.currentData(),
            comment=self.comment.toPlainText().strip(),
            conversation_id=conversation_id,
        )

    def _chosen_day(self) -> str | None:
        """The day where it is not the usual one, empty where there is to be none."""
        chosen = self.day.date().toString(Qt.DateFormat.ISODate) if self.due.isChecked() else ""
        return None if chosen == self._usual_day else chosen


def _fill_options(
    box: QComboBox, choice: Choice, field: TaskField | None, nothing: str = ""
) -> None:
    """The usual value first, then none at all where that is another, then what is offered."""
    none = nothing or default_text(choice)
    entries: list[Entry] = [(None, none)]
    if field is not None:
        entries = [(None, usual_text(field.value, origin_text(field))), ("", none)]
    fill(box, [*entries, *((one.value, one.label) for one in choice.options)])
