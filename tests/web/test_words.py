"""Every word on screen comes from the catalogues, and the catalogues hold no word that is never on screen."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from server.room.formats import formats
from signaling.parts import Role
from web.i18n import PAGE_CATALOGUES

WEB = Path(__file__).parents[2] / "web"


def words(language: str, *names: str) -> dict[str, str | dict[str, str]]:
    merged: dict[str, str | dict[str, str]] = {}
    for name in names:
        path = WEB / "locales" / language / f"{name}.json"
        new = json.loads(path.read_text("utf-8"))
        assert not merged.keys() & new.keys(), f"{name} says again what another catalogue says"
        merged |= new
    return merged


def sentences(entries: dict[str, str | dict[str, str]]) -> dict[str, str]:
    return {
        f"{key} {form}": text
        for key, entry in entries.items()
        for form, text in (entry.items() if isinstance(entry, dict) else [("", entry)])
    }


TEMPLATES = "".join(path.read_text("utf-8") for path in sorted((WEB / "templates").rglob("*.html")))
SERVER = "".join(
    path.read_text("utf-8")
    for folder in (WEB.parent / "server", WEB / "views")
    for path in sorted(folder.rglob("*.py"))
)
WHOLE = set(re.findall(r'\bt\("([^"]+)"\s*[,)]', TEMPLATES))
BEGUN = set(re.findall(r'\bt\("([^"]+\.)" ~', TEMPLATES))
SAID = set(re.findall(r'"([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+)"', SERVER + TEMPLATES))
"""Keys that code hands to a template as they stand."""

FAULTS = {f"fault.{code}" for code in re.findall(r'code="([a-z-]+)"', SERVER)}
LETTERS = {f"mail.{kind}." for kind in re.findall(r'kind="([a-z-]+)"', SERVER)}
BEGUN |= set(re.findall(r'\b(?:say|text)\(\s*f"([^"{]+\.){', SERVER)) | LETTERS


def test_templates_say_what_the_catalogues_have() -> None:
    known = words("en", *PAGE_CATALOGUES)
    assert known.keys() >= WHOLE
    for begun in BEGUN - LETTERS - {"fault."}:
        assert any(key.startswith(begun) for key in known), begun


def test_no_word_is_kept_that_no_page_says() -> None:
    unsaid = [
        key
        for name in PAGE_CATALOGUES
        if name != "common"
        for key in words("en", name)
        if key not in WHOLE | SAID | FAULTS and not key.startswith(tuple(BEGUN - {"fault."}))
    ]
    assert unsaid == []


def test_formats_boxes_and_roles_have_names() -> None:
    known = words("fr", "common")
    for format_ in formats().values():
        assert {f"format.{format_.key}", f"format.{format_.key}.summary"} <= known.keys()
        assert {f"box.{box.key}" for box in format_.boxes} <= known.keys()
    assert {f"role.{role}" for role in get_args(Role)} <= known.keys()


@pytest.mark.parametrize("name", sorted(path.stem for path in (WEB / "locales" / "fr").glob("*.json")))
def test_french_is_set_as_french_is(name: str) -> None:
    for key, text in sentences(words("fr", name)).items():
        assert not re.search(r"[ \t\n][;:?!»]|«[ \t\n]", text), f"{key}: a space that breaks: {text}"
        assert not re.search(r"(?<=[^\W\d])[;?!](?=\s|$)|\w:(?=\s|$)", text), (
            f"{key}: a space is missing: {text}"
        )
        assert not re.search(r"[\"']", text), f"{key}: straight quotes: {text}"
        assert not re.search(r"\b(tu|te|toi|ton|ta|tes)\b", text, re.I), f"{key}: vous, not tu: {text}"


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", sorted(path.stem for path in (WEB / "locales" / "en").glob("*.json")))
def test_words_are_calm(name: str, language: str) -> None:
    for key, text in sentences(words(language, name)).items():
        assert "!" not in text, f"{key}: no exclamation marks: {text}"
        assert text == text.strip() or text.endswith("\n"), f"{key}: blanks around {text!r}"
        # The figures of a connection are for whoever knows these words.
        technical = key.startswith("details.")
        assert technical or not re.search(r"\b(ICE|SDP|RTP|WebRTC|WebSocket|STUN|DTLS|UDP)\b", text), (
            f"{key}: jargon: {text}"
        )
