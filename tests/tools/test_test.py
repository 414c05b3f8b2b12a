"""./test names tests that fail once and then pass, and takes a second failure for what it says."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.tools.test_frontend import ROOT, load

PYTEST = [sys.executable, "-m", "pytest", "-q"]

SETTINGS = """
[pytest]
markers =
    browser
    alone
"""

HEAD = """
import os
from pathlib import Path
import pytest
pytestmark = [pytest.mark.browser]
"""

ALONE = "pytestmark.append(pytest.mark.alone)\n"

ONCE = """
here = Path(__file__).with_suffix(".seen")
def test_late():
    seen = here.exists()
    here.touch()
    assert seen
"""

RIGHT = "def test_right(): pass\n"
WRONG = "def test_wrong(): assert False\n"
BROKEN = "import nothing_of_this_name\n"

WHERE = """
def test_where():
    Path(__file__).with_suffix(".where").write_text(os.environ.get("PYTEST_XDIST_WORKER", "here"))
"""


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, at work on a checkout of its own on one core, with a pytest that starts quickly."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    module = load("test")
    monkeypatch.setattr(module.environment, "ROOT", tmp_path)
    monkeypatch.setattr(module, "pytest", lambda: PYTEST)
    monkeypatch.setattr(module.os, "cpu_count", lambda: 1)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    return module


def write(folder: Path, *tests: str) -> None:
    for number, text in enumerate(tests):
        (folder / f"test_{number}.py").write_text(HEAD + text)


@pytest.mark.parametrize(
    ("tests", "good"),
    [
        ([ONCE, ALONE + RIGHT], True),
        ([RIGHT, ALONE + ONCE], True),
        ([WRONG, ALONE + RIGHT], False),
        ([ONCE, ALONE + WRONG], False),
        ([ONCE, ONCE, ALONE + ONCE], False),
        ([RIGHT, ALONE + RIGHT], True),
        ([BROKEN, ALONE + ONCE], False),
    ],
    ids=["late once", "late alone", "wrong", "late and wrong", "too many", "right", "unreadable"],
)
def test_what_failed_once_is_tried_again(
    runner: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str], tests: list[str], good: bool
) -> None:
    write(tmp_path, *tests)
    assert runner.all_pass(runner.EVERYTHING[1:], []) is good
    said = "".join(capfd.readouterr())
    late = [number for number, text in enumerate(tests) if ONCE in text]
    named = f"unsteady, failed once and then passed: test_{late[0]}.py::test_late" if late else "unsteady"
    assert (named in said) is (good and bool(late))


def test_what_must_be_alone_runs_in_one_process_and_the_rest_in_as_many_as_there_are_cores(
    runner: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(runner, "pytest", lambda: [*PYTEST, "-p", "xdist"])
    write(tmp_path, WHERE, WHERE, ALONE + WHERE)
    assert runner.all_pass(runner.EVERYTHING[1:], [])
    where = [(tmp_path / f"test_{number}.where").read_text() for number in range(3)]
    assert set(where[:2]) <= {"gw0", "gw1"}
    assert where[2] == "here"


def test_words_for_pytest_may_choose_none_of_a_kind(runner: ModuleType, tmp_path: Path) -> None:
    write(tmp_path, RIGHT)
    assert runner.all_pass(runner.EVERYTHING[1:], ["-k", "right"])
    assert not runner.all_pass(runner.EVERYTHING[1:], [])


def test_checks_run_side_by_side_and_each_speaks_in_one_piece(
    runner: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    def says(*words: str) -> list[list[str]]:
        return [["sh", "-c", f"echo {word}; echo {word} again"] for word in words]

    assert runner.side_by_side({"one": says("a", "b"), "two": says("c")})
    assert "a\na again\nb\nb again\n" in capfd.readouterr().out
    assert not runner.side_by_side({"one": says("a"), "two": [["false"], *says("never")]})
    said = capfd.readouterr().out
    assert "two FAILED" in said
    assert "one passed" in said
    assert "never" not in said
