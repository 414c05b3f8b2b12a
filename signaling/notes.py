"""The binary frames that carry the notes: y-protocols messages in lib0 encoding, one a frame.

A frame is a variable-length kind and its body: 0 sync (then 0 step 1, 1 step 2, 2 update, and a byte string),
1 awareness (a byte string), 3 query awareness (no body). Updates and state vectors are opaque here.
Source: github.com/yjs/y-protocols PROTOCOL.md and awareness.js; github.com/dmonad/lib0 encoding.js.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from signaling.errors import ProtocolError

MAX_UPDATE = 1024 * 1024
"""Bytes of one update."""

MAX_PRESENCE = 4 * 1024
"""Bytes of one awareness message: a cursor takes about 300."""

MAX_VECTOR = 64 * 1024
"""Bytes of one state vector: some 5,000 writers, of which every page load makes one."""

EMPTY_UPDATE = b"\x00\x00"
"""The update in which nothing changes."""

_sync, _awareness, _query = 0, 1, 3
_step_1, _step_2, _update = 0, 1, 2
_largest = 2**53 - 1


class Ask(Struct, frozen=True):
    """Sync step 1: what the sender has, as a state vector; asks for a ``Reply``."""

    vector: bytes


class Reply(Struct, frozen=True):
    """Sync step 2: everything the asker lacks, as an update."""

    update: bytes


class Update(Struct, frozen=True):
    """What has just changed."""

    update: bytes


class PresenceEntry(Struct, frozen=True):
    """One editor's awareness: ``state`` is JSON text, ``null`` when they are gone."""

    client: int
    clock: int
    state: str


class Presence(Struct, frozen=True):
    """Awareness of one or more editors."""

    entries: tuple[PresenceEntry, ...]


class Query(Struct, frozen=True):
    """Asks for everybody's awareness."""


NotesFrame = Ask | Reply | Update | Presence | Query


def decode_notes(frame: bytes) -> NotesFrame:
    """What the frame says.

    Raises ``ProtocolError`` ``note-too-large`` beyond the sizes above; ``bad-message`` for whatever is cut
    short, too long or unknown, with the field at fault: ``kind``, ``update``, ``vector`` or ``awareness``.
    """
    reader = _Reader(frame, "kind")
    kind = reader.number()
    if kind == _sync:
        return _sync_frame(reader)
    if kind == _awareness:
        return _presence(reader)
    if kind == _query:
        reader.end()
        return Query()
    raise ProtocolError("bad-message", "kind")


def encode_notes(frame: NotesFrame) -> bytes:
    """The frame's bytes; ``decode_notes(encode_notes(f)) == f``."""
    match frame:
        case Ask(vector):
            return b"\x00\x00" + _bytes(vector)
        case Reply(update):
            return b"\x00\x01" + _bytes(update)
        case Update(update):
            return b"\x00\x02" + _bytes(update)
        case Presence(entries):
            return b"\x01" + _bytes(_entries(entries))
        case Query():
            return b"\x03"


def deletes_beyond(changes: bytes, known: bytes) -> bool:
    """Whether an update without insertions deletes something that a state vector does not know of yet.

    ``changes`` is an update whose first part is empty, as a diff is when all insertions are known.
    Raises ``ProtocolError`` ``bad-message`` for what is no such update or state vector.
    """
    vector = _Reader(known, "vector")
    clocks = {vector.number(): vector.number() for _ in range(vector.number())}
    reader = _Reader(changes, "update")
    if reader.number() != 0:
        raise ProtocolError("bad-message", "update")
    beyond = False
    for _ in range(reader.number()):
        client = reader.number()
        for _ in range(reader.number()):
            start = reader.number()
            beyond |= start + reader.number() > clocks.get(client, 0)
    reader.end()
    return beyond


class _Reader:
    """Reads lib0's numbers and strings; whatever does not fit is a ``ProtocolError`` with this field."""

    def __init__(self, data: bytes, field: str) -> None:
        self._data = data
        self._at = 0
        self._field = field

    def about(self, field: str) -> None:
        self._field = field

    def number(self) -> int:
        value = shift = 0
        while True:
            if self._at >= len(self._data) or shift > 49:
                raise ProtocolError("bad-message", self._field)
            byte = self._data[self._at]
            self._at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
        if value > _largest:
            raise ProtocolError("bad-message", self._field)
        return value

    def bytes(self, most: int) -> bytes:
        length = self.number()
        if length > most:
            raise ProtocolError("note-too-large", self._field)
        if length > len(self._data) - self._at:
            raise ProtocolError("bad-message", self._field)
        self._at += length
        return self._data[self._at - length : self._at]

    def end(self) -> None:
        if self._at != len(self._data):
            raise ProtocolError("bad-message", self._field)


def _sync_frame(reader: _Reader) -> NotesFrame:
    step = reader.number()
    if step == _step_1:
        reader.about("vector")
        vector = reader.bytes(MAX_VECTOR)
        reader.end()
        return Ask(vector)
    if step not in {_step_2, _update}:
        raise ProtocolError("bad-message", "kind")
    reader.about("update")
    update = reader.bytes(MAX_UPDATE)
    reader.end()
    return Reply(update) if step == _step_2 else Update(update)


def _presence(outer: _Reader) -> Presence:
    outer.about("awareness")
    body = outer.bytes(MAX_PRESENCE)
    outer.end()
    reader = _Reader(body, "awareness")
    entries = []
    for _ in range(reader.number()):
        client, clock = reader.number(), reader.number()
        try:
            state = reader.bytes(MAX_PRESENCE).decode()
        except UnicodeDecodeError:
            raise ProtocolError("bad-message", "awareness") from None
        entries.append(PresenceEntry(client, clock, state))
    reader.end()
    return Presence(tuple(entries))


def _entries(entries: Sequence[PresenceEntry]) -> bytes:
    parts = [_number(len(entries))]
    for entry in entries:
        parts += _number(entry.client), _number(entry.clock), _bytes(entry.state.encode())
    return b"".join(parts)


def _number(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _bytes(data: bytes) -> bytes:
    return _number(len(data)) + data
