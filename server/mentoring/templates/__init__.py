"""What a new programme begins with: one TOML file a template, its words in each language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from msgspec import Struct, convert

from server.mentoring.kinds import Kind
from signaling.parts import Language


class Words(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A template in one language.

    ``name`` and ``purpose`` are for whoever chooses it, the others are what a programme starts with;
    ``training`` and ``agreement`` are Markdown.
    """

    name: str
    purpose: str
    summary: str
    training: str
    agreement: str


class Template(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One template; ``key`` is its file's name. ``months`` is how long the programme lasts, None: open.

    ``partners`` says that organisations usually bring mentors.
    """

    key: str
    order: int
    kinds: tuple[Kind, ...]
    cadence_days: int
    answer_days: int
    months: int | None = None
    signatures: bool = True
    partners: bool = False
    en: Words
    fr: Words

    def words(self, language: Language) -> Words:
        """The template in this language."""
        return self.fr if language == "fr" else self.en


@cache
def templates() -> Mapping[str, Template]:
    """Every template by key, in the order in which they are offered."""
    found = (
        convert({"key": file.name.removesuffix(".toml"), **tomllib.loads(file.read_text("utf-8"))}, Template)
        for file in resources.files(__name__).iterdir()
        if file.name.endswith(".toml")
    )
    return MappingProxyType({each.key: each for each in sorted(found, key=lambda each: each.order)})
