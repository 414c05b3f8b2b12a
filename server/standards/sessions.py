"""The sessions that stand: each is a resource with a URL of its own, until its media or its room ends it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from server.live_connection import Connection
from server.live_outbox import Outbox
from server.live_watchers import Watching
from server.rates import Rates
from server.room.links import PersonalLink
from signaling.codec import decode_server
from signaling.errors import ProtocolError
from signaling.messages import Answer, Bye, Enter, Joined, Leave, Offer
from signaling.whip import Door, Offered, read_fragment, restarted

log = logging.getLogger(__name__)

CONNECT_WITHIN_S = 30.0
"""A session whose media has never stood for so long is given up."""

GONE_AFTER_S = 5.0
"""And one whose media stood, but ICE consent expired (RFC 7675 5.1) or DTLS was closed so long ago."""

_look_every_s = 0.5
_patches, _patches_per_s = 20, 10.0


class Media(Protocol):
    """What a session's media can do. ``ended`` is true once it is over, whoever ended it."""

    @property
    def ended(self) -> bool:
        """Whether it is over."""

    @property
    def connected(self) -> bool:
        """Whether media can flow now."""

    def again(self, offer: str) -> Awaitable[str]:
        """The answer to a further offer. Raises ``ProtocolError``."""

    def close(self) -> None:
        """Ends it."""


class Publishing:
    """A WHIP publisher: the guest's own membership, entered over HTTP, that nobody reads messages for."""

    def __init__(self, connection: Connection, outbox: Outbox, leave: Callable[[Connection], None]) -> None:
        self.ended = False
        self._connection = connection
        self._outbox = outbox
        self._leave = leave
        self._answers: dict[int, asyncio.Future[str]] = {}
        self._joined: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._offers = 0
        self._task = asyncio.create_task(self._read())

    async def joined(self) -> str:
        """The answer to the join's offer."""
        return await self._joined

    def enter(self, *, microphone: bool, camera: bool) -> None:
        """Steps in under the guest's own name. Raises ``ProtocolError``."""
        room, member = self._connection.room, self._connection.member
        guest = room.record.guest(member)
        assert guest is not None
        room.message(self._connection, Enter(name=guest.name, microphone=microphone, camera=camera))

    @property
    def connected(self) -> bool:
        """Whether media can flow now."""
        return self._connection.room.media_stands(self._connection)

    async def again(self, offer: str) -> str:
        """The answer to a further offer. Raises ``ProtocolError``."""
        self._offers += 1
        self._answers[self._offers] = answer = asyncio.get_running_loop().create_future()
        try:
            self._connection.room.message(self._connection, Offer(id=self._offers, sdp=offer))
            if self.ended:
                raise ProtocolError("room-ended")
            sdp: str = await answer
            return sdp
        finally:
            del self._answers[self._offers]

    def close(self) -> None:
        """Leaves the room for good."""
        with contextlib.suppress(ProtocolError):
            self._connection.room.message(self._connection, Leave())
        self._outbox.close()

    async def _read(self) -> None:
        """Takes whatever the room tells, so that the outbox never fills."""
        try:
            while (frame := await self._outbox.next()) is not None:
                if isinstance(frame, str):
                    self._hear(frame)
        finally:
            self.ended = True
            self._leave(self._connection)
            for waiting in (self._joined, *self._answers.values()):
                if not waiting.done():
                    waiting.cancel()

    def _hear(self, frame: str) -> None:
        message = decode_server(frame)
        if isinstance(message, Joined):
            assert message.answer is not None
            self._joined.set_result(message.answer)
        elif isinstance(message, Answer) and message.id in self._answers:
            self._answers[message.id].set_result(message.sdp)
        elif isinstance(message, Bye):
            log.info("whip-bye", extra={"reason": message.reason})


class Viewing:
    """A WHEP player's media."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self._watching.closed

    @property
    def connected(self) -> bool:
        """Whether media can flow now."""
        return self._watching.connected

    async def again(self, offer: str) -> str:
        """The answer to a further offer. Raises ``ProtocolError``."""
        return self._watching.again(offer)

    def close(self) -> None:
        """Ends it."""
        self._watching.close()


class PreconditionError(Exception):
    """The request names an ICE session that is not the current one."""


class Session:
    """One resource. ``tag`` is the strong entity-tag of its current ICE session (RFC 9725 4.3.1)."""

    def __init__(self, door: Door, link: PersonalLink, offered: Offered, media: Media) -> None:
        self.id = secrets.token_urlsafe(24)
        self.door: Door = door
        self.link = link
        self.media = media
        self.tag = _new_tag()
        self._offered = offered
        self._patches = Rates(_patches, _patches_per_s)
        self._lock = asyncio.Lock()

    @property
    def path(self) -> str:
        """Where it is found."""
        return f"/{self.door}/{self.id}"

    def allows(self) -> bool:
        """Whether one more PATCH may be looked at now."""
        return self._patches.allow("", time.monotonic())

    async def patch(self, body: str, tags: frozenset[str]) -> str | None:
        """Takes a fragment: the answer to a restart, None for candidates of the current ICE session.

        ``tags`` are If-Match's, ``*`` among them or alone. Raises ``PreconditionError``,
        ``DescriptionError`` and ``ProtocolError``; the ICE session is then what it was.
        """
        async with self._lock:
            fragment = read_fragment(body, self._offered.mids)
            if not tags & {"*", self.tag}:
                raise PreconditionError
            if (fragment.ufrag, fragment.password) == (self._offered.ufrag, self._offered.password):
                return None
            offered = restarted(self._offered, fragment)
            answer = await self.media.again(offered.sdp)
            self._offered, self.tag = offered, _new_tag()
            return answer


class Sessions:
    """All sessions of this process, each looked after until it is over. At most ``most`` of them."""

    def __init__(self, most: int = 400) -> None:
        self._most = most
        self._open: dict[str, Session] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def full(self) -> bool:
        """Whether no other can be had now."""
        return len(self._open) >= self._most

    def add(self, session: Session) -> None:
        """From now on it can be found."""
        self._open[session.id] = session
        task = asyncio.create_task(self._watch(session))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def find(self, door: Door, name: str) -> Session | None:
        """The session with this id, None when there is none or it is over."""
        session = self._open.get(name)
        return session if session is not None and session.door == door and not session.media.ended else None

    def end(self, session: Session) -> None:
        """Ends it; its URL is gone."""
        self._open.pop(session.id, None)
        session.media.close()

    async def stop(self) -> None:
        """Ends all."""
        for session in list(self._open.values()):
            self.end(session)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _watch(self, session: Session) -> None:
        """Returns when the session is over; ends it when its media has been gone too long."""
        media, now = session.media, time.monotonic
        patience, since = CONNECT_WITHIN_S, now()
        while session.id in self._open and not media.ended:
            if media.connected:
                patience, since = GONE_AFTER_S, now()
            elif now() - since > patience:
                log.info("session-without-media", extra={"door": session.door})
                break
            await asyncio.sleep(_look_every_s)
        self.end(session)


def _new_tag() -> str:
    return f'"{secrets.token_hex(8)}"'
