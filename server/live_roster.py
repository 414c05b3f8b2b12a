"""What everyone is told of who is here: gathered for a moment, then the same bytes for all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from server.live_outbox import Outbox
from server.room.state import RoomState
from signaling.messages import Members
from signaling.parts import MemberQuality, Quality

TICK_S = 0.08
"""Least time between two messages to all. The first change after a quiet time goes out at once."""

GRADES_S = 1.0
"""Least time between two that only say how connections do: the more people, the more often one changes."""


class Roster:
    """Notes of whom there is something new, and tells it: each once, as they are by then.

    So what a crowd is told grows with the time that it takes to come and with those who come, not with the
    number of messages. ``now`` gives the room as it may be shown, ``tell_all`` sends to everyone.
    """

    def __init__(self, now: Callable[[], RoomState], tell_all: Callable[[Members], None]) -> None:
        self._now = now
        self._tell_all = tell_all
        self._changed: dict[str, None] = {}
        self._graded: dict[str, None] = {}
        self._grades: dict[str, MemberQuality] = {}
        self._loop = asyncio.get_running_loop()
        self._due: asyncio.TimerHandle | None = None
        self._told_at = self._graded_at = float("-inf")

    def changed(self, member: str) -> None:
        """Somebody has come, changed or gone."""
        self._changed[member] = None
        self._soon(self._told_at + TICK_S)

    def graded(self, member: str, quality: Quality, score: int | None) -> None:
        """How a member's connection does now."""
        self._grades[member] = MemberQuality(member=member, quality=quality, score=score)
        self._graded[member] = None
        self._soon(self._graded_at + GRADES_S)

    def forget(self, member: str) -> None:
        """Nothing is known any more of how a member's connection does: it has ended."""
        self._grades.pop(member, None)
        self._graded.pop(member, None)

    def tell_newcomer(self, outbox: Outbox) -> None:
        """How everybody's connection does; who is here is in ``joined``."""
        if self._grades:
            outbox.send(Members(present=(), left=(), quality=tuple(self._grades.values())))

    def stop(self) -> None:
        """Nothing more is told."""
        if self._due is not None:
            self._due.cancel()

    def _soon(self, at: float) -> None:
        """Tells at that time of the loop's clock, or before where that is due already."""
        if self._due is not None:
            if self._due.when() <= at:
                return
            self._due.cancel()
        self._due = self._loop.call_at(max(at, self._loop.time()), self._tell)

    def _tell(self) -> None:
        self._due = None
        self._told_at = self._loop.time()
        state = self._now()
        here = {member.id: member for member in state.members}
        present = tuple(state.shown_member(here[member]) for member in self._changed if member in here)
        left = tuple(member for member in self._changed if member not in here)
        quality = tuple(self._grades[member] for member in self._graded)
        if quality:
            self._graded_at = self._told_at
        self._changed.clear()
        self._graded.clear()
        if present or left or quality:
            self._tell_all(Members(present=present, left=left, quality=quality))
