"""The part of the host that is about leads and tasks that are created."""

from __future__ import annotations

from sfsync_gui.app.company_host import CompanyHost
from sfsync_gui.app.keeper import Keeper
from sfsync_gui.core.lead_rules import LeadRule, RuleChange
from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.core.new_tasks import TaskChoices
from sfsync_gui.engine import leads, new_tasks
from sfsync_gui.engine.lead_rule_edits import change_lead_rules
from sfsync_gui.engine.lead_views import LeadOffers, LeadOutcome, LeadPreview
from sfsync_gui.engine.task_views import ConversationRows, TaskOffers, TaskOutcome, TaskPreview


class CreationHost(CompanyHost):
    """Implements `engine.creation_handle.CreationHandle`."""

    async def preview_lead(
        self, intercom_id: str, choices: LeadChoices | None = None
    ) -> LeadPreview:
        """What asking for a lead for this Intercom person would do; writes nothing."""
        return await self._ask(
            lambda keeper: leads.preview_lead(keeper.online().context, intercom_id, choices)
        )

    async def lead_offers(self) -> LeadOffers:
        """What can be chosen for a new lead."""
        return await self._ask(lambda keeper: leads.lead_offers(keeper.online().context))

    async def create_lead(
        self, intercom_id: str, choices: LeadChoices | None = None
    ) -> LeadOutcome:
        """Have a lead created, now; whoever matches already is linked instead."""
        return await self._ask(
            lambda keeper: leads.have_lead(keeper.online(), intercom_id, choices)
        )

    async def change_lead_rules(self, change: RuleChange) -> tuple[LeadRule, ...]:
        """Create leads from now on by what this makes of the rules in force."""

        async def work(keeper: Keeper) -> tuple[LeadRule, ...]:
            changed = await change_lead_rules(keeper.online().context, change)
            keeper.look_again()
            return changed

        return await self._ask(work)

    async def preview_task(self, intercom_id: str, choices: TaskChoices) -> TaskPreview:
        """What asking for a task for this Intercom person would do; writes nothing."""
        return await self._ask(
            lambda keeper: new_tasks.preview_task(keeper.online().context, intercom_id, choices)
        )

    async def task_offers(self) -> TaskOffers:
        """What can be chosen for a new task."""
        return await self._ask(lambda keeper: new_tasks.task_offers(keeper.online().context))

    async def conversations_of(self, intercom_id: str) -> ConversationRows:
        """The newest conversations of a person, and which of them have a task already."""
        return await self._ask(
            lambda keeper: new_tasks.conversations_of(keeper.online().context, intercom_id)
        )

    async def create_task(
        self, intercom_id: str, choices: TaskChoices, *, again: int | None = None
    ) -> TaskOutcome:
        """Have a task created, now."""
        return await self._ask(
            lambda keeper: new_tasks.have_task(keeper.online(), intercom_id, choices, again)
        )
