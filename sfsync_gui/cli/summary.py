"""What a run did, at its end: changes, links, errors, calls."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import typer

from sfsync_gui.cli.account import Account, open_errors
from sfsync_gui.cli.output import Output
from sfsync_gui.cli.wording import NOT_DESCRIBED, SERVICE, counted, error_json, error_lines
from sfsync_gui.core.history import SyncError
from sfsync_gui.core.schema import Schema
from sfsync_gui.core.vocabulary import HistoryKind, Side
from sfsync_gui.engine.ports import ApiUsage
from sfsync_gui.store.queries import Queries

_LINK_WORDS = (
    (HistoryKind.LINKED, "made"),
    (HistoryKind.MOVED, "moved"),
    (HistoryKind.UNLINKED, "ended"),
)
_PURPOSES = {
    "feed": "looking for changes",
    "sweep": "looking for late changes",
    "write": "writing",
    "create": "creating records",
    "read": "reading records",
    "conversations": "reading conversations",
    "directory": "reading everyone",
    "schema": "reading the fields",
    "identity": "asking who answers",
    "limits": "asking for the limits",
}


Calls = dict[Side, Counter[str]]
"""API calls by service and purpose."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run. `share` is of the day's Salesforce budget, 0 to 1."""

    changes: Counter[Side]
    links: Counter[HistoryKind]
    by_bulk: int
    conflicts: int
    errors: list[SyncError]
    calls: Calls
    usage: ApiUsage | None
    share: float
    schema: Schema = NOT_DESCRIBED

    def as_json(self) -> dict[str, Any]:
        """For a program to read."""
        return {
            "changes": {f"to_{side}": self.changes[side] for side in Side},
            "by_bulk_sync": self.by_bulk,
            "links": {word: self.links[kind] for kind, word in _LINK_WORDS},
            "conflicts": self.conflicts,
            "errors": [error_json(error) for error in self.errors],
            "calls": {side.value: dict(self.calls[side]) for side in Side},
            "salesforce_share_of_day": round(self.share, 5),
        }

    def print_on(self, output: Output) -> None:
        """For people."""
        to_salesforce = counted(self.changes[Side.SALESFORCE], "value")
        to_intercom = counted(self.changes[Side.INTERCOM], "value")
        bulk = f" ({self.by_bulk:,} of them by the bulk sync)" if self.by_bulk else ""
        written = f"{to_salesforce} written to Salesforce, {to_intercom} to Intercom"
        output.line(f"Changes   {written}{bulk}")
        links = ", ".join(f"{self.links[kind]:,} {word}" for kind, word in _LINK_WORDS)
        output.line(f"Links     {links}")
        if self.conflicts:
            text = counted(self.conflicts, "value")
            output.line(f"Conflicts {text} changed on both sides; the loser is kept in the history")
        self._print_errors(output)
        for side in (Side.SALESFORCE, Side.INTERCOM):
            self._print_calls(output, side)

    def _print_errors(self, output: Output) -> None:
        if not self.errors:
            output.line("Errors    none open")
            return
        output.line(f"Errors    {len(self.errors):,} open", colour=typer.colors.RED)
        for error in self.errors:
            what, remedy = error_lines(error, self.schema)
            output.line(f"          {what}")
            output.line(f"            {remedy}", dim=True)

    def _print_calls(self, output: Output, side: Side) -> None:
        calls = self.calls[side]
        purposes = ", ".join(
            f"{number:,} {_PURPOSES.get(purpose, purpose)}"
            for purpose, number in calls.most_common()
        )
        text = (
            f"API       {counted(calls.total(), 'call')} to {SERVICE[side]}: {purposes or 'none'}"
        )
        output.line(text)
        if side is Side.SALESFORCE and self.usage is not None:
            used, limit = f"{self.usage.used:,}", f"{self.usage.limit:,}"
            output.line(f"          {self.share:.1%} of the day's budget ({used} of {limit} calls)")


def calls_since(queries: Queries, since: float) -> Calls:
    """Own API calls since the hour in which this unix time falls."""
    calls: Calls = {side: Counter() for side in Side}
    for row in queries.calls(int(since // 3600)):
        calls[row.side][row.purpose] += row.calls
    return calls


def summarise(
    account: Account, queries: Queries, spent: Calls, usage: ApiUsage | None, share: float
) -> Summary:
    """The figures of a run; counts of changes are the account's."""
    return Summary(
        account.changes,
        account.links,
        account.by_bulk,
        account.conflicts,
        open_errors(queries),
        spent,
        usage,
        share,
        account.schema(),
    )
