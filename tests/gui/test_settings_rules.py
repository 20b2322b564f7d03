"""The panel Settings on a real program: the rules by which leads are created."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from sfsync_gui.app.demo import grants
from sfsync_gui.app.host import Host
from sfsync_gui.app.served_world import ServedWorld, served_world
from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.lead_rules import ROLE, SEGMENT, TAG, Comparison, Condition, LeadRule
from sfsync_gui.core.vocabulary import FirstRun, Side
from sfsync_gui.engine.handle import Phase
from sfsync_gui.ui.panels.settings import SettingsPanel
from sfsync_gui.ui.panels.settings.rule_condition import ConditionRow
from sfsync_gui.ui.panels.settings.rule_dialog import RuleDialog
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.widgets.buttons import IconButton
from sfsync_gui.ui.widgets.toast import Toasts
from tests.gui.conftest import SPEED, Run, until
from tests.gui.programs import running, shown

LEFT = Qt.MouseButton.LeftButton
PLAN, SEATS = "custom_attributes.Plan", "custom_attributes.Seats"
NEWSLETTER, TRIAL_END = "custom_attributes.Newsletter", "custom_attributes.Trial ends"


def choose(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(box.findData(value))


async def stored(host: Host) -> tuple[LeadRule, ...]:
    return (await host.rules()).lead_rules


def texts(panel: SettingsPanel) -> str:
    labels = panel.rule_part.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if not label.isHidden())


def buttons(panel: SettingsPanel, tip: str) -> list[IconButton]:
    """Those that can be pressed, from top to bottom."""
    found = [one for one in panel.rule_part.findChildren(IconButton) if one.toolTip() == tip]
    usable = [one for one in found if one.isEnabled() and one.isVisible()]
    return sorted(usable, key=lambda one: one.mapTo(panel, one.rect().topLeft()).y())


def test_rules_are_added_moved_removed_and_taken_back(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            panel = SettingsPanel(host, tasks)
            toasts = Toasts(panel)
            relay = shown(panel, host, qtbot)
            part = panel.rule_part
            await until(part.add_button.isEnabled)
            QTest.mouseClick(part.add_button, LEFT)
            await until(lambda: panel.findChildren(RuleDialog))
            dialog = panel.findChildren(RuleDialog)[-1]
            await until(dialog.isVisible)
            line = dialog.rows[0]
            offered = [line.attribute.itemData(n) for n in range(line.attribute.count())]
            assert len(offered) == len(set(offered))
            choose(line.attribute, SEATS)
            choose(line.test, Comparison.MORE_THAN)
            QTest.keyClicks(line.value.text, "many")
            QTest.mouseClick(dialog.save_button, LEFT)
            assert "write a number, or a day" in dialog.problem.text()
            assert dialog.isVisible()
            choose(line.attribute, PLAN)
            assert not dialog.problem.isVisible()  # of what is not asked any more
            assert line.test.currentData() == Comparison.IS  # of an option none is more
            choose(line.value.choice, "Pro")
            QTest.mouseClick(dialog.add_condition_button, LEFT)
            choose(dialog.rows[1].attribute, ROLE)
            choose(dialog.rows[1].value.choice, "user")
            QTest.mouseClick(dialog.save_button, LEFT)
            await until(lambda: "Leads by rule: 1 rule" in toasts.texts)
            (rule,) = await stored(host)
            assert rule.conditions == (
                Condition(PLAN, Comparison.IS, "Pro"),
                Condition(ROLE, Comparison.IS, "user"),
            )
            assert not rule.everybody
            await until(lambda: "is Pro, and Role is user" in texts(panel))

            first = LeadRule("first", (Condition("email", Comparison.IS_SET),), everybody=True)
            await host.change_lead_rules(lambda _now: (rule, first))
            panel.shown()
            await until(lambda: len(part.rules) == 2)
            await until(lambda: "is set – everybody" in texts(panel))
            await until(lambda: buttons(panel, "Move up"))
            QTest.mouseClick(buttons(panel, "Move up")[-1], LEFT)
            await until(lambda: part.rules == (first, rule))
            assert await stored(host) == (first, rule)

            QTest.mouseClick(buttons(panel, "Remove this rule")[0], LEFT)
            await until(lambda: part.rules == (rule,))
            assert panel.undo()
            await until(lambda: part.rules == (first, rule))
            assert await stored(host) == (first, rule)
            relay.stop()
            await tasks.stop()

    run(story())


def test_what_another_changed_meanwhile_stays(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    one, two, other = (
        LeadRule(name, (Condition("email", Comparison.CONTAINS, name),))
        for name in ("one", "two", "other")
    )

    async def story() -> None:
        async with running(tmp_path, served) as host:
            await host.change_lead_rules(lambda _now: (one, two))
            panel = SettingsPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            await until(lambda: len(buttons(panel, "Remove this rule")) == 2)
            await host.change_lead_rules(lambda now: (*now, other))  # such as by a command
            QTest.mouseClick(buttons(panel, "Move up")[-1], LEFT)
            await until(lambda: panel.rule_part.rules == (two, one, other))
            await host.change_lead_rules(lambda now: now[1:])
            QTest.mouseClick(buttons(panel, "Remove this rule")[1], LEFT)
            await until(lambda: panel.rule_part.rules == (other,))
            assert await stored(host) == (other,)
            relay.stop()
            await tasks.stop()

    run(story())


def test_rules_can_be_added_as_soon_as_both_sides_are_connected(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            await host.disconnect(Side.INTERCOM)
            await until(lambda: host.snapshot.phase is Phase.UNCONNECTED)
            panel = SettingsPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            source = panel.lead_part.choices["lead_source"].box
            await until(source.isEnabled)
            assert not panel.rule_part.add_button.isEnabled()
            await host.connect(grants(served)[0])
            await until(panel.rule_part.add_button.isEnabled)
            assert source.count() > 1
            relay.stop()
            await tasks.stop()

    run(story())


def test_what_another_org_offers_takes_the_place_of_the_former(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    def new_user(of: ServedWorld, email: str) -> None:
        of.server.call(lambda: of.world.salesforce.add_user("New", email))

    async def story(other: ServedWorld) -> None:
        new_user(served, "here@example.com")
        new_user(other, "there@example.com")
        async with running(tmp_path, served) as host:
            panel = SettingsPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            box = panel.lead_part.choices["lead_owner"].box
            await until(lambda: "here@example.com" in labels(box))
            panel.hide()
            await host.connect(grants(other)[1], start_afresh=True)
            await until(lambda: host.snapshot.phase is Phase.FIRST_RUN, 20)
            await host.begin(await host.suggestion(), FirstRun.LINK_ALL)
            await until(lambda: host.snapshot.phase is Phase.RUNNING, 20)
            panel.show()
            panel.shown()
            await until(lambda: "there@example.com" in labels(box))
            assert "here@example.com" not in labels(box)
            relay.stop()
            await tasks.stop()

    with served_world(seed=6, speed=SPEED, pace=20) as other:
        run(story(other))


def labels(box: QComboBox) -> list[str]:
    return [box.itemText(number) for number in range(box.count())]


def test_a_rule_on_a_tag_is_added_by_its_name(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    def tag() -> None:
        contact = served.world.intercom.all_contacts()[0]["id"]
        served.world.intercom.tag_contact(contact, "vip")

    async def story() -> None:
        async with running(tmp_path, served) as host:
            served.server.call(tag)
            panel = SettingsPanel(host, tasks)
            failures: list[SfsyncError] = []
            tasks.failed.connect(failures.append)
            relay = shown(panel, host, qtbot)
            for name in ("nobody", "VIP"):
                await until(panel.rule_part.add_button.isEnabled)
                QTest.mouseClick(panel.rule_part.add_button, LEFT)
                await until(lambda: panel.findChildren(RuleDialog))
                dialog = panel.findChildren(RuleDialog)[-1]
                await until(dialog.isVisible)
                line = dialog.rows[0]
                choose(line.attribute, TAG)
                QTest.mouseClick(dialog.save_button, LEFT)
                assert dialog.problem.text() == "Tag: there is nothing to compare with."
                QTest.keyClicks(line.value.text, name)
                QTest.mouseClick(dialog.save_button, LEFT)
                await until(lambda: not panel.findChildren(RuleDialog))
            await until(lambda: "Tag is VIP" in texts(panel))
            (rule,) = await stored(host)
            assert rule.conditions == (Condition(TAG, Comparison.IS, "VIP"),)
            await until(lambda: failures)  # told when the panel shows again what is in force
            assert [one.message for one in failures] == ["Intercom has no tag named nobody."]
            relay.stop()
            await tasks.stop()

    run(story())


def test_an_attribute_is_asked_for_what_it_can_be(
    tmp_path: Path, served: ServedWorld, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            line = ConditionRow(await host.schema())
        qtbot.addWidget(line)
        line.show()
        names = [line.attribute.itemData(place) for place in range(line.attribute.count())]
        assert names[:3] == [ROLE, TAG, SEGMENT]
        assert len(names) == len(set(names))

        def offered(name: str) -> tuple[list[str], list[str]]:
            choose(line.attribute, name)
            boxes = (line.test, line.value.choice)
            tests, values = ([box.itemText(n) for n in range(box.count())] for box in boxes)
            assert line.value.text.isVisible() is not bool(values)
            return tests, values

        assert offered(ROLE) == (["is", "is not"], ["User", "Lead"])
        assert offered(TAG) == (["is", "is not"], [])
        assert offered(NEWSLETTER) == (["is", "is not", "is set", "is blank"], ["Yes", "No"])
        assert offered(PLAN)[1] == ["Free", "Pro", "Enterprise"]
        assert "is more than" in offered(SEATS)[0]
        assert "contains" in offered("email")[0]
        offered(TRIAL_END)
        assert line.value.text.placeholderText() == "2026-01-31"
        choose(line.attribute, NEWSLETTER)
        assert line.condition() == Condition(NEWSLETTER, Comparison.IS, "yes")
        choose(line.test, Comparison.IS_SET)
        assert not line.value.choice.isEnabled()
        assert line.condition() == Condition(NEWSLETTER, Comparison.IS_SET)

    run(story())


def test_a_dialog_that_is_put_away_adds_nothing(
    tmp_path: Path, served: ServedWorld, tasks: Tasks, qtbot: QtBot, run: Run
) -> None:
    async def story() -> None:
        async with running(tmp_path, served) as host:
            panel = SettingsPanel(host, tasks)
            relay = shown(panel, host, qtbot)
            await until(panel.rule_part.add_button.isEnabled)
            QTest.mouseClick(panel.rule_part.add_button, LEFT)
            await until(lambda: panel.findChildren(RuleDialog))
            dialog = panel.findChildren(RuleDialog)[-1]
            await until(dialog.isVisible)
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            await until(lambda: not panel.findChildren(RuleDialog))
            assert await stored(host) == ()
            relay.stop()
            await tasks.stop()

    run(story())
