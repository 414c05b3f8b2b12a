"""What the allocator keeps goes back when it is told to."""

from __future__ import annotations

import os

from bench.usage import resident
from server.live_memory import give_back
from tests.support import lacking


@lacking.unless(lacking.memory_that_goes_back())
def test_what_lies_between_things_still_needed_goes_back() -> None:
    # Smaller than what is mapped for itself, so that it stays when it is free.
    blocks = [bytearray(b"x" * 60_000) for _ in range(1_000)]
    full = resident(os.getpid())
    needed = blocks[::50]
    blocks.clear()
    assert give_back()
    assert resident(os.getpid()) < full - 40_000_000
    assert len(needed) == 20
