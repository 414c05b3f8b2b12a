"""What ./test does: bring .venv and the browsers up to date, then run every check, the slow ones last."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time

import environment

PACKAGES = {"chromium": "chromium", "firefox-esr": "firefox-esr"}
"""Programs the browser tests drive, and the Debian packages that have them."""

NOTHING_CHOSEN = 5
"""pytest's exit status when no test was selected."""

MOST_UNSTEADY = 2
"""So many browser tests may fail once, if they pass when they are run again by themselves."""

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
    pytest = [python, "-m", "pytest", "-q"]
    checks = [
        ("ruff", [python, "-m", "ruff", "check", "--quiet", "."]),
        ("format", [python, "-m", "ruff", "format", "--check", "--quiet", "."]),
        ("types", [python, "-m", "mypy"]),
        ("front end", None),
        ("tests", [*pytest, "-m", "not browser", *arguments]),
    ]
    if not fast:
        checks.append(("browsers", [*pytest, "-m", "browser", "--cache-clear", *arguments]))
    for name, command in checks:
        started = time.monotonic()
        environment.say(f"{name} …")
        good = front_end() if command is None else run(command, nothing_is_fine=bool(arguments))
        if not good and name == "browsers":
            good = steady_after_all([*pytest, "-m", "browser", "--last-failed"])
        environment.say(f"{name} {'passed' if good else 'FAILED'} in {time.monotonic() - started:.0f} s")
        if not good:
            sys.exit(1)


def run(command: list[str], *, nothing_is_fine: bool = False) -> bool:
    """Whether the command, run in the checkout, ended well; words for pytest may choose none of one kind."""
    status = subprocess.run(command, check=False, cwd=environment.ROOT).returncode
    return status == 0 or (nothing_is_fine and "pytest" in command and status == NOTHING_CHOSEN)


def steady_after_all(again: list[str]) -> bool:
    """Whether the few browser tests that failed pass now; they are named as unsteady, for everybody to see.

    A browser on a busy machine is now and then late by more than a test waits. More than ``MOST_UNSTEADY``
    failures, or the same one twice, are taken for what they say.
    """
    record = environment.ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    names = sorted(json.loads(record.read_text())) if record.is_file() else []
    if not 0 < len(names) <= MOST_UNSTEADY:
        return False
    environment.say(f"again, once: {', '.join(names)}")
    good = run(again)
    if good:
        environment.say(f"unsteady, failed once and then passed: {', '.join(names)}")
    return good


def front_end() -> bool:
    """Style, types and unit tests of the browser client."""
    for script in ("check", "test"):
        command = [
            str(environment.PYTHON),
            str(environment.ROOT / "tools" / "npm.py"),
            "run",
            "--silent",
            script,
        ]
        if not run(command):
            return False
    return True


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
