"""Orders about leads that are to be created in Salesforce; see `orders`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sfsync_gui.core.failures import SetupError
from sfsync_gui.core.new_leads import LeadChoices
from sfsync_gui.engine import leads

if TYPE_CHECKING:
    from sfsync_gui.app.orders import Desk


async def preview(desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """What asking for a lead would do."""
    choices = LeadChoices(**given["choices"])
    return asdict(await leads.preview_lead(desk.context, given["id"], choices))


async def create(desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    """Have a lead created; tells what came of it, and the link or the sync error."""
    if desk.engine is None:
        raise SetupError(
            "Nothing can be created here", "Only the store is at hand.", "Connect both sides first."
        )
    choices = LeadChoices(**given["choices"])
    outcome = await leads.have_lead(desk.engine, given["id"], choices)
    link = outcome.link
    return {
        "ending": outcome.ending,
        "link_id": link.id if link else None,
        "salesforce_kind": link.salesforce_kind if link else None,
        "salesforce_id": link.salesforce_id if link else None,
        "error": asdict(outcome.error) if outcome.error else None,
    }
