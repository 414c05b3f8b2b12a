"""Small rooms of a live room: who is moved hears, sees, reads and writes where they are from then on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.live_audience import Audience
from server.live_calls import Calls
from server.live_connection import Connection
from server.live_notes import Reader
from server.live_outbox import Outbox
from server.live_roster import TICK_S
from server.live_shelf import Shelf
from server.live_small_notes import readable
from server.room import apart
from server.room.change import Change
from server.room.parting import Parting
from server.room.state import RoomState
from signaling.errors import ProtocolError
from signaling.messages import ApartChanged, Error, NotesOpen, SmallNotes, SmallNotesWanted

log = logging.getLogger(__name__)

_look_again_s = 1.0
"""The clock may be set meanwhile: the end of a time is looked for at least so often."""


class SmallRooms:
    """``decided`` and ``told`` give the room as it will be and as it is stored, ``post`` takes a change of
    it; ``clock`` is the instant in ms since the epoch.
    """

    def __init__(
        self,
        decided: Callable[[], RoomState],
        told: Callable[[], RoomState],
        post: Callable[[Change], None],
        audience: Audience,
        calls: Calls,
        shelf: Shelf,
        store: Redis,
        clock: Callable[[], int],
    ) -> None:
        self._decided = decided
        self._told = told
        self._post = post
        self._audience = audience
        self._calls = calls
        self._shelf = shelf
        self._store = store
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.TimerHandle | None = None
        self._told_at = float("-inf")
        self._until_ms: int | None = None
        self._due: asyncio.TimerHandle | None = None
        self._fetching: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        """As found in the store: people come back to where they were."""
        parting = self._told().parting
        self._audience.where = parting.places()
        self._calls.place(self._audience.where)
        self.decided(parting)

    def stop(self) -> None:
        """Nothing more is told, and no time is up."""
        for timer in (self._news, self._due):
            if timer is not None:
                timer.cancel()
        for task in self._fetching.values():
            task.cancel()

    def decided(self, parting: Parting) -> None:
        """Waits for the time that is set by now."""
        if parting.until_ms != self._until_ms:
            self._until_ms = parting.until_ms
            self._wait()

    def stored(self, before: Parting, after: Parting) -> None:
        """The room is parted like this now: everybody is told, and moved."""
        if before == after:
            return
        earlier, where = self._audience.where, after.places()
        self._audience.where = where
        self._soon()
        for connection in self._audience:
            if earlier.get(connection.member) != where.get(connection.member):
                self._shelf.close(connection.reader)
                connection.reader = Reader(connection.member, connection.outbox)
                connection.moved = True
        self._shelf.keep(frozenset(room.id for room in after.rooms))
        self._calls.place(where)

    def handle(self, connection: Connection, message: NotesOpen | SmallNotesWanted) -> None:
        """Carries out what somebody who has entered asks. Raises ``ProtocolError``."""
        match message:
            case NotesOpen():
                self.open_notes(connection, message)
            case SmallNotesWanted():
                self.tell_notes(connection)

    def open_notes(self, connection: Connection, message: NotesOpen) -> None:
        """Opens the notes of the room that this member is in, and of no other."""
        if message.room == self._audience.room_of(connection.member):
            self._shelf.open(connection.reader, message.room)

    def tell_notes(self, connection: Connection) -> None:
        """Sends what was written in small rooms that are over, as far as this member may read it.

        One answer at a time: who asks again meanwhile is answered once. Raises ``ProtocolError`` to whoever
        is in one.
        """
        member = connection.member
        if self._audience.room_of(member):
            raise ProtocolError("apart-state", "type", "from inside a small room")
        if member not in self._fetching:
            task = asyncio.create_task(self._fetch(member, connection.outbox))
            self._fetching[member] = task
            task.add_done_callback(lambda _: self._fetching.pop(member, None))

    async def _fetch(self, member: str, outbox: Outbox) -> None:
        state = self._told()
        here = frozenset(room.id for room in state.parting.rooms)
        try:
            notes = await readable(self._store, state.record.id, member, here)
        except RedisError:
            log.warning("the notes of small rooms can't be fetched", exc_info=True)
            outbox.send(Error(code="store-unavailable", about="small-notes-wanted"))
            return
        outbox.send(SmallNotes(notes=notes))

    # ---------------------------------------------------------------- telling

    def _soon(self) -> None:
        """At once after a quiet time, before anything that follows from it; otherwise gathered."""
        if self._news is not None:
            return
        wait = self._told_at + TICK_S - self._loop.time()
        if wait <= 0:
            self._tell()
        else:
            self._news = self._loop.call_later(wait, self._tell)

    def _tell(self) -> None:
        self._news = None
        self._told_at = self._loop.time()
        state, now_ms = self._told(), self._clock()
        if state.record.queued:
            for connection in self._audience:
                own = state.shown_apart(connection.member)
                connection.outbox.send(ApartChanged(apart=own, now_ms=now_ms))
        else:
            self._audience.tell_all(ApartChanged(apart=state.parting.shown(), now_ms=now_ms))

    # ---------------------------------------------------------------- the time

    def _wait(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if self._until_ms is not None:
            left = max(0.0, (self._until_ms - self._clock()) / 1000)
            self._due = self._loop.call_later(min(left, _look_again_s), self._look)

    def _look(self) -> None:
        self._due = None
        if self._until_ms is not None and self._clock() >= self._until_ms:
            self._post(apart.due(self._decided(), self._clock()))
        if self._due is None:
            self._wait()
