"""Two runs side by side: who would be with somebody else."""

from __future__ import annotations

from msgspec import Struct

from server.mentoring.matching.outcome import Outcome
from server.mentoring.people import PersonId


class Move(Struct, frozen=True, kw_only=True):
    """A mentee with one mentor in the first run and another in the second; None is nobody."""

    mentee: PersonId
    before: PersonId | None
    after: PersonId | None
    before_score: float = 0.0
    after_score: float = 0.0


class Comparison(Struct, frozen=True, kw_only=True):
    """``same`` counts the pairs that both have."""

    same: int
    moved: tuple[Move, ...]


def compare(one: Outcome, other: Outcome) -> Comparison:
    """What changes from the first to the second, those who gain most first."""
    first = {each.mentee: each for each in one.proposals}
    second = {each.mentee: each for each in other.proposals}
    moved: list[Move] = []
    same = 0
    for mentee in first.keys() | second.keys():
        before, after = first.get(mentee), second.get(mentee)
        if before is not None and after is not None and before.mentor == after.mentor:
            same += 1
            continue
        moved.append(
            Move(
                mentee=mentee,
                before=None if before is None else before.mentor,
                after=None if after is None else after.mentor,
                before_score=0.0 if before is None else before.score,
                after_score=0.0 if after is None else after.score,
            )
        )
    moved.sort(key=lambda each: (each.before_score - each.after_score, each.mentee))
    return Comparison(same=same, moved=tuple(moved))
