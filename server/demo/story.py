"""The people and ties of the demonstration, read from the files beside."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Literal

from msgspec import Struct, convert

from server.mentoring.profiles import Connection
from server.mentoring.programmes import ProgrammeRole
from signaling.parts import Language

Fate = Literal["steady", "quiet", "paused", "closed", "unsigned", "asked"]


class Someone(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person. ``offers``, ``seeks`` and ``speaks`` are lists with commas."""

    name: str
    role: ProgrammeRole
    headline: str
    about: str = ""
    offers: str = ""
    seeks: str = ""
    speaks: str = "fr,en"
    language: Language = "fr"
    zone: str = "Europe/Paris"
    connection: Connection = "good"
    partner: str = ""
    capacity: int = 1


class TieStory(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One tie: ``began`` so many days ago. ``said`` are messages, the mentee's first.

    ``reached`` is how far the goals are, in percent; ``mood`` what its people answered last month, 1 to 5.
    """

    mentor: str
    mentee: str
    began: int
    fate: Fate
    purpose: str
    goals: tuple[str, ...] = ()
    notes: str = ""
    action: str = ""
    said: tuple[str, ...] = ()
    reached: int = 0
    mood: tuple[int, int] | None = None


def people() -> list[Someone]:
    """Everybody, coordinators first."""
    return convert(_read("people"), list[Someone])


def ties() -> list[TieStory]:
    """Every tie."""
    return convert(_read("ties"), list[TieStory])


def listed(text: str) -> tuple[str, ...]:
    """The parts of a list with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _read(name: str) -> object:
    text = (resources.files("server.demo") / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)[name]
