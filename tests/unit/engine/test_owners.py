"""Owners through both services: teammates and users paired by e-mail, whichever way a row goes."""

from __future__ import annotations

from sfsync_gui.core.mapping import AttributeMapping
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Direction, HistoryKind, Side
from sfsync_gui.engine.mapping_edits import edit_rows
from sfsync_gui.engine.owners import OWNERS_LAST, read_owners
from tests.unit.engine.office import Office

UP, DOWN, BOTH = Direction.TO_SALESFORCE, Direction.TO_INTERCOM, Direction.TWO_WAY
FAY, ROSA = "fay@example.com", "rosa@example.com"


class Owners:
    """Fay and Rosa, who work in both services, and a lead that is linked and Rosa's."""

    def __init__(
        self, office: Office, direction: Direction, blank: BlankRule = BlankRule.KEEP
    ) -> None:
        self.office = office
        self.rows = (
            AttributeMapping(
                "owner", "owner_id", direction, "OwnerId", "OwnerId", blank, ConflictRule.SALESFORCE
            ),
        )
        intercom, salesforce = office.intercom, office.salesforce
        self.fay, self.rosa = (intercom.add_admin(one, one) for one in (FAY, ROSA))
        self.fay_user = salesforce.add_user("Fay Fox", FAY.upper())
        self.rosa_user = salesforce.add_user("Rosa Ray", ROSA)
        self.user = office.user()
        self.lead = office.lead(OwnerId=self.rosa_user)

    def connect(self) -> None:
        self.office.connect(self.rows)

    def in_intercom(self, owner: str | None) -> None:
        """A teammate gives the person to somebody; then it is synced."""
        self.office.intercom.edit_contact(self.user, owner_id=owner)
        self.office.check()

    def in_salesforce(self, owner: str) -> None:
        """A user gives the lead to somebody; then it is synced."""
        self.office.salesforce.edit(self.lead, OwnerId=owner)
        self.office.check()

    def here(self) -> str | None:
        """Whose the person is in Intercom."""
        owner: str | None = self.office.ic(self.user, "owner_id")
        return owner

    def there(self) -> str:
        """Whose the lead is in Salesforce."""
        owner: str = self.office.sf(self.lead, "OwnerId")
        return owner


def connected(office: Office, direction: Direction, blank: BlankRule = BlankRule.KEEP) -> Owners:
    owners = Owners(office, direction, blank)
    owners.connect()
    return owners


# ---------------------------------------------------------------------- every way


def test_to_salesforce(office: Office) -> None:
    one = connected(office, UP)
    one.in_intercom(one.fay)
    assert one.there() == one.fay_user
    one.in_salesforce(one.rosa_user)
    assert one.here() == one.fay
    assert office.writes_of_check() == 0


def test_to_intercom(office: Office) -> None:
    one = connected(office, DOWN)
    one.in_salesforce(one.fay_user)
    assert one.here() == one.fay
    one.in_intercom(one.rosa)
    assert one.there() == one.fay_user


def test_both_ways(office: Office) -> None:
    one = connected(office, BOTH)
    one.in_salesforce(one.fay_user)
    assert one.here() == one.fay
    one.in_intercom(one.rosa)
    assert one.there() == one.rosa_user
    assert office.writes_of_check() == 0
    assert office.codes() == []


def test_both_changed_and_the_rule_decides(office: Office) -> None:
    one = connected(office, BOTH)
    third = office.salesforce.add_user("Tess Tall", "tess@example.com")
    tess = office.intercom.add_admin("Tess", "tess@example.com")
    office.pass_time(OWNERS_LAST)
    one.in_salesforce(one.fay_user)
    office.intercom.edit_contact(one.user, owner_id=one.rosa)
    one.in_salesforce(third)
    assert (one.here(), one.there()) == (tess, third)
    (lost,) = [entry for entry in office.history() if entry.kind is HistoryKind.OVERRULED]
    assert lost.before == one.rosa


# ---------------------------------------------------------------------- nobody on the other side


def test_a_teammate_without_a_user_is_an_error_of_that_person(office: Office) -> None:
    one = connected(office, UP)
    office.pass_time(OWNERS_LAST)
    one.in_intercom(office.intercom.add_admin("Lone", "lone@example.com"))
    (error,) = office.errors()
    assert (error.code, error.side, error.link_id) == (
        "no_owner",
        Side.SALESFORCE,
        office.link(one.user).id,
    )
    assert "nobody in Salesforce has the e-mail address lone@example.com" in error.message
    assert one.there() == one.rosa_user


def test_the_error_goes_by_itself_once_the_user_is_there(office: Office) -> None:
    one = connected(office, UP)
    one.in_intercom(office.intercom.add_admin("Lone", "lone@example.com"))
    lone = office.salesforce.add_user("Lone Wolf", "lone@example.com")
    office.run(read_owners(office.context))
    office.check()
    assert office.codes() == []
    assert one.there() == lone


def test_a_newcomer_is_looked_for_before_anything_is_refused(office: Office) -> None:
    """Who joined after the last description is not known; asking once more is enough."""
    one = connected(office, UP)
    office.pass_time(OWNERS_LAST)
    new = office.intercom.add_admin("Nina", "nina@example.com")
    user = office.salesforce.add_user("Nina New", "nina@example.com")
    one.in_intercom(new)
    assert one.there() == user
    assert [one for one in office.history() if one.kind is HistoryKind.WRITTEN]
    assert office.codes() == []


def test_nobody_is_looked_for_again_and_again(office: Office) -> None:
    one = connected(office, UP)
    office.pass_time(OWNERS_LAST)
    one.in_intercom(office.intercom.add_admin("Lone", "lone@example.com"))
    before = office.world.spent["salesforce", "schema"]
    one.in_intercom(office.intercom.add_admin("Other", "other@example.com"))
    assert office.world.spent["salesforce", "schema"] == before


def test_an_inactive_user_owns_nothing_new_and_is_nobody(office: Office) -> None:
    one = connected(office, BOTH)
    one.in_salesforce(one.fay_user)
    office.salesforce.set_user(one.rosa_user, IsActive=False)
    office.run(read_owners(office.context))
    one.in_intercom(one.rosa)
    assert office.codes() == ["no_owner"]
    assert one.there() == one.fay_user


def test_a_user_who_became_inactive_since_is_refused_in_words(office: Office) -> None:
    """Salesforce itself refuses whom the last description still had as active."""
    one = connected(office, UP)
    office.salesforce.set_user(one.fay_user, IsActive=False)
    one.in_intercom(one.fay)
    (error,) = office.errors()
    assert error.code == "INACTIVE_OWNER_OR_USER"
    assert error.remedy == "Give the record to an active person, then retry."
    assert one.there() == one.rosa_user


# ---------------------------------------------------------------------- queues


def test_a_queue_is_nobody_and_overwrites_nobody(office: Office) -> None:
    one = connected(office, BOTH)
    one.in_salesforce(one.fay_user)
    queue = office.salesforce.add_queue("Web leads")
    one.in_salesforce(queue)
    assert one.here() == one.fay
    assert office.codes() == []
    one.in_intercom(one.rosa)
    assert one.there() == one.rosa_user


def test_a_queue_clears_where_blanks_are_copied(office: Office) -> None:
    one = connected(office, DOWN, BlankRule.COPY)
    one.in_salesforce(one.fay_user)
    assert one.here() == one.fay
    one.in_salesforce(office.salesforce.add_queue("Web leads"))
    assert one.here() is None
    assert office.writes_of_check() == 0


def test_an_owner_beats_a_queue_when_two_are_linked_later(office: Office) -> None:
    one = Owners(office, BOTH)
    office.salesforce.edit(one.lead, OwnerId=office.salesforce.add_queue("Web leads"), Email=None)
    office.intercom.edit_contact(one.user, owner_id=one.fay)
    one.connect()
    office.salesforce.edit(one.lead, Email="ann@example.com")
    office.check()
    assert office.links() == {one.user: one.lead}
    assert one.there() == one.fay_user


# ---------------------------------------------------------------------- addresses that change


def test_another_address_changes_nothing_until_somebody_does(office: Office) -> None:
    """What was settled stays: the pairing says what to write, not that something changed."""
    one = connected(office, BOTH)
    one.in_salesforce(one.fay_user)
    office.intercom.set_admin_email(one.fay, "fay.new@example.com")
    office.intercom.set_admin_email(one.rosa, FAY)
    office.run(read_owners(office.context))
    assert office.writes_of_check() == 0
    assert (one.here(), one.there()) == (one.fay, one.fay_user)
    one.in_intercom(one.rosa)  # she has Fay's address now
    assert one.there() == one.fay_user
    assert office.codes() == []


def test_a_row_that_is_added_later_knows_the_owners_at_once(office: Office) -> None:
    one = Owners(office, BOTH)
    office.connect(())
    office.run(edit_rows(office.context, one.rows))
    assert office.context.schema.users
    one.in_intercom(one.fay)
    assert one.there() == one.fay_user


def test_assignment_rules_do_not_take_a_lead_away_that_is_only_updated(office: Office) -> None:
    """The header that Salesforce takes as true where it is left out."""
    one = connected(office, UP)
    office.salesforce.add_assignment_rule(office.salesforce.org.human_user_id)
    one.in_intercom(one.fay)
    assert one.there() == one.fay_user
