"""Acting upon what was observed: matching, creating and writing, until all is quiet."""

from sfsync_gui.core.failures import MissingPermissionError, SfsyncError
from sfsync_gui.core.permissions import Permission
from sfsync_gui.core.vocabulary import Side
from sfsync_gui.engine.creations import claim_sent, run_creations
from sfsync_gui.engine.lacking import note_grant, note_lack
from sfsync_gui.engine.react import react
from sfsync_gui.engine.sending import WriteReport
from sfsync_gui.engine.session import Session
from sfsync_gui.engine.storage import UnitOfWork
from sfsync_gui.engine.writing import write_due

_ROUNDS = 4
_WRITE = Permission.WRITE_PEOPLE


async def act(session: Session) -> None:
    """React and write until nothing more comes of it."""
    # Most checks find nothing: that is told by one transaction instead of five.
    rounds = _ROUNDS if await session.context.remembered.ask(_is_anything_due) else 0
    for _ in range(rounds):
        acted = await _react(session)
        report = await write_due(session.context, session.writable())
        await _note_blocked(session, report)
        if report.written.get(Side.SALESFORCE):
            session.times.wrote_salesforce = session.context.clock.now()
        if report.suspects:
            session.times.set_up_in_doubt = True
            await session.describe()
        if not acted and not report.total and not report.put_off:
            break
    await session.spending.flush(session.context)


async def _note_blocked(session: Session, report: WriteReport) -> None:
    """What kept a side from being written: that its people may not be changed keeps only that."""
    if report.written.get(Side.INTERCOM):
        await note_grant(session.context, _WRITE)
    for side, reason in report.blocked.items():
        if not (isinstance(reason, MissingPermissionError) and reason.permission is _WRITE):
            session.failed(reason, side)
            continue
        session.times.set_up_in_doubt |= _WRITE not in session.context.withheld
        await note_lack(session.context, reason)


def _is_anything_due(unit: UnitOfWork) -> bool:
    return (
        unit.directory.is_anyone_due() or unit.links.is_any_due() or unit.state.is_creation_open()
    )


async def _react(session: Session) -> int:
    """Match and create; returns how much was done."""
    try:
        acted = await claim_sent(session.context) if session.takes_orders() else 0
        acted += await react(session.context, reachable=session.reachable())
        if session.takes_orders():
            by_rules = Side.SALESFORCE in session.reachable()
            acted += await run_creations(session.context, by_rules=by_rules)
    except SfsyncError as failure:
        session.failed(failure)
        return 0
    return acted
