"""The look: every colour, size, typeface and icon of the window is decided here."""
