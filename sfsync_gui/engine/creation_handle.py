"""What a window can ask about new leads and tasks; a part of `engine.handle.Handle`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sfsync_gui.core.lead_rules import LeadRule, RuleChange
    from sfsync_gui.core.new_leads import LeadChoices
    from sfsync_gui.core.new_tasks import TaskChoices
    from sfsync_gui.engine.lead_views import LeadOffers, LeadOutcome, LeadPreview
    from sfsync_gui.engine.task_views import (
        ConversationRows,
        TaskOffers,
        TaskOutcome,
        TaskPreview,
    )


class CreationHandle(Protocol):
    """New leads and tasks; every coroutine may raise `SfsyncError`."""

    async def preview_lead(
        self, intercom_id: str, choices: LeadChoices | None = None
    ) -> LeadPreview:
        """What asking for a lead for this Intercom person would do; writes nothing.

        Raises `RecordError` for somebody who is not there.
        """
        ...

    async def lead_offers(self) -> LeadOffers:
        """What can be chosen for a new lead."""
        ...

    async def create_lead(
        self, intercom_id: str, choices: LeadChoices | None = None
    ) -> LeadOutcome:
        """Have a lead created, now; whoever matches already is linked instead."""
        ...

    async def change_lead_rules(self, change: RuleChange) -> tuple[LeadRule, ...]:
        """Create leads from now on by what `change` makes of the rules in force; returns them.

        It is called on the engine's thread. Raises `SetupError` for a rule that cannot be.
        """
        ...

    async def preview_task(self, intercom_id: str, choices: TaskChoices) -> TaskPreview:
        """What asking for a task for this Intercom person would do; writes nothing.

        Raises `RecordError` for somebody who is not there.
        """
        ...

    async def task_offers(self) -> TaskOffers:
        """What can be chosen for a new task."""
        ...

    async def conversations_of(self, intercom_id: str) -> ConversationRows:
        """The newest conversations of a person, and which of them have a task already."""
        ...

    async def create_task(
        self, intercom_id: str, choices: TaskChoices, *, again: int | None = None
    ) -> TaskOutcome:
        """Have a task created, now. Raises `RecordError` for somebody who is not linked.

        `again` is a creation that was refused, and is to be tried with these choices.
        """
        ...
