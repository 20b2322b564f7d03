"""How things stand, for whoever helps: without secrets, and without anything of anybody.

No name, key, id or value of a person, no name of an account, no field of the user's own by its
name: those are numbered. What is counted is counted.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import asdict
from pathlib import Path

from sfsync_gui.app.keeper import Keeper
from sfsync_gui.core.failures import SfsyncError, StoreError
from sfsync_gui.core.mapping import AttributeMapping, SyncRules
from sfsync_gui.core.offers import CUSTOM_ATTRIBUTES
from sfsync_gui.core.schema import ACCOUNT, CONTACT, LEAD, Schema
from sfsync_gui.core.setting_limits import LIMITS
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.handle import Snapshot
from sfsync_gui.engine.questions import ErrorQuery, Questions
from sfsync_gui.store import files, tables

_CUSTOM_MARK = "__"
"""In the name of every field that an org or a package adds: `Plan__c`, `vendor__Plan__c`, and on
accounts `Plan__pc`, which is a field of the contact of a person account."""


async def documents(keeper: Keeper, snapshot: Snapshot) -> Mapping[str, object]:
    """Each document by its name. What cannot be read says why, in place of its content."""
    return {
        "status": status(snapshot, keeper.data_dir),
        "settings": await _or_why(_settings(keeper)),
        "mapping": await _or_why(_mapping(keeper)),
        "counts": await _or_why(_counts(keeper)),
    }


def status(snapshot: Snapshot, data_dir: Path) -> dict[str, object]:
    """How far the program is, how each side is, and the database as a file."""
    return {
        "phase": snapshot.phase,
        "activity": snapshot.activity,
        "is_demo": snapshot.is_demo,
        "reason": _failure(snapshot.reason),
        "secrets": snapshot.secrets,
        "sides": {side: _side(snapshot, side) for side in Side},
        "salesforce_calls": asdict(snapshot.usage),
        "links": snapshot.links,
        "errors": snapshot.errors,
        "holds": snapshot.holds,
        "database": _database(database_path(data_dir)),
    }


def _side(snapshot: Snapshot, side: Side) -> dict[str, object]:
    connection, how = snapshot.connections.get(side), snapshot.sides.get(side)
    found: dict[str, object] = {"connected": connection is not None}
    if connection is not None:
        found |= {
            "method": connection.method,
            "region": connection.region,
            "is_sandbox": connection.is_sandbox,
            "since": connection.since,
        }
    if how is not None:
        found |= {
            "condition": how.condition,
            "condition_since": how.since,
            "reason": _failure(how.reason),
            "retry_at": how.retry_at,
            "failures": how.failures,
        }
    return found | {
        "checked": snapshot.checked.get(side),
        "next_check": snapshot.next_check.get(side),
    }


def _failure(failure: SfsyncError | None) -> dict[str, str] | None:
    """The kind of a failure: its words may quote."""
    if failure is None:
        return None
    return {"kind": type(failure).__name__, "code": failure.code, "title": failure.title}


def _database(path: Path) -> dict[str, object]:
    found: dict[str, object] = {"expected_revision": tables.REVISION}
    try:
        looked = files.look(path)
        found |= {"exists": looked.exists, "revision": looked.revision}
        found["bytes"] = path.stat().st_size if looked.exists else 0
    except StoreError as failure:
        found["problem"] = _failure(failure)
    return found


async def _or_why(content: Awaitable[object]) -> object:
    try:
        return await content
    except SfsyncError as failure:
        return {"not_available": _failure(failure)}


async def _settings(keeper: Keeper) -> object:
    """The numbers among the settings: texts, such as those of new leads, are the user's own."""
    settings = await keeper.store.run(lambda unit: unit.state.settings())
    return {name: getattr(settings, name) for name in LIMITS}


async def _mapping(keeper: Keeper) -> object:
    schema = keeper.engine.context.schema if keeper.engine is not None else Schema()
    return anonymous((await keeper.context()).rules, schema)


async def _counts(keeper: Keeper) -> object:
    queries = keeper.queries
    if queries is None:
        raise StoreError("There is nothing to count", "The database is not open.")
    return await asyncio.to_thread(_counted, queries)


def _counted(questions: Questions) -> dict[str, object]:
    return {
        "links": questions.link_count(),
        "unlinked": questions.unlinked_count(),
        "people": {f"{s}/{kind}": n for (s, kind), n in questions.people_count().items()},
        "history": {kind.value: count for kind, count in questions.history_counts().items()},
        "dismissed_errors": questions.error_count(dismissed=True),
        "errors": [
            {
                "code": group.cause.code,
                "class": group.sample.error_class,
                "side": group.cause.side,
                "count": group.count,
                "people": group.people,
                "oldest_at": group.oldest_at,
                "newest_at": group.newest_at,
            }
            for group in questions.error_groups(ErrorQuery())
        ],
    }


def anonymous(rules: SyncRules, schema: Schema) -> dict[str, object]:
    """The mapping with the user's own fields numbered, each with its type where it is known."""
    names = _Names(schema)
    return {
        "key": {
            "intercom": names.intercom(rules.key.intercom_attribute),
            "lead": names.salesforce(LEAD, rules.key.lead_field),
            "contact": names.salesforce(CONTACT, rules.key.contact_field),
        },
        "company_key": names.salesforce(ACCOUNT, rules.salesforce_key(ACCOUNT)),
        "order": asdict(rules.order),
        "rows": [_row(row, names) for row in rules.rows],
    }


def _row(row: AttributeMapping, names: "_Names") -> dict[str, object]:
    return {
        "intercom": names.intercom(row.intercom_attribute, row.family),
        "direction": row.direction,
        "lead": names.salesforce(LEAD, row.lead_field),
        "contact": names.salesforce(CONTACT, row.contact_field),
        "account": names.salesforce(ACCOUNT, row.account_field),
        "blank_rule": row.blank_rule,
        "conflict_rule": row.conflict_rule,
        "shorten": row.shorten,
        "disabled": row.disabled is not None,
    }


class _Names:
    """Names of fields that tell nothing: standard ones as they are, the user's own numbered."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._numbers: dict[str, int] = {}

    def intercom(self, name: str, family: Family = Family.PEOPLE) -> str:
        found = self._schema.attributes(family).get(name)
        kind = f" ({found.type})" if found else ""
        if name.startswith(CUSTOM_ATTRIBUTES):
            name = f"custom attribute {self._number(name)}"
        return name + kind

    def salesforce(self, object_name: str, name: str | None) -> str | None:
        if name is None:
            return None
        found = self._schema.salesforce_field(object_name, name)
        kind = f" ({found.type})" if found else ""
        if _CUSTOM_MARK in name:
            name = f"custom field {self._number(f'{object_name}.{name}')}"
        return name + kind

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers) + 1)
