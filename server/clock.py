"""The instant by the machine's clock, which rules, rooms and storage are given."""

from __future__ import annotations

import time


def now_ms() -> int:
    """The instant, in ms since the epoch."""
    return time.time_ns() // 1_000_000
