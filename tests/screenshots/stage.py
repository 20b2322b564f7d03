"""The stage on which scenes are played: windows on a real program, brought into one state each."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar, cast

from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from sfsync_gui.app.host import Host
from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.events import Activity
from sfsync_gui.engine.handle import Handle, SecretsKept, Snapshot, UsageView
from sfsync_gui.ui.application import Application
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.shell.main_window import MainWindow
from sfsync_gui.ui.shell.shell import Shell
from sfsync_gui.ui.theme.palette import colors_of
from sfsync_gui.ui.widgets.states import SkeletonRows
from sfsync_gui.ui.widgets.table import TableView
from tests.screenshots.posing import Posed
from tests.screenshots.programs import Programs

PATIENCE = 15.0
_LOOK_AGAIN = 0.06
"""Seconds between two looks that must see the same, until nothing moves any more."""

_ACCOUNTS = {
    Side.INTERCOM: {"user_name": "ciara@northwind.example", "address": ""},
    Side.SALESFORCE: {
        "user_name": "integration@northwind.example",
        "address": "https://northwind.my.salesforce.com",
        "login_url": "https://login.salesforce.com",
    },
}

W = TypeVar("W", bound=QWidget)


@dataclass
class Stage:
    """What a scene is given. `window` is the one it opened last."""

    application: Application
    programs: Programs
    folder: Path
    size: tuple[int, int]
    menu: QMenu | None = None
    _shells: list[Shell] = field(default_factory=list)
    _posed: list[Posed] = field(default_factory=list)

    @property
    def snapshot(self) -> Snapshot:
        """A calm day: connected to accounts whose names one may read, nothing held back."""
        snapshot = self.programs.busy.snapshot
        usage = UsageView(own=1_284, org_used=4_820, limit=15_000, share=0.32, forecast=6_100)
        connections = {
            side: replace(one, **_ACCOUNTS[side])  # type: ignore[arg-type]
            for side, one in snapshot.connections.items()
        }
        return replace(
            snapshot,
            activity=Activity.IDLE,
            progress=None,
            holds=0,
            usage=usage,
            connections=connections,
            secrets=SecretsKept.IN_KEYRING,
        )

    def open_window(
        self,
        panel: str,
        snapshot: Snapshot | None = None,
        *,
        host: Host | None = None,
        held: bool = False,
        failure: SfsyncError | None = None,
    ) -> MainWindow:
        """A window that shows that panel; see `posing` for the rest."""
        pose = Posed(
            host or self.programs.busy, snapshot or self.snapshot, held=held, failure=failure
        )
        self._posed.append(pose)
        shell = Shell(self.application, cast(Handle, pose), Preferences(self.folder))
        self._shells.append(shell)
        shell.window.resize(*self.size)
        shell.window.show_panel(panel)
        shell.window.bring_up()
        return shell.window

    @property
    def shell(self) -> Shell:
        """The shell of the window that was opened last."""
        return self._shells[-1]

    @property
    def window(self) -> MainWindow:
        """The window that was opened last."""
        return self.shell.window

    @property
    def panel(self) -> Panel:
        """The panel on show."""
        panel = self.window.stack.panel
        assert panel is not None
        return panel

    def seen(self, kind: type[W], name: str = "") -> W | None:
        """The widget of that kind that can be seen, by its text or accessible name, if any."""
        for widget in self.window.findChildren(kind):
            said = getattr(widget, "text", str)(), widget.accessibleName()
            if widget.isVisible() and (not name or name in said):
                return widget
        return None

    def find(self, kind: type[W], name: str = "") -> W:
        """The same. Raises LookupError where there is none."""
        found = self.seen(kind, name)
        if found is None:
            raise LookupError(f"no {kind.__name__} {name} in view")
        return found

    async def table(self) -> TableView[object]:
        """The table of the panel, once it has rows."""
        table: TableView[object] = self.find(TableView)
        await self.until(lambda: table.model().rowCount() and not self.seen(SkeletonRows))
        return table

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until it comes true. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - the condition is a widget's
                await asyncio.sleep(0.01)

    async def dialog(self, kind: type[W]) -> W:
        """The dialog or popover of that kind, once it is open."""
        await self.until(lambda: _open(kind))
        return _open(kind)[-1]

    async def at_rest(self) -> QImage:
        """The picture, once nothing moves any more."""
        picture = self.picture()
        async with asyncio.timeout(PATIENCE):
            while True:
                await asyncio.sleep(_LOOK_AGAIN)
                before, picture = picture, self.picture()
                if before == picture:
                    return picture

    def picture(self) -> QImage:
        """The window, and above it whatever else is open, where it stands."""
        above = [
            (one, QRect(self.window.mapFromGlobal(one.pos()), one.size())) for one in self.above
        ]
        whole = QRect(QPoint(0, 0), self.window.size())
        for _widget, place in above:
            whole = whole.united(place.adjusted(-1, -1, 1, 1))
        ratio = self.window.devicePixelRatio()
        image = QImage(whole.size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor(colors_of().sidebar))
        painter = QPainter(image)
        painter.translate(-whole.topLeft())
        painter.drawPixmap(0, 0, self.window.grab())
        for widget, place in above:
            painter.drawPixmap(place.topLeft(), widget.grab())
            painter.setPen(QColor(colors_of().control))
            painter.drawRect(place.adjusted(-1, -1, 0, 0))
        painter.end()
        return image

    @property
    def above(self) -> list[QWidget]:
        """Dialogs, popovers and menus that are open."""
        others = {shell.window for shell in self._shells}
        return [
            one for one in QApplication.topLevelWidgets() if one.isVisible() and one not in others
        ]

    async def clear(self) -> None:
        """Close everything that the scene has opened."""
        for widget in self.above:
            widget.close()
        for handle in self._posed:
            handle.release()
        for shell in self._shells:
            await shell.tasks.stop()
            shell.relay.stop()
            shell.window.may_close = True
            shell.window.close()
            shell.window.deleteLater()
            shell.deleteLater()
        self._shells.clear()
        self._posed.clear()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _open(kind: type[W]) -> list[W]:
    return [
        one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()
    ]
