"""The set-up check: both services asked anew, and what they said kept for whoever looks.

It is made when a person asks, by itself once a day, and soon after a failure that hints at the
set-up. It costs two calls to Salesforce (three where owners are mapped) and six to Intercom
(one more each where closed conversations are logged, or rules ask for tags).
"""

from collections.abc import Awaitable, Mapping
from typing import Any

from sfsync_gui.core.failures import (
    OrgError,
    SetupError,
    SfsyncError,
    SignInError,
    StoreError,
    TransientError,
)
from sfsync_gui.core.findings import SetUpReport
from sfsync_gui.core.history import WRITES
from sfsync_gui.core.lead_rules import TAG
from sfsync_gui.core.mapping import SyncRules
from sfsync_gui.core.schema import ACCOUNT, TASK, IntercomAttribute
from sfsync_gui.core.set_up_check import Asked, SetUpFacts, check_set_up
from sfsync_gui.core.set_up_fields import REQUIRED
from sfsync_gui.core.vocabulary import Family, Side
from sfsync_gui.engine.connecting import verify_identity
from sfsync_gui.engine.context import Context, Joining
from sfsync_gui.engine.events import SetUpChecked
from sfsync_gui.engine.session import Session
from sfsync_gui.engine.setup import refresh_schema
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.troubles import every_error

CHECK_EVERY = 86_400.0
"""Seconds between two checks that nobody asked for."""

HINT_PAUSE = 3600.0
"""Seconds between two checks that failures hint at: a lasting failure costs few calls."""

_RECENT = 500
"""Entries of the history in which a change that Intercom accepted is looked for."""

_NOBODY = "0"
"""The id of no contact: who asks for it shows only whether people may be read."""


async def check_anew(context: Context) -> SetUpReport:
    """Ask both sides anew, and keep and tell what keeps the sync from doing its work.

    What a service refuses is a finding. Raises `TransientError` where one cannot be asked, and
    `SetupError` where another account answers than the profile belongs to.
    """
    await _refresh(context)
    rules = _rules_wanted(context)
    facts = await _facts(context, rules)
    report = SetUpReport(context.now(), check_set_up(facts, rules))
    await context.store.run(lambda unit: unit.state.put_set_up_report(report))
    context.emit(SetUpChecked(report))
    return report


async def check_by_itself(session: Session) -> None:
    """The check that nobody asked for, where it is time; a service that is away is asked later."""
    now, times = session.context.clock.now(), session.times
    pause = HINT_PAUSE if times.set_up_in_doubt else CHECK_EVERY
    if now - times.set_up_checked < pause or not session.gate.sync_allowed:
        return
    times.set_up_checked = times.described = now
    times.set_up_in_doubt = False
    try:
        await check_anew(session.context)
    except StoreError:
        raise
    except SfsyncError as failure:
        session.failed(failure)


async def _refresh(context: Context) -> None:
    """Describe both sides anew; what is refused is asked again, one by one, for the findings."""
    try:
        await verify_identity(context)
        await refresh_schema(context)
    except SetupError as refused:
        if refused.code == "other_account":
            raise
    except (OrgError, SignInError):
        return


def _rules_wanted(context: Context) -> SyncRules:
    """The rules in force, with the key of companies also while these wait: it may be the reason."""
    rules = context.rules
    return rules if context.joining is Joining.NOT else rules.synced_by(rules.awaited_key)


async def _facts(context: Context, rules: SyncRules) -> SetUpFacts:
    refusals: dict[Asked, SfsyncError] = {}
    org, refused = None, None
    try:
        org = await context.salesforce.survey(tuple(REQUIRED))
    except TransientError:
        raise
    except SfsyncError as failure:
        refused = failure
    intercom = context.intercom
    attributes: tuple[IntercomAttribute, ...] = ()
    await _ask(Asked.IDENTITY, intercom.identity(), refusals)
    attributes = await _ask(Asked.ATTRIBUTES, intercom.attributes(), refusals) or ()
    await _ask(Asked.PEOPLE, intercom.find([_NOBODY]), refusals)
    await _ask(Asked.TEAMMATES, intercom.teammates(), refusals)
    logs_conversations = context.settings.log_conversations
    if logs_conversations:
        await _ask(Asked.CONVERSATIONS, intercom.conversations_of(_NOBODY, 1), refusals)
    asks_for_tags = any(
        one.attribute == TAG for rule in rules.lead_rules for one in rule.conditions
    )
    if asks_for_tags:
        await _ask(Asked.TAGS, intercom.tags(), refusals)
    written, users, writes_withheld = await context.store.run(_of_store)
    return SetUpFacts(
        now=context.now(),
        org=org,
        salesforce_refusal=refused,
        attributes={one.name: one for one in attributes},
        intercom_refusals=refusals,
        intercom_time=await intercom.server_time(),
        written_to_intercom=written,
        users=users,
        optional=_not_in_use(context, rules),
        logs_conversations=logs_conversations,
        asks_for_tags=asks_for_tags,
        writes_withheld=writes_withheld,
    )


async def _ask(asked: Asked, question: Awaitable[Any], refusals: dict[Asked, SfsyncError]) -> Any:
    """The answer, None where it was refused. Raises `TransientError`."""
    try:
        return await question
    except TransientError:
        raise
    except SfsyncError as failure:
        refusals[asked] = failure
        return None


def _not_in_use(context: Context, rules: SyncRules) -> Mapping[str, str]:
    """The objects that no feature in use needs, and the features that would."""
    unused = {} if Family.COMPANIES in rules.families else {ACCOUNT: "company sync"}
    return unused if context.settings.log_conversations else {**unused, TASK: "tasks"}


def _of_store(unit: UnitOfWork) -> tuple[int, Mapping[Side, str], bool]:
    """When Intercom accepted a change last, as far as the newest history tells; who signed in;
    and whether it refuses the app every change."""
    written = (
        entry.at
        for entry in unit.history.recent(_RECENT)
        if entry.side is Side.INTERCOM and entry.kind.is_write
    )
    users = {side: one.user_name for side, one in unit.state.connections().items()}
    withheld = any(error.row_id == WRITES for error in every_error(unit))
    return next(written, 0), users, withheld
