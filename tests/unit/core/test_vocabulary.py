"""The small enumerations."""

import pytest

from sfsync_gui.core.schema import ACCOUNT, CONTACT, LEAD, PERSON_OBJECTS
from sfsync_gui.core.vocabulary import PersonKind, Side


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        (PersonKind.USER, Side.INTERCOM),
        (PersonKind.INTERCOM_LEAD, Side.INTERCOM),
        (PersonKind.COMPANY, Side.INTERCOM),
        (PersonKind.LEAD, Side.SALESFORCE),
        (PersonKind.CONTACT, Side.SALESFORCE),
        (PersonKind.ACCOUNT, Side.SALESFORCE),
    ],
)
def test_every_kind_of_record_lives_on_its_side(kind: PersonKind, side: Side) -> None:
    assert kind.side is side


def test_salesforce_kinds_are_called_like_their_objects() -> None:
    assert [PersonKind(name) for name in (LEAD, CONTACT, ACCOUNT)] == [
        PersonKind.LEAD,
        PersonKind.CONTACT,
        PersonKind.ACCOUNT,
    ]
    assert ACCOUNT not in PERSON_OBJECTS
