"""A network and a process table of the benchmark's own, gone with everything in it when it ends.

Janus never gathers a loopback address, and the machine's outside address is nobody's business here; so
servers and load run in a fresh network namespace that has one address of its own. The process namespace
makes the kernel end every child with the benchmark, even when that is killed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence

ADDRESS = "10.99.0.1"
"""Where servers listen and media goes, inside the namespace."""

_MARK = "COMPAGNON_BENCH_ISOLATED"


def isolated() -> bool:
    """Whether this process already runs in the namespaces."""
    return _MARK in os.environ


def missing() -> str | None:
    """What is needed for the namespaces and is not here, as one sentence."""
    for program, package in (("unshare", "util-linux"), ("ip", "iproute2")):
        if shutil.which(program) is None:
            return f"{program} is missing: type apt-get install {package}."
    if os.geteuid() != 0:
        return "This benchmark makes a network namespace: start it as root."
    return None


def run_isolated(module: str, arguments: Sequence[str], timeout: float) -> int:
    """Runs ``python -m module`` in fresh namespaces; gives its exit status, 124 after ``timeout`` seconds."""
    command = ["unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command += [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, env={**os.environ, _MARK: "1"}) as process:
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            sys.stderr.write(f"Not finished after {timeout:g} s: stopped.\n")
            return 124
        finally:
            process.kill()


def make_network() -> None:
    """Gives the fresh namespace its loopback and ``ADDRESS`` (on a veth: every kernel has those)."""
    for command in (
        "link set lo up",
        "link add bench0 type veth peer name bench1",
        f"address add {ADDRESS}/32 dev bench0",
        "link set bench0 up",
        "link set bench1 up",
    ):
        subprocess.run(["ip", *command.split()], check=True)
