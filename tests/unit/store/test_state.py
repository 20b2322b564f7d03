"""Profile, mapping, settings, positions, runs, holds and usage."""

from dataclasses import fields, replace
from pathlib import Path

from sfsync_gui.core.findings import Finding, Grade, SetUpReport
from sfsync_gui.core.lead_rules import Comparison, Condition, LeadRule
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, MatchingOrder, Settings
from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.vocabulary import (
    BlankRule,
    ConflictRule,
    Direction,
    FirstRun,
    PersonKind,
    Side,
)
from sfsync_gui.engine.connections import Connection, SideReport
from sfsync_gui.engine.events import SideCondition
from sfsync_gui.engine.ports import IntercomPosition, SalesforcePosition
from sfsync_gui.engine.storage import BulkRun, Creation, GuardHold, Profile, UnitOfWork
from sfsync_gui.store.runners import InlineRunner
from sfsync_gui.store.sql_store import SqlStore, open_store
from tests.support.creations import creations_in
from tests.unit.store.samples import HUGE, NASTY, close, run


def test_what_is_there_before_anything_was_stored(store: SqlStore) -> None:
    assert run(store, lambda unit: unit.state.profile()) is None
    assert run(store, lambda unit: unit.state.rows()) == ()
    assert run(store, lambda unit: unit.state.key()) == MappingKey()
    assert run(store, lambda unit: unit.state.order()) == MatchingOrder()
    assert run(store, lambda unit: unit.state.settings()) == Settings()
    assert run(store, lambda unit: unit.state.intercom_position()) is None
    assert run(store, lambda unit: unit.state.salesforce_position()) is None
    assert run(store, lambda unit: unit.state.mark("paused")) == 0.0
    assert run(store, lambda unit: unit.state.holds()) == []
    assert run(store, lambda unit: creations_in(unit, ("sending",))) == []
    assert run(store, lambda unit: unit.state.bulk_run()) is None
    assert run(store, lambda unit: unit.state.set_up_report()) is None
    assert run(store, lambda unit: unit.state.calls(0)) == {}


def test_what_a_check_of_the_set_up_found_outlives_closing(path: Path) -> None:
    found = tuple(
        Finding(side, NASTY, grade, NASTY, NASTY, NASTY)
        for side, grade in zip((Side.SALESFORCE, Side.INTERCOM, None, None), Grade, strict=True)
    )
    store = open_store(path, InlineRunner())
    run(store, lambda unit: unit.state.put_set_up_report(SetUpReport(1, ())))
    run(store, lambda unit: unit.state.put_set_up_report(SetUpReport(HUGE, found)))
    close(store)
    store = open_store(path, InlineRunner())
    assert run(store, lambda unit: unit.state.set_up_report()) == SetUpReport(HUGE, found)
    close(store)


def test_profile_mapping_and_settings_outlive_closing(path: Path) -> None:
    profile = Profile(NASTY, "00D", NASTY, NASTY, HUGE, HUGE + 1, HUGE + 2, FirstRun.AS_THEY_CHANGE)
    rows = [
        AttributeMapping("z", NASTY, Direction.TWO_WAY, "Phone", "Fax"),
        AttributeMapping(
            "a",
            "custom_attributes.plan",
            Direction.TO_INTERCOM,
            contact_field="Plan__c",
            blank_rule=BlankRule.COPY,
            conflict_rule=ConflictRule.NEWER,
            shorten=True,
            disabled=NASTY,
        ),
    ]
    key = MappingKey("external_id", None, "Key__c")
    order = MatchingOrder((PersonKind.LEAD, PersonKind.CONTACT), (PersonKind.USER,), strict=True)
    settings = Settings(*range(1, len(fields(Settings)) + 1))
    store = open_store(path, InlineRunner())
    run(store, lambda unit: unit.state.put_profile(Profile("other", "org")))
    run(store, lambda unit: unit.state.put_profile(profile))
    run(store, lambda unit: unit.state.put_rows(rows[:1]))
    run(store, lambda unit: unit.state.put_rows(rows))
    run(store, lambda unit: unit.state.put_key(key))
    run(store, lambda unit: unit.state.put_order(order))
    run(store, lambda unit: unit.state.put_settings(settings))
    run(store, lambda unit: unit.state.put_intercom_position(IntercomPosition(5)))
    run(store, lambda unit: unit.state.put_intercom_position(IntercomPosition(HUGE)))
    run(store, lambda unit: unit.state.put_salesforce_position(SalesforcePosition(7)))
    run(store, lambda unit: unit.state.put_mark(NASTY, 1_700_000_000.123456))
    run(store, lambda unit: unit.state.put_mark("infinite", float("inf")))
    close(store)
    store = open_store(path, InlineRunner())
    assert run(store, lambda unit: unit.state.profile()) == profile
    assert run(store, lambda unit: unit.state.rows()) == tuple(rows)
    assert run(store, lambda unit: unit.state.key()) == key
    assert run(store, lambda unit: unit.state.order()) == order
    assert run(store, lambda unit: unit.state.settings()) == settings
    assert run(store, lambda unit: unit.state.intercom_position()) == IntercomPosition(HUGE)
    assert run(store, lambda unit: unit.state.salesforce_position()) == SalesforcePosition(7)
    assert run(store, lambda unit: unit.state.mark(NASTY)) == 1_700_000_000.123456
    assert run(store, lambda unit: unit.state.mark("infinite")) == float("inf")
    run(store, lambda unit: unit.state.put_rows([]))
    assert run(store, lambda unit: unit.state.rows()) == ()
    close(store)


def test_holds_that_count(store: SqlStore) -> None:
    held = GuardHold("blanked:r1", "held", HUGE, frozenset({"i1:s1", NASTY}))
    first = run(store, lambda unit: unit.state.put_hold(held))
    second = run(store, lambda unit: unit.state.put_hold(replace(held, pairs=frozenset())))
    assert run(store, lambda unit: unit.state.holds()) == [first, second]
    released = replace(first, state="released")
    run(store, lambda unit: unit.state.put_hold(released))
    run(store, lambda unit: unit.state.put_hold(replace(second, state="dropped")))
    assert run(store, lambda unit: unit.state.holds()) == [released]


def test_creations_by_state(store: SqlStore) -> None:
    wanted = Creation("i1", "Lead", {"LastName": NASTY, "N": 1.5, "B": None}, HUGE, "wanted")
    first = run(store, lambda unit: unit.state.put_creation(wanted))
    second = run(store, lambda unit: unit.state.put_creation(wanted))
    assert run(store, lambda unit: creations_in(unit, ["wanted"])) == [first, second]
    created = replace(
        first, state="created", attempts=2, looks=3, next_look_at=1.25, salesforce_id="00Q"
    )
    run(store, lambda unit: unit.state.put_creation(created))
    assert run(store, lambda unit: creations_in(unit, ["created", "x"])) == [created]
    assert run(store, lambda unit: creations_in(unit, ["x"])) == []


def test_a_creation_keeps_what_a_person_chose(store: SqlStore) -> None:
    choices = LeadChoices(last_name=NASTY, owner="teammate", allow_duplicates=True)
    wanted = Creation("i1", "Lead", {}, 0, "wanted", choices=choices)
    stored = run(store, lambda unit: unit.state.put_creation(wanted))
    assert run(store, lambda unit: creations_in(unit, ["wanted"])) == [stored]
    assert stored.choices == choices


def test_the_newest_bulk_run(store: SqlStore) -> None:
    first = run(
        store, lambda unit: unit.state.put_bulk_run(BulkRun("previewed", None, 3, 0, 0, HUGE))
    )
    second = run(
        store, lambda unit: unit.state.put_bulk_run(BulkRun("running", ("b", "a"), 9, 1, 2, 3))
    )
    run(store, lambda unit: unit.state.put_bulk_run(replace(first, state="done")))
    assert run(store, lambda unit: unit.state.bulk_run()) == second
    run(store, lambda unit: unit.state.put_bulk_run(replace(second, row_ids=None)))
    assert run(store, lambda unit: unit.state.bulk_run()) == replace(second, row_ids=None)


def test_calls_add_up(store: SqlStore) -> None:
    def count(unit: UnitOfWork) -> None:
        unit.state.add_calls(10, Side.SALESFORCE, "poll", 1)
        unit.state.add_calls(11, Side.SALESFORCE, "poll", 2)
        unit.state.add_calls(11, Side.SALESFORCE, "poll", 3)
        unit.state.add_calls(11, Side.SALESFORCE, "write", 4)
        unit.state.add_calls(11, Side.INTERCOM, "poll", 5)
        unit.state.add_calls(12, Side.INTERCOM, "poll", 0)

    run(store, count)
    assert run(store, lambda unit: unit.state.calls(11)) == {
        (Side.SALESFORCE, "poll"): 5,
        (Side.SALESFORCE, "write"): 4,
        (Side.INTERCOM, "poll"): 5,
    }
    assert run(store, lambda unit: unit.state.calls(12)) == {}


def test_connections_are_kept_by_side(store: SqlStore) -> None:
    intercom = Connection(
        Side.INTERCOM,
        "nw5x2k7q",
        "Northwind",
        user_name="ada@x.example",
        region="EU",
        method="token",
    )
    salesforce = Connection(
        Side.SALESFORCE,
        "00D000000000001AAA",
        "Acme",
        "005000000000001AAA",
        "ada@x.example",
        "https://acme.my.salesforce.com",
        "https://login.salesforce.com",
        client_id="3MVG9",
        is_sandbox=True,
        since=1_790_000_000,
    )

    def put(unit: UnitOfWork) -> None:
        unit.state.put_connection(intercom)
        unit.state.put_connection(salesforce)

    run(store, put)
    assert run(store, lambda unit: unit.state.connections()) == {
        Side.INTERCOM: intercom,
        Side.SALESFORCE: salesforce,
    }
    renamed = replace(intercom, account_name="Northwind Traders")
    run(store, lambda unit: unit.state.put_connection(renamed))
    run(store, lambda unit: unit.state.remove_connection(Side.SALESFORCE))
    assert run(store, lambda unit: unit.state.connections()) == {Side.INTERCOM: renamed}


def test_how_a_side_is_is_kept(store: SqlStore) -> None:
    assert run(store, lambda unit: unit.state.side_reports()) == {}
    out = SideReport(
        Side.SALESFORCE,
        SideCondition.SIGNED_OUT,
        1_790_000_000,
        "Signed out",
        "Revoked.",
        "Sign in.",
        1_789_999_940,
    )
    run(store, lambda unit: unit.state.put_side_report(out))
    assert run(store, lambda unit: unit.state.side_reports()) == {Side.SALESFORCE: out}


def test_lead_rules_in_their_order(store: SqlStore) -> None:
    assert run(store, lambda unit: unit.state.lead_rules()) == ()
    rules = (
        LeadRule("b", (Condition("role", Comparison.IS, NASTY), Condition("a", Comparison.IS_SET))),
        LeadRule("a", (Condition("n", Comparison.MORE_THAN, "9"),), everybody=True),
    )
    run(store, lambda unit: unit.state.put_lead_rules(rules))
    assert run(store, lambda unit: unit.state.lead_rules()) == rules
    run(store, lambda unit: unit.state.put_lead_rules(()))
    assert run(store, lambda unit: unit.state.lead_rules()) == ()
