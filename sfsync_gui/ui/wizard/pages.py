"""The pages of the first run. Each only shows, and says what a person wants."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QWidget,
)

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.schema import CONTACT, LEAD, Schema
from sfsync_gui.core.vocabulary import FirstRun
from sfsync_gui.ui.accounts.findings import Findings
from sfsync_gui.ui.theme.tokens import (
    ICON_LARGE,
    SPACE_GROUP,
    SPACE_INSET,
    SPACE_SECTION,
    SPACE_TIGHT,
    Tone,
)
from sfsync_gui.ui.widgets.buttons import Button, PrimaryButton
from sfsync_gui.ui.widgets.comparison import DIRECTION_ICON
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, Text
from sfsync_gui.ui.widgets.layouts import boxed, clear, column, row
from sfsync_gui.ui.widgets.states import SkeletonRows
from sfsync_gui.ui.widgets.surfaces import Surface
from sfsync_gui.ui.widgets.tooltips import plain


class StepPage(QWidget):
    """A heading, a sentence, and what belongs to the step."""

    def __init__(self, heading: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.body = column(space=SPACE_SECTION)
        self.text = PlainLabel(text, tone=Tone.MUTED, wrap=True)
        words = column(
            PlainLabel(heading, size=Text.TITLE, wrap=True), self.text, space=SPACE_TIGHT
        )
        self.setLayout(column(words, self.body, None, space=SPACE_SECTION))
        self.setAccessibleName(heading)


class WelcomePage(StepPage):
    """Own accounts, or the demo workspace."""

    own_chosen = Signal()
    demo_chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Keep Intercom and Salesforce in step"),
            self.tr(
                "SFSync links the people of an Intercom workspace with the leads and contacts of "
                "a Salesforce org, and keeps the attributes that you choose the same on both "
                "sides. Every change it makes is listed with its reason. Connecting alone changes "
                "nothing."
            ),
            parent,
        )
        self.own_button = PrimaryButton(self.tr("Connect my accounts"))
        self.demo_button = Button(self.tr("Try the demo workspace"))
        self.body.addWidget(
            _choice(
                "connections",
                self.tr("My accounts"),
                self.tr(
                    "You need admin rights in both services. The next steps say what to click; "
                    "it takes about ten minutes, and each step can be left and resumed."
                ),
                self.own_button,
            )
        )
        self.body.addWidget(
            _choice(
                "preview",
                self.tr("Demo workspace"),
                self.tr(
                    "A simulated Intercom and a simulated Salesforce on this computer, with "
                    "people who work in both. Nothing leaves the computer."
                ),
                self.demo_button,
            )
        )
        self.own_button.clicked.connect(self.own_chosen)
        self.demo_button.clicked.connect(self.demo_chosen)


def _choice(icon_name: str, title: str, text: str, button: Button) -> Surface:
    words = column(
        PlainLabel(title, size=Text.SECTION), PlainLabel(text, wrap=True), space=SPACE_TIGHT
    )
    sign = IconLabel(icon_name, Tone.ACCENT, size=ICON_LARGE)
    line = row(sign, boxed(words), button, space=SPACE_SECTION)
    line.setStretch(1, 1)
    line.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
    line.setContentsMargins(SPACE_SECTION, SPACE_INSET, SPACE_SECTION, SPACE_INSET)
    surface = Surface(Tone.TEXT)
    surface.setLayout(line)
    return surface


class CheckPage(StepPage):
    """What the set-up check found."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Is everything in place?"),
            self.tr(
                "SFSync looks at the fields that it needs. What is only a warning can be mended "
                "later."
            ),
            parent,
        )
        self.findings = Findings()
        self.body.addWidget(self.findings)
        self.findings.show_loading()


class _RowBox(QCheckBox):
    """A box whose words are shortened to the room there is."""

    def __init__(self, label: str, hint: str) -> None:
        super().__init__(label)
        self._label = label
        self.setAccessibleName(label)
        self.setToolTip(plain(f"{label}\n{hint}"))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show what fits."""
        super().resizeEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        area = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxContents, option, self)
        mode = Qt.TextElideMode.ElideRight
        self.setText(self.fontMetrics().elidedText(self._label, mode, area.width()))


class MappingPage(StepPage):
    """The suggested rows, each of which can be left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("Which attributes to keep in step?"),
            self.tr(
                "These belong together by their names and types. Leave out what you do not want; "
                "more can be mapped at any time."
            ),
            parent,
        )
        self._rows = column(space=SPACE_GROUP)
        self.body.addLayout(self._rows)
        self._boxes: dict[str, tuple[QCheckBox, AttributeMapping]] = {}
        self._rows.addWidget(SkeletonRows(3))

    @property
    def chosen(self) -> tuple[AttributeMapping, ...]:
        """The rows that are ticked."""
        return tuple(mapping for box, mapping in self._boxes.values() if box.isChecked())

    @property
    def boxes(self) -> Sequence[QCheckBox]:
        """The box of each row."""
        return tuple(box for box, _ in self._boxes.values())

    def show_rows(self, rows: Iterable[AttributeMapping], schema: Schema) -> None:
        """Show what is suggested; a tick that was taken away stays away."""
        left_out = {key for key, (box, _) in self._boxes.items() if not box.isChecked()}
        clear(self._rows)
        self._boxes = {}
        for mapping in rows:
            box = _RowBox(_attribute_label(mapping, schema), mapping.intercom_attribute)
            box.setChecked(mapping.id not in left_out)
            self._boxes[mapping.id] = (box, mapping)
            target = ElidedLabel(_field_labels(mapping, schema))
            target.setToolTip(plain(_field_names(mapping)))
            arrow = IconLabel(DIRECTION_ICON[mapping.direction], Tone.MUTED)
            line = row(box, arrow, target, space=SPACE_INSET)
            line.setStretch(0, 2)
            line.setStretch(2, 3)
            self._rows.addLayout(line)
        if not self._boxes:
            text = self.tr("Nothing belongs together by name. Map attributes after the set-up.")
            self._rows.addWidget(PlainLabel(text, tone=Tone.MUTED, wrap=True))


def _attribute_label(mapping: AttributeMapping, schema: Schema) -> str:
    attribute = schema.intercom.get(mapping.intercom_attribute)
    return attribute.label if attribute else mapping.intercom_attribute


def _field_labels(mapping: AttributeMapping, schema: Schema) -> str:
    found = []
    for name in (LEAD, CONTACT):
        field = schema.salesforce_field(name, mapping.salesforce_field(name))
        if field is not None:
            found.append(f"{name}: {field.label}")
    return " · ".join(found)


def _field_names(mapping: AttributeMapping) -> str:
    names = ((name, mapping.salesforce_field(name)) for name in (LEAD, CONTACT))
    return ", ".join(f"{name}.{field}" for name, field in names if field)


class FirstPage(StepPage):
    """What happens when the set-up is finished."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("What should happen first?"),
            self.tr("Either way SFSync reads everybody once on both sides, and writes nothing."),
            parent,
        )
        self._buttons: dict[FirstRun, QRadioButton] = {}
        for first, title, text in self._choices():
            button = QRadioButton(title)
            button.setAccessibleDescription(text)
            self._buttons[first] = button
            caption = PlainLabel(text, tone=Tone.MUTED, wrap=True)
            caption.setContentsMargins(SPACE_SECTION + SPACE_GROUP, 0, 0, 0)
            self.body.addLayout(column(button, caption, space=SPACE_TIGHT))
        self._buttons[FirstRun.LINK_ALL].setChecked(True)

    @property
    def chosen(self) -> FirstRun:
        """What was chosen."""
        return next(first for first, button in self._buttons.items() if button.isChecked())

    def button(self, first: FirstRun) -> QRadioButton:
        """The button of a choice."""
        return self._buttons[first]

    def _choices(self) -> tuple[tuple[FirstRun, str, str], ...]:
        return (
            (
                FirstRun.LINK_ALL,
                self.tr("Link everyone who matches now (recommended)"),
                self.tr("No value is changed. From then on, changes are brought over."),
            ),
            (
                FirstRun.LINK_ALL_AND_BULK,
                self.tr("Link everyone, then bring existing values in line"),
                self.tr("First you see what would change, on which records. Nothing before that."),
            ),
            (
                FirstRun.AS_THEY_CHANGE,
                self.tr("Link people as they change"),
                self.tr("As Intercom’s own app does: a person is linked when something changes."),
            ),
        )
