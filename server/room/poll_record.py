"""A poll as the room keeps it, with the answers that it may know."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from signaling.polls import Poll, PollStatus


class Vote(Struct, frozen=True, kw_only=True):
    """What a guest has answered: indices of choices, the lowest first."""

    member: str
    choices: tuple[int, ...]


class PollRecord(Struct, frozen=True, kw_only=True):
    """As stored, but for ``votes``, which are stored each for itself.

    ``counts`` are how often each choice was given; ``voters`` how many have answered. Of a closed anonymous
    poll these are all that is known. ``shown_to_all``: the result is on everybody's screen.
    """

    id: str
    question: str
    choices: tuple[str, ...]
    several: bool
    anonymous: bool
    status: PollStatus
    by: str
    at_ms: int
    counts: tuple[int, ...]
    voters: int = 0
    shown_to_all: bool = False
    deleted: bool = False
    votes: tuple[Vote, ...] = ()

    def vote_of(self, member: str) -> tuple[int, ...]:
        """What a guest has answered, empty for nothing (that is known)."""
        return next((vote.choices for vote in self.votes if vote.member == member), ())

    def with_vote(self, vote: Vote) -> PollRecord:
        """The poll with this answer in the place of any before of the same guest; an empty one is none."""
        others = tuple(each for each in self.votes if each.member != vote.member)
        return self.with_votes((*others, vote) if vote.choices else others)

    def with_votes(self, votes: tuple[Vote, ...]) -> PollRecord:
        """The poll with these answers, counted."""
        counts = [0] * len(self.choices)
        for vote in votes:
            for choice in vote.choices:
                counts[choice] += 1
        return replace(self, votes=votes, counts=tuple(counts), voters=len(votes))

    def closed(self) -> PollRecord:
        """The poll when nobody answers any more: of an anonymous one only the counts."""
        votes = () if self.anonymous else self.votes
        return replace(self, status="closed", shown_to_all=True, votes=votes)

    def shown(self, *, counts: bool) -> Poll:
        """The poll as people are shown it, with its counts or without."""
        return Poll(
            id=self.id,
            question=self.question,
            choices=self.choices,
            several=self.several,
            anonymous=self.anonymous,
            status=self.status,
            by=self.by,
            at_ms=self.at_ms,
            voters=self.voters,
            counts=self.counts if counts else None,
            shown=self.shown_to_all,
        )
