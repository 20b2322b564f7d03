"""What a window asks about companies, done on the engine's loop; a part of the host."""

from sfsync_gui.app.host_thread import HostThread
from sfsync_gui.app.keeper import Keeper
from sfsync_gui.core.company_keys import KeySuggestion
from sfsync_gui.core.mapping import AttributeMapping, MappingKey
from sfsync_gui.core.offers import suggest
from sfsync_gui.core.schema import SalesforceField
from sfsync_gui.core.vocabulary import Family, FirstRun
from sfsync_gui.engine import companies, company_status
from sfsync_gui.engine.company_status import CompanyStatus


class CompanyHost(HostThread):
    """Implements `engine.company_handle.CompanyHandle`."""

    async def company_status(self) -> CompanyStatus:
        """How the sync of companies stands."""

        async def work(keeper: Keeper) -> CompanyStatus:
            return await company_status.company_status(await keeper.context())

        return await self._ask(work)

    async def company_keys(self) -> tuple[SalesforceField, ...]:
        """The fields of Account by which companies can be matched, the usual ones first."""
        return await self._ask(lambda keeper: company_status.offered_keys(keeper.online().context))

    async def suggest_company_keys(self) -> tuple[KeySuggestion, ...]:
        """Try these fields on a sample of companies: those that match any, best first."""
        return await self._ask(lambda keeper: company_status.suggest_keys(keeper.online().context))

    async def sync_companies(self, account_field: str, first_run: FirstRun | None = None) -> None:
        """Pair companies with accounts by this field from now on."""

        async def work(keeper: Keeper) -> None:
            context, key = keeper.online().context, MappingKey.of_companies(account_field)
            await companies.sync_companies(context, key, first_run)
            keeper.look_again()

        await self._ask(work)

    async def stop_companies(self) -> None:
        """Sync companies no more; links and rows stay."""

        async def work(keeper: Keeper) -> None:
            await companies.stop_companies(await keeper.context())

        await self._ask(work)

    async def company_suggestion(self) -> tuple[AttributeMapping, ...]:
        """The rows to propose for companies, where they are synced."""

        async def work(keeper: Keeper) -> tuple[AttributeMapping, ...]:
            context = keeper.online().context
            return tuple(suggest(context.schema, context.rules.company_key, Family.COMPANIES))

        return await self._ask(work)
