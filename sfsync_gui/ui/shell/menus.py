"""The menu bar: File, Sync, View, Help."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenuBar

from sfsync_gui.ui.panels import PanelEntry
from sfsync_gui.ui.shell.actions import ShellActions
from sfsync_gui.ui.theme.icons import icon
from sfsync_gui.ui.theme.scheme import SchemeChoice

translate = QCoreApplication.translate


def fill_menu_bar(
    bar: QMenuBar,
    actions: ShellActions,
    panels: Sequence[PanelEntry],
    show_panel: Callable[[str], object],
    scheme: Callable[[], SchemeChoice],
    choose_scheme: Callable[[SchemeChoice], object],
) -> None:
    """Put all menus on the bar; the panels get Ctrl+1 and so on, in their order."""
    file = bar.addMenu(translate("menus", "&File"))
    file.addActions([actions.connections, actions.settings])
    file.addSeparator()
    file.addActions([actions.open_data, actions.close])
    file.addSeparator()
    file.addAction(actions.quit)

    sync = bar.addMenu(translate("menus", "&Sync"))
    sync.addActions([actions.sync_now, actions.pause])
    sync.addSeparator()
    sync.addAction(actions.retry_all)

    view = bar.addMenu(translate("menus", "&View"))
    for number, entry in enumerate(panels, start=1):
        action = QAction(icon(entry.icon_name), entry.title, view)
        action.setShortcut(QKeySequence(f"Ctrl+{number}"))
        action.triggered.connect(lambda _=False, key=entry.key: show_panel(key))
        view.addAction(action)
    view.addSeparator()
    looks = view.addMenu(translate("menus", "Appearance"))
    group = QActionGroup(looks)
    for choice, name in (
        (SchemeChoice.SYSTEM, translate("menus", "As the system")),
        (SchemeChoice.LIGHT, translate("menus", "Light")),
        (SchemeChoice.DARK, translate("menus", "Dark")),
    ):
        action = QAction(name, looks, checkable=True)
        action.setData(choice)
        action.triggered.connect(lambda _=False, choice=choice: choose_scheme(choice))
        group.addAction(action)
        looks.addAction(action)

    def follow_scheme() -> None:
        """It may have been chosen in the settings."""
        for action in group.actions():
            action.setChecked(action.data() == scheme())

    follow_scheme()
    looks.aboutToShow.connect(follow_scheme)

    support = bar.addMenu(translate("menus", "&Help"))
    support.addActions([actions.open_log, actions.diagnostics])
    support.addSeparator()
    support.addAction(actions.about)
