"""What ./test does: bring .venv and the browsers up to date, then run every check, the slow ones last.

Tests run in as many processes as there are cores, each with a store, a server and browsers of its own. Those
that read a clock, load the machine or change its network are marked ``alone``: they come last, one by one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import environment

PACKAGES = {"chromium": "chromium", "firefox-esr": "firefox-esr"}
"""Programs the browser tests drive, and the Debian packages that have them."""

SOME_FAILED = 1
NOTHING_CHOSEN = 5
"""pytest's exit statuses when tests failed, and when none was selected."""

MOST_UNSTEADY = 2
"""So many browser tests may fail once, if they pass when they are run again by themselves."""

MOST_PROCESSES = 4
"""More cores than this are left to what the tests start."""

DRIVER_LIBRARY = "libatomic1"
"""Playwright's driver is a Node that needs it; bare Debian has none."""


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
    good = side_by_side(checks) and timed(
        "tests", lambda: run_tests("not browser and not alone", arguments) == 0
    )
    if fast:
        good = good and timed(
            "timed tests", lambda: run_tests("not browser and alone", arguments, processes=1) == 0
        )
    else:
        good = good and timed("browsers and timed tests", lambda: browser_tests(arguments))
    sys.exit(0 if good else 1)


def timed(name: str, check: Callable[[], bool]) -> bool:
    """Whether the check ended well; says so, and how long it took."""
    started = time.monotonic()
    environment.say(f"{name} …")
    good = check()
    environment.say(f"{name} {'passed' if good else 'FAILED'} in {time.monotonic() - started:.0f} s")
    return good


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


def run_tests(chosen: str, arguments: list[str], *options: str, processes: int | None = None) -> int:
    """Runs the chosen tests; pytest's exit status, where words for pytest may choose none of one kind.

    A file's tests stay together, in order: what they share is started once.
    """
    count = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
    spread = ["-n", str(count), "--dist", "loadfile", "--no-loadscope-reorder"] if count > 1 else []
    command = [*pytest(), "-m", chosen, *spread, *options, *arguments]
    status = subprocess.run(command, check=False, cwd=environment.ROOT).returncode
    return 0 if arguments and status == NOTHING_CHOSEN else status


def pytest() -> list[str]:
    """The words that every run of pytest begins with."""
    return [str(environment.PYTHON), "-m", "pytest", "-q"]


def browser_tests(arguments: list[str]) -> bool:
    """Whether the browser tests and the timed ones pass, at once or all but a few and these then."""
    ends = (
        run_tests("browser and not alone", arguments, "--cache-clear"),
        run_tests("alone", arguments, processes=1),
    )
    if max(ends) > SOME_FAILED:
        return False
    return max(ends) == 0 or steady_after_all([*pytest(), "--last-failed"])


def steady_after_all(again: list[str]) -> bool:
    """Whether the few tests that failed pass now; they are named as unsteady, for everybody to see.

    A browser on a busy machine is now and then late by more than a test waits. More than ``MOST_UNSTEADY``
    failures, or the same one twice, are taken for what they say.
    """
    record = environment.ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    names = sorted(json.loads(record.read_text())) if record.is_file() else []
    if not 0 < len(names) <= MOST_UNSTEADY:
        return False
    environment.say(f"again, once: {', '.join(names)}")
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
