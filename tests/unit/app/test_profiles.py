"""Profiles that are set aside and brought back, on real files."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sfsync_gui.app.profiles import Target, is_set_aside, set_aside, set_aside_folder
from sfsync_gui.core.failures import StoreError
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.storage import Profile
from sfsync_gui.store.locks import WriterLock
from sfsync_gui.store.sql_store import open_store
from tests.support.stored_profile import AT, in_store

ORG = "00D000000000001AAA"
KEPT = Connection(Side.SALESFORCE, ORG, "Acme", since=AT)


def make(data_dir: Path, app_id: str) -> None:
    in_store(data_dir, lambda unit: unit.state.put_profile(Profile(app_id, ORG, app_id)))


def app_in_use(data_dir: Path) -> str:
    profile = in_store(data_dir, lambda unit: unit.state.profile())
    return profile.intercom_app_id if profile else ""


def test_a_profile_makes_room_and_comes_back(tmp_path: Path) -> None:
    make(tmp_path, "first")
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "sfsync-old.db").touch()
    set_aside(tmp_path, Target("second", ORG, (KEPT,)))
    assert app_in_use(tmp_path) == ""
    assert in_store(tmp_path, lambda unit: unit.state.connections()) == {Side.SALESFORCE: KEPT}
    aside = set_aside_folder(tmp_path, "first", ORG)
    assert is_set_aside(tmp_path, "first", ORG)
    assert (aside / "backups" / "sfsync-old.db").exists()
    assert not (tmp_path / "backups").exists()
    make(tmp_path, "second")
    set_aside(tmp_path, Target("first", ORG))
    assert app_in_use(tmp_path) == "first"
    assert (tmp_path / "backups" / "sfsync-old.db").exists()
    assert is_set_aside(tmp_path, "second", ORG)
    assert not is_set_aside(tmp_path, "first", ORG)


def test_nothing_is_moved_while_somebody_has_it_open(tmp_path: Path) -> None:
    make(tmp_path, "first")
    lock = WriterLock(database_path(tmp_path))
    try:
        with pytest.raises(StoreError) as caught:
            set_aside(tmp_path, Target("second", ORG))
    finally:
        lock.release()
    assert caught.value.code == "in_use"
    assert app_in_use(tmp_path) == "first"


def test_what_is_in_the_way_is_left_and_everything_is_as_it_was(tmp_path: Path) -> None:
    make(tmp_path, "first")
    make(set_aside_folder(tmp_path, "first", ORG), "somebody")
    with pytest.raises(StoreError, match="in the way"):
        set_aside(tmp_path, Target("second", ORG))
    assert app_in_use(tmp_path) == "first"


def test_a_failure_half_way_moves_everything_back(tmp_path: Path) -> None:
    make(tmp_path, "first")
    # A folder where the copies would go: the database has been moved by then.
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "old.db").touch()
    blocked = set_aside_folder(tmp_path, "first", ORG) / "backups"
    blocked.mkdir(parents=True)
    (blocked / "file").touch()
    with pytest.raises(StoreError):
        set_aside(tmp_path, Target("second", ORG))
    assert app_in_use(tmp_path) == "first"
    assert (tmp_path / "backups" / "old.db").exists()


def test_an_id_of_a_service_leads_nowhere_else(tmp_path: Path) -> None:
    folder = set_aside_folder(tmp_path, "../../etc", "00D/..")
    assert folder.parent == tmp_path / "profiles"
    assert set_aside_folder(tmp_path, "", ORG).name == f"none-{ORG}"


def test_an_open_store_is_noticed(tmp_path: Path) -> None:
    make(tmp_path, "first")

    async def story() -> None:
        store = open_store(database_path(tmp_path))
        try:
            with pytest.raises(StoreError, match="already running"):
                set_aside(tmp_path, Target("second", ORG))
        finally:
            await store.close()

    asyncio.run(story())
