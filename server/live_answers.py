"""Messages that do not change the room: words, asides and notes, each led to the part that answers it."""

from __future__ import annotations

from collections.abc import Callable

from server.live_apart import SmallRooms
from server.live_asides import Aside, Asides
from server.live_chat import Chat
from server.live_connection import Connection
from signaling.errors import ProtocolError
from signaling.messages import (
    ChatOpen,
    ClientMessage,
    Join,
    NotesOpen,
    React,
    Say,
    SmallNotesWanted,
    Typing,
)


class Answers:
    """``is_in`` says whether a connection is of somebody who has entered; nobody else is answered."""

    def __init__(
        self,
        chat: Chat,
        asides: Asides,
        smalls: SmallRooms,
        is_in: Callable[[Connection], bool],
        clock: Callable[[], int],
    ) -> None:
        self._chat = chat
        self._asides = asides
        self._smalls = smalls
        self._is_in = is_in
        self._clock = clock

    def handle(self, connection: Connection, message: ClientMessage) -> bool:
        """Whether the message is one of these, and is carried out. Raises ``ProtocolError``."""
        match message:
            case Join():
                raise ProtocolError("bad-message", "type", "a second join")
            case ChatOpen() | Say() | Typing() | React():
                self._entered(connection)
                self._chat.handle(connection.member, connection.outbox, message, self._clock())
            case NotesOpen() | SmallNotesWanted():
                self._entered(connection)
                self._smalls.handle(connection, message)
            case _ if isinstance(message, Aside):
                self._entered(connection)
                self._asides.handle(connection.member, connection.outbox, message, self._clock())
            case _:
                return False
        return True

    def _entered(self, connection: Connection) -> None:
        if not self._is_in(connection):
            raise ProtocolError("not-entered")
