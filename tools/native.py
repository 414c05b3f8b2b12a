"""Builds the relay's inner loops (server/transport/*.c) with the machine's compiler, or with one from PyPI.

Standard library only, as everything that runs inside the build. Nothing depends on its success: without the
library the same is done in Python.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ZIG = "ziglang>=0.15,<1"
"""A C compiler as a wheel, for machines that have none."""

_FOLDER = Path("server") / "transport"
_SHARED = ("fan.h", "rush.h", "summary.h", "sieve.h")
_SOURCES = ("bytes.h", "fan.c", "rush.c", "summary.c", "sieve.c", *_SHARED)
# Contracted, what is multiplied and added is rounded once where Python rounds twice.
_FLAGS = ("-O2", "-ffp-contract=off", "-shared", "-fPIC", "-pthread", "-std=gnu11", "-Wall", "-Wextra")
_PATIENCE_S = 120


def library(root: Path) -> Path:
    """Where the library of exactly today's sources is; ``inner.library_path`` says the same."""
    folder = root / _FOLDER
    sources = b"".join((folder / name).read_bytes() for name in _SOURCES)
    return folder / f"_inner-{hashlib.sha256(sources).hexdigest()[:12]}.so"


def possible() -> bool:
    """Whether this system has what the sources call: 64-bit Linux."""
    return sys.platform == "linux" and sys.maxsize > 1 << 32


def wants_zig(root: Path) -> bool:
    """Whether there is something to build, and no compiler here but one that PyPI has for this machine."""
    machine = platform.machine() in ("x86_64", "aarch64")
    return possible() and machine and not library(root).exists() and _found() is None


def build(root: Path) -> str | None:
    """Builds the library if it is not there; gives why it could not be, None when it is there."""
    wanted = library(root)
    if wanted.exists():
        return None
    if not possible():
        return "it is for 64-bit Linux"
    compiler = _compiler()
    if compiler is None:
        return "there is no C compiler"
    made = wanted.with_suffix(".new")
    sources = [str(root / _FOLDER / name) for name in _SOURCES if name.endswith(".c")]
    command = [*compiler, *_FLAGS, "-o", str(made), *sources]
    try:
        # Zig keeps 50 MB of what it made once: not in somebody's home.
        with tempfile.TemporaryDirectory(prefix="compagnon-") as cache:
            zig = {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}
            done = subprocess.run(
                command,
                check=False,
                capture_output=True,
                text=True,
                timeout=_PATIENCE_S,
                env={**os.environ, **zig},
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{compiler[0]}: {error}"
    if done.returncode:
        made.unlink(missing_ok=True)
        return done.stderr.strip() or f"{compiler[0]} ended with status {done.returncode}"
    for old in wanted.parent.glob("_inner-*.so"):
        old.unlink()
    made.replace(wanted)
    return None


def _found() -> str | None:
    return next((path for path in map(shutil.which, ("cc", "gcc", "clang")) if path), None)


def _compiler() -> list[str] | None:
    found = _found()
    if found is not None:
        return [found]
    if importlib.util.find_spec("ziglang") is None:
        return None
    # A wheel may run on an older processor than the one it is made on.
    return [sys.executable, "-m", "ziglang", "cc", "-mcpu=baseline"]
