"""What is known of companies and accounts, in a few numbers."""

from typing import Any

from sqlalchemy import Connection, Select, func, select

from sfsync_gui.core.company_state import CompanyFacts
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.store.families import is_of
from sfsync_gui.store.tables import IDENTITY_MAPPING, PERSON


def facts(connection: Connection) -> CompanyFacts:
    """How many there are, how many are linked, and when any was changed last."""
    companies, company_changed_at = connection.execute(_KNOWN[Side.INTERCOM]).one()
    accounts, account_changed_at = connection.execute(_KNOWN[Side.SALESFORCE]).one()
    links = connection.scalar(_LINKED) or 0
    return CompanyFacts(
        companies, accounts, links, company_changed_at or 0, account_changed_at or 0
    )


def _known(side: Side) -> Select[Any, Any]:
    are_companies = is_of(Family.COMPANIES, PERSON.c.kind)
    return select(func.count(), func.max(PERSON.c.version)).where(
        PERSON.c.side == side.value, are_companies, ~PERSON.c.deleted
    )


_KNOWN = {side: _known(side) for side in Side}
_LINKED = select(func.count()).where(is_of(Family.COMPANIES, IDENTITY_MAPPING.c.salesforce_kind))
