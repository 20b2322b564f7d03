"""How far another attempt is: how many of the errors still wait, and what became of the others."""

from collections.abc import Awaitable

from PySide6.QtCore import QObject

from sfsync_gui.engine.questions import ErrorQuery, Questions
from sfsync_gui.ui.panels.panel import Panel
from sfsync_gui.ui.texts.numbers import counted, grouped
from sfsync_gui.ui.theme.tokens import Tone
from sfsync_gui.ui.widgets.progress_strip import ProgressStrip

_MOST = 100_000
_WAITING = ErrorQuery(retrying=True)


class RetryProgress(QObject):
    """Watches the errors that are tried again until none waits; then says the end.

    `strip` belongs above the list.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._asking = 0
        self._asked: frozenset[int] = frozenset()
        self._total = 0
        self._mended = 0
        self.strip = ProgressStrip(cancellable=False)

    async def watch(self, retry: Awaitable[frozenset[int]]) -> None:
        """Ask for another attempt, which answers of which errors, and watch those from now on.

        Whatever is asked for again meanwhile counts once.
        """
        self._asking += 1  # the first may be mended before the answer is here
        try:
            asked = await retry
        finally:
            self._asking -= 1
        self._asked |= asked
        self._total = max(self._total, len(self._asked))
        if self._total:
            self._show(self._total)
        elif not self._asking:
            self._mended = 0

    def note_mended(self, count: int) -> None:
        """So many errors are no more."""
        if self._asking or self._total:
            self._mended += count

    async def look(self) -> None:
        """See how many wait."""
        if not self._total:
            return
        waiting = await self._panel.ask(_waiting)
        total = self._total  # none, where another look found the end meanwhile
        if total and waiting:
            self._total = max(total, waiting)
            self._show(waiting)
        elif total:
            self._end()

    def _show(self, waiting: int) -> None:
        template = self.tr("Trying {errors} again, {left} to go")
        if self._panel.handle.snapshot.paused:
            template = self.tr("{errors} will be tried again when you resume the sync")
        errors = counted(self._total, "error")
        sentence = template.format(errors=errors, left=grouped(waiting))
        self.strip.tell(sentence, self._total - waiting, self._total)

    def _end(self) -> None:
        mended = min(self._mended, self._total)
        failed = self._total - mended
        self._asked, self._total, self._mended = frozenset(), 0, 0
        self.strip.hide()
        if failed:
            text = self.tr("{mended} fixed, {failed} failed again")
            text = text.format(mended=grouped(mended), failed=grouped(failed))
            self._panel.toast(text, Tone.WARNING)
        else:
            self._panel.toast(self.tr("{errors} fixed").format(errors=counted(mended, "error")))


def _waiting(store: Questions) -> int:
    return store.errors_matching(_WAITING, _MOST)
