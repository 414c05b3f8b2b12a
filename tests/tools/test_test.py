"""./test names browser tests that fail once and then pass, and takes a second failure for what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.tools.test_frontend import ROOT, load

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:aiohttp"]

ONCE = """
from pathlib import Path
here = Path(__file__).with_suffix(".seen")
def test_late():
    seen = here.exists()
    here.touch()
    assert seen
"""


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, at work on a checkout of its own."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    module = load("test")
    monkeypatch.setattr(module.environment, "ROOT", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return module


@pytest.mark.parametrize(
    ("tests", "good"),
    [
        ([ONCE], True),
        (["def test_wrong(): assert False"], False),
        ([ONCE, "def test_wrong(): assert False"], False),
        ([ONCE, ONCE, ONCE], False),
        (["def test_right(): pass"], False),
    ],
    ids=["late once", "wrong", "late once and wrong", "too many", "ended for another reason"],
)
def test_what_failed_once_is_tried_again(
    runner: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str], tests: list[str], good: bool
) -> None:
    for number, text in enumerate(tests):
        (tmp_path / f"test_{number}.py").write_text(text)
    subprocess.run([*PYTEST, "--cache-clear"], cwd=tmp_path, check=False)
    assert runner.steady_after_all([*PYTEST, "--last-failed"]) is good
    said = "".join(capfd.readouterr())
    assert ("unsteady, failed once and then passed: test_0.py::test_late" in said) is good
