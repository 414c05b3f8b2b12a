"""Until when a proposed session waits for its answer, whom it waits for, and when they are reminded.

The dates of a series are one question: it is answered before the first of them that still waits, or all of
them that wait end unanswered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from server.mentoring.meetings import Session
from server.mentoring.people import PersonId
from server.mentoring.zones import DAY_MS


def asked_together(session: Session, sessions: Iterable[Session]) -> list[Session]:
    """The proposals that wait for the same answer as ``session``, the earliest first; none when none waits.

    ``sessions`` are those of its mentorship, it included.
    """
    if not session.waits:
        return []
    if session.series is None:
        return [session]
    siblings = [each for each in sessions if each.series == session.series and each.waits]
    return sorted(siblings, key=lambda each: each.starts_ms)


def answer_until_ms(together: Sequence[Session]) -> int:
    """When an answer comes too late: the beginning of the first of them."""
    return together[0].starts_ms


def remind_at_ms(until_ms: int, asked_ms: int) -> int:
    """A day before, or half way there when that is later: who was asked just now isn't reminded at once."""
    return max(until_ms - DAY_MS, (asked_ms + until_ms) // 2)


def unanswering(together: Sequence[Session]) -> dict[PersonId, list[Session]]:
    """Who still has to answer, and to which of them."""
    found: dict[PersonId, list[Session]] = {}
    for each in together:
        for person in each.people:
            if person not in each.coming:
                found.setdefault(person, []).append(each)
    return found
