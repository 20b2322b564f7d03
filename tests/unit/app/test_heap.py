"""The heap of a running program."""

import subprocess
import sys

SCRIPT = """
import gc
from sfsync_gui.app.heap import settle_heap
settle_heap()
first = gc.get_freeze_count()
more = [[] for _ in range(10_000)]
settle_heap()
print(first > 1000, gc.get_freeze_count() - first < 1000)
"""


def test_what_is_there_at_the_start_is_exempt_once() -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert (ended.stdout.split(), ended.stderr) == (["True", "True"], "")
