"""./run installs once: nothing is called while nothing changed, and what failed is told in a sentence."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from pathlib import Path
from types import ModuleType

import pytest

from tests.tools.test_frontend import ROOT, load


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, at work on a checkout of its own that counts as built."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    module = load("environment")
    for name in ("web", "tools", "server/transport", ".venv/bin"):
        (tmp_path / name).mkdir(parents=True)
    sources = ("tools/native.py", "server/transport/fan.c", "server/transport/fan.h")
    for name in ("pyproject.toml", "hatch_build.py", "tools/frontend.py", *sources):
        (tmp_path / name).write_text("")
    (tmp_path / "web/static").mkdir()
    (tmp_path / "web/static/.stamp").write_text(module.frontend.fingerprint(tmp_path))
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(module, "_stamp", tmp_path / ".venv/compagnon.json")
    monkeypatch.setattr(module, "_ours", lambda: True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    return module


@pytest.fixture
def installed(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    calls: list[str] = []
    monkeypatch.setattr(environment, "_install", calls.append)
    return calls


def test_nothing_is_installed_twice(environment: ModuleType, installed: list[str]) -> None:
    environment.prepare()
    environment.prepare()
    assert installed == ["."]
    environment.prepare("dev")
    environment.prepare("dev")
    environment.prepare()
    assert installed == [".", ".[dev]"]


@pytest.mark.parametrize(
    "name", ["pyproject.toml", "hatch_build.py", "server/transport/fan.c", "web/room.ts"]
)
def test_a_change_is_installed(
    environment: ModuleType, installed: list[str], tmp_path: Path, name: str
) -> None:
    environment.prepare("dev")
    (tmp_path / name).write_text("changed")
    (tmp_path / "web/static/.stamp").write_text(environment.frontend.fingerprint(tmp_path))
    environment.prepare("dev")
    assert installed == [".[dev]", ".[dev]"]


def test_a_missing_front_end_is_built_again(
    environment: ModuleType, installed: list[str], tmp_path: Path
) -> None:
    environment.prepare()
    (tmp_path / "web/static/.stamp").unlink()
    environment.prepare()
    assert len(installed) == 2


def test_a_folder_that_is_not_ours_is_one_sentence(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(what: str) -> None:
        raise PermissionError(13, "Permission denied", "/checkout/.venv")

    monkeypatch.setattr(environment, "_install", refuse)
    with pytest.raises(SystemExit) as ended:
        environment.prepare()
    assert str(ended.value.code).startswith("Compagnon: can't write /checkout/.venv")


def test_a_missing_venv_is_one_sentence(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_ours", lambda: False)
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        environment.prepare()
    assert "sudo apt install python3-venv" in str(ended.value.code)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Failed to establish a new connection: NewConnectionError", "is there a network?"),
        ("npm could not get the packages of the front end: is there a network?", "is there a network?"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("The pages could not be built: esbuild refused the sources.", "the pages could not be built"),
        ("something else", "could not be installed"),
    ],
)
def test_what_pip_says_becomes_one_sentence(environment: ModuleType, line: str, sentence: str) -> None:
    text = environment._reason(deque(["Collecting x", line, ""]))
    assert sentence in text
    assert "install.log" in text
    assert "\n" not in text


@pytest.mark.parametrize("script", ["run", "test"])
def test_a_python_too_old_is_one_sentence(tmp_path: Path, script: str) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    for name in ("python3.14", "python3.13", "python3.12", "python3.11", "python"):
        (tmp_path / name).symlink_to(old)
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/sh", str(ROOT / script)],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == "Compagnon needs Python 3.11 or newer: install it, or set PYTHON to where it is.\n"
