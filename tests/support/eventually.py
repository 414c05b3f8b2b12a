"""Waits for something that nobody announces."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PATIENCE_S = 10.0
_look_s = 0.01


async def eventually(true: Callable[[], object], what: str, seconds: float = PATIENCE_S) -> None:
    """Returns when ``true()`` is; fails with ``what`` after so many seconds."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not true():
        assert asyncio.get_running_loop().time() < deadline, f"{what} did not come true"
        await asyncio.sleep(_look_s)
