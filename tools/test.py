"""What ./test does: bring .venv and the browsers up to date, then run every check, the slow ones last.

Tests run side by side, each process with a store, a server and browsers of its own. Those that read a clock,
load the machine or change its network are marked ``alone``: they come last, one by one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import environment

PACKAGES = {"chromium": "chromium", "firefox-esr": "firefox-esr"}
"""Programs the browser tests drive, and the Debian packages that have them."""

SOME_FAILED = 1
NOTHING_CHOSEN = 5
"""pytest's exit statuses when tests failed, and when none was selected."""

MOST_UNSTEADY = 2
"""So many tests may fail once, if they pass when they are run again by themselves."""

MOST_PROCESSES = 4
"""More cores than this are left to what the tests start."""

DRIVER_LIBRARY = "libatomic1"
"""Playwright's driver is a Node that needs it; bare Debian has none."""


class Kind(NamedTuple):
    """Tests that are run together: the mark expression that chooses them, and in how many processes a core.

    0 is one process in all.
    """

    name: str
    chosen: str
    processes: float


FAST = (
    # These mostly wait: in a process a core they use half of each.
    Kind("tests", "not browser and not alone", 1.5),
    Kind("timed tests", "not browser and alone", 0),
)
EVERYTHING = (
    FAST[0],
    Kind("browser tests", "browser and not alone", 1),
    Kind("timed tests", "alone", 0),
)


def main() -> None:
    """``./test [fast] [pytest's words …]``."""
    arguments = sys.argv[1:]
    fast = arguments[:1] == ["fast"]
    if fast:
        arguments = arguments[1:]
    if not sys.stdout.isatty():
        os.environ.setdefault("NO_COLOR", "1")
    environment.prepare("dev")
    if not fast:
        browsers()
    python = str(environment.PYTHON)
    npm = [python, str(environment.ROOT / "tools" / "npm.py"), "run", "--silent"]
    checks = {
        "ruff": [[python, "-m", "ruff", "check", "--quiet", "."]],
        "format": [[python, "-m", "ruff", "format", "--check", "--quiet", "."]],
        "types": [[python, "-m", "mypy"]],
        "front end": [[*npm, "check"], [*npm, "test"]],
    }
    good = side_by_side(checks) and all_pass(FAST if fast else EVERYTHING, arguments)
    sys.exit(0 if good else 1)


def side_by_side(checks: dict[str, list[list[str]]]) -> bool:
    """Whether every check's commands end well. What each says is shown in one piece, when it has ended."""

    def one(commands: list[list[str]]) -> tuple[bool, str, float]:
        started, said = time.monotonic(), ""
        for command in commands:
            done = subprocess.run(
                command,
                check=False,
                cwd=environment.ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            said += done.stdout
            if done.returncode:
                return False, said, time.monotonic() - started
        return True, said, time.monotonic() - started

    environment.say(f"{', '.join(checks)} …")
    with ThreadPoolExecutor(len(checks)) as pool:
        ends = {name: pool.submit(one, commands) for name, commands in checks.items()}
        for name, end in ends.items():
            good, said, took = end.result()
            print(said, end="", flush=True)
            environment.say(f"{name} {'passed' if good else 'FAILED'} in {took:.0f} s")
    return all(end.result()[0] for end in ends.values())


def all_pass(kinds: Sequence[Kind], arguments: list[str]) -> bool:
    """Whether all tests pass, at once or all but a few and these then. Says how long each kind took."""
    fresh, late = ["--cache-clear"], False
    for kind in kinds:
        started = time.monotonic()
        environment.say(f"{kind.name} …")
        status = run_tests(kind, [*fresh, *arguments], chosen_by_words=bool(arguments))
        said = "FAILED" if status else "passed"
        environment.say(f"{kind.name} {said} in {time.monotonic() - started:.0f} s")
        if status > SOME_FAILED or len(failed()) > MOST_UNSTEADY:
            return False
        fresh, late = [], late or bool(status)
    return not late or steady_after_all()


def run_tests(kind: Kind, words: list[str], *, chosen_by_words: bool) -> int:
    """Runs tests of a kind; pytest's exit status, where words for pytest may choose none of one kind.

    A file's tests stay together, in order: what they share is started once.
    """
    count = round(min(os.cpu_count() or 1, MOST_PROCESSES) * kind.processes)
    spread = ["-n", str(count), "--dist", "loadfile", "--no-loadscope-reorder"] if count > 1 else []
    command = [*pytest(), "-m", kind.chosen, *spread, *words]
    status = subprocess.run(command, check=False, cwd=environment.ROOT).returncode
    return 0 if chosen_by_words and status == NOTHING_CHOSEN else status


def pytest() -> list[str]:
    """The words that every run of pytest begins with."""
    return [str(environment.PYTHON), "-m", "pytest", "-q"]


def failed() -> list[str]:
    """The names of the tests that have failed since the cache was cleared."""
    record = environment.ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    return sorted(json.loads(record.read_text())) if record.is_file() else []


def steady_after_all() -> bool:
    """Whether the few tests that failed pass now; they are named as unsteady, for everybody to see.

    A browser on a busy machine is now and then late by more than a test waits. More than ``MOST_UNSTEADY``
    failures, or the same one twice, are taken for what they say.
    """
    names = failed()
    if not names:
        return False
    environment.say(f"again, once: {', '.join(names)}")
    again = [*pytest(), "--last-failed"]
    good = subprocess.run(again, check=False, cwd=environment.ROOT).returncode == 0
    if good:
        environment.say(f"unsteady, failed once and then passed: {', '.join(names)}")
    return good


def browsers() -> None:
    """Sees to Chromium and Firefox: root on Debian gets them, others are told the one line to type."""
    missing = [package for program, package in PACKAGES.items() if shutil.which(program) is None]
    if not missing:
        return
    missing.append(DRIVER_LIBRARY)
    if shutil.which("apt-get") is None:
        environment.stop(f"the browser tests need {' and '.join(missing[:-1])}; `./test fast` does without.")
    if os.geteuid() != 0:
        environment.stop(
            f"the browser tests need browsers: type `sudo apt-get install {' '.join(missing)}`, "
            "or `./test fast` to do without."
        )
    environment.say(f"getting {' '.join(missing)}")
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
        done = subprocess.run(
            ["apt-get", "-qq", *words], env=quiet, capture_output=True, text=True, check=False
        )
        if done.returncode:
            environment.stop(
                f"apt-get {words[0]} failed: is there a network? `./test fast` needs none.\n{done.stderr}"
            )


if __name__ == "__main__":
    main()
