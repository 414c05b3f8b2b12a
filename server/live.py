"""The rooms that are live on this node: fetched when somebody comes, let go when nobody is left."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Sequence

from msgspec import Struct, ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.clock import now_ms
from server.live_connection import Connection
from server.live_homes import Homes
from server.live_memory import give_back
from server.live_news import News
from server.live_notes import stored_text
from server.live_outbox import Outbox
from server.live_room import LiveRoom
from server.live_watchers import Watching
from server.rates import Rates
from server.room.links import PersonalLink, check, read_personal
from server.room.quality import QualityLine
from server.room.record import MOST_GUESTS, GuestRecord
from server.storage import rooms
from server.storage.homes import Owner
from server.storage.secret import load_secret
from server.transport.relay import Relay
from signaling.errors import ProtocolError
from signaling.messages import Join
from signaling.parts import Box

log = logging.getLogger(__name__)

_save_within_s = 1.0
_leave_within_s = 0.7
_empty_for_s = 10.0
_quiet_for_s = 1.0


class Limits(Struct, frozen=True, kw_only=True):
    """What this node bears; beyond it people are told so. ``joins`` is a minute and address."""

    members: int = MOST_GUESTS
    rooms: int = 200
    joins: int = 240
    outbox: int = 256


class Live:
    """Called on the loop only. ``on_join`` is given the seconds from an offer to its media standing.

    ``on_left`` is given how the connection was of whoever leaves, ``on_closed`` each room that was let go of.
    ``server`` names the server that this process belongs to: what another of its processes had is taken over.
    ``clock`` is the instant in ms since the epoch.
    """

    def __init__(
        self,
        store: Redis,
        relay: Relay,
        limits: Limits = Limits(),  # noqa: B008 - immutable
        on_join: Callable[[float], None] = lambda seconds: None,
        on_left: Callable[[QualityLine], None] = lambda line: None,
        on_closed: Callable[[str], None] = lambda room: None,
        server: str | None = None,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self.limits = limits
        self._store = store
        self._relay = relay
        self._clock = clock
        self._on_join = on_join
        self._on_left = on_left
        self._on_closed = on_closed
        self._secret = ""
        self._joins = Rates(burst=limits.joins, per_s=60)
        self._rooms: dict[str, LiveRoom] = {}
        self._opening: dict[str, asyncio.Task[LiveRoom]] = {}
        self._closing: dict[str, asyncio.Task[None]] = {}
        self._connections: set[Connection] = set()
        owner = Owner(server or secrets.token_hex(8), secrets.token_hex(8))
        self._homes = Homes(store, owner, self._rooms.keys(), self._lost)
        self._news = News(store)
        self._all_gone = asyncio.Event()
        self._stopping = False

    @property
    def room_count(self) -> int:
        """Live rooms."""
        return len(self._rooms)

    @property
    def member_count(self) -> int:
        """People in them."""
        return sum(room.member_count for room in self._rooms.values())

    async def start(self) -> None:
        """Brings back the rooms that had somebody in them. Raises ``RedisError`` when the store is gone."""
        await self.load()
        await asyncio.gather(*map(self.bring_back, await rooms.occupied(self._store)))

    async def load(self) -> None:
        """Makes ready to let people in, without any room. Raises ``RedisError``."""
        self._secret = await load_secret(self._store)

    async def bring_back(self, room_id: str) -> None:
        """Brings a room back that had somebody in it. Raises ``RedisError``."""
        try:
            room = await self._room(room_id)
        except ProtocolError as error:
            log.warning("a room is not brought back: %s", error.code)
            if error.code != "elsewhere":
                await rooms.mark_empty(self._store, room_id)
        except ValidationError as error:
            log.error("a room in the store can't be read: %s", error)
        else:
            room.look_idle()

    async def stop(self) -> None:
        """Tells everyone, stores what waits, and gives their sockets the time to say goodbye."""
        self._stopping = True
        opening = list(self._opening.values())
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)
        live = dict(self._rooms)
        await asyncio.gather(*(room.stop("stopping", _save_within_s) for room in live.values()))
        await self._homes.stop()
        await self._news.stop()
        self._rooms.clear()
        await asyncio.gather(*self._closing.values())
        await self._homes.leave(*live)
        if self._connections:
            self._all_gone.clear()
            try:
                await asyncio.wait_for(self._all_gone.wait(), _leave_within_s)
            except TimeoutError:
                log.info("%d sockets are still open", len(self._connections))

    async def join(
        self, message: Join, *, asker: str, addresses: Sequence[str], outbox: Outbox
    ) -> Connection:
        """Lets somebody in by their link; the answer is in their outbox then. Ends with ``leave``.

        ``asker`` is whom joins are counted for; ``addresses`` are for ICE candidates.
        Raises ``ProtocolError``.
        """
        if not self._joins.allow(asker, time.monotonic()):
            raise ProtocolError("too-many-joins")
        link = self.link(message.token)
        room = await self._room(link.room)
        try:
            guest = check(room.record, link, self._clock())
            connection = room.join(guest, message, addresses, outbox)
        except ProtocolError:
            room.look_idle()
            raise
        self._connections.add(connection)
        return connection

    async def watch(
        self,
        token: str,
        offer: str,
        *,
        follow: str | None = None,
        asker: str,
        addresses: Sequence[str],
    ) -> tuple[Watching, str]:
        """Lets a WHEP player watch by a personal link; the answer to its offer.

        Raises ``NobodyHereError`` while the room is empty, and ``ProtocolError`` as ``join`` does.
        """
        if not self._joins.allow(asker, time.monotonic()):
            raise ProtocolError("too-many-joins")
        link = self.link(token)
        room = await self._room(link.room)
        try:
            guest = check(room.record, link, self._clock())
            return room.watch(guest, addresses, offer, follow)
        finally:
            room.look_idle()

    def link(self, token: str) -> PersonalLink:
        """Whose personal link a token is, whatever became of it. Raises ``ProtocolError``."""
        return read_personal(self._secret, token)

    def leave(self, connection: Connection) -> None:
        """The socket of a connection has closed."""
        connection.room.gone(connection)
        self._connections.discard(connection)
        if not self._connections:
            self._all_gone.set()

    async def guest_changed(self, room: str, guest: GuestRecord) -> None:
        """A link was revoked, restored or renewed in the store."""
        live = self._rooms.get(room)
        if live is not None:
            live.guest_changed(guest)

    async def replan(self, room: str, boxes: tuple[Box, ...]) -> None:
        """A session's page has another agenda, in the store already: a live room takes it over."""
        live = self._rooms.get(room)
        if live is not None:
            live.replan(boxes)

    async def notes_text(self, room: str) -> str:
        """The notes of a room, live or not, as Markdown. Raises ``RedisError``."""
        live = self._rooms.get(room)
        text = None if live is None else live.notes_text
        return await stored_text(self._store, room) if text is None else text

    async def tick(self, room: str, action: str, *, done: bool) -> None:
        """Ticks an action in a room's notes, or opens it again; a room that isn't live is for that moment.

        Raises ``ProtocolError`` when that can't be stored now.
        """
        live = await self._room(room)
        try:
            await live.tick(action, done=done)
        finally:
            live.look_idle()

    # ---------------------------------------------------------------- rooms come and go

    async def _room(self, room_id: str) -> LiveRoom:
        """The room, live.

        Raises ``ProtocolError`` ``elsewhere``, ``room-ended``, ``server-full``, ``store-unavailable``.
        """
        while not self._stopping:
            room = self._rooms.get(room_id)
            if room is not None:
                return room
            task = self._opening.get(room_id)
            if task is None:
                if len(self._rooms) + len(self._opening) >= self.limits.rooms:
                    raise ProtocolError("server-full")
                task = self._opening[room_id] = asyncio.create_task(self._open(room_id))
                task.add_done_callback(lambda done: self._opened(room_id, done))
            await asyncio.wait([task])
            error = None if task.cancelled() else task.exception()
            if isinstance(error, RedisError):
                raise ProtocolError("store-unavailable", detail=type(error).__name__)
            if error is not None:
                raise error
        raise ProtocolError("store-unavailable", detail="stopping")

    def _opened(self, room_id: str, done: asyncio.Task[LiveRoom]) -> None:
        self._opening.pop(room_id, None)
        if not done.cancelled() and done.exception() is None:
            # Whoever it was opened for may have given up meanwhile.
            asyncio.get_running_loop().call_later(_empty_for_s, done.result().look_idle)

    async def _open(self, room_id: str) -> LiveRoom:
        closing = self._closing.get(room_id)
        if closing is not None:
            await asyncio.shield(closing)
        if not await self._homes.take(room_id):
            raise ProtocolError("elsewhere")
        found = await rooms.load(self._store, room_id)
        if found is None:
            await self._homes.leave(room_id)
            raise ProtocolError("room-ended", "token")
        await rooms.mark_occupied(self._store, room_id)
        room = LiveRoom(
            found,
            self._store,
            self._relay,
            most_members=self.limits.members,
            on_join=self._on_join,
            on_left=self._on_left,
            on_idle=self._let_go,
            owner=self._homes.owner,
            on_taken=self._lost,
            clock=self._clock,
            news=self._news,
        )
        room.start()
        self._rooms[room_id] = room
        return room

    def _let_go(self, room: LiveRoom) -> None:
        room_id = room.record.id
        if self._rooms.get(room_id) is not room or self._stopping:
            return
        del self._rooms[room_id]
        self._closing[room_id] = asyncio.create_task(self._close(room))

    async def _close(self, room: LiveRoom) -> None:
        try:
            await room.stop("room-ended", 0)
            await rooms.mark_empty(self._store, room.record.id)
        except RedisError as error:
            # It is brought back on the next start, found empty, and let go.
            log.warning("an empty room stays on the list: %s", type(error).__name__)
        finally:
            await self._homes.leave(room.record.id)
            del self._closing[room.record.id]
            self._on_closed(room.record.id)
            asyncio.get_running_loop().call_later(_quiet_for_s, self._rest)

    def _lost(self, room_id: str) -> None:
        """Another server has the room: ours ends, and nothing of it is stored any more."""
        room = self._rooms.pop(room_id, None)
        if room is not None and not self._stopping:
            log.warning("a room is on another server by now")
            self._closing[room_id] = asyncio.create_task(self._end(room))

    async def _end(self, room: LiveRoom) -> None:
        try:
            await room.stop("stopping", 0)
        finally:
            del self._closing[room.record.id]
            self._on_closed(room.record.id)

    def _rest(self) -> None:
        """Nobody is anywhere: what the last ones needed is let go by now."""
        if not (self._rooms or self._opening or self._closing):
            give_back()
