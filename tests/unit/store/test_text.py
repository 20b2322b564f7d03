"""Text of any content, which a database alone would refuse."""

import pytest

from sfsync_gui.store.dialects import escape, unescape


@pytest.mark.parametrize(
    "text",
    ["", "plain", "\x00", "\x1a", "\x1a0000", "\x1a\x00", "a\ud83db", "\U0001f389", "\\x1a0000"],
)
def test_whatever_goes_in_comes_out(text: str) -> None:
    stored = escape(text)
    assert unescape(stored) == text
    assert "\x00" not in stored
    stored.encode("utf-8")


def test_ordinary_text_is_stored_as_it_is() -> None:
    assert escape("Zoë 🎉\n\t") == "Zoë 🎉\n\t"
