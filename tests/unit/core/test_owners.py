"""Teammates and users paired by e-mail address."""

from sfsync_gui.core.owners import Owner, OwnerPair, ids_by_email, pair_owners


def test_the_same_address_is_the_same_person_whatever_its_case() -> None:
    (pair,) = pair_owners({"7": " Fay@Example.com "}, {"005A": "fay@example.com"})
    assert pair == OwnerPair(Owner("7", " Fay@Example.com "), Owner("005A", "fay@example.com"))
    assert pair.is_whole


def test_pairs_come_first_then_teammates_then_users_by_address() -> None:
    teammates = {"1": "zoe@x.example", "2": "ann@x.example", "3": "bob@x.example"}
    users = {"a": "zoe@x.example", "b": "cid@x.example"}
    told = [
        (pair.teammate and pair.teammate.id, pair.user and pair.user.id)
        for pair in pair_owners(teammates, users)
    ]
    assert told == [("1", "a"), ("2", None), ("3", None), (None, "b")]


def test_of_several_with_one_address_the_lowest_id_counts_and_the_others_are_named() -> None:
    (pair,) = pair_owners({"12": "a@x.example", "9": "a@x.example"}, {"5": "A@x.example"})
    assert pair.teammate == Owner("9", "a@x.example")
    assert pair.others == (Owner("12", "a@x.example"),)
    assert ids_by_email({"12": "a@x.example", "9": "A@X.example"}) == {"a@x.example": "9"}


def test_nobody_without_an_address_is_listed() -> None:
    assert pair_owners({"1": " "}, {"a": ""}) == ()
