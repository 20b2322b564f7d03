"""Options by which lists are narrowed and sorted, and the queries that they make."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from sfsync_gui.cli.output import UsageError
from sfsync_gui.core.vocabulary import Family, PersonKind, Side

Search = Annotated[
    str | None,
    typer.Option(
        "--search",
        help="Only people with words in name or e-mail that begin so, or with such an id.",
        show_default=False,
    ),
]
Since = Annotated[
    str | None,
    typer.Option(help="Not older than this: 2026-11-24, 90min, 2h, 3d.", show_default=False),
]
Until = Annotated[
    str | None, typer.Option(help="Older than this, written likewise.", show_default=False)
]


OfFamily = Annotated[
    Family | None,
    typer.Option("--family", help="Only people, or only companies.", show_default=False),
]


class Kind(StrEnum):
    """Kinds of people as they are typed."""

    USER = "user"
    INTERCOM_LEAD = "intercom-lead"
    LEAD = "lead"
    CONTACT = "contact"
    COMPANY = "company"
    ACCOUNT = "account"

    @property
    def person_kind(self) -> PersonKind:
        """The kind that is meant."""
        return PersonKind[self.name]


def kinds_by_side(kinds: Sequence[Kind]) -> dict[Side, PersonKind]:
    """At most one kind a side. Raises `UsageError` where two were named."""
    found: dict[Side, PersonKind] = {}
    for kind in kinds:
        wanted = kind.person_kind
        if found.setdefault(wanted.side, wanted) is not wanted:
            raise UsageError(
                "Not understood",
                "Nobody is of two kinds on one side.",
                "Name one of user, intercom-lead and company, one of lead, contact and account.",
            )
    return found
