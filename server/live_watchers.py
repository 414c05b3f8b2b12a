"""Who watches a live room by WHEP: a media connection of its own, nobody's membership, and no secret."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from server.live_outbox import Outbox
from server.transport.relay import Peer, RelayRoom
from signaling.errors import ProtocolError
from signaling.messages import LookingOn, ServerMessage


class NobodyHereError(Exception):
    """There is nobody in the room to watch: try again later."""


class Watching:
    """One watcher's media. ``guest`` is whose link it came by; ``closed`` is true once it is over."""

    def __init__(self, peer: Peer, guest: str, on_close: Callable[[], None]) -> None:
        self.guest = guest
        self.closed = False
        self._peer = peer
        self._on_close = on_close

    @property
    def connected(self) -> bool:
        """Whether media can flow now."""
        return not self.closed and self._peer.connected

    def again(self, offer: str) -> str:
        """The answer to a further offer. Raises ``ProtocolError``."""
        return self._peer.answer(offer)[0]

    def close(self) -> None:
        """Ends the connection; the player is told by DTLS, and nothing more is sent (RFC 7675 5.2)."""
        if not self.closed:
            self.closed = True
            self._peer.close()
            self._on_close()


class Watchers:
    """All watchers of one room, ``most`` at a time. They end with the room and keep it from nothing.

    Everybody in the room is told by ``tell_all`` whose links they came by.
    """

    def __init__(self, room: RelayRoom, most: int, tell_all: Callable[[ServerMessage], None]) -> None:
        self._room = room
        self._most = most
        self._tell_all = tell_all
        self._watching: list[Watching] = []
        self._told = LookingOn(guests=())

    def tell_newcomer(self, outbox: Outbox) -> None:
        """Who watches, unless nobody does."""
        if self._told.guests:
            outbox.send(self._told)

    def open(
        self, guest: str, addresses: Sequence[str], offer: str, follow: str | None
    ) -> tuple[Watching, str]:
        """A new watcher and the answer to its offer. ``follow`` is the member to be shown, else the loudest.

        Raises ``ProtocolError`` ``room-full``, or ``sdp`` for the offer.
        """
        if len(self._watching) >= self._most:
            raise ProtocolError("room-full")
        # No guest's id has a colon: ids are made of the URL-safe alphabet.
        peer = self._room.open(f"watcher:{secrets.token_urlsafe(12)}", addresses)
        peer.look_on(follow)
        watching = Watching(peer, guest, self._changed)
        try:
            answer = watching.again(offer)
        except ProtocolError:
            watching.close()
            raise
        peer.enter()
        self._watching.append(watching)
        self._changed()
        return watching, answer

    def show_out(self, guest: str) -> None:
        """Ends whatever came by this guest's link."""
        for each in self._watching.copy():
            if each.guest == guest:
                each.close()

    def close(self) -> None:
        """Ends all."""
        for each in self._watching.copy():
            each.close()

    def _changed(self) -> None:
        self._watching = [each for each in self._watching if not each.closed]
        now = LookingOn(guests=tuple(sorted({each.guest for each in self._watching})))
        if now != self._told:
            self._told = now
            self._tell_all(now)
