"""The API budget and the guard, as the engine keeps them."""

from dataclasses import replace

import pytest

from sfsync_gui.core.failures import OrgError, RecordError
from sfsync_gui.core.vocabulary import HistoryKind, PersonKind, Side
from sfsync_gui.engine import commands
from sfsync_gui.engine.bulk import preview_bulk, start_bulk
from sfsync_gui.engine.events import GuardHeld, SideCondition
from sfsync_gui.engine.reverting import revert
from tests.unit.engine.office import ANN, BOB, Office

CROWD = 25


def use(office: Office, share: float) -> None:
    """Have others use up the org's calls to this share (the app's own are few)."""
    usage, now = office.salesforce.usage, office.world.clock.now()
    usage.limit = 100_000
    usage.add(int(share * usage.limit) - usage.used(now), now)


def condition(office: Office) -> SideCondition:
    """How Salesforce is."""
    return office.world.engine.conditions.statuses[Side.SALESFORCE].condition


@pytest.fixture
def pair(office: Office) -> tuple[str, str]:
    """A linked pair at rest."""
    ann, lead = office.user(alias="Annie"), office.lead()
    office.connect()
    return ann, lead


@pytest.mark.parametrize(("share", "runs"), [(0.3, True), (0.41, False)])
def test_from_40_percent_on_bulk_sync_pauses_and_the_event_sync_goes_on(
    office: Office, pair: tuple[str, str], share: float, runs: bool
) -> None:
    ann, lead = pair
    use(office, share)
    office.check()
    office.run(start_bulk(office.context, ["up"]))
    office.pass_time(400)
    office.run(office.world.engine.step())
    assert (office.sf(lead, "Nickname__c") == "Annie") is runs
    office.edit(ann, phone="1")
    office.check(400)
    assert office.sf(lead, "Phone") == "1"


def test_a_bulk_sync_resumes_by_itself(office: Office, pair: tuple[str, str]) -> None:
    _, lead = pair
    use(office, 0.5)
    office.check()
    office.run(start_bulk(office.context, ["up"]))
    office.run(office.world.engine.step())
    assert office.sf(lead, "Nickname__c") is None
    office.pass_time(90_000)
    office.check()
    for _ in range(5):  # the daily comparison comes first, page by page
        office.run(office.world.engine.step())
    assert office.sf(lead, "Nickname__c") == "Annie"


def test_from_80_percent_on_the_event_sync_pauses_asks_for_limits_only_and_resumes(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    use(office, 0.81)
    office.check()
    office.edit(ann, alias="Anna")
    before = dict(office.world.spent)
    office.check(1000)
    asked = {
        purpose
        for (side, purpose), calls in office.world.spent.items()
        if side == "salesforce" and calls > before.get((side, purpose), 0)
    }
    assert len(asked) == 1  # the question for the limits
    assert condition(office) is SideCondition.ORG_PAUSED
    assert office.sf(lead, "Nickname__c") is None
    assert office.link(ann).due  # observed, and waiting
    office.check(90_000)
    office.check()
    assert condition(office) is SideCondition.READY
    assert office.sf(lead, "Nickname__c") == "Anna"


def test_at_100_percent_nothing_is_sent_and_it_resumes(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, lead = pair
    use(office, 1.0)
    office.edit(ann, alias="Anna")
    office.check()
    office.check(1000)
    assert office.sf(lead, "Nickname__c") is None
    office.check(90_000)
    office.check()
    assert office.sf(lead, "Nickname__c") == "Anna"


def test_from_80_percent_on_nobody_is_read_for_matching_and_all_is_made_good(
    office: Office, pair: tuple[str, str]
) -> None:
    contact = office.contact(BOB)
    office.check()
    use(office, 0.85)
    bob = office.user(BOB, alias="Bobby")
    office.check(400)  # learns of the use
    before = office.world.spent.copy()
    office.check(60)
    office.check(60)
    spent = office.world.spent - before
    assert [purpose for side, purpose in spent if side == "salesforce"] in ([], ["limits"])
    assert office.links() == dict([pair])
    assert office.person(Side.INTERCOM, bob).due is not None
    office.pass_time(90_000)
    office.check()
    office.check()
    assert office.links() == dict([pair, (bob, contact)])
    assert office.sf(contact, "Nickname__c") == "Bobby"


def test_from_80_percent_on_links_that_end_without_a_call_still_end(
    office: Office, pair: tuple[str, str]
) -> None:
    ann, _ = pair
    use(office, 0.85)
    office.check(400)
    office.edit(ann, email=BOB)
    office.check(60)
    assert office.links() == {}


def by_hand(office: Office, pair: tuple[str, str]) -> None:
    """What a person does that needs Salesforce at once."""
    ann, lead = pair
    office.run(commands.link_by_hand(office.context, ann, PersonKind.LEAD, lead))


@pytest.mark.parametrize("share", [0.85, 1.0])
def test_the_last_fifth_is_for_what_people_do_by_hand_and_then_nothing_is_sent(
    office: Office, pair: tuple[str, str], share: float
) -> None:
    office.run(commands.unlink(office.context, office.link(pair[0]).id))
    use(office, share)
    office.check(400)  # learns of the use
    before = office.world.spent.copy()
    if share < 1:
        by_hand(office, pair)
        assert office.links() == dict([pair])
    else:
        with pytest.raises(OrgError, match="used up"):
            by_hand(office, pair)
        assert office.links() == {}
        assert not [side for side, _ in office.world.spent - before if side == "salesforce"]


@pytest.mark.parametrize(("share", "created"), [(0.85, True), (1.0, False)])
def test_a_lead_asked_for_by_hand_is_created_up_to_100_percent(
    office: Office, pair: tuple[str, str], share: float, created: bool
) -> None:
    bob = office.user(None, name="Bob Nobody")
    office.check()
    use(office, share)
    office.check(400)
    office.create_lead(bob)
    office.check(60)
    assert (bob in office.links()) is created
    office.pass_time(90_000)
    office.check()
    office.check()
    assert bob in office.links()


def test_the_users_cap_counts_own_calls(office: Office, pair: tuple[str, str]) -> None:
    ann, lead = pair
    office.context.settings = replace(office.context.settings, api_cap=3)
    office.check()
    office.edit(ann, alias="Anna")
    office.check()
    assert office.sf(lead, "Nickname__c") is None


def test_writes_gather_when_much_of_the_day_is_used(office: Office, pair: tuple[str, str]) -> None:
    ann, lead = pair
    use(office, 0.65)
    office.edit(ann, alias="1")
    office.check(400)
    assert office.sf(lead, "Nickname__c") == "1"
    office.edit(ann, alias="2")
    office.check(200)
    assert office.sf(lead, "Nickname__c") == "1"
    office.check(200)
    assert office.sf(lead, "Nickname__c") == "2"


def crowd(office: Office) -> list[tuple[str, str]]:
    """Linked people, enough for the guard to look."""
    addresses = [f"p{number}@example.com" for number in range(CROWD)]
    pairs = [(office.user(one, alias="a"), office.lead(one)) for one in addresses]
    office.connect()
    return pairs


def rewrite(office: Office, pairs: list[tuple[str, str]], value: str) -> None:
    """Change everyone in Intercom."""
    for contact, _ in pairs:
        office.edit(contact, alias=value)


def values(office: Office, pairs: list[tuple[str, str]]) -> set[object]:
    """What Salesforce holds of everyone."""
    return {office.sf(lead, "Nickname__c") for _, lead in pairs}


def test_twenty_people_are_not_unusual(office: Office) -> None:
    pairs = crowd(office)
    rewrite(office, pairs[:20], "new")
    office.check()
    assert values(office, pairs[:20]) == {"new"}
    assert office.holds() == []


def test_an_unusual_number_of_rewrites_is_held_over_a_restart_until_released(
    office: Office,
) -> None:
    pairs = crowd(office)
    rewrite(office, pairs, "new")
    office.check()
    assert values(office, pairs) == {None}
    (hold,) = office.holds()
    assert (hold.measure, hold.state, len(hold.pairs)) == ("rewritten", "held", CROWD)
    assert [one for one in office.world.events if isinstance(one, GuardHeld)] == [
        GuardHeld("rewritten", CROWD)
    ]
    office.restart()
    office.check(4000)
    assert values(office, pairs) == {None}
    rewrite(office, pairs, "newer")  # observing goes on
    office.check()
    assert values(office, pairs) == {None}
    office.run(commands.release_hold(office.context, hold.id))
    office.check()
    assert values(office, pairs) == {"newer"}  # planned anew from current values


def test_what_was_let_go_is_exempt_once(office: Office) -> None:
    pairs = crowd(office)
    rewrite(office, pairs, "new")
    office.check()
    office.run(commands.release_hold(office.context, office.holds()[0].id))
    office.check()
    assert values(office, pairs) == {"new"}
    office.pass_time(3700)
    office.run(office.world.engine.step())  # keeps house
    assert office.holds() == []
    rewrite(office, pairs, "again")
    office.check()
    assert values(office, pairs) == {"new"}
    assert [(one.measure, one.state) for one in office.holds()] == [("rewritten", "held")]


def test_what_was_let_go_and_cannot_be_written_yet_stays_exempt(office: Office) -> None:
    pairs = crowd(office)
    rewrite(office, pairs, "new")
    office.check()
    use(office, 0.85)
    office.check(400)
    office.run(commands.release_hold(office.context, office.holds()[0].id))
    office.pass_time(3700)
    office.run(office.world.engine.step())
    assert values(office, pairs) == {None}
    assert [one.state for one in office.holds()] == ["released"]
    office.pass_time(90_000)
    office.check()
    office.check()
    assert values(office, pairs) == {"new"}


def test_a_second_release_does_not_take_back_the_first(office: Office) -> None:
    pairs = crowd(office)
    rewrite(office, pairs, "new")
    office.check()
    use(office, 0.85)
    office.check(400)
    (hold,) = office.holds()
    office.run(commands.release_hold(office.context, hold.id))
    another = replace(hold, id=0, state="released", pairs=frozenset({"x:y"}))
    office.run(office.context.store.run(lambda unit: unit.state.put_hold(another)))
    office.pass_time(90_000)
    office.check()
    office.check()
    assert values(office, pairs) == {"new"}


def test_what_was_let_go_cannot_be_given_up_as_well(office: Office) -> None:
    pairs = crowd(office)
    rewrite(office, pairs, "new")
    office.check()
    use(office, 0.85)
    office.check(400)
    (hold,) = office.holds()
    office.run(commands.release_hold(office.context, hold.id))
    for decide in (commands.drop_hold, commands.release_hold):
        with pytest.raises(RecordError, match="no held change"):
            office.run(decide(office.context, hold.id))
    office.pass_time(90_000)
    office.check()
    office.check()
    assert values(office, pairs) == {"new"}


def test_a_dropped_hold_gives_its_writes_up(office: Office) -> None:
    pairs = crowd(office)
    rewrite(office, pairs, "new")
    office.check()
    office.run(commands.drop_hold(office.context, office.holds()[0].id))
    office.check(4000)
    assert values(office, pairs) == {None}
    assert office.holds() == []
    office.edit(pairs[0][0], alias="later")
    office.check()
    assert values(office, pairs) == {None, "later"}


def test_ending_an_unusual_number_of_links_is_held(office: Office) -> None:
    pairs = crowd(office)
    for _, lead in pairs:
        office.salesforce.delete(lead)
    office.check()
    assert len(office.links()) == CROWD
    (hold,) = office.holds()
    assert hold.measure == "ended"
    office.run(commands.release_hold(office.context, hold.id))
    office.check()
    assert office.links() == {}


def test_while_endings_are_held_a_check_looks_at_them_once(office: Office) -> None:
    pairs = crowd(office)
    office.check()
    passed = office.world.crashes.passed
    transactions = passed["before a transaction"]
    office.check()
    idle = passed["before a transaction"] - transactions
    for _, lead in pairs:
        office.salesforce.delete(lead)
    office.check()
    transactions = passed["before a transaction"]
    office.check()
    assert len(office.links()) == CROWD
    # Who is due, what to do, and whether anybody is left: not again and again.
    assert passed["before a transaction"] - transactions <= idle + 15


def test_blanking_one_field_of_an_unusual_number_is_held(office: Office) -> None:
    addresses = [f"p{number}@example.com" for number in range(CROWD)]
    for one in addresses:
        office.user(one, note="n")
        office.lead(one, Short_Note__c="n")
    office.connect()
    for contact in office.links():
        office.edit(contact, note=None)
    office.check()
    assert {hold.measure for hold in office.holds()} >= {"blanked:copies"}
    assert {office.sf(lead, "Short_Note__c") for lead in office.links().values()} == {"n"}


def test_a_bulk_run_is_exempt_and_does_what_its_dry_run_said(office: Office) -> None:
    pairs = crowd(office)
    preview = office.run(preview_bulk(office.context))
    assert (preview.links, preview.to_salesforce, preview.to_intercom) == (CROWD, CROWD, 0)
    assert values(office, pairs) == {None}  # a dry run writes nothing
    told = {(link.salesforce_id, write.field, write.value) for link, write in preview.samples}
    office.run(start_bulk(office.context))
    office.run(office.world.engine.step())
    office.run(office.world.engine.step())
    done = {(one.salesforce_id, one.field, one.after) for one in office.history() if one.row_id}
    assert done == told
    assert values(office, pairs) == {"a"}
    assert office.holds() == []
    assert ANN not in {one.person_name for one in office.history()}


def test_what_a_person_takes_back_does_not_count(office: Office) -> None:
    pairs = crowd(office)
    office.run(start_bulk(office.context))
    for _ in range(2):
        office.run(office.world.engine.step())
    assert values(office, pairs) == {"a"}
    for entry in office.history():
        if entry.kind is HistoryKind.WRITTEN:
            office.run(revert(office.context, entry.id))
    office.check()
    assert values(office, pairs) == {None}
    office.edit(pairs[0][0], alias="b")
    office.check()
    assert values(office, pairs) == {None, "b"}
    assert office.holds() == []
