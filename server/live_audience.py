"""Whom a live room can tell something: the browsers that are connected, one a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from server.live_connection import Connection
from server.room import queue_news
from server.room.state import RoomState
from signaling.codec import encode
from signaling.messages import Members, ServerMessage


class Audience:
    """``is_in`` says whether a connection is of somebody who has entered, by that very tab.

    What goes to many is encoded once. ``where`` has the small room of each member who is in one; everybody
    else, those who have not entered too, is in the main room, "".
    """

    def __init__(self, is_in: Callable[[Connection], bool]) -> None:
        self._is_in = is_in
        self._connections: dict[str, Connection] = {}
        self.where: Mapping[str, str] = {}

    def __iter__(self) -> Iterator[Connection]:
        return iter(self._connections.values())

    def __bool__(self) -> bool:
        return bool(self._connections)

    @property
    def members(self) -> frozenset[str]:
        """Who is connected, entered or not."""
        return frozenset(self._connections)

    def of(self, member: str) -> Connection | None:
        """The member's connection, if there is one."""
        return self._connections.get(member)

    def holds(self, connection: Connection) -> bool:
        """Whether this is still its member's connection."""
        return self._connections.get(connection.member) is connection

    def add(self, connection: Connection) -> None:
        """From now on this is its member's connection."""
        self._connections[connection.member] = connection

    def remove(self, connection: Connection) -> bool:
        """Takes a connection out; whether it was still its member's."""
        if not self.holds(connection):
            return False
        del self._connections[connection.member]
        return True

    def here(self) -> tuple[str, ...]:
        """Those who have entered and are connected."""
        return tuple(each.member for each in self if self._is_in(each))

    def room_of(self, member: str) -> str:
        """The id of the small room that a member is in, "" for the main room."""
        return self.where.get(member, "")

    def around(self, member: str) -> tuple[str, ...]:
        """Those who have entered, are connected, and are in the same room as this member."""
        room = self.room_of(member)
        return tuple(each for each in self.here() if self.room_of(each) == room)

    def tell(self, member: str | None, message: ServerMessage) -> None:
        """Sends to one member, or to everyone when that is None."""
        if member is None:
            self.tell_all(message)
        elif member in self._connections:
            self._connections[member].outbox.send(message)

    def tell_frame(self, member: str, frame: str) -> None:
        """Sends one member what is encoded already, for it goes to several."""
        if member in self._connections:
            self._connections[member].outbox.send_frame(frame)

    def tell_all(self, message: ServerMessage) -> None:
        """Sends to everyone who is connected, in the green room and at the door too."""
        frame = encode(message)
        for connection in self:
            connection.outbox.send_frame(frame)

    def tell_part(self, room: str, message: ServerMessage) -> None:
        """Sends to everyone in one room; in the main one, to those in the green room and at the door too."""
        frame = encode(message)
        for connection in self:
            if self.room_of(connection.member) == room:
                connection.outbox.send_frame(frame)

    def tell_room(self, room: str, message: ServerMessage) -> None:
        """Sends to everyone in one room who has entered."""
        frame = encode(message)
        for connection in self:
            if self.room_of(connection.member) == room and self._is_in(connection):
                connection.outbox.send_frame(frame)

    def tell_roster(self, state: RoomState, message: Members) -> None:
        """Who is here, the same bytes for all; in office hours visitors are told of mentors alone."""
        if not state.record.queued:
            self.tell_all(message)
            return
        for connection in self:
            told = queue_news.discreet(state, message, connection.member)
            if told is not None:
                connection.outbox.send(told)

    def tell_entered(self, message: ServerMessage) -> None:
        """Those who wait at the door, or are in the green room, are not told what is said inside."""
        frame = encode(message)
        for connection in self:
            if self._is_in(connection):
                connection.outbox.send_frame(frame)
