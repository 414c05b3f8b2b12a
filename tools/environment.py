"""Makes the checkout's .venv and keeps it in step with pyproject.toml and the front end's sources.

Standard library only: nothing is installed yet when this runs.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import venv
from collections import deque
from pathlib import Path
from typing import NoReturn

import frontend

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

_stamp = VENV / "compagnon.json"
_log = VENV / "install.log"

# What pip says while it works, and what that means to somebody who waits for it.
_progress = (
    ("Collecting ", "getting the packages"),
    ("Installing build dependencies", "getting the build tools"),
    ("Preparing editable metadata", "building the pages"),
    ("Building editable", "building the pages"),
    ("Installing collected packages", "installing the packages"),
)


def say(text: str) -> None:
    """One line for whoever waits."""
    print(f"Compagnon: {text}", flush=True)


def stop(sentence: str) -> NoReturn:
    """Ends with one sentence that says what to do."""
    sys.exit(f"Compagnon: {sentence}")


def prepare(extra: str | None = None) -> None:
    """Makes .venv hold Compagnon, and the extra ``dev`` for tests; nothing is called when all is in place."""
    lock = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # two starts at once would install over each other
    try:
        wanted = _fingerprint()
        known = _known()
        wanting = extra or "base"
        if frontend.built(ROOT) and wanted in (known.get(wanting), known.get("dev")) and PYTHON.exists():
            return
        if not _ours():
            _create()
        _install(f".[{extra}]" if extra else ".")
        _stamp.write_text(json.dumps({"base": wanted, wanting: wanted}))
    except PermissionError as error:
        stop(f"can't write {error.filename}: start it as the user to whom {ROOT} belongs.")
    except OSError as error:
        stop(f"{error.strerror or error}: {error.filename or ROOT}.")
    finally:
        os.close(lock)


def _fingerprint() -> str:
    """What an installed .venv depends on. The Python itself is in it: .venv follows an upgraded one."""
    digest = hashlib.sha256(f"{ROOT} {sys.version_info[:2]} {frontend.fingerprint(ROOT)}".encode())
    native = sorted(path for kind in "ch" for path in (ROOT / "server" / "transport").glob(f"*.{kind}"))
    sources = (*(path.relative_to(ROOT).as_posix() for path in native), "tools/native.py")
    for name in ("pyproject.toml", "hatch_build.py", "tools/frontend.py", *sources):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _known() -> dict[str, str]:
    try:
        known = json.loads(_stamp.read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _create() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        stop("Python's venv module is incomplete: type `sudo apt install python3-venv`, then start again.")
    say("making its environment in .venv (once)")
    try:
        venv.create(VENV, clear=True, with_pip=True)
    except subprocess.CalledProcessError:
        stop("Python could not put pip into .venv: type `sudo apt install python3-venv`, then start again.")


def _ours() -> bool:
    """Whether .venv already runs this very Python: then what is in it may stay."""
    command = [str(PYTHON), "-c", "import pip, sys; print(sys.version_info[:2])"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return done.stdout.strip() == str(sys.version_info[:2])


def _install(what: str) -> None:
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--editable", what]
    last: deque[str] = deque(maxlen=60)
    told: set[str] = set()
    with (
        _log.open("w") as log,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as pip,
    ):
        assert pip.stdout is not None
        for line in pip.stdout:
            log.write(line)
            last.append(line.strip())
            for start, meaning in _progress:
                if line.strip().startswith(start) and meaning not in told:
                    told.add(meaning)
                    say(meaning)
    if pip.returncode:
        stop(_reason(last))


def _reason(lines: deque[str]) -> str:
    """One sentence from the end of what pip said; all of it is in the log."""
    text = "\n".join(lines)
    if "No space left" in text:
        return f"the disk is full: make room, then start again (details: {_log})."
    if "npm could not" in text or any(
        sign in text
        for sign in ("NewConnectionError", "Temporary failure", "No matching distribution", "timed out")
    ):
        return f"the packages could not be fetched: is there a network? (details: {_log})"
    if "The pages could not be built" in text:
        return f"the pages could not be built (details: {_log})."
    return f"the packages could not be installed (details: {_log})."
