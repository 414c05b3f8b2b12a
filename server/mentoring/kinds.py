"""The kinds of mentorship: policy as data, never a subclass (mentoring.md)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

Kind = Literal["one-to-one", "group", "peer", "reverse", "micro", "office-hours"]


class Policy(Struct, frozen=True, kw_only=True):
    """What a kind allows.

    ``mentors`` and ``mentees`` are the fewest and most people in each part; peers are mentees of each other.
    ``most_sessions`` and ``most_days`` bound a short tie, None leaves it open. ``agreement`` asks for goals,
    cadence and signatures before it is active. ``waits`` lets people queue for a seat. ``format`` is what a
    session begins with unless somebody chooses otherwise.
    """

    mentors: tuple[int, int]
    mentees: tuple[int, int]
    cadence_days: int
    most_sessions: int | None = None
    most_days: int | None = None
    agreement: bool = True
    waits: bool = False
    format: str = "grow-60"
    minutes: int = 60


POLICIES: Mapping[Kind, Policy] = MappingProxyType(
    {
        "one-to-one": Policy(mentors=(1, 1), mentees=(1, 1), cadence_days=14),
        "group": Policy(mentors=(1, 3), mentees=(1, 99), cadence_days=28, waits=True, format="open"),
        "peer": Policy(mentors=(0, 0), mentees=(2, 8), cadence_days=14, format="open"),
        # The one who is junior at work mentors; the roles in the mentorship say who gives.
        "reverse": Policy(mentors=(1, 1), mentees=(1, 1), cadence_days=28, format="quick-30", minutes=30),
        "micro": Policy(
            mentors=(1, 1),
            mentees=(1, 1),
            cadence_days=7,
            most_sessions=3,
            most_days=42,
            format="quick-30",
            minutes=30,
        ),
        "office-hours": Policy(
            mentors=(1, 1),
            mentees=(0, 99),
            cadence_days=7,
            agreement=False,
            waits=True,
            format="open",
            minutes=60,
        ),
    }
)
