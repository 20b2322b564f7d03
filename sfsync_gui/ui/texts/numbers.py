"""Numbers as people read them: grouped as the system does, with their word."""

from PySide6.QtCore import QLocale


def locale() -> QLocale:
    """The system's locale; where it names none, numbers are still grouped."""
    found = QLocale()
    if found.language() is QLocale.Language.C:
        return QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)
    return found


def grouped(number: int) -> str:
    """1204 is '1,204'."""
    return locale().toString(number)


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its word: '1 change', '1,204 changes'."""
    return f"{grouped(number)} {one if number == 1 else many or one + 's'}"


def short(number: int) -> str:
    """A number for a badge: '999+' from a thousand on."""
    return grouped(number) if number < 1000 else "999+"


def percent(share: float) -> str:
    """A share from 0 to 1: '42 %', one digit more below ten, 'under 0.1 %' where not zero."""
    value = share * 100
    if value == 0 or value >= 10:
        return f"{locale().toString(round(value))} %"
    if value < 0.1:
        return f"under {locale().toString(0.1, 'f', 1)} %"
    return f"{locale().toString(value, 'f', 1)} %"
