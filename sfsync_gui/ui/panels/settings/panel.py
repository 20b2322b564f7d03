"""The panel Settings. A value is in force as soon as it is left; nothing needs to be saved."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QApplication, QSpinBox, QWidget

from sfsync_gui.core.setting_limits import LIMITS
from sfsync_gui.desktop.opening import open_folder
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, SnapshotChanged
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.theme.scheme import SchemeChoice, SchemeFollower
from sfsync_gui.ui.theme.tokens import SPACE_GROUP
from sfsync_gui.ui.widgets.buttons import Button
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.layouts import boxed, row
from sfsync_gui.ui.widgets.page import FormRow, Page, Section
from sfsync_gui.ui.widgets.segmented import Option, Segmented

_NO_CAP = 0
_HIGHEST = 2_000_000_000


class SettingsPanel(Panel):
    """What the engine and the window can be told."""

    title = "Settings"

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self._preferences = Preferences(handle.data_dir)
        self._read = False
        self.intercom = _spin("intercom_interval", self.tr(" seconds"))
        self.salesforce = _spin("salesforce_interval", self.tr(" seconds"))
        self.cap = _spin("api_cap", self.tr(" calls a day"))
        self.cap.setMinimum(_NO_CAP)
        self.cap.setSpecialValueText(self.tr("No cap of your own"))
        self.scheme = Segmented(
            self.tr("Colours"),
            (
                Option(SchemeChoice.SYSTEM, self.tr("As the system"), "system"),
                Option(SchemeChoice.LIGHT, self.tr("Light"), "light"),
                Option(SchemeChoice.DARK, self.tr("Dark"), "dark"),
            ),
            self._preferences.scheme,
        )
        self.folder_button = Button(self.tr("Open the data folder"), icon_name="folder")
        self.set_content(self._page())
        for box in (self.intercom, self.salesforce, self.cap):
            box.setKeyboardTracking(False)
            box.setEnabled(False)
            box.valueChanged.connect(lambda _: self.tasks.start(self._store()))
        self.scheme.chosen.connect(self._choose_scheme)
        self.folder_button.clicked.connect(lambda: open_folder(handle.data_dir))

    def _page(self) -> Page:
        folder = PlainLabel(str(self.handle.data_dir), selectable=True, wrap=True)
        return Page(
            Section(
                self.tr("How often to look"),
                FormRow(
                    self.tr("Intercom"),
                    self.intercom,
                    hint=self.tr("Intercom’s own search shows changes up to minutes late."),
                ),
                FormRow(
                    self.tr("Salesforce"),
                    self.salesforce,
                    hint=self.tr("Each look costs one API call of your org."),
                ),
            ),
            Section(
                self.tr("Salesforce API calls"),
                FormRow(
                    self.tr("At most"),
                    self.cap,
                    hint=self.tr("SFSync never spends the last fifth: it is kept for you."),
                ),
            ),
            Section(self.tr("Appearance"), boxed(row(self.scheme, None))),
            Section(self.tr("Data"), folder, row(self.folder_button, None, space=SPACE_GROUP)),
        )

    def shown(self) -> None:
        """Show what is in force."""
        if self.handle.snapshot.phase not in (Phase.STARTING, Phase.FAILED):
            self.tasks.start(self._fill())

    def on_event(self, event: HandleEvent) -> None:
        """The store may only just have been opened."""
        if isinstance(event, SnapshotChanged) and not self._read and self.isVisible():
            self.shown()

    async def _fill(self) -> None:
        settings = await self.handle.settings()
        self._read = True
        for box, value in (
            (self.intercom, settings.intercom_interval),
            (self.salesforce, settings.salesforce_interval),
            (self.cap, settings.api_cap or _NO_CAP),
        ):
            with QSignalBlocker(box):
                box.setValue(int(value))
            box.setEnabled(True)

    async def _store(self) -> None:
        """Put what is shown into force; a cap below the least that lasts is raised to it."""
        cap: int | None = self.cap.value()
        if cap is not None and cap != _NO_CAP:
            cap = max(cap, int(LIMITS["api_cap"].low))
        settings = replace(
            await self.handle.settings(),
            intercom_interval=float(self.intercom.value()),
            salesforce_interval=float(self.salesforce.value()),
            api_cap=cap or None,
        )
        await self.handle.change_settings(settings)
        await self._fill()

    def _choose_scheme(self, choice: SchemeChoice) -> None:
        self._preferences.scheme = choice
        application = QApplication.instance()
        if isinstance(application, QApplication):
            SchemeFollower.of(application).choose(choice)


def _spin(name: str, suffix: str) -> QSpinBox:
    limit = LIMITS[name]
    box = QSpinBox()
    box.setRange(int(limit.low), int(min(limit.high, _HIGHEST)))
    box.setSuffix(suffix)
    box.setGroupSeparatorShown(True)
    return box
