"""What new tasks are made of, and whether closed conversations are logged."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.new_leads import BY_SIGN_IN, BY_TEAMMATE
from sfsync_gui.engine.task_views import Choice, TaskOffers
from sfsync_gui.ui.panels.settings.fields import ChoiceField, SwitchField, TextField
from sfsync_gui.ui.texts.tasks import default_text, owner_text
from sfsync_gui.ui.widgets.page import FormRow

_NOTHING = Choice((), "")


class TaskPart(QWidget):
    """The fields of new tasks; `entered` tells the name of a setting, its value, and that in
    words."""

    entered = Signal(str, object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.subject = TextField(
            "task_subject",
            self.tr("Subject"),
            self.tr("{title} is how the conversation begins, {name} the person’s name."),
            empty=self.tr("A task needs a subject."),
            otherwise=self.tr("Only {title} and {name} can be filled in."),
        )
        self.choices = {
            "task_status": ChoiceField("task_status", self.tr("Status"), ""),
            "task_priority": ChoiceField("task_priority", self.tr("Priority"), ""),
            "task_type": ChoiceField(
                "task_type",
                self.tr("Type"),
                self.tr("Salesforce hides this field from many. Tasks do without one."),
            ),
            "task_owner": ChoiceField(
                "task_owner",
                self.tr("Owner"),
                self.tr(
                    "Where the teammate has no user with the same address in Salesforce, it is "
                    "the user signed in there."
                ),
            ),
            "log_status": ChoiceField(
                "log_status",
                self.tr("Status of logged conversations"),
                self.tr("They bear the day on which they were closed."),
            ),
        }
        self.logs = SwitchField(
            "log_conversations",
            self.tr("Log each closed conversation as a task"),
            self.tr(
                "Of linked people, once each, and only those closed from now on. The task holds "
                "the transcript without teammates’ notes, and the way to the conversation."
            ),
        )
        self.subject.entered.connect(lambda name, value: self.entered.emit(name, value, value))
        self.logs.entered.connect(self._on_switched)
        for one in self.choices.values():
            one.entered.connect(self._on_chosen)

    @property
    def parts(self) -> list[tuple[QWidget, str]]:
        """The fields of new tasks with the words by which they are found."""
        words = self.tr("task subject status priority type owner teammate")
        names = ("task_status", "task_priority", "task_type", "task_owner")
        return [(one, words) for one in (self.subject, *(self.choices[name] for name in names))]

    @property
    def log_parts(self) -> list[tuple[QWidget, str]]:
        """Those of logging."""
        words = self.tr("task log closed conversation transcript status")
        return [(self.logs, words), (self.choices["log_status"], words)]

    def show_settings(self, settings: Settings, offers: TaskOffers | None) -> None:
        """Show what is in force; without `offers` only that can be chosen."""
        self.subject.show_value(settings.task_subject)
        self.logs.show_value(settings.log_conversations)
        offers = offers or TaskOffers(_NOTHING, _NOTHING, _NOTHING, _NOTHING, {})
        for name, found, nothing in (
            ("task_status", offers.statuses, ""),
            ("task_priority", offers.priorities, ""),
            ("task_type", offers.types or _NOTHING, self.tr("None")),
            ("log_status", offers.statuses, ""),
        ):
            options = [(one.value, one.label) for one in found.options]
            usual = ("", nothing or default_text(found))
            self.choices[name].offer([usual, *options], getattr(settings, name))
        owners = [(one, owner_text(one)) for one in (BY_SIGN_IN, BY_TEAMMATE)]
        owners += sorted(offers.owners.items(), key=lambda one: one[1])
        self.choices["task_owner"].offer(owners, settings.task_owner)

    def put_back(self) -> None:
        """Forget what was entered and cannot be."""
        self.subject.put_back()

    def label(self, name: str) -> str:
        """What a setting is called."""
        if name == self.logs.name:
            return self.logs.label
        field: FormRow = self.subject if name == self.subject.name else self.choices[name]
        return field.label

    def _on_chosen(self, name: str, value: str) -> None:
        self.entered.emit(name, value, self.choices[name].box.currentText())

    def _on_switched(self, name: str, on: bool) -> None:
        self.entered.emit(name, on, self.tr("on") if on else self.tr("off"))
