"""Words to search by: what is kept of names and keys, and what is typed, made comparable.

Both go through `fold`, so that “muller” finds “Müller” and “o'b” finds “O’Brien”. Every word that
is typed must be the beginning of some word of the person, in any order, or of an Id.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

WORD_LIMIT = 64
"""Characters of a word that are kept and compared."""

WORDS_LIMIT = 40
"""Words kept of one person or pair; nobody has as many."""

SORT_LIMIT = 100
"""Characters by which texts are sorted."""

_TYPED_LIMIT = 8
_DROPPED = dict.fromkeys(map(ord, '"“”„«»‹›()[]{}<>,;'))
_SAME = {ord("’"): "'", ord("‘"): "'", ord("`"): "'", ord("‐"): "-", ord("‑"): "-", ord("–"): "-"}
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000)), " ")
_ASCII = {**{code: mark for code, mark in _CONTROLS.items() if code < 0x80}, **_DROPPED}
_OTHERS = {**_CONTROLS, **_DROPPED, **_SAME}
_PIECES = re.compile(r"[^\w]+")
_ID = re.compile(r"[0-9A-Za-z]*[0-9][0-9A-Za-z]*")


def fold(text: str) -> str:
    """The text without case, accents, quotation marks and brackets, one space between words.

    Control characters and halves of surrogate pairs, which no database takes, count as spaces.
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII).split())
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return " ".join(bare.casefold().translate(_OTHERS).split())


def sort_text(text: str | None) -> str:
    """By what names and keys are sorted, in the order of code points: blank texts come first."""
    return fold(text or "")[:SORT_LIMIT]


def words_of(*texts: str | None) -> tuple[str, ...]:
    """The distinct words of names and keys in alphabetical order.

    What follows a hyphen or an apostrophe is a word as well, except in an e-mail address.
    """
    words: set[str] = set()
    for text in dict.fromkeys(texts):
        for word in fold(text or "").split():
            words.add(word[:WORD_LIMIT])
            if not word.isalnum() and "@" not in word:
                words.update(piece[:WORD_LIMIT] for piece in _PIECES.split(word)[1:] if piece)
    return tuple(sorted(words)[:WORDS_LIMIT])


@dataclass(frozen=True, slots=True)
class Typed:
    """One word of a search: folded, and as it was typed where it may begin an Id."""

    word: str
    id: str | None = None

    @property
    def marks(self) -> tuple[str, ...]:
        """What a `searchable` text holds, one of them, where this is found."""
        return (f" {self.word}",) if self.id is None else (f" {self.word}", f"\n{self.id}")


@lru_cache(maxsize=64)
def typed_words(search: str) -> tuple[Typed, ...]:
    """The words of a search; none where nothing is typed that a word could begin with."""
    found: dict[str, Typed] = {}
    for part in search.split():
        for word in fold(part).split():
            found[word] = Typed(word[:WORD_LIMIT], part if _ID.fullmatch(part) else None)
    return tuple(found.values())[:_TYPED_LIMIT]


def searchable(words: Iterable[str], ids: Iterable[str | None]) -> str:
    """One text of words and Ids: a space before each word, a new line before each Id."""
    text = "".join(f" {word}" for word in words)
    return text + "".join(f"\n{one}" for one in ids if one)


def is_found(search: str, texts: Iterable[str | None], ids: Iterable[str | None] = ()) -> bool:
    """Whether every word of the search begins a word of the texts, or one of the ids."""
    typed = typed_words(search)
    if not typed:
        return True
    text = searchable(words_of(*texts), ids)
    return all(any(mark in text for mark in one.marks) for one in typed)
