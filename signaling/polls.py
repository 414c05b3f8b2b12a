"""Polls: what a browser asks about them, and what it is told."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from signaling.parts import Part, Wire

MOST_CHOICES = 8
"""Answers that a question can offer; two at least."""

PollAct = Literal["open", "close", "show", "hide", "delete", "restore"]
"""What a facilitator does with a poll. ``show`` and ``hide``: on everybody's screen, once it is closed."""

PollStatus = Literal["draft", "open", "closed"]

PollId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,24}\Z")]
ChoiceIndex = Annotated[int, Meta(ge=0, lt=MOST_CHOICES)]


class Poll(Part, frozen=True):
    """A question to the room. ``several``: more than one answer may be given; ``anonymous``: nobody is told
    who gave which.

    ``voters`` is how many have answered; ``counts`` how often each choice was, null for who may not see that
    yet. ``shown``: a closed one is on everybody's screen.
    """

    id: str
    question: str
    choices: tuple[str, ...]
    several: bool
    anonymous: bool
    status: PollStatus
    by: str
    at_ms: int
    voters: int
    counts: tuple[int, ...] | None
    shown: bool


class OwnVote(Part, frozen=True):
    """What this person has answered: indices of choices, the lowest first."""

    poll: str
    choices: tuple[int, ...]


class PollDraft(Wire, tag="poll-draft", frozen=True):
    """Writes a question down, new or a draft again, and asks it at once with ``ask`` (facilitators only).

    ``poll`` is a random id that the browser makes: the same message twice is one poll.
    """

    poll: PollId
    question: str
    choices: Annotated[tuple[str, ...], Meta(max_length=64)]
    several: bool = False
    anonymous: bool = False
    ask: bool = False


class PollDo(Wire, tag="poll-do", frozen=True):
    """Opens, closes, shows, hides, deletes or restores a poll (facilitators only)."""

    poll: PollId
    act: PollAct


class PollVote(Wire, tag="poll-vote", frozen=True):
    """Answers an open poll, or answers it anew; no choice at all takes the answer back."""

    poll: PollId
    choices: Annotated[tuple[ChoiceIndex, ...], Meta(max_length=MOST_CHOICES)]


class PollsWanted(Wire, tag="polls-wanted", frozen=True):
    """Asks for all polls as this person may see them."""


class VotersWanted(Wire, tag="voters-wanted", frozen=True):
    """Asks who answered what in a poll that is not anonymous and whose counts this person may see."""

    poll: PollId


class Polls(Wire, tag="polls", frozen=True):
    """The reply to ``polls-wanted``: the oldest first, and this person's own answers."""

    polls: tuple[Poll, ...]
    own: tuple[OwnVote, ...]


class PollNow(Wire, tag="poll", frozen=True):
    """A poll as it is now, for this person's eyes; already in the store."""

    poll: Poll


class PollGone(Wire, tag="poll-gone", frozen=True):
    """A poll was deleted. ``restore`` brings it back until another one is deleted."""

    poll: str


class Voted(Wire, tag="voted", frozen=True):
    """This person's own answer, as stored: to them alone."""

    vote: OwnVote


class Voters(Wire, tag="voters", frozen=True):
    """The reply to ``voters-wanted``: for each choice the ids of the guests who gave it."""

    poll: str
    choices: tuple[tuple[str, ...], ...]


PollRequest = PollDraft | PollDo | PollVote | PollsWanted | VotersWanted
PollAnswer = Polls | PollNow | PollGone | Voted | Voters
