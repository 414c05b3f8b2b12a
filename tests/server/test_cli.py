"""The command line: every mistake of the operator is one sentence with its status, never a stack trace."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server import __version__, cli
from server.config import OPTIONS, read


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    said = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, said.out, said.err


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"compagnon {__version__}\n", "")


def test_help_names_every_flag_and_variable(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "serve", "--help")
    assert status == 0
    for option in OPTIONS:
        if option.flag is not None:
            assert option.flag in out
            assert option.variable in re.sub(r"\s+", "", out)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "The following arguments are required: COMMAND"),
        (("dance",), "Argument COMMAND: invalid choice: 'dance'"),
        (("serve", "--port"), "Argument --port: expected one argument"),
        (("serve", "--port", "http"), "--port must be a port number"),
        (("serve", "--frobnicate"), "Unrecognized arguments: --frobnicate"),
        (("serve", "--tls-cert", "c.pem"), "--tls-cert and --tls-key belong together"),
        (("room", "new", "--format", "open"), "--guest must be given for at least two people."),
        (
            ("room", "new", "--format", "x", "--guest", "A:mentor", "--guest", "B:mentee"),
            "--format must be open, quick-30, grow-45, grow-60, troika-30, circle-60,",
        ),
        (("room", "new", "--format", "open", "--guest", "Ada"), "--guest must look like NAME:mentor,"),
        (("room", "new", "--format", "open", "--guest", "Ada:boss"), "--guest must look like"),
        (("room", "new", "--format", "open", "--guest", "Ada:mentor"), "--guest must be given for at least"),
    ],
)  # fmt: skip
def test_wrong_words_are_one_sentence(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    status, out, err = run(capsys, *words)
    assert status == 2
    assert out == ""
    assert err.startswith(f"compagnon: {sentence}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--minutes", "2"), "--minutes: "),
        (("--title", "t" * 81), "--title is too long."),
        (("--guest", "\u200b:mentee"), "--guest: somebody has no name."),
        (("--guest", "B" * 81 + ":mentee"), "--guest: a name is too long."),
    ],
)
def test_a_session_that_can_not_be_made(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    people = ("--guest", "Ada:mentor", "--guest", "Bao:mentee")
    status, _, err = run(
        capsys, "room", "new", "--data", str(tmp_path), "--format", "grow-45", *people, *words
    )
    assert status == 2
    assert err.startswith(f"compagnon: {sentence}")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Bao\n\nZoë: coach", "line 3 must end in mentor"),
        ("Bao\n:mentee", "line 2 has no name"),
        ("B" * 81, "line 1 has a name that is too long"),
    ],
)
def test_a_list_with_a_fault_names_the_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, sentence: str
) -> None:
    path = tmp_path / "people.txt"
    path.write_text(text, "utf-8")
    status, _, err = run(
        capsys, "room", "new", "--format", "open", "--guest", "Ada:mentor", "--guest-list", str(path)
    )
    assert status == 2
    assert err.startswith(f"compagnon: --guest-list: {sentence}")


def test_an_unreachable_store_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = (
        "room",
        "new",
        "--data",
        str(tmp_path),
        "--redis",
        "redis://:secret@127.0.0.1:1/0",
        "--format",
        "open",
    )
    status, _, err = run(capsys, *words, "--guest", "Ada:mentor", "--guest", "Bao:mentee")
    assert status == 1
    assert err.startswith("compagnon: The store at redis://127.0.0.1:1/0 can't be used")
    assert "secret" not in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("said", "expected", "unexpected"),
    [
        ({}, "on this computer", "HTTPS"),
        ({"host": "0.0.0.0"}, "camera and microphone to HTTPS only", "warn once"),
        ({"host": "0.0.0.0", "tls_self_signed": "1"}, "browsers warn once", "HTTPS only"),
        ({"base_url": "https://meet.example.org"}, "UDP port 8080", "HTTPS only"),
    ],
)
def test_the_welcome_says_where_to_go(said: dict[str, str], expected: str, unexpected: str) -> None:
    config = read(said, {"HOME": "/h"})
    text = cli.welcome(config, config.start_url)
    assert config.start_url in text
    assert expected in text
    assert unexpected not in text
