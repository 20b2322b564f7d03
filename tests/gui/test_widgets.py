"""The kit: each widget by pointer and keyboard, with a name for whoever does not see it."""

import asyncio

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QEnterEvent, QGuiApplication, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from sfsync_gui.core.failures import StoreError
from sfsync_gui.core.vocabulary import Direction
from sfsync_gui.ui.shell.status_line import StatusLine
from sfsync_gui.ui.texts.status import Status, SyncState
from sfsync_gui.ui.theme.tokens import (
    CONTROL_HEIGHT,
    DETAILS_LEAST,
    LINE_HEIGHT,
    STATUS_HEIGHT,
    Tone,
)
from sfsync_gui.ui.widgets.banner import Banner, Banners, Notice, notice_of
from sfsync_gui.ui.widgets.buttons import CopyButton, IconButton, LinkButton, PrimaryButton
from sfsync_gui.ui.widgets.comparison import ComparedField, RecordComparison
from sfsync_gui.ui.widgets.details import DetailsPane, SplitView
from sfsync_gui.ui.widgets.dialogs import Answer, Dialog, Question, QuestionDialog, ask
from sfsync_gui.ui.widgets.icon_label import IconLabel
from sfsync_gui.ui.widgets.key_values import KeyValueTable
from sfsync_gui.ui.widgets.labels import ElidedLabel, PlainLabel, RelativeTime, told_label
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.page import FormRow, Page, Section
from sfsync_gui.ui.widgets.search_field import SearchField
from sfsync_gui.ui.widgets.segmented import Option, Segmented
from sfsync_gui.ui.widgets.states import EmptyState
from sfsync_gui.ui.widgets.surfaces import Badge
from sfsync_gui.ui.widgets.toast import Toasts
from sfsync_gui.ui.widgets.tooltips import plain
from tests.gui.conftest import Run, until

LEFT = Qt.MouseButton.LeftButton
HOSTILE = "<b>Ada</b> &amp; <img src=x> مرحبا 👩‍💻"


def shown(qtbot: QtBot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_text_from_services_is_never_html(run: Run, qtbot: QtBot) -> None:
    label = PlainLabel(HOSTILE)
    shown(qtbot, label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    bold = PlainLabel(HOSTILE.replace("<b>", "").replace("</b>", ""))
    shown(qtbot, bold)
    assert label.sizeHint().width() > bold.sizeHint().width()  # the marks are seen as letters
    table = KeyValueTable([("Name", HOSTILE)])
    labels = table.findChildren(PlainLabel)
    assert all(one.textFormat() is Qt.TextFormat.PlainText for one in labels)


def tooltip_of(widget: QWidget) -> str:
    """What is shown where the pointer rests."""
    at = QPoint(2, 2)
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at)))
    return QToolTip.text()


def test_tooltips_show_text_from_services_as_it_is(run: Run, qtbot: QtBot) -> None:
    label = ElidedLabel(HOSTILE)
    shown(qtbot, label).resize(40, 20)
    assert tooltip_of(label) == plain(HOSTILE)
    comparison = RecordComparison([ComparedField("Plan", "a", "b", None, False, tooltip=HOSTILE)])
    shown(qtbot, comparison)
    (name,) = [one for one in comparison.findChildren(ElidedLabel) if one.text() == "Plan"]
    assert name.toolTip() == plain(HOSTILE)
    assert "<img" not in plain(HOSTILE)


def test_long_text_is_shortened_where_told(run: Run, qtbot: QtBot) -> None:
    address = "a.very.long.address@subsidiary.example.com"
    end, middle = ElidedLabel(address), ElidedLabel(address, middle=True)
    for label in (end, middle):
        shown(qtbot, label).resize(120, 20)
    assert end.shown_text.endswith("…")
    assert not middle.shown_text.endswith("…")
    assert "…" in middle.shown_text
    middle.resize(2000, 20)
    assert middle.shown_text == address


def test_relative_time_moves_on_while_seen(run: Run, qtbot: QtBot) -> None:
    now = [1000.0]
    label = RelativeTime(995.0, now=lambda: now[0])
    shown(qtbot, label)
    assert label.text() == "just now"
    assert label._timer.isActive()
    now[0] = 1100.0
    label._timer.timeout.emit()
    assert label.text() == "1 minute ago"
    label.hide()
    assert not label._timer.isActive()
    label.set_time(0)
    assert label.text() == ""
    assert label.toolTip() == ""


def test_a_time_to_come_is_told_until_it_has_come(run: Run, qtbot: QtBot) -> None:
    now = [1000.0]
    label = RelativeTime(1030.0, template="next {time}", expires=True, now=lambda: now[0])
    shown(qtbot, label)
    assert label.text() == "next in 30 seconds"
    now[0] = 1031.0
    label._timer.timeout.emit()
    assert label.text() == ""
    assert not label._timer.isActive()


def test_the_status_is_as_high_as_what_it_says(run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        status = StatusLine()
        window = boxed(column(None, status))
        window.resize(190, 500)
        shown(qtbot, window)
        status.show_status(Status(SyncState.OFFLINE, "Cannot reach Intercom and Salesforce", 995.0))
        await until(lambda: status.height() == status.heightForWidth(status.width()))
        assert status.height() > STATUS_HEIGHT

    run(story())


def test_a_time_among_words_moves_on_and_stays_in_one_piece(run: Run, qtbot: QtBot) -> None:
    now = [1000.0]
    template = "{time} · Bulk\u00a0sync"
    label = RelativeTime(995.0, template=template, wrap=True, now=lambda: now[0])
    shown(qtbot, label)
    now[0] = 1600.0
    label._timer.timeout.emit()
    assert label.text() == "10\u00a0minutes\u00a0ago · Bulk\u00a0sync"


def test_every_icon_button_has_a_name(run: Run, qtbot: QtBot) -> None:
    button = IconButton("more", "More actions")
    shown(qtbot, button)
    assert button.accessibleName() == button.toolTip() == "More actions"


def test_enter_presses_whatever_button_has_the_focus(run: Run, qtbot: QtBot) -> None:
    pressed: list[str] = []
    for button in (PrimaryButton("Continue"), LinkButton("Look"), IconButton("close", "Close")):
        shown(qtbot, button)
        button.clicked.connect(lambda _=False, button=button: pressed.append(type(button).__name__))
        QTest.keyClick(button, Qt.Key.Key_Return)
        QTest.keyClick(button, Qt.Key.Key_Space)
    names = ("PrimaryButton", "LinkButton", "IconButton")
    assert pressed == [name for name in names for _ in range(2)]


def test_copy_says_that_it_copied(run: Run, qtbot: QtBot) -> None:
    button = CopyButton("00Q123", "id")
    shown(qtbot, button)
    assert button.accessibleName() == "Copy id"
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert QGuiApplication.clipboard().text() == "00Q123"
    assert button.accessibleName() == "Copied"


def test_a_link_that_begins_a_line_stands_where_other_lines_begin(run: Run, qtbot: QtBot) -> None:
    link, line = LinkButton("Look for a field", flush=True), PlainLabel("Look for a field")
    box = shown(qtbot, boxed(column(line, row(link, None), row(LinkButton("Look"), None))))
    assert abs(_first_ink(box, link) - _first_ink(box, line)) <= 1


def _first_ink(box: QWidget, widget: QWidget) -> int:
    """Where the first pixel is that differs from the ground, from the left."""
    top = widget.mapTo(box, widget.rect().topLeft()).y()
    image = box.grab(QRect(0, top, box.width(), widget.height())).toImage()
    ground = image.pixelColor(image.width() - 1, 0)
    return next(
        x
        for x in range(image.width())
        if any(image.pixelColor(x, y) != ground for y in range(image.height()))
    )


def test_a_long_choice_opens_below_its_box_and_scrolls(run: Run, qtbot: QtBot) -> None:
    box = QComboBox()
    box.addItems([f"Attribute {number}" for number in range(60)])
    shown(qtbot, box)
    box.setCurrentIndex(30)
    box.showPopup()
    popup = box.view().window()
    assert popup.height() < 15 * CONTROL_HEIGHT
    assert popup.y() >= box.mapToGlobal(box.rect().bottomLeft()).y()
    box.hidePopup()


def test_a_click_leaves_the_focus_where_it_was(run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        window = QWidget()
        field, button = QLineEdit(window), PrimaryButton("Sync now", parent=window)
        button.move(0, 50)
        shown(qtbot, window)
        window.activateWindow()
        field.setFocus()
        await until(field.hasFocus)
        QTest.mouseClick(button, LEFT)
        assert field.hasFocus()
        QTest.keyClick(field, Qt.Key.Key_Tab)
        assert button.hasFocus()

    run(story())


def test_banners_are_replaced_in_place(run: Run, qtbot: QtBot) -> None:
    banners = Banners()
    shown(qtbot, banners)
    acted: list[str] = []
    first = Notice(Tone.DANGER, "Signed out", "The access was revoked.", "Reconnect")
    banners.show_notice("one", first, lambda: acted.append("one"))
    banners.show_notice("two", Notice(Tone.WARNING, "Held back", dismissable=True))
    banner = banners.get("one")
    assert banner is not None
    banners.show_notice("one", first)  # the same again: left as it is
    assert banners.get("one") is banner
    QTest.mouseClick(banner.action_button, LEFT)
    assert acted == ["one"]
    assert banner.accessibleName() == "Signed out. The access was revoked."
    banners.show_notice("one", Notice(Tone.DANGER, "Signed out twice"))
    one, two = banners.get("one"), banners.get("two")
    assert one is not None
    assert two is not None
    assert (banners._column.indexOf(one), banners._column.indexOf(two)) == (0, 1)
    QTest.mouseClick(two.close_button, LEFT)
    assert banners.get("two") is None
    banners.clear("one")
    assert banners.isHidden()


def test_a_failure_in_words(run: Run, qtbot: QtBot) -> None:
    failure = StoreError("The disk is full", "Nothing was saved.", "Make room.")
    assert notice_of(failure).text == "Nothing was saved. Make room."
    pages = StoreError("No", "row 7 is sideways. " * 900 + "So.", "Correct the file.")
    assert len(notice_of(pages).text) < 1000
    assert notice_of(pages).text.endswith("sideways. So. Correct the file.")
    state = EmptyState()
    shown(qtbot, state)
    state.say_failure(failure)
    assert state.sentence == "The disk is full"
    assert state.accessibleDescription() == "Nothing was saved. Make room."
    with qtbot.waitSignal(state.acted):
        QTest.keyClick(state.button, Qt.Key.Key_Space)


def test_toasts_stay_while_read_and_can_be_undone(run: Run, qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(800, 600)
    shown(qtbot, window)
    toasts, undone = Toasts(window), []
    toasts.show_text("Unlinked Ada", action="Undo", on_action=lambda: undone.append(True))
    for number in range(3):
        toasts.show_text(f"Said {number}")
    assert toasts.texts == ("Said 0", "Said 1", "Said 2")  # three at most
    toasts.show_text("Unlinked Bob", action="Undo", on_action=lambda: undone.append(True))
    assert toasts.act_on_newest()
    assert undone == [True]
    assert "Unlinked Bob" not in toasts.texts
    last = toasts.show_text("Read me")
    assert window.rect().contains(last.geometry())
    QTest.mouseMove(last, QPoint(20, 10))
    at = QPoint(5, 5).toPointF()
    QApplication.sendEvent(last, QEnterEvent(at, at, at))
    assert not last._rest.isActive()
    QApplication.sendEvent(last, QEvent(QEvent.Type.Leave))
    assert last._rest.isActive()
    last._rest.timeout.emit()
    assert "Read me" not in toasts.texts


def test_search_asks_when_typing_rests(run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        field = SearchField("Search people")
        shown(qtbot, field)
        asked: list[str] = []
        field.searched.connect(asked.append)
        left: list[bool] = []
        field.left.connect(lambda: left.append(True))
        QTest.keyClicks(field, "ada")
        assert asked == []
        await until(lambda: asked == ["ada"])
        QTest.keyClicks(field, " ")
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert asked == ["ada"]  # a space is no other question
        QTest.keyClick(field, Qt.Key.Key_Down)
        assert left == [True]
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert asked == ["ada", ""]
        assert field.accessibleName() == "Search people"

    run(story())


def test_segments_by_arrow_keys(run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        ways = [Option(way, way.value, "arrow-right", icon_only=True) for way in Direction]
        control = Segmented("Direction", ways, Direction.TWO_WAY)
        shown(qtbot, control)
        picked: list[Direction] = []
        control.chosen.connect(picked.append)
        control.activateWindow()
        chosen = control.segment(Direction.TWO_WAY)
        chosen.setFocus()
        await until(chosen.hasFocus)
        QTest.keyClick(chosen, Qt.Key.Key_Left)
        assert picked == [Direction.TO_INTERCOM]
        assert control.value is Direction.TO_INTERCOM
        control.set_value(Direction.TO_SALESFORCE)
        assert picked == [Direction.TO_INTERCOM]  # setting is not choosing
        QTest.mouseClick(control.segment(Direction.TWO_WAY), LEFT)
        assert picked[-1] is Direction.TWO_WAY
        names = [b.accessibleName() for b in control.findChildren(QAbstractButton)]
        assert names == [way.value for way in Direction]
        assert control.height() == CONTROL_HEIGHT

    run(story())


def test_a_toast_tells_a_long_value_in_a_few_lines(run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        window = QWidget()
        window.resize(1000, 700)
        shown(qtbot, window)
        told = f"Last name: {'Q' * 400} and so on"
        toast = Toasts(window).show_text(told)
        assert toast.height() < 8 * LINE_HEIGHT
        assert toast.accessibleName() == told

    run(story())


def test_a_search_is_begun_from_wherever_the_focus_is(run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        beside, search = QLineEdit(), SearchField("Name")
        page = boxed(column(search))
        window = boxed(row(beside, page))
        search.find_from(page)
        search.setText("ada")
        shown(qtbot, window)
        window.activateWindow()
        beside.setFocus()
        await until(beside.hasFocus)
        QTest.keyClick(beside, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert search.hasFocus()
        assert search.selectedText() == "ada"

        page.hide()  # another page is on show
        beside.setFocus()
        QTest.keyClick(beside, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert beside.hasFocus()

    run(story())


def test_details_open_beside_and_give_the_focus_back(run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        main, pane = QLineEdit(), DetailsPane()
        view = SplitView(main, pane)
        view.resize(1000, 400)
        shown(qtbot, view)
        view.activateWindow()
        main.setFocus()
        await until(main.hasFocus)
        view.open_details()
        pane.set_heading(HOSTILE, "ada@example.com")
        pane.set_content(PlainLabel("Facts"))
        await asyncio.sleep(0.02)
        assert main.hasFocus()
        assert pane.width() == 360
        pane.close_button.setFocus()
        QTest.keyClick(pane.close_button, Qt.Key.Key_Escape)
        assert pane.isHidden()
        assert main.hasFocus()
        view.open_details()
        QTest.keyClick(main, Qt.Key.Key_Escape)
        assert pane.isHidden()

    run(story())


def test_a_word_that_fits_in_no_line_is_broken_in_details(run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        pane = DetailsPane()
        pane.resize(DETAILS_LEAST, 400)
        shown(qtbot, pane)
        word = "T" * 300
        line, facts = told_label(f"Task “{word}”"), KeyValueTable([("Before", f"was {word}")])
        pane.set_content(line, facts)
        await until(lambda: line.mapTo(pane, line.rect().topRight()).x() < pane.width())
        assert facts.width() == line.width()
        whole = "guest1878@initech-and-daughters.example"
        assert told_label(whole).text() == whole  # so that it is copied as it is

    run(story())


def test_comparison_marks_differences_in_words(run: Run, qtbot: QtBot) -> None:
    table = RecordComparison(
        [
            ComparedField("Phone", "1", "2", Direction.TWO_WAY, differs=True),
            ComparedField("Plan", "pro", "pro", Direction.TO_SALESFORCE),
            ComparedField("Owner", "", "Ada", Direction.TO_INTERCOM, differs=True, waits=True),
        ]
    )
    shown(qtbot, table)
    signs = [sign.accessibleName() for sign in table.findChildren(IconLabel)]
    assert signs == [
        "Both ways – the values differ",
        "Intercom to Salesforce",
        "Salesforce to Intercom – about to be written",
    ]


def test_a_form_says_what_is_wrong(run: Run, qtbot: QtBot) -> None:
    form = FormRow("Login address", QLineEdit(), hint="Your My Domain")
    shown(qtbot, form)
    assert form.control.accessibleName() == "Login address"
    assert form.control.accessibleDescription() == "Your My Domain"
    form.set_problem("This is not an address")
    assert form.control.accessibleDescription() == "This is not an address"
    form.set_problem("")
    assert form.control.accessibleDescription() == "Your My Domain"


def test_nothing_opens_a_window_of_its_own(run: Run, qtbot: QtBot) -> None:
    before = _windows_seen()
    kept = [
        Banner(Notice(Tone.DANGER, "Signed out", "…", "Reconnect", dismissable=True)),
        Badge(5),
        EmptyState("list", "Nothing", detail="…", action="Add"),
        FormRow("Address", QLineEdit(), hint="…"),
        QuestionDialog(Question("?", "…", "Yes", remember="Again", other="Other"), None),
        DetailsPane(),
        Page(Section("Head", PlainLabel("text"), caption="…")),
        Segmented("Way", [Option(1, "One")], 1),
    ]
    for widget in kept:
        qtbot.addWidget(widget)
    assert _windows_seen() - before == set()


def _windows_seen() -> set[QWidget]:
    return {widget for widget in QApplication.topLevelWidgets() if widget.isVisible()}


def test_badges_hide_at_zero(run: Run, qtbot: QtBot) -> None:
    holder = QWidget()
    badge = Badge(5, parent=holder)
    shown(qtbot, holder)
    assert (badge.text, badge.isVisible()) == ("5", True)
    badge.set_count(1204)
    assert (badge.text, badge.toolTip()) == ("999+", "1,204")
    badge.set_count(0)
    assert badge.isHidden()


UNLINK = Question("Unlink Ada?", "Both records stay.", "Unlink", "Keep linked", danger=True)


async def answer(question: Question, press: str, qtbot: QtBot) -> Answer:
    """Ask and press: a button by its text, or a key."""
    window = QWidget()
    shown(qtbot, window)
    asking = asyncio.ensure_future(ask(window, question))
    await until(lambda: window.findChild(QuestionDialog) is not None)
    dialog = window.findChild(QuestionDialog)
    assert isinstance(dialog, QuestionDialog)
    await until(dialog.isVisible)
    if press == "Esc":
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    elif press == "Enter":
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    else:
        buttons = dialog.findChildren(QAbstractButton)
        QTest.mouseClick(next(b for b in buttons if b.text() == press), LEFT)
    async with asyncio.timeout(5):
        return await asking


def test_questions_have_a_safe_way_out(run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        assert await answer(UNLINK, "Unlink", qtbot)
        for press in ("Keep linked", "Esc", "Enter"):
            assert not await answer(UNLINK, press, qtbot), press
        harmless = Question("Create a lead?", "It is new.", "Create lead")
        assert await answer(harmless, "Enter", qtbot)
        assert not await answer(harmless, "Esc", qtbot)

    run(story())


def test_a_question_may_have_a_third_way(run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        question = Question("Keep syncing?", "…", "Keep syncing", other="Quit")
        for press, yes, other in (("Quit", False, True), ("Keep syncing", True, False)):
            found = await answer(question, press, qtbot)
            assert (found.yes, found.other) == (yes, other)
        found = await answer(question, "Esc", qtbot)
        assert (found.yes, found.other) == (False, False)

    run(story())


def test_a_cancelled_question_closes(run: Run, qtbot: QtBot) -> None:
    async def story() -> None:
        window = QWidget()
        shown(qtbot, window)
        asking = asyncio.ensure_future(ask(window, UNLINK))
        await until(lambda: window.findChild(QuestionDialog) is not None)
        asking.cancel()
        await until(lambda: window.findChild(QuestionDialog) is None)

    run(story())


def test_a_dialog_grows_with_what_it_comes_to_show_and_never_shrinks(
    qtbot: QtBot, application: object
) -> None:
    dialog = Dialog("Title", None)
    said = PlainLabel("Short", wrap=True)
    dialog.body.addWidget(said)
    shown(qtbot, dialog)
    before = dialog.height()
    said.setText("Words " * 200)
    qtbot.waitUntil(lambda: dialog.height() >= before + 5 * said.fontMetrics().height())
    layout = dialog.layout()
    assert layout is not None
    assert dialog.height() == layout.totalHeightForWidth(dialog.width())
    grown = dialog.height()
    said.setText("Short")
    qtbot.wait(50)
    assert dialog.height() == grown
    dialog.resize(dialog.width(), grown + 100)
    said.setText("Other")
    qtbot.wait(50)
    assert dialog.height() == grown + 100
