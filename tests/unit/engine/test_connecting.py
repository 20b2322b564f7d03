"""Connecting, what counts as new, and loops."""

from dataclasses import replace

import pytest

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import Direction, FirstRun, PersonKind, Side
from sfsync_gui.engine import commands
from sfsync_gui.engine.connecting import link_everyone
from sfsync_gui.engine.first_run import choose
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.reading import observe_reading, read_people
from tests.support.worlds import CrashError, sample_rows
from tests.unit.engine.office import BOB, Office

UP = AttributeMapping("up", "custom_attributes.alias", Direction.TO_SALESFORCE, "Nickname__c")


@pytest.mark.parametrize("first_run", FirstRun)
def test_connecting_writes_nothing(office: Office, first_run: FirstRun) -> None:
    ann, lead = office.user(alias="Annie", title="Chief"), office.lead(Title="Boss")
    before = (office.intercom.contact(ann), office.salesforce.record(lead))
    office.connect(first_run=first_run)
    assert office.writes_of_check() == 0
    assert office.world.writes() == 0
    assert (office.intercom.contact(ann), office.salesforce.record(lead)) == before


def test_connecting_keeps_a_directory_of_everyone_and_baselines(office: Office) -> None:
    ann, lead = office.user(alias="Annie"), office.lead(BOB)
    office.connect()
    assert office.person(Side.INTERCOM, ann).key == "ann@example.com"
    assert office.person(Side.SALESFORCE, lead).key == BOB
    assert set(office.person(Side.INTERCOM, ann).baseline) >= {"phone"}


def test_as_they_change_links_nobody_at_first(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    office.check()
    assert office.links() == {}
    office.edit(ann, alias="Annie")
    office.check()
    assert office.links() == {ann: lead}


def test_link_all_links_all_who_match(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    bob, contact = office.user(BOB), office.contact(BOB)
    office.user("alone@example.com")
    office.connect()
    assert office.links() == {ann: lead, bob: contact}


def test_linking_all_reads_both_sides_in_pages(office: Office) -> None:
    for number in range(1100):
        office.user(f"{number}@example.com")
        office.lead(f"{number}@example.com")
    office.connect()
    assert len(office.links()) == 1100
    # 900 and 200 links: six and two searches by ids, one query by Ids each
    assert office.world.spent["intercom", "read"] == 6 + 2
    assert office.world.spent["salesforce", "read"] == 1 + 1


def test_matching_nobody_reads_nothing(office: Office) -> None:
    for number in range(300):
        office.user(f"{number}@example.com")
    office.lead(BOB)
    office.connect()
    assert office.links() == {}
    assert office.world.spent["intercom", "read"] == 0
    assert office.world.spent["salesforce", "read"] == 0


def test_linking_all_reads_itself_whom_the_search_shows_as_older_than_known(
    office: Office,
) -> None:
    ann, bob, lead = office.user(), office.user(BOB), office.lead()
    office.lead(BOB)
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    office.edit(ann, alias="Annie")
    office.run(observed_now(office, ann))
    office.run(link_everyone(office.context))
    assert office.links().keys() == {ann, bob}
    assert office.world.spent["intercom", "read"] == 1 + 1 + 1  # by us, the search, Ann alone
    office.check()
    assert office.sf(lead, "Nickname__c") == "Annie"


async def observed_now(office: Office, contact_id: str) -> None:
    """Take in a contact as it is now, ahead of the index."""
    read = await read_people(office.context, [(PersonKind.USER, contact_id)])
    await office.world.store.run(lambda unit: observe_reading(office.context, unit, read))


def test_linking_all_links_nobody_who_is_gone(office: Office) -> None:
    ann = office.user()
    office.lead()
    office.connect(first_run=FirstRun.AS_THEY_CHANGE)
    office.intercom.delete_contact(ann)
    office.intercom.settle_index()
    office.run(link_everyone(office.context))
    assert office.links() == {}
    assert office.person(Side.INTERCOM, ann).deleted


@pytest.mark.parametrize("side", Side)
def test_another_workspace_or_org_is_refused(office: Office, side: Side) -> None:
    office.connect()
    profile = office.context.profile
    stranger = (
        replace(profile, intercom_app_id="another")
        if side is Side.INTERCOM
        else replace(profile, salesforce_org_id="00D000000000000AAA")
    )
    office.run(office.world.store.run(lambda unit: unit.state.put_profile(stranger)))
    with pytest.raises(SetupError) as refused:
        office.restart()
    assert (refused.value.code, refused.value.side) == ("other_account", side)


def test_an_attribute_without_a_baseline_gets_one_and_counts_as_unchanged(office: Office) -> None:
    ann = office.user(alias="Annie", first="one")
    office.connect((replace(UP, id="other", intercom_attribute="phone", lead_field="Phone"),))
    office.run(edit_rows(office.context, [*office.context.rules.rows, UP]))
    lead = office.lead()
    office.pass_time(60)
    office.intercom.touch(ann)
    office.check()
    assert office.links() == {ann: lead}  # matched by Salesforce's trigger
    assert office.sf(lead, "Nickname__c") is None


def test_of_a_person_created_after_connecting_all_attributes_count(office: Office) -> None:
    lead = office.lead()
    office.connect((UP,))
    ann = office.user(alias="Annie")
    office.check()
    assert office.links() == {ann: lead}
    assert office.sf(lead, "Nickname__c") == "Annie"


def test_a_person_who_changes_between_reading_and_checking_is_not_lost(office: Office) -> None:
    ann, lead = office.user(), office.lead()
    office.connect()
    office.edit(ann, alias="Annie")
    office.restart()
    office.check()
    assert office.sf(lead, "Nickname__c") == "Annie"


def fight(office: Office, ann: str, lead: str, rounds: int) -> list[str]:
    """An automation in Salesforce puts its own value back, again and again."""
    seen = []
    for _ in range(rounds):
        office.edit(ann, phone="mine")
        office.check()
        seen.append(office.sf(lead, "Phone"))
        if seen[-1] == "mine":
            office.salesforce.edit(lead, Phone="theirs")
        office.check()
    return seen


def test_a_row_rewritten_five_times_within_an_hour_is_stopped_and_reported(
    office: Office,
) -> None:
    ann, lead = office.user(phone="theirs"), office.lead(Phone="theirs")
    office.connect()
    seen = fight(office, ann, lead, 8)
    assert seen == ["mine"] * 5 + ["theirs"] * 3
    assert office.codes() == ["loop"]
    office.edit(ann, alias="Annie")
    office.check()
    assert office.sf(lead, "Nickname__c") == "Annie"  # its other rows go on


def test_a_one_way_row_whose_value_goes_to_and_fro_is_stopped_as_well(office: Office) -> None:
    ann, lead = office.user(alias="a"), office.lead(Nickname__c="a")
    office.connect()
    seen = []
    for number in range(8):
        office.edit(ann, alias="ba"[number % 2])
        office.check()
        seen.append(office.sf(lead, "Nickname__c"))
    assert "".join(seen) == "babab" + "bbb"
    assert office.codes() == ["loop"]


def test_a_person_may_have_a_stopped_row_tried_once_more(office: Office) -> None:
    ann, lead = office.user(phone="theirs"), office.lead(Phone="theirs")
    office.connect()
    fight(office, ann, lead, 6)
    assert office.sf(lead, "Phone") == "theirs"
    office.run(commands.retry_errors(office.context))
    office.check()
    assert office.sf(lead, "Phone") == "mine"
    assert office.errors() == []


def test_a_row_rewritten_slowly_is_no_loop(office: Office) -> None:
    ann, lead = office.user(phone="theirs"), office.lead(Phone="theirs")
    office.connect()
    for _ in range(4):
        assert set(fight(office, ann, lead, 2)) == {"mine"}
        office.pass_time(3600)
    assert office.errors() == []


def test_the_sync_of_one_person_by_hand_writes_what_waits(office: Office) -> None:
    ann, lead = office.user(title="Chief"), office.lead(Title="Boss")
    office.connect()
    office.run(commands.sync_now(office.context, office.link(ann).id))
    office.check()
    assert office.ic(ann, "title") == "Boss"
    assert office.sf(lead, "Title") == "Boss"


@pytest.mark.parametrize("point", range(1, 25))
def test_wherever_the_process_dies_nobody_is_linked_where_that_was_not_chosen(
    office: Office, point: int
) -> None:
    office.user(), office.lead()
    office.intercom.settle_index()
    office.world.start_engine()
    office.run(office.world.engine.open())
    office.run(edit_rows(office.context, sample_rows()))
    office.run(choose(office.context, FirstRun.AS_THEY_CHANGE))
    office.world.crashes.left = point
    try:
        office.run(office.world.engine.connect())
    except CrashError:
        office.run(office.world.close_connections())
        office.world.crashes.calm()
        office.world.start_engine()
        office.run(office.world.engine.open())
        office.run(office.world.engine.connect())
    office.world.crashes.calm()
    assert office.links() == {}
