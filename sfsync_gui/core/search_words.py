"""Words to search by: what is kept of names and keys, and what is typed, made comparable.

Both go through `fold`, so that “muller” finds “Müller” and “o'b” finds “O’Brien”. Every word that
is typed must be the beginning of some word of the person, in any order.
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

_TYPED_LIMIT = 8
_DROPPED = dict.fromkeys(map(ord, '"“”„«»‹›()[]{}<>,;'))
_SAME = {ord("’"): "'", ord("‘"): "'", ord("`"): "'", ord("‐"): "-", ord("‑"): "-", ord("–"): "-"}
_PIECES = re.compile(r"[^\w]+")
_ID = re.compile(r"[0-9A-Za-z]*[0-9][0-9A-Za-z]*")


def fold(text: str) -> str:
    """The text without case, accents, quotation marks and brackets, one space between words."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(part for part in parts if not unicodedata.combining(part))
        text = text.translate(_SAME)
    return " ".join(text.casefold().translate(_DROPPED).split())


def words_of(*texts: str | None) -> tuple[str, ...]:
    """The distinct words of names and keys in alphabetical order.

    What follows a hyphen or an apostrophe is a word as well, except in an e-mail address.
    """
    words: set[str] = set()
    for text in texts:
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


@lru_cache(maxsize=64)
def typed_words(search: str) -> tuple[Typed, ...]:
    """The words of a search; none where nothing is typed that a word could begin with."""
    found: dict[str, Typed] = {}
    for part in search.split():
        for word in fold(part).split():
            found[word] = Typed(word[:WORD_LIMIT], part if _ID.fullmatch(part) else None)
    return tuple(found.values())[:_TYPED_LIMIT]


def is_found(search: str, texts: Iterable[str | None], ids: Iterable[str] = ()) -> bool:
    """Whether every word of the search begins a word of the texts, or one of the ids."""
    words, known = words_of(*texts), tuple(ids)
    return all(
        any(word.startswith(typed.word) for word in words)
        or (typed.id is not None and any(one.startswith(typed.id) for one in known))
        for typed in typed_words(search)
    )
