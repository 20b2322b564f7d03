"""The panel Identity mappings over a million links: opening, a keystroke, scrolling.

`python -m tests.benchmarks.identities_million [LINKS | FOLDER]` prints the figures with their
budgets: milliseconds that the process computed, since on a machine that others use those that went
by tell of the others. Both are the same where nobody else is at work.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QSettings, QTimer

from sfsync_gui.app.host import Host
from sfsync_gui.app.wiring import LocalClock
from sfsync_gui.core.vocabulary import PersonKind
from sfsync_gui.credentials.vault import Vault
from sfsync_gui.desktop.paths import database_path
from sfsync_gui.engine.handle import Phase
from sfsync_gui.engine.questions import LinkRow
from sfsync_gui.ui.application import make_application
from sfsync_gui.ui.loop import run
from sfsync_gui.ui.panels.identities import IdentitiesPanel
from sfsync_gui.ui.panels.identities.filters import State
from sfsync_gui.ui.tasks import Tasks
from sfsync_gui.ui.theme.tokens import ROW_HEIGHT
from sfsync_gui.ui.widgets.table import LoadState, TableView
from tests.benchmarks.figures import Figures
from tests.support.crowd import make_crowd

LINKS = 1_000_000
OPEN_BUDGET = 200.0
KEYSTROKE_BUDGET = 100.0
FRAME_BUDGET = 16.0
SCROLLED = 100_000
"""Rows that are scrolled through."""

_STEP = 25 * ROW_HEIGHT
"""As far as a scroll bar that is dragged moves from one frame to the next."""

_FRAME = 0.016
_COUNTED = 0.5
"""Seconds after which what was found has been counted, too."""

_PATIENCE = 120.0


@dataclass
class Times:
    """Milliseconds: as they went by, as the process computed, and as the window's thread did."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    window: list[float] = field(default_factory=list)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Measure what is done within."""
        clocks = (time.perf_counter, time.process_time, time.thread_time)
        begun = [clock() for clock in clocks]
        yield
        for kept, clock, begin in zip(
            (self.wall, self.cpu, self.window), clocks, begun, strict=True
        ):
            kept.append((clock() - begin) * 1000)


class Gaps:
    """Milliseconds by which the window's loop was late, looked at every few of them."""

    def __init__(self) -> None:
        self.found: list[float] = []
        self._timer = QTimer(interval=4)
        self._timer.timeout.connect(self._look)
        self._last = time.perf_counter()
        self._timer.start()

    def _look(self) -> None:
        now = time.perf_counter()
        self.found.append((now - self._last) * 1000)
        self._last = now

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()


class Bench:
    """The panel in a window of its own, over a real program on that folder."""

    def __init__(self, folder: Path, figures: Figures) -> None:
        self.host = Host(folder, LocalClock(time.time), Vault.in_memory())
        self.tasks = Tasks()
        self.figures = figures
        self.panel: IdentitiesPanel

    async def begin(self) -> None:
        """Start the program."""
        self.host.start()
        await _until(lambda: self.host.snapshot.phase is Phase.UNCONNECTED)

    async def end(self) -> None:
        """Stop it."""
        for timer in self.panel.findChildren(QTimer):
            timer.stop()
        await self.tasks.stop()
        await self.host.stop()

    async def open(self) -> None:
        """Make and show the panel, until its first rows are painted."""
        times = Times()
        with times.one():
            self.panel = IdentitiesPanel(self.host, self.tasks)
            self.panel.resize(1120, 720)
            self.panel.show()
            self.panel.shown()
            await self._shows_rows()
            self._table.viewport().repaint()
        self.figures.at_most("open", times.cpu[0], OPEN_BUDGET, "ms")
        self.figures.note("open, as it went by", times.wall[0], "ms")
        self.figures.note("open, the window's thread", times.window[0], "ms")

    async def type(self) -> None:
        """Type names, addresses and Ids letter by letter; each letter is asked at once."""
        link = self.panel.links.model.row(0)
        assert link is not None
        words = link.intercom_name.lower()
        texts = [words[:end] for end in range(1, len(words) + 1)]
        key = link.intercom_key or ""
        texts += [key[:end] for end in range(1, len(key) + 1)]
        texts += [link.salesforce_id[:end] for end in range(1, len(link.salesforce_id) + 1)]
        texts += ["zz nobody", words.split()[-1]]
        self._tell("keystroke", await self._asked(texts))
        common = await self._asked(["sh th"])
        self.figures.note("two beginnings of many names that few carry both", common.cpu[0], "ms")
        await self._search("")

    async def narrow(self) -> None:
        """Every filter and every order, also with a word."""
        times = Times()
        filters = self.panel.links.filters
        for state in (None, *State):
            for kind in (None, PersonKind.LEAD, PersonKind.CONTACT):
                filters.state.set_value(state)
                filters.record.set_value(kind)
                for sort in ("linked", "intercom_name", "salesforce_name", "intercom_key"):
                    with times.one():
                        filters.changed.emit()
                        sort_key = "key" if sort == "intercom_key" else sort
                        self.panel.links.model.ask(sort=sort_key, descending=sort == "linked")
                        await self._is_answered()
                    await asyncio.sleep(_COUNTED)
        self._tell("filter and order", times)
        filters.clear()
        self.panel.links.model.ask(sort="linked", descending=True)
        await self._shows_rows()

    async def scroll(self) -> None:
        """Roll down, five rows a frame, and count what is held meanwhile."""
        table, model = self._table, self.panel.links.model
        bar, frames, gaps = table.verticalScrollBar(), Times(), Gaps()
        held = 0
        while bar.value() < SCROLLED * ROW_HEIGHT:
            with frames.one():
                bar.setValue(bar.value() + _STEP)
                table.viewport().repaint()
            held = max(held, sum(1 for _ in model.pages.at_hand()))
            await asyncio.sleep(_FRAME)
        gaps.stop()
        figures = self.figures
        figures.note("rows scrolled through", bar.value() / ROW_HEIGHT)
        figures.at_most("rows held at most", held, 4_400)
        figures.at_most("frame, p99", _p99(frames.window), FRAME_BUDGET, "ms")
        figures.note("frame, median", statistics.median(frames.window), "ms")
        figures.note("frame, p99, as it went by", _p99(frames.wall), "ms")
        figures.note("gap of the loop while scrolling, p99", _p99(gaps.found), "ms")
        figures.note("gap of the loop while scrolling, worst", max(gaps.found), "ms")

    # ------------------------------------------------------------------ small things

    @property
    def _table(self) -> TableView[LinkRow]:
        return self.panel.links.table

    async def _asked(self, texts: Sequence[str]) -> Times:
        times = Times()
        for text in texts:
            with times.one():
                await self._search(text)
            await asyncio.sleep(_COUNTED)
        return times

    async def _search(self, text: str) -> None:
        search = self.panel.links.filters.search
        search.setText(text)
        search.returnPressed.emit()
        await self._is_answered()
        self._table.viewport().repaint()

    async def _is_answered(self) -> None:
        """Wait for the rows that were asked for, without computing meanwhile."""
        model, answered = self.panel.links.model, asyncio.Event()
        model.modelReset.connect(answered.set)
        try:
            while not model.is_answered:
                answered.clear()
                await asyncio.wait_for(answered.wait(), _PATIENCE)
        finally:
            model.modelReset.disconnect(answered.set)

    async def _shows_rows(self) -> None:
        await self._is_answered()
        await _until(lambda: self.panel.links.model.state is LoadState.READY)

    def _tell(self, name: str, times: Times) -> None:
        figures = self.figures
        figures.at_most(f"{name}, p99", _p99(times.cpu), KEYSTROKE_BUDGET, "ms")
        figures.note(f"{name}, median", statistics.median(times.cpu), "ms")
        figures.note(f"{name}, p99, as it went by", _p99(times.wall), "ms")
        figures.note(f"{name}, the window's thread, worst", max(times.window), "ms")


def _p99(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not condition():  # noqa: ASYNC110 - what a model shows has no event of its own
            await asyncio.sleep(0.002)


async def measure(folder: Path, figures: Figures) -> None:
    """All of it, on a profile that is there."""
    bench = Bench(folder, figures)
    await bench.begin()
    try:
        await bench.open()
        await bench.type()
        await bench.narrow()
        await bench.scroll()
    finally:
        await bench.end()


def main() -> None:
    """Make the profile, or take the one that is named, and measure."""
    given = sys.argv[1] if len(sys.argv) > 1 else str(LINKS)
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    application = make_application(["benchmark"])
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if given.isdigit() else Path(given)
        if given.isdigit():
            make_crowd(database_path(folder), int(given), history=1_000, errors=500)
        figures = Figures("Identity mappings")
        run(application, measure(folder, figures))
    sys.exit(1 if figures.missed() else 0)


if __name__ == "__main__":
    main()
