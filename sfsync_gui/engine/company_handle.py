"""What a window can ask about companies; a part of `engine.handle.Handle`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sfsync_gui.core.vocabulary import FirstRun

if TYPE_CHECKING:
    from sfsync_gui.core.company_keys import KeySuggestion
    from sfsync_gui.core.mapping import AttributeMapping
    from sfsync_gui.core.schema import SalesforceField
    from sfsync_gui.engine.company_status import CompanyStatus


class CompanyHandle(Protocol):
    """The sync of companies and accounts; every coroutine may raise `SfsyncError`."""

    async def company_status(self) -> CompanyStatus:
        """How the sync of companies stands."""
        ...

    async def company_keys(self) -> tuple[SalesforceField, ...]:
        """The fields of Account by which companies can be matched, the usual ones first."""
        ...

    async def suggest_company_keys(self) -> tuple[KeySuggestion, ...]:
        """Try these fields on a sample of companies: those that match any, best first."""
        ...

    async def sync_companies(self, account_field: str, first_run: FirstRun | None = None) -> None:
        """Pair companies with accounts by this field from now on.

        The first time, all of both sides is read first; see `engine.companies.sync_companies`.
        """
        ...

    async def stop_companies(self) -> None:
        """Sync companies no more; links and rows stay."""
        ...

    async def company_suggestion(self) -> tuple[AttributeMapping, ...]:
        """The rows to propose for companies, where they are synced."""
        ...
