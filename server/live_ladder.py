"""Each person's place on the ladder and their data budget: looked at once a second, kept in the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from msgspec import structs

from server.media.budget import allowed, ceiling
from server.media.caps import Caps
from server.media.ladder import RUNGS, SPEECH, Ladder, caps, worse
from server.room.choices import Choice
from server.transport.relay import FREE, Peer
from signaling.messages import Encodings, LadderNow, ServerMessage, Usage
from signaling.parts import PauseReason, Rung, SpeechEncoding

TICK_S = 1.0
TELL_TICKS = 3
"""Everybody is told what they use every so many seconds, if it is news."""

KEEP_TICKS = 15
"""What is used is stored every so many seconds: a killed server forgets no more than that."""

MEGABYTE = 1_000_000
_PLAIN = SpeechEncoding(bitrate=32_000, ptime=20)


class Place:
    """One member's: their choice, and the connection that is counted now."""

    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.ladder = Ladder()
        self.peer: Peer | None = None
        self.counted = (0, 0)
        self.rate = 0.0
        self.told: LadderNow | None = None
        self.told_usage: Usage | None = None
        self.caps: Caps = FREE
        self.speech = _PLAIN
        self.kept = choice

    def count(self, peer: Peer) -> None:
        """Add what has passed since the last look; a new connection counts from nothing."""
        sent, received = peer.octets()
        if peer is not self.peer:
            self.peer, self.counted = peer, (0, 0)
        more = max(0, sent - self.counted[0]), max(0, received - self.counted[1])
        self.counted = sent, received
        self.rate += 0.3 * (8 * sum(more) / TICK_S - self.rate)
        choice = self.choice
        self.choice = structs.replace(choice, sent=choice.sent + more[0], received=choice.received + more[1])


class Ladders:
    """Of one room. ``peer`` finds a member's connection, ``tell`` sends them a message.

    ``keep`` stores choices and then calls back; ``remaining`` is how many seconds the session still has.
    """

    def __init__(
        self,
        stored: Iterable[Choice],
        peer: Callable[[str], Peer | None],
        tell: Callable[[str, ServerMessage], None],
        keep: Callable[[tuple[Choice, ...], Callable[[], None]], None],
        remaining: Callable[[], float],
    ) -> None:
        self._peer = peer
        self._tell = tell
        self._keep = keep
        self._remaining = remaining
        self._places = {each.member: Place(each) for each in stored}
        self._present: dict[str, None] = {}
        self._ticks = 0
        self._timer: asyncio.TimerHandle | None = None

    def close(self) -> None:
        """Ends; what was used since it was last stored is handed over for storing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._store()

    def enter(self, member: str) -> None:
        """A member's media flows, perhaps again: they are told where they stand."""
        self._present[member] = None
        place = self._place(member)
        place.told = place.told_usage = None
        self._look(member, place)
        self._tell_usage(member, place)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def leave(self, member: str) -> None:
        """A member is gone; what they have chosen and used is kept."""
        if member in self._present:
            self._count(member)
            self._place(member).peer = None
            del self._present[member]
            self._store()

    def pin(self, member: str, rung: Rung | None) -> None:
        """A member has chosen the best rung that they want."""
        self._choose(member, structs.replace(self._place(member).choice, pinned=rung))

    def budget(self, member: str, megabytes: int | None) -> None:
        """A member has chosen how much data they want to use."""
        self._choose(member, structs.replace(self._place(member).choice, megabytes=megabytes))

    # ---------------------------------------------------------------- inside

    def _place(self, member: str) -> Place:
        return self._places.setdefault(member, Place(Choice(member=member)))

    def _choose(self, member: str, choice: Choice) -> None:
        place = self._place(member)
        place.choice = choice

        def stored() -> None:
            place.told = place.told_usage = None
            top, _ = self._ceiling(place)
            place.ladder.choose(top)
            self._look(member, place)
            self._tell_usage(member, place)

        place.kept = choice
        self._keep((choice,), stored)

    def _tick(self) -> None:
        self._timer = None
        if not self._present:
            return
        self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)
        self._ticks += 1
        for member in self._present:
            self._count(member)
            self._look(member, self._place(member))
            if self._ticks % TELL_TICKS == 0:
                self._tell_usage(member, self._place(member))
        self._speak()
        if self._ticks % KEEP_TICKS == 0:
            self._store()

    def _count(self, member: str) -> None:
        peer = self._peer(member)
        if peer is not None:
            self._place(member).count(peer)

    def _look(self, member: str, place: Place) -> None:
        """Follow the line and the budget; obey, and tell what is news."""
        peer = self._peer(member)
        before = place.ladder.rung
        top, why = self._ceiling(place)
        line = None if peer is None else peer.narrower()
        rung = place.ladder.look(line, top, asyncio.get_running_loop().time())
        reason: PauseReason | None = None if rung == RUNGS[0] else why if rung == top else "line"
        way = self._way(place)
        bounds = caps(top, why or ("choice" if way is None else "budget"), way)
        if peer is not None and peer.caps != bounds:
            peer.set_caps(bounds)
        now = LadderNow(rung=rung, pinned=place.choice.pinned, reason=reason)
        if now != place.told:
            place.told = now
            self._tell(member, now)
            if RUNGS.index(rung) > RUNGS.index(before) and place.choice.megabytes is not None:
                self._tell_usage(member, place)

    def _ceiling(self, place: Place) -> tuple[Rung, PauseReason | None]:
        """Return the best rung by choice and budget, and which of them it is."""
        pinned = place.choice.pinned or RUNGS[0]
        if place.choice.megabytes is None:
            return pinned, None if pinned == RUNGS[0] else "choice"
        limit, used = place.choice.megabytes * MEGABYTE, place.choice.sent + place.choice.received
        carried = ceiling(limit, used, self._remaining(), place.rate, place.ladder.rung)
        lowest = worse(pinned, carried)
        if lowest == RUNGS[0]:
            return lowest, None
        return lowest, "budget" if lowest != pinned else "choice"

    def _way(self, place: Place) -> float | None:
        """Return the bits/s that a budget leaves each way, None without one."""
        if place.choice.megabytes is None:
            return None
        used = place.choice.sent + place.choice.received
        return allowed(place.choice.megabytes * MEGABYTE, used, self._remaining()) / 2

    def _speak(self) -> None:
        """Tell senders how to send speech: as the lower of two rungs has it, where there are but two."""
        present = [(member, self._place(member)) for member in self._present]
        for member, place in present:
            rungs = [place.ladder.rung]
            if len(present) == 2:
                rungs += [other.ladder.rung for _, other in present if other is not place]
            rungs = [rung for rung in rungs if rung != "text"]
            lowest = max(rungs, key=RUNGS.index, default=RUNGS[0])
            bitrate, ptime = SPEECH.get(lowest, (_PLAIN.bitrate, _PLAIN.ptime))
            peer = self._peer(member)
            speech = SpeechEncoding(
                bitrate=bitrate,
                ptime=60 if ptime == 60 else 20,
                redundant=peer is not None and peer.should_repeat,
            )
            if speech != place.speech:
                place.speech = speech
                self._tell(member, Encodings(microphone=speech))

    def _tell_usage(self, member: str, place: Place) -> None:
        choice = place.choice
        now = Usage(
            sent=choice.sent,
            received=choice.received,
            budget=None if choice.megabytes is None else choice.megabytes * MEGABYTE,
            per_hour=round(place.rate * 3_600 / 8),
            seconds=round(self._remaining()),
        )
        told = place.told_usage
        if told is None or (told.sent, told.received) != (now.sent, now.received):
            place.told_usage = now
            self._tell(member, now)

    def _store(self) -> None:
        changed = [place for place in self._places.values() if place.choice != place.kept]
        for place in changed:
            place.kept = place.choice
        if changed:
            self._keep(tuple(place.choice for place in changed), _nothing)


def _nothing() -> None:
    """Nobody waits for what was used to be stored."""
