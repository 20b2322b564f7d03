"""The chart of changes an hour: what it tells in words, and what it draws."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.questions import ChangesRow
from sfsync_gui.ui.application import Application
from sfsync_gui.ui.panels.overview.chart import ChangesChart
from sfsync_gui.ui.theme.tokens import LIGHT

HOUR = 3600
LAST = 500_000
NOW = LAST * HOUR + 60.0


def chart(qtbot: QtBot, *rows: ChangesRow) -> ChangesChart:
    made = ChangesChart()
    qtbot.addWidget(made)
    made.resize(600, made.sizeHint().height())
    made.show_changes(rows, NOW)
    made.show()
    return made


def colours(made: ChangesChart) -> set[str]:
    image = made.grab().toImage()
    middle = range(40, image.height() - 30)
    return {image.pixelColor(x, y).name().upper() for x in range(40, image.width()) for y in middle}


def test_the_totals_are_told_in_words(application: Application, qtbot: QtBot) -> None:
    rows = (
        ChangesRow(LAST, Side.SALESFORCE, 7),
        ChangesRow(LAST - 3, Side.SALESFORCE, 5),
        ChangesRow(LAST - 23, Side.INTERCOM, 1),
        ChangesRow(LAST - 24, Side.INTERCOM, 100),  # more than a day ago
    )
    told = chart(qtbot, *rows).accessibleDescription()
    assert told == "In the last day: 1 change to Intercom; 12 changes to Salesforce"


def test_an_hour_tells_its_numbers_under_the_pointer(
    application: Application, qtbot: QtBot
) -> None:
    made = chart(qtbot, ChangesRow(LAST, Side.SALESFORCE, 1204))
    hour, to_intercom, to_salesforce = made.told_at(QPoint(598, 100)).splitlines()
    assert hour.endswith(":00")
    assert to_intercom == "Changes to Intercom: 0"
    assert to_salesforce == "Changes to Salesforce: 1,204"
    assert made.told_at(QPoint(598, 5)) == ""
    assert made.told_at(QPoint(2, 100)) == ""


def test_bars_are_drawn_where_something_was_changed(application: Application, qtbot: QtBot) -> None:
    both = {QColor(LIGHT.accent_fill).name().upper(), QColor(LIGHT.success).name().upper()}
    rows = (ChangesRow(LAST, Side.SALESFORCE, 7), ChangesRow(LAST, Side.INTERCOM, 7))
    assert both <= colours(chart(qtbot, *rows))
    assert not both & colours(chart(qtbot))
