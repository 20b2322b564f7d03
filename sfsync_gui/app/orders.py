"""Orders: what a person asks of a profile, by name and with plain values.

The same order is carried out by whoever has the profile open: the command itself, or the process
that runs already (see `order_box`). Arguments and results are JSON.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sfsync_gui.app import company_orders, lead_orders, task_orders
from sfsync_gui.app.desk import Desk, Result
from sfsync_gui.core.failures import RecordError, SetupError
from sfsync_gui.core.mapping import AttributeMapping, MappingKey, MatchingOrder
from sfsync_gui.core.mapping_change import MappingChange
from sfsync_gui.core.vocabulary import BlankRule, ConflictRule, Direction, PersonKind, Side
from sfsync_gui.engine import bulk, commands, mapping_edits, rekeying
from sfsync_gui.engine.changing_settings import change_stored, take_settings
from sfsync_gui.engine.checking_set_up import check_anew
from sfsync_gui.engine.context import Context
from sfsync_gui.engine.first_run import settle_promise
from sfsync_gui.engine.owners import read_owners
from sfsync_gui.engine.reverting import revert
from sfsync_gui.engine.storage import GuardHold
from sfsync_gui.engine.troubles import every_error


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: one of `ORDERS`, with its arguments."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def needs_services(self) -> bool:
        """Whether it cannot be done in the store alone."""
        return ORDERS[self.name].needs_services

    @property
    def needs_set_up(self) -> bool:
        """Whether both services must be as the mapping needs them."""
        return ORDERS[self.name].needs_set_up


@dataclass(frozen=True, slots=True)
class Kind:
    """How an order of one name is carried out."""

    work: Callable[[Desk, Mapping[str, Any]], Awaitable[Result]]
    needs_services: bool = False
    needs_set_up: bool = True
    """Of those that need the services: whether both must be as the mapping needs them."""


async def carry_out(desk: Desk, order: Order) -> Result:
    """Do what is asked for. Raises `SfsyncError` where it is refused."""
    kind = ORDERS.get(order.name)
    if kind is None:
        raise SetupError(
            "The order is not known",
            f"The SFSync that runs does not know “{order.name}”.",
            "Use the same version of SFSync for both.",
            subject=order.name,
        )
    return await kind.work(desk, order.arguments)


# ---------------------------------------------------------------------- errors, links, holds


async def _retry(desk: Desk, given: Mapping[str, Any]) -> Result:
    ids = given.get("ids")
    open_now = await desk.context.store.run(lambda unit: [one.id for one in every_error(unit)])
    chosen = open_now if ids is None else ids
    marked = len(await commands.retry_errors(desk.context, ids))
    desk.go_on()
    return {"marked": marked, "left": len(chosen) - marked}


async def _dismiss(desk: Desk, given: Mapping[str, Any]) -> Result:
    await commands.dismiss_errors(desk.context, given["ids"])
    return {"dismissed": len(given["ids"])}


async def _unlink(desk: Desk, given: Mapping[str, Any]) -> Result:
    link_id = int(given["id"])
    if await desk.context.store.run(lambda unit: unit.links.get(link_id)) is None:
        raise RecordError(
            "No such link",
            f"There is no link with the number {link_id}.",
            "`sfsync links list` shows the numbers.",
            subject=str(link_id),
            code="unknown_link",
        )
    await commands.unlink(desk.context, link_id)
    return {"unlinked": link_id}


async def _link(desk: Desk, given: Mapping[str, Any]) -> Result:
    kind = PersonKind(given["kind"])
    await commands.link_by_hand(desk.context, given["intercom_id"], kind, given["salesforce_id"])
    desk.go_on()
    return {"linked": [given["intercom_id"], given["salesforce_id"]]}


def _decide(
    decide: Callable[[Context, int], Awaitable[GuardHold]],
) -> Callable[[Desk, Mapping[str, Any]], Awaitable[Result]]:
    async def work(desk: Desk, given: Mapping[str, Any]) -> Result:
        hold = await decide(desk.context, int(given["id"]))
        desk.go_on()
        return {"decided": hold.id, "people": len(hold.pairs)}

    return work


async def _check_set_up(desk: Desk, given: Mapping[str, Any]) -> Result:
    return asdict(await check_anew(desk.context))


async def _owners(desk: Desk, given: Mapping[str, Any]) -> Result:
    return {"pairs": [asdict(pair) for pair in await read_owners(desk.context)]}


async def _revert(desk: Desk, given: Mapping[str, Any]) -> Result:
    entry = await revert(desk.context, int(given["id"]))
    desk.go_on()
    return asdict(entry)


# ---------------------------------------------------------------------- running, bulk


async def _pause(desk: Desk, given: Mapping[str, Any]) -> Result:
    if desk.engine is not None:
        await desk.engine.pause()
    else:
        await desk.context.store.run(lambda unit: unit.state.put_mark("paused", 1.0))
    return {"paused": True}


async def _resume(desk: Desk, given: Mapping[str, Any]) -> Result:
    if desk.engine is not None:
        await desk.engine.resume()
    else:
        await desk.context.store.run(lambda unit: unit.state.put_mark("paused", 0.0))
    return {"paused": False}


async def _preview_bulk(desk: Desk, given: Mapping[str, Any]) -> Result:
    rows = _known_rows(desk.context, given)
    preview = await bulk.preview_bulk(desk.context, rows)
    if rows is None:
        await settle_promise(desk.context.store)
    ids = {link.intercom_id for link, _ in preview.samples}
    known = await desk.context.store.run(lambda unit: unit.directory.get_many(Side.INTERCOM, ids))
    return {
        "links": preview.links,
        "records": preview.records,
        "by_field": [
            {"row_id": row_id, "side": side, "values": count}
            for (row_id, side), count in preview.by_field.most_common()
        ],
        "to_salesforce": preview.to_salesforce,
        "to_intercom": preview.to_intercom,
        "blanked": preview.blanked,
        "refused": preview.refused,
        "samples": [
            {
                "name": known[link.intercom_id].name if link.intercom_id in known else "",
                "intercom_id": link.intercom_id,
                "salesforce_id": link.salesforce_id,
                **asdict(write),
            }
            for link, write in preview.samples
        ],
        "refusals": [
            {
                "intercom_id": link.intercom_id,
                "salesforce_id": link.salesforce_id,
                "row_id": one.row_id,
                "side": one.side,
                "field": one.field,
                "source": one.source,
                "reason": str(one.reason),
            }
            for link, one in preview.refusals
        ],
    }


async def _start_bulk(desk: Desk, given: Mapping[str, Any]) -> Result:
    started = await bulk.start_bulk(desk.context, _known_rows(desk.context, given))
    desk.go_on()
    return asdict(started)


async def _change_bulk(desk: Desk, given: Mapping[str, Any]) -> Result:
    run = await desk.context.store.run(lambda unit: unit.state.bulk_run())
    if run is None or not run.under_way:
        raise RecordError(
            "No bulk sync is under way",
            "There is nothing to pause, resume or cancel.",
            "`sfsync bulk preview` shows what one would do.",
            code="no_bulk",
        )
    await bulk.set_bulk_state(desk.context, given["state"])
    desk.go_on()
    return asdict(replace(run, state=given["state"]))


def _known_rows(context: Context, given: Mapping[str, Any]) -> list[str] | None:
    """The ids of the rows that were asked for, None for all. Raises where one is not there."""
    wanted: list[str] | None = given.get("rows")
    if not wanted:
        return None
    unknown = [row_id for row_id in wanted if row_id not in context.lookups.rows]
    if unknown:
        raise RecordError(
            "No such row",
            f"The mapping has no active row {unknown[0]}.",
            "`sfsync mapping list` shows the rows.",
            subject=unknown[0],
            code="unknown_row",
        )
    return wanted


# ---------------------------------------------------------------------- mapping and settings


async def _judge_rows(desk: Desk, given: Mapping[str, Any]) -> Result:
    return change_json(await mapping_edits.judge_rows(desk.context, rows_of(given["rows"])))


async def _apply_rows(desk: Desk, given: Mapping[str, Any]) -> Result:
    rows = rows_of(given["rows"])
    change = await mapping_edits.judge_rows(desk.context, rows)
    if not change.problems:
        await mapping_edits.edit_rows(desk.context, rows)
    return change_json(change)


async def _change_settings(desk: Desk, given: Mapping[str, Any]) -> Result:
    changes = given["settings"]
    settings = await desk.context.store.run(lambda unit: change_stored(unit, changes))
    take_settings(desk.context, settings)
    if desk.engine is not None:
        desk.engine.wake()
    return asdict(settings)


async def _change_key(desk: Desk, given: Mapping[str, Any]) -> Result:
    order = given["order"]
    await rekeying.change_key(
        desk.context,
        MappingKey(**given["key"]),
        MatchingOrder(
            tuple(PersonKind(kind) for kind in order["salesforce"]),
            tuple(PersonKind(kind) for kind in order["intercom"]),
            bool(order["strict"]),
        ),
    )
    desk.go_on()
    return {"changed": True}


def rows_of(values: list[Mapping[str, Any]]) -> list[AttributeMapping]:
    """Rows from their plain values."""
    return [
        AttributeMapping(
            **{
                **row,
                "direction": Direction(row["direction"]),
                "blank_rule": BlankRule(row["blank_rule"]),
                "conflict_rule": ConflictRule(row["conflict_rule"]),
            }
        )
        for row in values
    ]


def change_json(change: MappingChange) -> Result:
    """A change of the mapping as plain values."""
    return asdict(change)


ORDERS: Mapping[str, Kind] = {
    "errors.retry": Kind(_retry),
    "errors.dismiss": Kind(_dismiss),
    "links.unlink": Kind(_unlink),
    "links.link": Kind(_link, needs_services=True),
    "leads.preview": Kind(lead_orders.preview, needs_services=True),
    "leads.create": Kind(lead_orders.create, needs_services=True),
    "tasks.preview": Kind(task_orders.preview, needs_services=True),
    "tasks.offers": Kind(task_orders.offers, needs_services=True),
    "tasks.conversations": Kind(task_orders.conversations, needs_services=True),
    "tasks.create": Kind(task_orders.create, needs_services=True),
    "leads.rules.add": Kind(lead_orders.add_rule, needs_services=True),
    "leads.rules.remove": Kind(lead_orders.remove_rule),
    "leads.rules.move": Kind(lead_orders.move_rule),
    "holds.release": Kind(_decide(commands.release_hold)),
    # What is given up settles at the values observed, for which the fields must be known.
    "holds.drop": Kind(_decide(commands.drop_hold), needs_services=True),
    "set_up.check": Kind(_check_set_up, needs_services=True, needs_set_up=False),
    "owners.list": Kind(_owners, needs_services=True),
    "history.revert": Kind(_revert, needs_services=True),
    "pause": Kind(_pause),
    "resume": Kind(_resume),
    "bulk.preview": Kind(_preview_bulk, needs_services=True),
    "bulk.start": Kind(_start_bulk, needs_services=True),
    "bulk.change": Kind(_change_bulk),
    "mapping.judge": Kind(_judge_rows, needs_services=True),
    "mapping.apply": Kind(_apply_rows, needs_services=True),
    "settings.change": Kind(_change_settings),
    "key.change": Kind(_change_key, needs_services=True),
    "companies.status": Kind(company_orders.status),
    "companies.suggest": Kind(company_orders.suggest, needs_services=True),
    "companies.on": Kind(company_orders.switch_on, needs_services=True),
    "companies.off": Kind(company_orders.switch_off),
}
