"""Captions of a live room: passed on to those who want them, kept where everybody has agreed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from server.live_saver import Saver, Write
from server.rates import Rates
from server.room.captions import Spoken, clean_caption, kept
from server.room.state import RoomState
from server.storage import captions
from signaling.captions import Caption, CaptionLine, Captions, CaptionsWanted
from signaling.codec import encode

TICK_S = 0.2
"""Least time between two messages: what browsers understand anew several times a second goes out once."""

MOST_LINES = 16
"""Of one message: more people than these don't speak at once."""


class CaptionNews:
    """Half a line replaces the half before it; whole lines are told one by one.

    ``decided`` and ``told`` give the room as it will be and as it is stored, ``room_of`` the small room that
    somebody is in, ``around`` who is there too, ``tell_frame`` sends an encoded frame to one of them.
    """

    def __init__(
        self,
        decided: Callable[[], RoomState],
        told: Callable[[], RoomState],
        room_of: Callable[[str], str],
        around: Callable[[str], Collection[str]],
        tell_frame: Callable[[str, str], None],
        saver: Saver,
    ) -> None:
        self._decided = decided
        self._told = told
        self._room_of = room_of
        self._around = around
        self._tell_frame = tell_frame
        self._saver = saver
        self._rates = Rates(burst=12, per_s=2)
        self._wanted: set[str] = set()
        self._waiting: dict[tuple[str, int], tuple[str, CaptionLine]] = {}
        self._begun: dict[str, tuple[int, str]] = {}
        self._loop = asyncio.get_running_loop()
        self._due: asyncio.TimerHandle | None = None
        self._told_at = float("-inf")

    def handle(self, member: str, message: Caption | CaptionsWanted, now_ms: int) -> None:
        """Takes what somebody's browser has understood, or that somebody wants captions."""
        if isinstance(message, CaptionsWanted):
            (self._wanted.add if message.on else self._wanted.discard)(member)
            return
        room = self._room_of(member)
        meant = self._began_in(member, message, room) == room
        text = clean_caption(message.text)
        allowed = self._rates.allow(member, self._loop.time())
        # A browser sends halves twice a second: whoever sends more is passed over.
        if not text or not allowed or not meant:
            return
        line = CaptionLine(
            member=member, line=message.line, text=text, final=message.final, language=message.language
        )
        if line.final:
            self._keep(line, room, now_ms)
        self._waiting[member, line.line] = room, line
        self._soon()

    def forget(self, member: str) -> None:
        """They have left."""
        self._wanted.discard(member)
        self._begun.pop(member, None)

    def stop(self) -> None:
        """Nothing more is told."""
        if self._due is not None:
            self._due.cancel()

    def _began_in(self, member: str, message: Caption, room: str) -> str:
        """Where the line was begun: a sentence that somebody is moved in is whole, and not for new ears."""
        number, began = self._begun.pop(member, (message.line, room))
        if number != message.line:
            began = room
        if not message.final:
            self._begun[member] = message.line, began
        return began

    def _keep(self, line: CaptionLine, room: str, now_ms: int) -> None:
        """Whoever takes their consent back is heeded before that is stored; who gives it, after."""
        state = self._decided()
        member = state.member(line.member)
        if member is None or not kept(state) or not kept(self._told()) or self._saver.full:
            return
        if room or state.parting.room_of(member.id):
            # Those who agreed did so to be read by whoever was there; a small room is others' business.
            return
        spoken = Spoken(
            member=member.id,
            name=member.name,
            line=line.line,
            text=line.text,
            language=line.language,
            at_ms=now_ms,
        )
        record = state.record
        self._saver.put(
            Write(
                lambda pipe: captions.add(pipe, record.id, record.expires_ms, spoken),
                lambda _: None,
                len(line.text),
            )
        )

    def _soon(self) -> None:
        if self._due is None:
            wait = max(0.0, self._told_at + TICK_S - self._loop.time())
            self._due = self._loop.call_later(wait, self._tell)

    def _tell(self) -> None:
        self._due = None
        self._told_at = self._loop.time()
        lines = list(self._waiting.values())[-MOST_LINES:]
        self._waiting.clear()
        heard: dict[str, list[CaptionLine]] = {}
        for room, line in lines:
            if self._room_of(line.member) != room:
                continue
            for listener in self._around(line.member):
                if listener in self._wanted and listener != line.member:
                    heard.setdefault(listener, []).append(line)
        frames: dict[tuple[int, ...], str] = {}
        for listener, own in heard.items():
            same = tuple(id(line) for line in own)
            if same not in frames:
                frames[same] = encode(Captions(lines=tuple(own)))
            self._tell_frame(listener, frames[same])
