"""Whom a matching run looks at, what it is asked to do, and the sum by which a run can be repeated."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Literal

from msgspec import Struct, json, structs

from server.mentoring.availability import Window
from server.mentoring.folding import folded as skill_key
from server.mentoring.people import PersonId
from server.mentoring.profiles import Meeting

Method = Literal["assignment", "stable"]


class Candidate(Struct, frozen=True, kw_only=True):
    """One person as matching sees them.

    ``skills`` are what a mentor offers or a mentee seeks, as typed; the first of ``languages`` (BCP 47) is
    the one they like best. ``places`` are free, ``taken`` are not; a mentee has one place. ``ranking`` names
    people of the other side, the dearest first. ``since_ms`` is when they joined.
    """

    person: PersonId
    zone: str
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    meets: tuple[Meeting, ...] = ()
    windows: tuple[Window, ...] = ()
    places: int = 1
    taken: int = 0
    paused: bool = False
    since_ms: int = 0
    ranking: tuple[PersonId, ...] = ()


class Pair(Struct, frozen=True, order=True):
    """One mentor and one mentee."""

    mentor: PersonId
    mentee: PersonId


class Gathering(Struct, frozen=True, kw_only=True):
    """Everybody of a run at the instant ``at_ms``. ``apart`` are pairs that can't be: they were together
    before, say.
    """

    at_ms: int
    mentors: tuple[Candidate, ...]
    mentees: tuple[Candidate, ...]
    apart: tuple[Pair, ...] = ()


class Weights(Struct, frozen=True, kw_only=True):
    """How much each part of a fit counts, 0 to 10: shares of the whole, so only their relation matters."""

    skills: int = 5
    time: int = 3
    language: int = 2
    meeting: int = 1
    spread: int = 1
    waiting: int = 1
    wish: int = 5
    willing: int = 3


class Settings(Struct, frozen=True, kw_only=True):
    """What a run is asked to do.

    ``least_minutes`` a week have to be free on both sides. ``shortlist`` is how many mentors are offered to
    each mentee. ``consider`` is how many the solver begins with for a mentee; the list of a stable run is
    as long. ``seed`` decides between equals. ``pins`` are made whatever their score, ``vetoes`` are not made.
    """

    method: Method = "assignment"
    weights: Weights = Weights()
    least_minutes: int = 60
    shortlist: int = 5
    consider: int = 30
    seed: int = 0
    pins: tuple[Pair, ...] = ()
    vetoes: tuple[Pair, ...] = ()


def ordered(gathering: Gathering) -> Gathering:
    """The same people in the one order that sums and solvers are given: by id."""
    return structs.replace(
        gathering,
        mentors=tuple(sorted(gathering.mentors, key=lambda each: each.person)),
        mentees=tuple(sorted(gathering.mentees, key=lambda each: each.person)),
        apart=tuple(sorted(set(gathering.apart))),
    )


def input_hash(gathering: Gathering) -> str:
    """SHA-256, in hex, of everything that a run reads of people: the same input, the same sum."""
    return hashlib.sha256(json.encode(ordered(gathering))).hexdigest()


folded = lru_cache(maxsize=65_536)(skill_key)
"""The form in which two spellings of a skill are the same, remembered."""


def tongue(tag: str) -> str:
    """The language of a BCP 47 tag without region or script: "fr" of "fr-CA"."""
    return tag.partition("-")[0].lower()
