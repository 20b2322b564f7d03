"""What the diagnostics tell of mapping, failures and a database that cannot be read."""

import asyncio
import json
from pathlib import Path

from sfsync_gui.app.diagnostics import anonymous, documents, status
from sfsync_gui.app.keeper import Keeper
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, SyncRules
from sfsync_gui.core.schema import IntercomAttribute, IntercomType, Schema
from sfsync_gui.core.vocabulary import Direction, Side
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.connections import Connection
from sfsync_gui.engine.events import SideCondition, SideStatus
from sfsync_gui.engine.handle import Phase, Snapshot

ROWS = (
    AttributeMapping("r1", "phone", Direction.TO_SALESFORCE, "Phone", "Phone"),
    AttributeMapping(
        "r2", "custom_attributes.Divorced", Direction.TWO_WAY, "Divorced__c", disabled="Ada"
    ),
    AttributeMapping("r3", "custom_attributes.Divorced", Direction.TO_INTERCOM, None, "Other__c"),
)
SCHEMA = Schema(
    intercom={
        "custom_attributes.Divorced": IntercomAttribute(
            "custom_attributes.Divorced", "Divorced", IntercomType.BOOLEAN
        )
    }
)


def test_fields_of_the_users_own_are_numbered() -> None:
    key = MappingKey("external_id", "Secret__c", None)
    found = anonymous(SyncRules(ROWS, key), SCHEMA)
    text = json.dumps(found)
    assert "Divorced" not in text
    assert "Secret" not in text
    assert "Ada" not in text
    assert found["key"] == {"intercom": "external_id", "lead": "custom field 1", "contact": None}
    rows = found["rows"]
    assert isinstance(rows, list)
    assert rows[0]["lead"] == "Phone"
    assert rows[1]["intercom"] == "custom attribute 2 (boolean)"
    assert rows[2]["intercom"] == rows[1]["intercom"]  # the same field has the same number
    assert rows[1]["lead"] != rows[2]["contact"]
    assert rows[1]["disabled"] is True


def test_the_key_and_rows_of_companies_are_numbered_as_well() -> None:
    row = AttributeMapping(
        "r4", "custom_attributes.Margin", Direction.TO_INTERCOM, account_field="Margin__c"
    )
    rules = SyncRules((row,), company_key=MappingKey.of_companies("Secret__c"))
    found = anonymous(rules, SCHEMA)
    assert "Margin" not in json.dumps(found)
    assert found["company_key"] == "custom field 1"
    rows = found["rows"]
    assert isinstance(rows, list)
    assert (rows[0]["intercom"], rows[0]["account"]) == ("custom attribute 2", "custom field 3")


def test_fields_that_accounts_take_from_their_contacts_are_numbered_too() -> None:
    row = AttributeMapping("r5", "name", Direction.TO_INTERCOM, account_field="Margin__pc")
    rules = SyncRules((row,), company_key=MappingKey.of_companies("vendor__Secret__pc"))
    text = json.dumps(anonymous(rules, SCHEMA))
    assert "Margin" not in text
    assert "Secret" not in text


def test_accounts_and_the_words_of_failures_stay_out(tmp_path: Path) -> None:
    reason = SetupError("Field not available", "Ada's field", "Ask Ada", "Ada", code="no_field")
    snapshot = Snapshot(
        Phase.RUNNING,
        sides={Side.SALESFORCE: SideStatus(SideCondition.SETUP_BROKEN, 5.0, reason)},
        connections={
            Side.SALESFORCE: Connection(
                Side.SALESFORCE, "00Dxyz", "Analytical Engines", "005u", "ada@example.com",
                "https://ada.my.salesforce.com", client_id="3MVG9", is_sandbox=True,
            )
        },
    )  # fmt: skip
    text = json.dumps(status(snapshot, tmp_path), default=str)
    for word in ("Ada", "ada", "Analytical", "00Dxyz", "005u", "3MVG9"):
        assert word not in text
    assert "no_field" in text
    assert "setup_broken" in text
    assert '"is_sandbox": true' in text


def test_a_database_that_cannot_be_read_is_told_in_place_of_its_counts(tmp_path: Path) -> None:
    database_path(tmp_path).write_bytes(b"a letter, not a database" * 10)
    keeper = Keeper(
        tmp_path, LocalClock(lambda: 0.0), Vault.in_memory(), lambda event: None, lambda: None
    )
    found = asyncio.run(documents(keeper, Snapshot(Phase.FAILED)))
    assert set(found) == {"status", "settings", "mapping", "counts"}
    text = json.dumps(found, default=str)
    assert "The database is damaged" in text
    assert text.count("not_available") == 3
    assert str(tmp_path) not in text
