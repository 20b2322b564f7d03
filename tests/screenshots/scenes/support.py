"""When something goes wrong: log, crash reports, diagnostics, profiles that cannot be used."""

from dataclasses import replace
from pathlib import Path

from sfsync_gui.core.failures import SfsyncError, StoreError
from sfsync_gui.core.vocabulary import StoreTrouble
from sfsync_gui.desktop.crash_reports import STOPPED, CrashReports
from sfsync_gui.desktop.paths import log_path
from sfsync_gui.desktop.redaction import Redactor
from sfsync_gui.engine.handle import Phase
from sfsync_gui.store import troubles
from sfsync_gui.ui.support.crash_dialog import CrashDialog, crash_notice
from sfsync_gui.ui.support.diagnostics_dialog import DiagnosticsDialog
from sfsync_gui.ui.support.log_window import LogWindow
from sfsync_gui.ui.texts.notices import clock_notice
from sfsync_gui.ui.widgets.dialogs import QuestionDialog
from tests.screenshots.scenes import Scenes
from tests.screenshots.stage import Stage

scenes = Scenes("support")

_LOG = """\
2026-11-29 02:39:51,204 INFO sfsync-engine sfsync_gui.app.event_log: the engine is connecting
2026-11-29 02:39:54,911 INFO sfsync-engine sfsync_gui.app.event_log: history: 1204 linked
2026-11-29 02:41:05,330 INFO sfsync-engine sfsync_gui.app.event_log: Intercom was checked: 3 changed
2026-11-29 02:41:06,018 WARNING sfsync-engine sfsync_gui.app.event_log: sync error at Salesforce: \
record STRING_TOO_LONG, attempt 1
2026-11-29 02:42:47,995 ERROR MainThread sfsync_gui.ui.tasks: unexpected failure in the window
Traceback (most recent call last):
  File "sfsync_gui/ui/tasks.py", line 41, in start
    raise LookupError(name)
LookupError: nothing of that name
2026-11-29 02:43:10,120 INFO sfsync-engine sfsync_gui.app.event_log: Salesforce is ready
"""

_REPORT = f"""{STOPPED}

When      2026-11-29 02:43:01 UTC
Started   2026-11-28 09:12:40 UTC
Version   0.1.0
Qt        6.11.3 (PySide 6.11.3)
Python    3.11.7
System    Linux-6.8.0-x86_64-with-glibc2.39

--- 2026-11-29 02:43:01 UTC, MainThread, sfsync_gui.uncaught ---
LookupError
  sfsync_gui/ui/tasks.py:41 in start
    raise LookupError(name)
"""


def _log_window(stage: Stage, text: str) -> LogWindow:
    path = log_path(stage.folder)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    window = LogWindow(stage.folder, stage.shell.tasks, stage.window, redactor=Redactor())
    window.bring_up()
    return window


def _reports(folder: Path) -> CrashReports:
    reports = CrashReports(folder, Redactor())
    reports.write("20261129-024301-4711", _REPORT)
    return reports


@scenes.add
async def log(stage: Stage) -> None:
    """The log, with an error in it."""
    stage.open_window("settings")
    window = _log_window(stage, _LOG)
    await stage.until(lambda: window.view.entries == _LOG.count("2026-"))


@scenes.add
async def log_empty(stage: Stage) -> None:
    """Nothing was logged."""
    stage.open_window("settings")
    window = _log_window(stage, "")
    await stage.until(window.empty.isVisible)


@scenes.add
async def log_found_none(stage: Stage) -> None:
    """Nothing is like what is searched for."""
    stage.open_window("settings")
    window = _log_window(stage, _LOG)
    window.search.setText("nowhere to be found")
    window.search.returnPressed.emit()
    await stage.until(lambda: "like that" in window.empty.sentence)


@scenes.add
async def crash_offered(stage: Stage) -> None:
    """The next start tells of a crash."""
    window = stage.open_window("overview")
    report = _reports(stage.folder).all()[0]
    window.news.show_notice("crash", crash_notice(report))


@scenes.add
async def crash_report(stage: Stage) -> None:
    """A report, and what can be done with it."""
    window = stage.open_window("settings")
    reports = _reports(stage.folder)
    CrashDialog(reports, reports.all()[0], window).open()


@scenes.add
async def diagnostics(stage: Stage) -> None:
    """What goes into the file."""
    window = stage.open_window("settings")
    dialog = DiagnosticsDialog(stage.programs.busy, stage.shell.tasks, window)
    dialog.open()
    await stage.until(dialog.save_button.isEnabled)
    dialog.list.setCurrentRow(1)


async def _failed(stage: Stage, reason: SfsyncError) -> None:
    stage.open_window("overview", replace(stage.snapshot, phase=Phase.FAILED, reason=reason))


@scenes.add
async def damaged(stage: Stage) -> None:
    """The database cannot be read."""
    await _failed(stage, troubles.damaged(Path("/home/ada/.local/share/SFSync/sfsync.db")))


@scenes.add
async def start_anew(stage: Stage) -> None:
    """Before a damaged database is set aside."""
    await damaged(stage)
    banner = stage.window.banners.get("program")
    assert banner is not None
    stage.shell._on_remedy_wanted("start_anew")
    await stage.dialog(QuestionDialog)


@scenes.add
async def newer(stage: Stage) -> None:
    """The database was written by a newer version."""
    await _failed(stage, troubles.newer(Path("/home/ada/.local/share/SFSync/sfsync.db"), "9999"))


@scenes.add
async def read_only(stage: Stage) -> None:
    """The folder may not be written to."""
    await _failed(stage, troubles.not_writable(Path("/media/ada/stick/SFSync/sfsync.db")))


@scenes.add
async def full_disk(stage: Stage) -> None:
    """There is no room."""
    await _failed(stage, troubles.disk_full(Path("/home/ada/.local/share/SFSync/sfsync.db")))


@scenes.add
async def in_use(stage: Stage) -> None:
    """A command has the profile open."""
    reason = StoreError(
        "SFSync is already running",
        "Process 4711 (sfsync run, since 2026-11-24 14:02) has the database sfsync.db open. "
        "Nothing was changed.",
        "Use the one that is running, or quit it first.",
        code=StoreTrouble.IN_USE,
    )
    await _failed(stage, reason)


@scenes.add
async def wrong_clock(stage: Stage) -> None:
    """The clock stands before the last use."""
    window = stage.open_window("overview")
    window.news.show_notice("clock", clock_notice(0.0, 1_795_900_000.0))
