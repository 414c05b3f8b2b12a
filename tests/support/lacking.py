"""What a machine may lack that some tests need: why they are skipped there, and what to type against it.

Continuous integration lacks none of it: there every test runs.
"""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

import pytest

from server.transport import inner

COMPILER = "there is no C compiler: type apt-get install gcc"


def unless(lack: str | None) -> pytest.MarkDecorator:
    """Skip where something is lacking, and say what."""
    return pytest.mark.skipif(lack is not None, reason=lack or "")


def inner_loop() -> str | None:
    """Why the relay's inner loop is not there in C; None when it is."""
    if inner.library() is not None:
        return None
    return "the relay's inner loop is not built in C: type apt-get install gcc, then pip install -e ."


def emulated_lines() -> str | None:
    """Why no line can be emulated here; None when one can."""
    if os.geteuid() == 0 and shutil.which("ip") is not None and Path("/dev/net/tun").exists():
        return None
    return "an emulated line needs root, /dev/net/tun and iproute2: type apt-get install iproute2, as root"


def turn_server() -> str | None:
    """Why there can be no TURN server here; None when there can."""
    return None if shutil.which("turnserver") else "there is no TURN server: type apt-get install coturn"


def memory_that_goes_back() -> str | None:
    """Why memory that is free stays with the process; None when it can go back."""
    if platform.libc_ver()[0] == "glibc":
        return None
    return "this system's C library keeps what is free: glibc alone gives it back when asked"


def compiler_of_pages(compiler: Path) -> str | None:
    """Why TypeScript can't be compiled; None when it can."""
    return None if compiler.exists() else "the front end's packages are not installed: start ./run once"
