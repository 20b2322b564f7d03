"""The panel Settings. A value is in force as soon as it is left; nothing needs to be saved."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from PySide6.QtWidgets import QWidget

from sfsync_gui.core.failures import SfsyncError
from sfsync_gui.core.lead_rules import LeadRule, RuleChange
from sfsync_gui.core.schema import Schema
from sfsync_gui.desktop.login_item import login_item
from sfsync_gui.engine.handle import Handle, HandleEvent, Phase, Snapshot, SnapshotChanged
from sfsync_gui.engine.lead_views import LeadOffers
from sfsync_gui.engine.task_views import TaskOffers
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.panels.settings import amounts
from sfsync_gui.ui.panels.settings.amount_field import AmountField
from sfsync_gui.ui.panels.settings.finding import Findable
from sfsync_gui.ui.panels.settings.lead_part import LeadPart
from sfsync_gui.ui.panels.settings.matching import matching_text
from sfsync_gui.ui.panels.settings.rule_dialog import RuleDialog
from sfsync_gui.ui.panels.settings.rule_part import RulePart
from sfsync_gui.ui.panels.settings.support_part import SupportPart
from sfsync_gui.ui.panels.settings.task_part import TaskPart
from sfsync_gui.ui.panels.settings.window_part import WindowPart
from sfsync_gui.ui.preferences import Preferences
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.texts.numbers import counted
from sfsync_gui.ui.theme.tokens import SPACE_TIGHT
from sfsync_gui.ui.widgets.buttons import LinkButton
from sfsync_gui.ui.widgets.current_stack import CurrentStack
from sfsync_gui.ui.widgets.labels import PlainLabel
from sfsync_gui.ui.widgets.layouts import boxed, column, row
from sfsync_gui.ui.widgets.page import Page
from sfsync_gui.ui.widgets.search_field import SearchField
from sfsync_gui.ui.widgets.states import EmptyState

_UNDO_MOST = 50
_WHOLE = ("api_cap", "guard_minimum", "task_due_days")
"""Settings that are whole: calls, people and days."""

Entry = float | str | bool | None
"""What a setting may be."""


class SettingsPanel(Panel):
    """What the engine and the window can be told, and what helps when something is wrong."""

    def __init__(self, handle: Handle, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(handle, tasks, parent)
        self._was_read = False
        self._phase = handle.snapshot.phase
        self._accounts = _accounts_in(handle.snapshot)
        self._forget_offers()
        self._undos: list[Callable[[], None]] = []
        self.fields = {name: AmountField(name) for name in amounts.WORDING}
        self.lead_part = LeadPart()
        self.rule_part = RulePart()
        self.task_part = TaskPart()
        self.matching = PlainLabel(wrap=True)
        self.key_button = LinkButton(self.tr("Change under Attribute mapping"), flush=True)
        self.window_part = WindowPart(
            Preferences(handle.data_dir), login_item(handle.data_dir), tasks, self._tell
        )
        self.support_part = SupportPart(handle, tasks)
        self.search = SearchField(self.tr("Search settings"))
        self._sections = self._make_sections()
        self._nothing = EmptyState("search", self.tr("No setting is called like that"))
        self._page = Page(*(one.section for one in self._sections))
        self._stack = CurrentStack()
        self._stack.addWidget(self._page)
        self._stack.addWidget(self._nothing)
        self.set_content(self._stack)
        self._connect()

    def title_widgets(self) -> Sequence[QWidget]:
        """The search."""
        return (self.search,)

    def _make_sections(self) -> list[Findable]:
        window, support = self.window_part, self.support_part
        is_demo = self.handle.snapshot.is_demo  # which keeps nothing that could be started again
        matching = boxed(column(self.matching, row(self.key_button, None), space=SPACE_TIGHT))
        return [
            Findable(
                self.tr("How often to look"),
                self._amounts(
                    "salesforce_interval",
                    "intercom_interval",
                    "lag_sweep_interval",
                    "company_interval",
                    "comparison_interval",
                ),
            ),
            Findable(self.tr("Salesforce API calls"), self._amounts("api_cap")),
            Findable(self.tr("Unusual changes"), self._amounts("guard_share", "guard_minimum")),
            Findable(
                self.tr("Matching people"), [(matching, self.tr("key order e-mail lead contact"))]
            ),
            Findable(self.tr("New leads"), self.lead_part.parts),
            Findable(
                self.tr("Leads by rule"), [(self.rule_part, self.tr("create automatic condition"))]
            ),
            Findable(
                self.tr("New tasks"),
                [*self.task_part.parts, *self._amounts("task_due_days")],
            ),
            Findable(self.tr("Conversations as tasks"), self.task_part.log_parts),
            Findable(
                self.tr("Window and notifications"),
                [
                    (window.looks, self.tr("appearance colours light dark system theme")),
                    (window.notifies, self.tr("notify notifications messages tray")),
                    (window.closes, self.tr("closing quit tray background keep syncing")),
                    *([] if is_demo else [(window.starts, self.tr("start login autostart"))]),
                ],
            ),
            Findable(
                self.tr("Data folder"),
                [(support.folder, self.tr("path open copy database profile"))],
            ),
            Findable(
                self.tr("Log and diagnostics"),
                [
                    (support.log, self.tr("open log")),
                    (support.diagnostics, self.tr("save diagnostics support help")),
                    (support.crashes, self.tr("crash reports")),
                ],
            ),
        ]

    def _amounts(self, *names: str) -> list[tuple[QWidget, str]]:
        return [
            (self.fields[name], f"{amounts.label(name)} {amounts.hint(name)}") for name in names
        ]

    def _connect(self) -> None:
        for field in self.fields.values():
            field.entered.connect(self._on_entered)
        self.lead_part.entered.connect(
            lambda *entered: self._on_text_entered(self.lead_part, *entered)
        )
        self.task_part.entered.connect(
            lambda *entered: self._on_text_entered(self.task_part, *entered)
        )
        self.rule_part.add_wanted.connect(lambda: self.tasks.start(self._add_rule()))
        self.rule_part.changed.connect(lambda change: self.tasks.start(self._change_rules(change)))
        self.key_button.clicked.connect(lambda: self.go_to.emit("mapping", None))
        self.search.searched.connect(self._find)
        self.search.find_from(self)

    # ------------------------------------------------------------------ what is shown

    def shown(self) -> None:
        """Show what is in force."""
        self.window_part.refresh()
        self.support_part.refresh()
        self._phase = self.handle.snapshot.phase
        if self._phase not in (Phase.STARTING, Phase.FAILED):
            self.tasks.start(self._fill())

    def hidden(self) -> None:
        """What was entered and cannot be is forgotten."""
        for field in self.fields.values():
            field.put_back()
        self.lead_part.put_back()
        self.task_part.put_back()

    def on_event(self, event: HandleEvent) -> None:
        """The store may only just have been opened, and a side been connected."""
        if not isinstance(event, SnapshotChanged):
            return
        accounts = _accounts_in(event.snapshot)
        if accounts != self._accounts:
            self._accounts = accounts
            self._forget_offers()
        if not self.isVisible():
            return
        if not self._was_read or self.handle.snapshot.phase is not self._phase:
            self.shown()

    def _forget_offers(self) -> None:
        """What can be chosen is to be asked for: it is that of one workspace and one org."""
        self._offers: LeadOffers | None = None
        self._task_offers: TaskOffers | None = None
        self._schema = Schema()

    async def _fill(self) -> None:
        settings = await self.handle.settings()
        self._was_read = True
        for name, field in self.fields.items():
            field.show_value(getattr(settings, name))
        rules = await self.handle.rules()
        self.matching.setText(matching_text(rules))
        self.lead_part.show_settings(settings, self._offers)
        self.task_part.show_settings(settings, self._task_offers)
        is_running = self.handle.snapshot.phase is Phase.RUNNING
        editable = is_running and self._offers is not None
        self.rule_part.show_rules(rules.lead_rules, self._schema, editable=editable)
        if is_running and self._offers is None:
            with suppress(SfsyncError):  # what is in force is shown all the same
                await self._fill_from_services()
        if is_running and self._task_offers is None:
            with suppress(SfsyncError):  # such as where tasks are hidden
                self._task_offers = await self.handle.task_offers()
                self.task_part.show_settings(await self.handle.settings(), self._task_offers)

    async def _fill_from_services(self) -> None:
        """What can be chosen: the services tell it once."""
        self._schema = await self.handle.schema()
        self._offers = await self.handle.lead_offers()
        self.lead_part.show_settings(await self.handle.settings(), self._offers)
        rules = (await self.handle.rules()).lead_rules
        self.rule_part.show_rules(rules, self._schema, editable=True)

    def _find(self, text: str) -> None:
        words = text.split()
        found = [one.find(words) for one in self._sections]
        self._stack.setCurrentWidget(self._page if any(found) else self._nothing)

    # ------------------------------------------------------------------ what is changed

    def _on_entered(self, name: str, value: float | None) -> None:
        self.tasks.start(self._change(name, value))

    def _on_text_entered(
        self, part: LeadPart | TaskPart, name: str, value: str | bool, shown: str
    ) -> None:
        words = self.tr("{label}: {value}").format(
            label=part.label(name), value=shown or self.tr("empty")
        )
        self.tasks.start(self._change_to(name, value, words))

    async def _change(self, name: str, value: float | None) -> None:
        shown = amounts.shown(name, value) or amounts.none_text(name)
        words = self.tr("{label}: {value}").format(label=amounts.label(name), value=shown)
        await self._change_to(name, value, words)

    async def _change_to(self, name: str, value: Entry, words: str) -> None:
        old = getattr(await self.handle.settings(), name)
        await self._put(name, value)
        self._tell(words, lambda: self.tasks.start(self._put(name, old)))

    async def _add_rule(self) -> None:
        dialog = RuleDialog(self._schema, self)
        added = dialog.rule if await dialog.answered() else None
        if added is not None:
            await self._change_rules(lambda rules: (*rules, added))

    async def _change_rules(self, change: RuleChange) -> None:
        before = (await self.handle.rules()).lead_rules
        rules = before
        try:
            rules = await self.handle.change_lead_rules(change)
        finally:
            await self._fill()
        count = counted(len(rules), self.tr("rule"))
        words = self.tr("Leads by rule: {rules}").format(rules=count if rules else self.tr("none"))
        self._tell(words, lambda: self.tasks.start(self._put_rules_back(before)))

    async def _put_rules_back(self, rules: Sequence[LeadRule]) -> None:
        try:
            await self.handle.change_lead_rules(lambda _now: rules)
        finally:
            await self._fill()

    async def _put(self, name: str, value: Entry) -> None:
        if name in _WHOLE and value is not None:
            value = int(value)
        try:
            await self.handle.change_settings({name: value})
        finally:
            await self._fill()

    def _tell(self, text: str, undo: Callable[[], object]) -> None:
        """Say what is in force now, with a way to take it back."""

        def once() -> None:
            if once in self._undos:
                self._undos.remove(once)
                undo()

        self._undos = [*self._undos[-_UNDO_MOST:], once]
        self.toast(text, action=self.tr("Undo"), on_action=once)

    def undo(self) -> bool:
        """Take back what was changed last."""
        if not self._undos:
            return False
        self._undos[-1]()
        return True


def _accounts_in(snapshot: Snapshot) -> frozenset[str]:
    """The ids of the accounts that are connected."""
    return frozenset(one.account_id for one in snapshot.connections.values())
