"""The relay's inner loops in C where they could be built (tools/native.py); elsewhere Python does as much."""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path
from typing import Any

from cffi import FFI

HERE = Path(__file__).parent

SHARED = ("fan.h", "rush.h", "summary.h", "sieve.h")
SOURCES = ("bytes.h", "fan.c", "rush.c", "summary.c", "sieve.c", *SHARED)
"""Those that C and Python share, in the order in which they need each other, and all of them."""


def library_path(folder: Path = HERE) -> Path:
    """Return where the library built from exactly these sources is, or would be."""
    sources = b"".join((folder / name).read_bytes() for name in SOURCES)
    return folder / f"_inner-{hashlib.sha256(sources).hexdigest()[:12]}.so"


@functools.cache
def library() -> tuple[FFI, Any] | None:
    """Return the interface and the library, None where there is none that fits the sources."""
    path = library_path()
    if not path.exists():
        return None
    ffi = FFI()
    for name in SHARED:
        ffi.cdef(re.sub(r"/\*.*?\*/", "", (HERE / name).read_text(), flags=re.DOTALL))
    try:
        return ffi, ffi.dlopen(str(path))
    except OSError:
        # Built for another machine: a folder that was copied.
        return None
