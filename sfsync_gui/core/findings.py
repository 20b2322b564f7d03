"""What a check of the set-up finds: its rows, and the report that they make."""

from dataclasses import dataclass
from enum import StrEnum

from sfsync_gui.core.vocabulary import Side


class Grade(StrEnum):
    """How a thing is, from well to bad."""

    GOOD = "good"
    NOTE = "note"
    """Only needed for what is not in use, or cannot be told beforehand."""
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the check: what was looked at, how it is, what that breaks and what mends it.

    `side` is None where it is about this computer.
    """

    side: Side | None
    subject: str
    grade: Grade
    message: str
    breaks: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class SetUpReport:
    """All rows of one check, and when it was made (unix seconds)."""

    at: int
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> int:
        """How many things are in the way of the sync."""
        return sum(finding.grade is Grade.FAILED for finding in self.findings)
