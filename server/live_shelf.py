"""The notes that are open in one live room: its own, and those of each small room."""

from __future__ import annotations

from collections.abc import Callable, Collection

from server.live_connection import Connection
from server.live_notes import NotesRoom, Reader
from signaling.errors import ProtocolError


class Shelf:
    """``make`` gives the notes of the small room with that id, of the main room for "": they are ``main``."""

    def __init__(self, make: Callable[[str], NotesRoom]) -> None:
        self._make = make
        self.main = make("")
        self._small: dict[str, NotesRoom] = {}
        self._open: dict[Reader, NotesRoom] = {}

    def open(self, reader: Reader, room: str) -> None:
        """Lets a connection read and write the notes of the room that its member is in."""
        if reader not in self._open:
            self._open[reader] = self._of(room)
        self._open[reader].open(reader)

    def frame(self, connection: Connection, data: bytes) -> None:
        """Takes a binary frame; between being moved and ``notes-open`` none counts.

        Raises ``ProtocolError``.
        """
        notes = self._open.get(connection.reader)
        if notes is not None:
            notes.frame(connection.reader, data)
        elif not connection.moved:
            raise ProtocolError("bad-message", "kind", "the notes are not open")

    def close(self, reader: Reader) -> None:
        """The connection is gone, or its member is in another room now."""
        notes = self._open.pop(reader, None)
        if notes is not None:
            notes.close(reader)

    def keep(self, rooms: Collection[str]) -> None:
        """Lets go of the notes of small rooms that are over; they are in the store."""
        for room in self._small.keys() - rooms:
            self._small.pop(room).leave()

    def catch_up(self) -> None:
        """The store has room again."""
        for notes in (self.main, *self._small.values()):
            notes.catch_up()

    async def stop(self) -> None:
        """Ends fetches that are under way."""
        for notes in (self.main, *self._small.values()):
            await notes.stop()

    def _of(self, room: str) -> NotesRoom:
        if room == "":
            return self.main
        if room not in self._small:
            self._small[room] = self._make(room)
        return self._small[room]
