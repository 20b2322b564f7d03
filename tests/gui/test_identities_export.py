"""Exporting the links that are let through, as a file that a spreadsheet opens."""

from __future__ import annotations

import asyncio
import csv
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld
from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.store.queries import Queries
from sfsync_gui.ui.exporting import _opened
from sfsync_gui.ui.panels.identities.panel import View
from sfsync_gui.ui.tasks import Tasks
from tests.gui.conftest import Run, until
from tests.gui.test_identities import bench, choose, kinds, links

FORMULA = '=HYPERLINK("http://evil.example";"Ada")'


BEFORE = "what was there before"


def fill_disk(path: Path) -> Path:
    """Let there be no room for what is to be written in place of this file."""
    path.write_text(BEFORE)
    path.with_name(f".{path.name}.{os.getpid()}.part").symlink_to("/dev/full")
    return path


def assert_nothing_was_written(path: Path) -> None:
    assert path.read_text() == BEFORE
    assert [one.name for one in path.parent.iterdir() if ".part" in one.name] == []


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_filtered_is_exported_in_its_order(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            evil = one.link(0)
            contacts = served.world.intercom
            served.server.call(lambda: contacts.edit_contact(evil.intercom_id, name=FORMULA))
            served.settle_index()
            await one.host.sync_now()
            await until(lambda: FORMULA in {link.intercom_name for link in links(one)}, 30)
            choose(one.filters.record, "contact" if evil.salesforce_kind == "Contact" else "lead")
            await until(lambda: kinds(one) == {evil.salesforce_kind})
            path = tmp_path / "links.csv"
            QTest.mouseClick(one.panel.export_button, Qt.MouseButton.LeftButton)
            await until(lambda: one.panel.findChildren(QFileDialog))
            dialog = one.panel.findChildren(QFileDialog)[-1]
            dialog.fileSelected.emit(str(path))
            dialog.close()
            await one.toast("exported to links.csv")
            written = read(path)
            shown = links(one)
            assert [row["Intercom Id"] for row in written] == [link.intercom_id for link in shown]
            (row,) = (one for one in written if one["Intercom Id"] == evil.intercom_id)
            assert row["Intercom name"] == f"'{FORMULA}"  # text, and no formula
            assert {row["Salesforce object"] for row in written} == {evil.salesforce_kind.value}
            right_to_left = [link for link in shown if link.intercom_name > "\u0590"]
            names = {row["Intercom name"] for row in written}
            assert {link.intercom_name for link in right_to_left} <= names

    run(story())


def test_people_left_unlinked_are_exported(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            one.panel.view_switch.segment(View.UNLINKED).click()
            await until(lambda: one.panel.unlinked.model.rowCount() > 0)
            path = tmp_path / "unlinked.csv"
            one.panel.exporter.start(one.panel.listing.export(), path)
            await one.toast("exported to unlinked.csv")
            people = [row for _, row in one.panel.unlinked.model.pages.at_hand()]
            assert [row["Id"] for row in read(path)] == [person.id for person in people]

    run(story())


def test_a_place_that_cannot_be_written_to_is_told_and_nothing_is_left(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            failures: list[SfsyncError] = []
            tasks.failed.connect(failures.append)
            one.panel.exporter.start(one.panel.listing.export(), tmp_path / "no folder" / "x.csv")
            await until(lambda: failures)
            assert failures[0].title == "The file could not be written"
            assert not one.panel.exporter.strip.isVisible()

            if sys.platform == "linux":
                target = fill_disk(tmp_path / "links.csv")
                one.panel.exporter.start(one.panel.listing.export(), target)
                await until(lambda: len(failures) == 2)
                assert "No space left" in failures[1].message
                assert_nothing_was_written(target)

    run(story())


def test_an_export_is_cancelled(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with bench(tmp_path, served, tasks, qtbot) as one:
            exporter, folder = one.panel.exporter, tmp_path / "exported"
            folder.mkdir()
            with busy(one.host):
                exporter.start(one.panel.listing.export(), folder / "links.csv")
                await until(exporter.strip.isVisible)
                QTest.mouseClick(exporter.strip.cancel_button, Qt.MouseButton.LeftButton)
                await until(lambda: not exporter.is_running)
            assert not exporter.strip.isVisible()
            await until(lambda: list(folder.iterdir()) == [])

    run(story())


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe stands in for a slow disk")
def test_a_file_that_opens_after_the_export_was_cancelled_goes_again(
    tmp_path: Path, run: Run
) -> None:
    unfinished = tmp_path / "links.csv.part"
    os.mkfifo(unfinished)  # opening it waits for a reader

    async def story() -> None:
        opening = asyncio.create_task(_opened(unfinished))
        await asyncio.sleep(0.05)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert unfinished.exists()
        with unfinished.open():
            await until(lambda: not unfinished.exists())

    run(story())


@contextmanager
def busy(host: Host) -> Iterator[None]:
    """The store answers nobody for now."""
    questions = host.questions
    assert isinstance(questions, Queries)
    with questions._lock:
        yield
