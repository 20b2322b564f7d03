"""`sfsync owners`: who owns records on both sides, read over sockets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import Services, document, sfsync


@pytest.fixture
def folder(world: Services, environment: dict[str, str], tmp_path: Path) -> Path:
    """A connected profile; Fay works in both services."""
    world.do(lambda: world.intercom.add_admin("Fay Fox", "fay@x.example"))
    world.do(lambda: world.salesforce.add_user("Fay Fox", "Fay@x.example"))
    world.someone("ada@x.example", "Ada Lovelace")
    profile = tmp_path / "profile"
    done = sfsync("sync", "--once", folder=profile)
    assert done.exit_code == 0, done.output
    return profile


def test_pairs_and_who_has_no_counterpart(folder: Path) -> None:
    done = sfsync("owners", folder=folder)
    assert done.exit_code == 0
    first, *others = done.stdout.splitlines()
    assert first.startswith("fay@x.example  Intercom ")
    assert " ↔ Salesforce 005" in first
    assert any("hanna@example.com  only in Salesforce" in line for line in others)
    assert others[-1].startswith("1 pair, ")


def test_only_those_without_a_counterpart(folder: Path) -> None:
    assert "↔" not in sfsync("owners", "--unpaired", folder=folder).stdout
    listed = document("owners", "--unpaired", folder=folder)
    assert listed
    assert all(None in (pair["teammate"], pair["user"]) for pair in listed)


def test_users_who_cannot_own_records_are_not_listed(world: Services, folder: Path) -> None:
    gone = world.do(lambda: world.salesforce.add_user("Gus Gone", "gus@x.example", active=False))
    chat = world.do(lambda: world.salesforce.add_user("Cleo Chat", "cleo@x.example"))
    world.do(lambda: world.salesforce.set_user(chat, UserType="CsnOnly"))
    ids = {pair["user"]["id"] for pair in document("owners", folder=folder) if pair["user"]}
    assert not ids & {gone, chat}


def test_what_a_run_does_is_told_with_labels_and_addresses(world: Services, folder: Path) -> None:
    added = sfsync(
        "mapping", "add", "owner_id", "--direction", "to_intercom",
        "--lead", "OwnerId", "--contact", "OwnerId", folder=folder,
    )  # fmt: skip
    assert added.exit_code == 0, added.output
    assert sfsync("sync", "--once", folder=folder).exit_code == 0
    (fay,) = [
        pair["user"]["id"]
        for pair in document("owners", folder=folder)
        if pair["teammate"] and pair["user"]
    ]
    (contact,) = world.do(lambda: world.salesforce.ids("Contact"))
    world.do(lambda: world.salesforce.edit(contact, OwnerId=fay))
    told = sfsync("sync", "--once", folder=folder).stdout
    assert "Ada Lovelace: Owner  (blank) → fay@x.example" in told
