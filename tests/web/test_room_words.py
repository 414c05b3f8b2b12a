"""Every word that the room says is in both catalogues, and none is kept that it never says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from signaling.parts import ByeReason, ErrorCode, Quality

WEB = Path(__file__).parents[2] / "web"
LANGUAGES = ("en", "fr")

SOURCE = "".join(
    path.read_text("utf-8")
    for path in sorted((WEB / "client").rglob("*.ts"))
    if not path.name.endswith(".test.ts") and path.parent.name not in {"notes", "pages", "testing"}
)
# The literals in the argument of t(…): a choice of two keys is both.
SAID = {
    key
    for said in re.findall(r"\bt\(([^()]*)", SOURCE)
    for key in re.findall(r'"([a-z]+(?:[.-][a-z]+)*)"', said.split("{")[0])
    if key in {"again", "join", "minutes"} or "." in key
}
LITERAL = set(re.findall(r'"([a-z][a-z0-9.-]*)"', SOURCE))
BUILT = [
    re.compile(r"[a-z0-9.-]+".join(map(re.escape, re.split(r"\$\{[^{}]+\}", text))))
    for text in re.findall(r"`([a-z][a-z.-]*(?:\$\{[^{}`]+\}[a-z.-]*)+)`", SOURCE)
]
FATAL: tuple[str, ...] = ("link-invalid", "link-expired", "link-revoked", "room-ended", "room-full")
BUSY: tuple[str, ...] = ("server-full", "too-many-joins")


def catalogue(language: str, *names: str) -> dict[str, str | dict[str, str]]:
    return {
        key: entry
        for name in names
        for key, entry in json.loads((WEB / "locales" / language / f"{name}.json").read_text("utf-8")).items()
    }


def placeholders(entry: str | dict[str, str]) -> set[str]:
    texts = [entry] if isinstance(entry, str) else list(entry.values())
    return {name for text in texts for name in re.findall(r"\{(\w+)\}", text)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_said_is_there(language: str) -> None:
    assert len(SAID) > 80
    assert catalogue(language, "common", "room", "apart", "agenda", "asides", "queue").keys() >= SAID


def test_no_word_is_kept_that_is_never_said() -> None:
    unsaid = [
        key
        for key in catalogue("en", "room", "apart", "agenda", "asides", "queue")
        if key not in LITERAL and not any(built.fullmatch(key) for built in BUILT)
    ]
    assert unsaid == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_protocol_can_say_has_words(language: str) -> None:
    known = catalogue(language, "room").keys()
    assert {f"error.{code}" for code in get_args(ErrorCode)} <= known
    final = {reason for reason in get_args(ByeReason) if reason in {"replaced", "revoked", "room-ended"}}
    ends = {*FATAL, *BUSY, *final}
    assert {f"ended.{end}.{part}" for end in ends for part in ("title", "text")} <= known
    qualities = [quality for quality in get_args(Quality) if quality != "unknown"]
    assert {f"quality.{own}{quality}" for own in ("", "own.") for quality in qualities} <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_a_device_fails_has_its_sentence(language: str) -> None:
    declared = re.search(r"export type DeviceProblem =([^;]+);", SOURCE)
    assert declared is not None
    problems = set(re.findall(r'"([a-z-]+)"', declared[1]))
    assert {"denied", "none", "busy", "insecure", "constraint"} <= problems
    known = catalogue(language, "room").keys()
    for device in ("camera", "microphone"):
        assert {f"device.{device}.{problem}" for problem in problems} <= known
    assert {f"device.both.{problem}" for problem in problems - {"stopped"}} <= known
    # Refusing to share, in the browser's own dialog, is a change of mind and no problem.
    assert {f"device.screen.{problem}" for problem in problems - {"stopped", "denied"}} <= known


def test_both_languages_say_the_same_things() -> None:
    english, french = (
        catalogue(language, "room", "apart", "agenda", "asides", "queue") for language in LANGUAGES
    )
    assert english.keys() == french.keys()
    for key, entry in english.items():
        assert placeholders(entry) == placeholders(french[key]), key
        assert isinstance(entry, dict) == isinstance(french[key], dict), key
