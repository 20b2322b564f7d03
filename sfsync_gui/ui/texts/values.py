"""Values of people as people read them."""

import re

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale, Qt

from sfsync_gui.core.people import Value
from sfsync_gui.ui.texts.numbers import locale

translate = QCoreApplication.translate

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def value_text(value: Value) -> str:
    """A canonical value in the system's format: 'Yes', '1,204', '14 Mar 2026'; empty where blank.

    A text comes as it is.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return translate("values", "Yes") if value else translate("values", "No")
    if isinstance(value, int):
        return locale().toString(value)
    if isinstance(value, float):
        return locale().toString(value, "g", 15)
    return _text(value)


def _text(value: str) -> str:
    if _DAY.fullmatch(value):
        day = QDate.fromString(value, Qt.DateFormat.ISODate)
        return locale().toString(day, QLocale.FormatType.ShortFormat) if day.isValid() else value
    if _MOMENT.fullmatch(value):
        moment = QDateTime.fromString(value, Qt.DateFormat.ISODate).toLocalTime()
        short = QLocale.FormatType.ShortFormat
        return locale().toString(moment, short) if moment.isValid() else value
    return value
