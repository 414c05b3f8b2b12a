"""The keys of the bank of mentors and of matching runs; ``keys`` has all others."""

from __future__ import annotations

BANK_NUMBERS = "compagnon:{people}:bank:numbers"
"""Hash, person id to number: the place of each in the bitmaps of the bank; counted up, never reused."""

BANK_PEOPLE = "compagnon:{people}:bank:people"
"""Hash, number to person id."""

BANK_COUNT = "compagnon:{people}:bank:count"
"""String: the last number given."""

BANK_WORDS = "compagnon:{people}:bank:words"
"""Sorted set, all scores 0: the folded words that the bank knows, to find those that begin alike."""

BANK_WEEKS = "compagnon:{people}:bank:weeks"
"""Hash, number to hex: the half hours of a week at which somebody has an hour, in January, then in July."""


def bank_paused(programme: str) -> str:
    """Sorted set, number by the ms until when: mentors who asked for a pause."""
    return f"compagnon:{{people}}:bank:paused:{programme}"


def bank_bits(name: str) -> str:
    """Bitmap by number: whoever this is true of; what it is stands in ``server/storage/bank.py``."""
    return f"compagnon:{{people}}:bank:bits:{name}"


def match_run(run: str) -> str:
    """String, JSON: a matching run."""
    return f"compagnon:{{people}}:match-run:{run}"


def match_runs(programme: str) -> str:
    """Sorted set, run id by the ms of its making: the matching runs of a programme."""
    return f"compagnon:{{people}}:match-runs:{programme}"


def match_outcome(run: str) -> str:
    """String, JSON: what a matching run found."""
    return f"compagnon:{{people}}:match-outcome:{run}"


def match_input(programme: str, digest: str) -> str:
    """String, JSON: the people whom runs with this input hash looked at; kept for some weeks."""
    return f"compagnon:{{people}}:match-input:{programme}:{digest}"


def match_step(run: str) -> str:
    """String: the step that a matching run is at."""
    return f"compagnon:{{people}}:match-step:{run}"


def ranking(programme: str, person: str, role: str) -> str:
    """String, JSON: whom somebody was offered as mentor or mentee, and how they ranked them."""
    return f"compagnon:{{people}}:ranking:{programme}:{person}:{role}"


def rankings(programme: str, role: str) -> str:
    """Set of person ids: who was offered people to rank, as this."""
    return f"compagnon:{{people}}:rankings:{programme}:{role}"
