"""People made up from a seed, for measuring and testing matching: the same seed, the same people."""

from __future__ import annotations

import numpy as np

from server.mentoring.availability import Window
from server.mentoring.matching.candidates import Candidate, Gathering

DAY_MS = 86_400_000
AT_MS = 1_793_278_800_000  # 29 October 2026: clocks have changed in Paris, not in Montréal

ZONES = ("Europe/Paris", "America/Montreal", "Africa/Dakar", "Indian/Reunion", "America/New_York")
LANGUAGES = ("fr", "en", "es", "ar")


def gathering(mentees: int, mentors: int, *, seed: int, places: int = 1, skills: int = 200) -> Gathering:
    """Mentees seek four skills, mentors offer eight; all are free for three hours on four days a week."""
    chance = np.random.default_rng(seed)

    def one(name: str, places: int, count: int) -> Candidate:
        days = sorted(chance.choice(7, 4, replace=False).tolist())
        hours = chance.integers(7, 20, 4).tolist()
        spoken = chance.choice(len(LANGUAGES), 2, replace=False, p=[0.45, 0.4, 0.1, 0.05])
        return Candidate(
            person=name,
            zone=ZONES[int(chance.integers(len(ZONES)))],
            skills=tuple(f"Skill {each}" for each in chance.choice(skills, count, replace=False)),
            languages=tuple(LANGUAGES[each] for each in spoken),
            meets=("video",) if chance.random() < 0.8 else ("voice", "text"),
            windows=tuple(
                Window(day, hour * 60, hour * 60 + 180) for day, hour in zip(days, hours, strict=True)
            ),
            places=places,
            since_ms=AT_MS - int(chance.integers(40)) * DAY_MS,
        )

    return Gathering(
        at_ms=AT_MS,
        mentors=tuple(one(f"mentor-{at}", places, min(8, skills)) for at in range(mentors)),
        mentees=tuple(one(f"mentee-{at}", 1, min(4, skills)) for at in range(mentees)),
    )
