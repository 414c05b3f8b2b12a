"""The eight parts of a fit, each between 0 and 1, and what each is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from msgspec import structs

from server.mentoring.matching.candidates import Candidate, Weights

PartName = Literal["skills", "time", "language", "meeting", "spread", "waiting", "wish", "willing"]
PARTS: tuple[PartName, ...] = get_args(PartName)

ENOUGH_MINUTES = 240
"""Four hours a week in common are as good as any more."""

LONG_WAIT_DAYS = 30
"""Who waits for a month waits as much as anybody."""

RANKS = 5
"""Places of a ranking that count: the first for all, each later one for a fifth less."""


def share_of(weights: Weights) -> Mapping[PartName, float]:
    """Each weight as a share of all; of nothing but zeros every part is as much as any."""
    said: dict[PartName, int] = structs.asdict(weights)  # type: ignore[assignment]
    total = sum(said.values())
    return {part: said[part] / total if total else 1 / len(PARTS) for part in PARTS}


def spare(mentor: Candidate) -> float:
    """The share of a mentor's places that is free: who has more room is asked first."""
    return mentor.places / max(mentor.places + mentor.taken, 1)


def waited(mentee: Candidate, at_ms: int) -> float:
    """How long somebody has waited, as a share of a long wait."""
    days = (at_ms - mentee.since_ms) / 86_400_000
    return min(max(days / LONG_WAIT_DAYS, 0.0), 1.0)


def rank_value(place: int) -> float:
    """What a place of a ranking counts, 0 being the first."""
    return max(1 - place / RANKS, 0.0)
