"""Pointers on shared screens: gathered, told to those who look at them, and forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from server.rates import Rates
from server.room.state import RoomState
from signaling.codec import encode
from signaling.messages import ServerMessage
from signaling.pointers import (
    Point,
    Pointer,
    PointerRequest,
    Pointers,
    PointersAllowed,
    PointersWanted,
    PointingOff,
    PointOff,
)

TICK_S = 1 / 15
"""Least time between two messages to the same person, however many point."""

STILL_S = 2.0
"""Who has not moved for so long points no longer."""

MOST_AT_ONCE = 12
"""More pointers than these nobody could tell apart; whoever points then is passed over."""


class PointerNews:
    """Only where each points now is known; whatever comes in between is lost.

    ``now`` gives the room as it may be shown, ``around`` who is in the same room as somebody, ``tell`` sends
    to one of them.
    """

    def __init__(
        self,
        now: Callable[[], RoomState],
        around: Callable[[str], Collection[str]],
        tell: Callable[[str, ServerMessage], None],
        tell_frame: Callable[[str, str], None],
    ) -> None:
        self._now = now
        self._around = around
        self._tell = tell
        self._tell_frame = tell_frame
        self._rates = Rates(burst=16, per_s=1)
        self._watching: set[str] = set()
        self._off: set[str] = set()
        self._moved_at: dict[str, float] = {}
        self._points: dict[str, Pointer] = {}
        self._gone: set[str] = set()
        self._loop = asyncio.get_running_loop()
        self._due: asyncio.TimerHandle | None = None
        self._told_at = float("-inf")

    def handle(self, member: str, message: PointerRequest) -> None:
        """Carries out what somebody who has entered asks; what makes no sense any more is passed over."""
        match message:
            case Point():
                self._point(member, message)
            case PointOff():
                self._end(member)
            case PointersWanted(on=on):
                (self._watching.add if on else self._watching.discard)(member)
                if on:
                    self._tell(member, self._refusing())
            case PointersAllowed(allowed=allowed):
                before = set(self._off)
                (self._off.discard if allowed else self._off.add)(member)
                if self._off != before:
                    for each in self._around(member):
                        if each in self._watching or each == member:
                            self._tell(each, self._refusing())

    def forget(self, member: str) -> None:
        """They have left."""
        self._watching.discard(member)
        self._off.discard(member)
        self._end(member)

    def stop(self) -> None:
        """Nothing more is told."""
        if self._due is not None:
            self._due.cancel()

    def _refusing(self) -> PointingOff:
        return PointingOff(members=tuple(sorted(self._off)))

    def _point(self, member: str, message: Point) -> None:
        now = self._loop.time()
        sharer = self._now().member(message.of)
        if sharer is None or not sharer.screen or message.of in self._off or message.of == member:
            return
        if not self._rates.allow(member, now) or message.of not in self._around(member):
            return
        self._moved_at = {each: at for each, at in self._moved_at.items() if now - at < STILL_S}
        if member not in self._moved_at and len(self._moved_at) >= MOST_AT_ONCE:
            return
        self._moved_at[member] = now
        self._points[member] = Pointer(member=member, of=message.of, x=message.x, y=message.y)
        self._gone.discard(member)
        self._soon()

    def _end(self, member: str) -> None:
        if self._moved_at.pop(member, None) is not None:
            self._points.pop(member, None)
            self._gone.add(member)
            self._soon()

    def _soon(self) -> None:
        if self._due is None:
            wait = max(0.0, self._told_at + TICK_S - self._loop.time())
            self._due = self._loop.call_later(wait, self._send)

    def _send(self) -> None:
        self._due = None
        self._told_at = self._loop.time()
        gone = tuple(sorted(self._gone))
        frames: dict[tuple[str, ...], str] = {}
        near = {sharer: set(self._around(sharer)) for sharer in {each.of for each in self._points.values()}}
        for watcher in self._watching:
            points = [
                each for each in self._points.values() if watcher in near[each.of] and each.member != watcher
            ]
            if not points and not gone:
                continue
            same = tuple(point.member for point in points)
            if same not in frames:
                frames[same] = encode(Pointers(points=tuple(points), gone=gone))
            self._tell_frame(watcher, frames[same])
        self._points.clear()
        self._gone.clear()
