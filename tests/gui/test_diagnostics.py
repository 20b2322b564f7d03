"""The diagnostics file: what is in it was shown before, and nothing of anybody is."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import stat
import zipfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog

from sfsync_gui.app.demo import grants
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.desktop.crash_reports import CrashReports
from sfsync_gui.desktop.crash_watch import CrashWatch
from sfsync_gui.desktop.logs import start_logging
from sfsync_gui.desktop.redaction import process_redactor
from sfsync_gui.engine.handle import Handle
from sfsync_gui.engine.questions import ErrorQuery, LinkQuery
from sfsync_gui.ui.support.diagnostics_dialog import DiagnosticsDialog
from sfsync_gui.ui.tasks import Tasks
from tests.gui.conftest import Run, until
from tests.gui.programs import running, set_seats

LOG = logging.getLogger("sfsync_gui.somewhere")
TOKEN = "00D5e000000gPLz!AQ4AQFm0ZtSgYqYhGmXJ9q3uR.secret"
"""In the shape of a token of Salesforce."""

WANTED = ["versions.txt", "status.json", "settings.json", "mapping.json", "counts.json", "log.txt"]


class Opened:
    """The dialog; it is gone once it was closed."""

    def __init__(self, handle: Handle, tasks: Tasks) -> None:
        self.dialog = DiagnosticsDialog(handle, tasks, None)
        self.results: list[int] = []
        self.dialog.finished.connect(self.results.append)
        self.dialog.open()


async def opened(handle: Handle, tasks: Tasks) -> Opened:
    found = Opened(handle, tasks)
    await until(found.dialog.save_button.isEnabled)
    return found


def read(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def people_and_secrets(served: ServedWorld, handle: Handle) -> tuple[set[str], set[str]]:
    """Names, addresses and ids of everybody who is linked; every token and client secret."""
    people: set[str] = set()
    for link in handle.questions.links_page(LinkQuery(), None, 1000):
        people |= {link.intercom_name, link.salesforce_name, link.intercom_id, link.salesforce_id}
        people |= {link.intercom_key or "", link.salesforce_key or ""}
    secrets = set()
    for grant in grants(served):
        secrets |= {grant.access_token, grant.refresh_token}
    return {word for word in people if len(word) > 3}, {word for word in secrets if word}


def refuse(word: str) -> None:
    raise ValueError(f"refused {word}")


def log_about(words: set[str]) -> None:
    """Failures whose texts quote everybody."""
    for word in sorted(words):
        try:
            refuse(word)
        except ValueError:
            LOG.exception("it failed")
    logging.getLogger("httpx").warning("answer for '%s'", next(iter(words)))


def test_it_holds_what_helps_and_nothing_of_anybody(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, run: Run
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            log = start_logging(tmp_path, redactor=process_redactor)
            watch = CrashWatch(CrashReports(tmp_path), hard_crashes=False)
            link = host.questions.links_page(LinkQuery(), None, 1)[0]
            set_seats(served, link.intercom_id, -5)
            await host.sync_now()
            await until(lambda: host.questions.errors_matching(ErrorQuery(), 1), 30)
            people, secrets = people_and_secrets(served, host)
            assert len(people) > 60
            assert len(secrets) >= 2
            log_about({*people, TOKEN})
            watch.close()
            log.close()

            found = await opened(host, tasks)
            shown = {document.name: document.text for document in found.dialog._documents}
            target = tmp_path / "out.zip"
            await found.dialog.save(target)
            assert found.results == [QDialog.DialogCode.Accepted]
            saved = read(target)
            assert saved == shown
            assert list(saved)[: len(WANTED)] == WANTED
            assert sum(name.startswith("crashes/") for name in saved) == 1
            everything = "\n".join(saved.values())
            for word in {*people, *secrets, TOKEN}:
                assert word not in everything, word
            assert "example.com" not in everything
            assert str(tmp_path) not in everything

            assert "PySide" in saved["versions.txt"]
            assert json.loads(saved["settings.json"])["intercom_interval"] == 5.0
            counts = json.loads(saved["counts.json"])
            assert counts["links"] > 30
            assert counts["errors"][0]["side"] == "salesforce"
            state = json.loads(saved["status.json"])
            assert state["phase"] == "running"
            assert state["database"]["revision"] == state["database"]["expected_revision"]
            assert len(json.loads(saved["mapping.json"])["rows"]) > 3
            assert "custom_attributes" not in saved["mapping.json"]
            assert "ValueError" in saved["log.txt"]
            if os.name == "posix":
                assert stat.S_IMODE(target.stat().st_mode) == 0o600

    run(story())


def test_each_text_is_shown_before_it_is_saved(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, run: Run
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            found = await opened(host, tasks)
            dialog = found.dialog
            names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
            assert names == ["Versions", "Status", "Settings", "Mapping", "Counts", "Log"]
            assert "PySide" in dialog.view.toPlainText()
            QTest.keyClick(dialog.list, Qt.Key.Key_Down)
            assert '"phase": "running"' in dialog.view.toPlainText()
            assert dialog.holds.text() == "How far SFSync is, and how each side is."
            QTest.keyClick(dialog, Qt.Key.Key_Return)  # Save… is the default
            await until(lambda: dialog.findChild(QFileDialog))
            chooser = dialog.findChild(QFileDialog)
            assert chooser is not None
            assert chooser.selectedFiles()[0].endswith(".zip")
            chooser.fileSelected.emit(str(tmp_path / "there.zip"))
            await until((tmp_path / "there.zip").exists)
            await until(lambda: found.results)

    run(story())


def test_where_it_cannot_be_saved_is_said_and_another_place_is_tried(
    tmp_path: Path,
    served: ServedWorld,
    tasks: Tasks,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            found = await opened(host, tasks)
            dialog = found.dialog
            await dialog.save(Path("/proc/nowhere.zip"))
            banner = dialog.banners.get("failure")
            assert banner is not None
            assert banner.isVisible()
            assert "nowhere.zip cannot be written to /proc" in banner.notice.text
            assert dialog.isVisible()

            def full(descriptor: int) -> None:
                raise OSError(28, "No space left on device")

            monkeypatch.setattr(os, "fsync", full)
            folder = tmp_path / "out"
            folder.mkdir()
            await dialog.save(folder / "x.zip")
            banner = dialog.banners.get("failure")
            assert banner is not None
            assert "No space left on device" in banner.notice.text
            assert await asyncio.to_thread(os.listdir, folder) == []

            monkeypatch.undo()
            await dialog.save(folder / "x.zip")
            assert await asyncio.to_thread(os.listdir, folder) == ["x.zip"]
            assert found.results == [QDialog.DialogCode.Accepted]

    run(story())
