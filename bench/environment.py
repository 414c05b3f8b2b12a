"""What the executables in this folder need before anything else: the environment that ``./run`` made.

Standard library only: this file is read by whatever Python starts the benchmark.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def lack(sentence: str) -> None:
    """Says in one sentence what is missing and ends with status 2."""
    sys.stderr.write(sentence + "\n")
    raise SystemExit(2)


def enter(modules: Sequence[str], script: str) -> None:
    """Goes on in ``.venv``; gives up in one sentence when there is none or it lacks ``modules``."""
    interpreter = ROOT / ".venv" / "bin" / "python"
    if not interpreter.exists():
        lack(f"There is no .venv yet: start ./run once, then {script} again.")
    if Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
        os.execv(interpreter, [str(interpreter), str(ROOT / script), *sys.argv[1:]])
    from importlib.util import find_spec

    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        lack(
            f"{script} needs {', '.join(missing)}: type .venv/bin/pip install -e '.[dev]' and start it again."
        )
