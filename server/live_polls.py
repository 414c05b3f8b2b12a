"""What people are told of polls: gathered for a moment, and to each only what they may see by then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from server.room import polls
from server.room.state import RoomState
from signaling.codec import encode
from signaling.messages import ServerMessage
from signaling.polls import OwnVote, PollGone, PollNow, Polls, PollsWanted, Voters, VotersWanted

TICK_S = 0.25
"""Least time between two messages about polls to the same people: a hundred answers come as a few."""


class PollNews:
    """Notes which polls there is something new of, and tells those who are in.

    ``now`` gives the room as it may be shown, ``present`` who is in, ``tell_frame`` sends an encoded frame to
    one of them.
    """

    def __init__(
        self,
        now: Callable[[], RoomState],
        present: Callable[[], Collection[str]],
        tell_frame: Callable[[str, str], None],
    ) -> None:
        self._now = now
        self._present = present
        self._tell_frame = tell_frame
        self._changed: dict[str, None] = {}
        self._loop = asyncio.get_running_loop()
        self._due: asyncio.TimerHandle | None = None
        self._told_at = float("-inf")

    def changed(self, ids: Collection[str]) -> None:
        """There is something new of these polls."""
        self._changed.update(dict.fromkeys(ids))
        if self._changed and self._due is None:
            wait = max(0.0, self._told_at + TICK_S - self._loop.time())
            self._due = self._loop.call_later(wait, self._tell)

    def answer(self, member: str, message: PollsWanted | VotersWanted) -> ServerMessage:
        """All polls as this person may see them, or who answered what. Raises ``ProtocolError``."""
        state = self._now()
        if isinstance(message, VotersWanted):
            return Voters(poll=message.poll, choices=polls.voters(state, message.poll, member))
        shown = (polls.shown(state, poll, member) for poll in state.polls)
        own = (OwnVote(poll=poll.id, choices=poll.vote_of(member)) for poll in state.polls)
        return Polls(
            polls=tuple(poll for poll in shown if poll is not None),
            own=tuple(vote for vote in own if vote.choices),
        )

    def stop(self) -> None:
        """Nothing more is told."""
        if self._due is not None:
            self._due.cancel()

    def _tell(self) -> None:
        self._due = None
        self._told_at = self._loop.time()
        state, present = self._now(), self._present()
        for poll_id in self._changed:
            poll = state.poll(poll_id)
            if poll is None:
                gone = encode(PollGone(poll=poll_id))
                for member in present:
                    self._tell_frame(member, gone)
                continue
            # Two readings at most: with the counts, and without.
            frames = {counts: encode(PollNow(poll=poll.shown(counts=counts))) for counts in (True, False)}
            for member in present:
                if poll.status != "draft" or state.facilitates(member):
                    self._tell_frame(member, frames[polls.may_count(state, poll, member)])
        self._changed.clear()
