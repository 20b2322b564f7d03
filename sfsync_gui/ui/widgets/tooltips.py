"""Tooltips that show text as it is: Qt takes what looks like HTML for HTML."""

from html import escape

_LONG = 80
"""Characters beyond which a tooltip is better on several lines; Qt breaks rich text alone."""


def plain(text: str) -> str:
    """The text for a tooltip, with whatever may look like markup shown as it is."""
    if "<" not in text and len(text) <= _LONG:
        return text
    return f"<span>{escape(text)}</span>".replace("\n", "<br>")
