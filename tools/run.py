"""What ./run does: bring .venv up to date, then become the server."""

from __future__ import annotations

import os
import sys

import environment

COMMANDS = {"serve", "doctor", "room", "--version"}


def main() -> None:
    """``./run [--port …]`` serves; ``./run doctor`` and ``./run room new …`` do what ``compagnon`` does."""
    environment.prepare()
    os.environ.setdefault("COMPAGNON_DATA", str(environment.ROOT / "data"))
    arguments = sys.argv[1:]
    if not arguments or arguments[0] not in COMMANDS:
        arguments.insert(0, "serve")
    command = environment.VENV / "bin" / "compagnon"
    sys.stdout.flush()
    os.execv(command, [str(command), *arguments])


if __name__ == "__main__":
    main()
