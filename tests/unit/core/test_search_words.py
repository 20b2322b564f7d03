"""Words to search by."""

import pytest

from sfsync_gui.core.search_words import (
    SORT_LIMIT,
    WORD_LIMIT,
    WORDS_LIMIT,
    Typed,
    fold,
    is_found,
    searchable,
    sort_text,
    typed_words,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ada  Lovelace ", "ada lovelace"),
        ("ÄNNE Müller", "anne muller"),
        ("Łukasz", "łukasz"),
        ("Straße", "strasse"),
        ("O’Brien", "o'brien"),
        ("“Bob” (sales)", "bob sales"),
        ("Bob (sales), Ltd;", "bob sales ltd"),
        ("Anne‐Marie", "anne-marie"),
        ("ﬁne", "fine"),
        ("İstanbul", "istanbul"),
        ("a\x00b\tc\nd", "a b c d"),
        ("odd\ud800half", "odd half"),
        ("\x1a0041é", "0041e"),
        ("日本 太郎", "日本 太郎"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


def test_words_of_names_and_keys() -> None:
    assert words_of("Anne-Marie O'Brien", None, "", "anne@x-y.example") == (
        "anne-marie",
        "anne@x-y.example",
        "brien",
        "marie",
        "o'brien",
    )
    assert words_of("Bob Bob", "bob") == ("bob",)
    assert words_of("x" * 200) == ("x" * WORD_LIMIT,)
    assert len(words_of(" ".join(f"w{number}" for number in range(99)))) == WORDS_LIMIT


def test_what_is_typed() -> None:
    assert typed_words("  Mül 003 ann 003 ") == (Typed("mul"), Typed("003", "003"), Typed("ann"))
    assert typed_words("65f0aB") == (Typed("65f0ab", "65f0aB"),)
    assert typed_words("") == typed_words(" “” ") == ()
    assert len(typed_words(" ".join("abcdefghijklmnop"))) == 8


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", True),
        ("ann", True),
        ("mül ÄNN", True),
        ("nne", False),
        ("ann bob", False),
        ("003A", True),
        ("003a", False),
        ("3A", False),
        ("anne.m@", True),
        ("%", False),
        ("_", False),
        ("'", False),
    ],
)
def test_a_person_is_found_by_beginnings(search: str, found: bool) -> None:
    assert is_found(search, ("Änne Müller", "anne.m@x.example"), ("003A1", None)) is found


def test_words_and_ids_in_one_text() -> None:
    assert searchable(("a", "b"), ("65f", None, "003")) == " a b\n65f\n003"
    assert Typed("65", "65").marks == (" 65", "\n65")


def test_sorting_goes_by_folded_texts() -> None:
    assert sorted(["Zoë", "änne", "Bob", ""], key=sort_text) == ["", "änne", "Bob", "Zoë"]
    assert sort_text(None) == ""
    assert len(sort_text("x" * 500)) == SORT_LIMIT
