"""npm of the environment's own Node, in web/: ``.venv/bin/python tools/npm.py run check``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import frontend


def main() -> None:
    """Sees to web/node_modules, then becomes npm."""
    root = Path(__file__).resolve().parent.parent
    try:
        frontend.install(root, dev=True)
        command, environment = frontend.npm_command(*sys.argv[1:])
    except frontend.BuildError as error:
        sys.exit(f"{error.log}\n{error}".strip())
    os.chdir(root / "web")
    os.execve(command[0], command, environment)


if __name__ == "__main__":
    main()
