"""What a run found, in records that can be kept, and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from server.mentoring.matching.candidates import Pair, Settings
from server.mentoring.matching.reasons import Reason
from server.mentoring.people import PersonId

Why = Literal["paused", "nobody", "language", "time", "both", "apart", "places"]

_told_pairs = 20


class Proposal(Struct, frozen=True, kw_only=True):
    """One pair of a run. ``mentee_place`` is the mentor's place on the mentee's list, from 1; 0 is not on it.
    ``mentor_place`` is the other way round.
    """

    mentor: PersonId
    mentee: PersonId
    score: float
    reasons: tuple[Reason, ...] = ()
    mentee_place: int = 0
    mentor_place: int = 0
    pinned: bool = False


class Alone(Struct, frozen=True, kw_only=True):
    """Somebody without a pair, and what it was that left them so.

    ``places``: they fit with somebody whose places others have. ``both``: nobody with their language has time
    when they do.
    """

    person: PersonId
    why: Why


class Report(Struct, frozen=True, kw_only=True):
    """A run in figures. ``profile`` counts mentees by the place of their mentor on their list, from the first
    choice on; ``off_list`` those whose mentor is not on it. ``blocking`` counts the pairs who would both
    rather have each other; ``blocked`` are some of them.
    """

    pairs: int = 0
    mean: float = 0.0
    worst: float = 0.0
    blocking: int = 0
    blocked: tuple[Pair, ...] = ()
    profile: tuple[int, ...] = ()
    mentor_profile: tuple[int, ...] = ()
    off_list: int = 0


class Shortlist(Struct, frozen=True, kw_only=True):
    """The mentors who are offered to a mentee, the best first."""

    mentee: PersonId
    mentors: tuple[PersonId, ...]


class Outcome(Struct, frozen=True, kw_only=True):
    """What a run found. With the same ``input_hash`` and settings it is the same every time."""

    input_hash: str
    settings: Settings
    proposals: tuple[Proposal, ...]
    mentees_alone: tuple[Alone, ...]
    mentors_alone: tuple[Alone, ...]
    shortlists: tuple[Shortlist, ...]
    dropped_pins: tuple[Pair, ...]
    report: Report


def report_of(proposals: Sequence[Proposal], blocked: Sequence[Pair]) -> Report:
    """The figures of these pairs; ``blocked`` are all that block."""
    if not proposals:
        return Report(blocking=len(blocked), blocked=tuple(blocked[:_told_pairs]))
    scores = [each.score for each in proposals]
    return Report(
        pairs=len(proposals),
        mean=sum(scores) / len(scores),
        worst=min(scores),
        blocking=len(blocked),
        blocked=tuple(sorted(blocked)[:_told_pairs]),
        profile=_profile([each.mentee_place for each in proposals]),
        mentor_profile=_profile([each.mentor_place for each in proposals]),
        off_list=sum(each.mentee_place == 0 for each in proposals),
    )


def _profile(places: Sequence[int]) -> tuple[int, ...]:
    return tuple(places.count(place) for place in range(1, max(places) + 1))
