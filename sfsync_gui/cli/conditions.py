"""What the store does not tell: the condition of the two sides, a hold, a failed task."""

import typer

from sfsync_gui.cli.output import Output
from sfsync_gui.cli.wording import SERVICE, clock_time, counted
from sfsync_gui.engine.events import Event, GuardHeld, SideChanged, SideCondition, TaskFailed


def tell_event(event: Event, output: Output, now: float) -> None:
    """Print an event that the store does not tell: a side's condition, a hold, a failed task."""
    at = clock_time(now)
    if isinstance(event, SideChanged):
        _tell_side(event, output, at)
    elif isinstance(event, GuardHeld):
        output.event("held", measure=event.measure, links=event.links)
        records = counted(event.links, "linked record")
        text = f"{at}  An unusual number of changes waits for a decision: {records}"
        output.line(text, colour=typer.colors.YELLOW)
    elif isinstance(event, TaskFailed):
        output.event("task_failed", task=event.task, error=event.error)
        output.line(f"{at}  The {event.task} failed and starts again: {event.error}", colour="red")


def _tell_side(event: SideChanged, output: Output, at: str) -> None:
    status = event.status
    reason = status.reason
    output.event(
        "side",
        side=event.side,
        condition=status.condition,
        title=reason.title if reason else "",
        message=reason.message if reason else "",
    )
    if status.condition is SideCondition.READY:
        output.line(f"{at}  {SERVICE[event.side]} answers again", colour=typer.colors.GREEN)
        return
    words = f"{reason.title}: {reason.message} {reason.remedy}" if reason else ""
    output.line(f"{at}  {SERVICE[event.side]}: {words.strip()}", colour=typer.colors.YELLOW)
