"""Why a mentor goes well with a mentee: each part of the score of one pair, with the facts behind it."""

from __future__ import annotations

from msgspec import Struct

from server.mentoring.availability import STEP, seasons, week
from server.mentoring.matching.candidates import Candidate, Weights, folded, tongue
from server.mentoring.matching.parts import (
    ENOUGH_MINUTES,
    PARTS,
    PartName,
    rank_value,
    share_of,
    spare,
    waited,
)
from server.mentoring.zones import DAY_MS


class Reason(Struct, frozen=True, kw_only=True):
    """One part of a score: it counts ``value`` (0 to 1) of ``share`` (of 1).

    ``count`` is the fact in a number: skills shared, minutes a week, places free, days waited, place of a
    ranking (from 1, 0 for none). ``names`` are the skills as the mentee typed them, or the language shared.
    """

    part: PartName
    value: float
    share: float
    count: int = 0
    names: tuple[str, ...] = ()


def minutes_of(mentor: Candidate, mentee: Candidate, at_ms: int) -> int:
    """Minutes a week that both are free, the least of both sides of a daylight-saving change."""
    return min(
        STEP * (week(mentee.windows, mine) & week(mentor.windows, theirs)).bit_count()
        for mine, theirs in seasons(mentee.zone, mentor.zone, at_ms // DAY_MS)
    )


def reasons(mentor: Candidate, mentee: Candidate, weights: Weights, at_ms: int) -> tuple[Reason, ...]:
    """All parts, what counts most first."""
    offered = {folded(skill) for skill in mentor.skills}
    sought = {folded(skill): skill for skill in reversed(mentee.skills)}
    shared = tuple(skill for key, skill in reversed(sought.items()) if key in offered)
    spoken = {tongue(tag) for tag in mentor.languages}
    common = tuple(tongue(tag) for tag in mentee.languages if tongue(tag) in spoken)
    best = bool(mentee.languages) and tongue(mentee.languages[0]) in spoken
    minutes = minutes_of(mentor, mentee, at_ms)
    wish, willing = _place(mentee, mentor), _place(mentor, mentee)
    found: dict[PartName, tuple[float, int, tuple[str, ...]]] = {
        "skills": (len(shared) / len(sought) if sought else 0.5, len(shared), shared),
        "time": (min(minutes / ENOUGH_MINUTES, 1.0), minutes, ()),
        "language": (1.0 if best else 0.5, int(best), common[:1]),
        "meeting": (float(bool(set(mentor.meets) & set(mentee.meets))), 0, ()),
        "spread": (spare(mentor), mentor.places, ()),
        "waiting": (waited(mentee, at_ms), max((at_ms - mentee.since_ms) // DAY_MS, 0), ()),
        "wish": (rank_value(wish - 1) if wish else 0.0, wish, ()),
        "willing": (rank_value(willing - 1) if willing else 0.0, willing, ()),
    }
    shares = share_of(weights)
    said = [
        Reason(part=part, value=value, share=shares[part], count=count, names=names)
        for part in PARTS
        for value, count, names in (found[part],)
    ]
    return tuple(sorted(said, key=lambda each: -each.value * each.share))


def total(said: tuple[Reason, ...]) -> float:
    """The score that these reasons make, 0 to 1."""
    return sum(each.value * each.share for each in said)


def _place(chooser: Candidate, other: Candidate) -> int:
    return chooser.ranking.index(other.person) + 1 if other.person in chooser.ranking else 0
