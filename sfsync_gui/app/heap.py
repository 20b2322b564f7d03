"""What lives as long as the program is kept out of the garbage collector's way."""

import gc
from functools import cache


@cache
def settle_heap() -> None:
    """Exempt from garbage collection all that there is now; once in a process.

    Modules and their classes are most of the heap, and are never garbage. Each page of people that
    is read would otherwise make the collector look through all of them: a third of the CPU time of
    a comparison. Nothing is collected here, since that could end objects of another thread.
    """
    gc.freeze()
