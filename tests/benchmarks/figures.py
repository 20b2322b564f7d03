"""Figures of a benchmark: each is printed on a line with its budget and whether that was met."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. Without a budget it is told for comparison."""

    name: str
    value: float
    unit: str = ""
    budget: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the value keeps within its budget."""
        if self.budget is None:
            return True
        return self.value >= self.budget if self.at_least else self.value <= self.budget

    def __str__(self) -> str:
        shown = f"{shortened(self.value)} {self.unit}".rstrip()
        if self.budget is None:
            return f"{self.name} | {shown} | |"
        sign = "≥" if self.at_least else "≤"
        budget = f"{sign} {shortened(self.budget)} {self.unit}".rstrip()
        return f"{self.name} | {shown} | {budget} | {'met' if self.met else 'MISSED'}"


@dataclass(slots=True)
class Figures:
    """The figures of one benchmark, printed as they come."""

    title: str
    told: list[Figure] = field(default_factory=list)

    def note(self, name: str, value: float, unit: str = "") -> None:
        """Tell a value that has no budget."""
        self._tell(Figure(name, value, unit))

    def at_most(self, name: str, value: float, budget: float, unit: str = "") -> None:
        """Tell a value that must not be larger than its budget."""
        self._tell(Figure(name, value, unit, budget))

    def at_least(self, name: str, value: float, budget: float, unit: str = "") -> None:
        """Tell a value that must not be smaller than its budget."""
        self._tell(Figure(name, value, unit, budget, at_least=True))

    def missed(self) -> list[Figure]:
        """The figures that do not keep within their budgets."""
        return [figure for figure in self.told if not figure.met]

    def check(self) -> None:
        """Fail where a budget was missed; to be called when all is told."""
        missed = self.missed()
        assert not missed, "\n".join(map(str, missed))

    def _tell(self, figure: Figure) -> None:
        if not self.told:
            print(f"\n## {self.title}")
        self.told.append(figure)
        print(f"| {figure}", flush=True)


def shortened(value: float) -> str:
    """A number with three significant digits, or all of a whole one, digits grouped."""
    if float(value).is_integer() or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
