"""One browser's WebSocket, as its room knows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from server.live_notes import Reader
from server.live_outbox import Outbox

if TYPE_CHECKING:
    from server.live_room import LiveRoom


class Connection:
    """One browser's WebSocket in a room. ``session`` is what the same tab resumes with.

    ``moved``: its member was put into another room, so that binary frames may still be about the one before.
    """

    def __init__(
        self, room: LiveRoom, member: str, session: str, addresses: Sequence[str], outbox: Outbox
    ) -> None:
        self.room = room
        self.member = member
        self.session = session
        self.addresses = addresses
        self.outbox = outbox
        self.reader = Reader(member, outbox)
        self.moved = False
