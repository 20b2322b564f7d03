"""Orders about the sync of companies and accounts; see `orders`."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sfsync_gui.app.desk import Desk, Result
from sfsync_gui.core.mapping import MappingKey
from sfsync_gui.core.vocabulary import FirstRun
from sfsync_gui.engine.companies import stop_companies, sync_companies
from sfsync_gui.engine.company_status import CompanyStatus, company_status, suggest_keys


async def status(desk: Desk, given: Mapping[str, Any]) -> Result:
    """How the sync of companies stands."""
    return _plain(await company_status(desk.context))


async def suggest(desk: Desk, given: Mapping[str, Any]) -> Result:
    """By which fields of Account companies would match."""
    found = await suggest_keys(desk.context)
    return {"suggestions": [{**asdict(one), "share": one.share} for one in found]}


async def switch_on(desk: Desk, given: Mapping[str, Any]) -> Result:
    """Pair companies with accounts by a field of Account from now on."""
    key = MappingKey.of_companies(given["account_field"])
    first_run = FirstRun(given["first_run"]) if given["first_run"] else None
    await sync_companies(desk.context, key, first_run)
    desk.go_on()
    return _plain(await company_status(desk.context))


async def switch_off(desk: Desk, given: Mapping[str, Any]) -> Result:
    """Sync companies no more."""
    await stop_companies(desk.context)
    return _plain(await company_status(desk.context))


def _plain(found: CompanyStatus) -> Result:
    return {
        "state": found.state,
        "key_field": found.key_field,
        "facts": asdict(found.facts),
        "suggestions": [{**asdict(one), "share": one.share} for one in found.suggestions],
        "kept_from": str(found.kept_from) if found.kept_from else None,
    }
