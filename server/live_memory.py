"""Memory that nothing needs any more goes back to the system."""

from __future__ import annotations

import ctypes
import gc


def give_back() -> bool:
    """Collect garbage and give the system what the allocator keeps free; return whether any of that was.

    Connections that have ended refer to each other, and the C library keeps what lies between two things
    still needed: a room of a hundred leaves some 50 MB so, and each further one a little more. It takes up to
    0.1 s in which nothing else happens, so it is for moments when nobody talks. Where the C library is not
    glibc (malloc_trim(3)) it decides for itself what it keeps.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(0))
