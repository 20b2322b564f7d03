"""Questions to the store, asked off the window's thread."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sfsync_gui.engine.handle import Handle
from sfsync_gui.engine.questions import Questions

T = TypeVar("T")


async def ask_store(handle: Handle, question: Callable[[Questions], T]) -> T:
    """The answer to one question. Raises `StoreError` while there is no store to read.

    `rows = await ask_store(handle, lambda store: store.links_page(query, None, 200))`
    """
    return await asyncio.to_thread(lambda: question(handle.questions))
