"""What a new task is made of."""

import pytest

from sfsync_gui.core.mapping import Settings
from sfsync_gui.core.new_tasks import TaskChoices, TaskOrigin, subject_of


@pytest.mark.parametrize(
    ("template", "title", "subject"),
    [
        ("{title} ({name})", "A refund", "A refund (Ada)"),
        ("{title}", "", "Ada"),
        # What a person wrote is not filled in, even where it looks so.
        ("{name}: {title}", "Hello {name}, {title}", "Ada: Hello {name}, {title}"),
    ],
)
def test_the_subject_by_the_settings(template: str, title: str, subject: str) -> None:
    found = subject_of(TaskChoices(), Settings(task_subject=template), title, "Ada", 255)
    assert (found.value, found.origin) == (subject, TaskOrigin.SETTING)
